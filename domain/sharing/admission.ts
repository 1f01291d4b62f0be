import type { PacketPurpose } from '../packet/facts.ts';
import type { IncidentState, Reason, Verdict } from '../types.ts';
import { missingOf, type Quality } from './quality.ts';
import type { Consent, RecipientKind, ShareTemplate } from './template.ts';

/** All that decides whether a packet may go to a recipient. */
export interface AdmissionFacts {
  incident: { state: IncidentState; verdict: Verdict | null };
  recipient: { kind: RecipientKind; enabled: boolean };
  template: ShareTemplate;
  packet: {
    state: 'requested' | 'ready' | 'failed' | 'purged';
    purpose: PacketPurpose;
    /** No later one for the same purpose is ready. */
    newest: boolean;
    recordingAs: 'original' | 'redacted';
    /** The hash of each video in it. */
    videos: readonly string[];
    statementSigned: boolean;
  };
  /** What may leave now, whatever could when the packet was made. */
  release: { allowed: true; as: 'original' | 'redacted'; videos: readonly string[] } | { allowed: false; code: string };
  consent: Consent | null;
  quality: Quality;
}

/** Why it may not go; null: it may. Asked when it is requested and again before each sending. */
export function refusalOf(facts: AdmissionFacts): Reason | null {
  const { incident, recipient, template, packet, release, quality } = facts;
  if (incident.state !== 'closed' || incident.verdict !== 'confirmed')
    return refusal('NOT_CONFIRMED', { state: incident.state, verdict: incident.verdict });
  if (!recipient.enabled) return refusal('RECIPIENT_DISABLED');
  if (packet.state !== 'ready') return refusal('PACKET_NOT_READY', { state: packet.state });
  if (packet.purpose !== recipient.kind)
    return refusal('PACKET_FOR_OTHERS', { purpose: packet.purpose, recipient: recipient.kind });
  if (!packet.newest) return refusal('PACKET_SUPERSEDED');
  if (!release.allowed) return refusal('RELEASE_FORBIDDEN', { because: release.code });
  // The rule lets something else out by now: another masking, or the masked clip instead of the original. A camera that
  // was left out and has been masked since makes the packet no worse.
  const { videos } = release;
  if (packet.videos.length === 0 || !packet.videos.every((sha256) => videos.includes(sha256)))
    return refusal('RECORDING_SUPERSEDED', { inPacket: packet.recordingAs, mayLeave: release.as });
  if (template.recording === 'masked' && packet.recordingAs !== 'redacted') return refusal('MASKED_ONLY');
  if (template.signedStatement && !packet.statementSigned) return refusal('STATEMENT_UNSIGNED');
  if (template.consentRequired && facts.consent === null) return refusal('CONSENT_MISSING');
  if (quality.score < template.minQuality)
    return refusal('QUALITY_TOO_LOW', {
      ...{ score: quality.score, minQuality: template.minQuality },
      missing: missingOf(quality)
        .map(({ code, points, of }) => `${code} ${points}/${of}`)
        .join(', '),
    });
  return null;
}

const refusal = (code: string, params: Reason['params'] = {}): Reason => ({ code, params });

const sentences: Record<string, (params: Reason['params']) => string> = {
  NOT_CONFIRMED: () => 'Only what a person has confirmed, in a closed incident, is shared with anybody outside.',
  RECIPIENT_DISABLED: () => 'This recipient is switched off. Have it switched on, or choose another one.',
  PACKET_NOT_READY: ({ state }) => `The packet is ${state}; only a ready one can be shared.`,
  PACKET_FOR_OTHERS: ({ purpose, recipient }) =>
    `This packet was made for the purpose ${purpose}. Have one made for the purpose ${recipient}.`,
  PACKET_SUPERSEDED: () => 'There is a newer version of this packet; share that one.',
  RELEASE_FORBIDDEN: ({ because }) =>
    `The recording of this incident may not leave (${because}); see docs/redaction.md for what to do next.`,
  RECORDING_SUPERSEDED: ({ inPacket, mayLeave }) =>
    `The packet holds a recording (${inPacket}) that may not leave any more; what may is another (${mayLeave}). Have a new packet made.`,
  MASKED_ONLY: () =>
    'This recipient gets masked recordings only, and the one in the packet is not masked. Have the clip masked and a new packet made.',
  STATEMENT_UNSIGNED: () => 'This recipient takes signed statements only. Sign the statement and share that version.',
  CONSENT_MISSING: () => 'This recipient needs a recorded consent: name its basis and the number of the paper.',
  QUALITY_TOO_LOW: ({ score, minQuality, missing }) =>
    `The evidence scores ${score} of 100 and this recipient takes ${minQuality} or more. What is missing: ${missing}.`,
};

/** The refusal in words that say what to do next. */
export const refusalWords = ({ code, params }: Reason): string =>
  sentences[code]?.(params) ?? `It may not be shared (${code}).`;
