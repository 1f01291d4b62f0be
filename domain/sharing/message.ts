import type { PacketFacts } from '../packet/facts.ts';
import type { Locale } from '../types.ts';
import type { Quality } from './quality.ts';
import type { Consent, ShareField, ShareTemplate } from './template.ts';

export interface MessageFacts {
  shareId: string;
  packet: { sha256: string; sizeBytes: number };
  facts: PacketFacts;
  template: ShareTemplate;
  quality: Quality;
  consent: Consent | null;
}

/** What a police portal is told: docs/sharing.md and schemas/sharing/police-case.schema.json. */
export function policeCase(input: MessageFacts) {
  return { kind: 'floorwalker.police-case.v1', ...common(input) };
}

/** What an insurer is told: docs/sharing.md and schemas/sharing/insurer-claim.schema.json. */
export function insurerClaim(input: MessageFacts) {
  const { goods } = input.facts;
  return {
    kind: 'floorwalker.insurer-claim.v1',
    ...common(input),
    loss:
      goods === null
        ? null
        : {
            ...{ currency: goods.currency, lossMinor: goods.lossMinor, recoveredMinor: goods.recoveredMinor },
            preventedMinor: goods.preventedMinor,
          },
    consent: input.consent,
    quality: input.quality,
  };
}

/** Made from the packet's own snapshot, so that the same share is the same bytes whenever it is sent. */
function common({ shareId, packet, facts, template }: MessageFacts) {
  const { incident, place } = facts;
  return {
    shareId,
    language: template.language,
    summary: summary[template.language](facts),
    company: place.company,
    incident: {
      ...{ id: incident.id, code: incident.code, behaviour: incident.behaviour, category: incident.category },
      ...{ detectedAt: incident.detectedAt, closedAt: incident.closedAt },
      confirmedByRole: incident.decidedBy?.role ?? null,
    },
    packet: {
      ...{ id: facts.packet.id, version: facts.packet.version, sha256: packet.sha256, sizeBytes: packet.sizeBytes },
      delivery: template.packet === 'whole' ? 'upload' : 'none',
    },
    ...Object.fromEntries(template.fields.map((field) => [field, parts[field](facts)])),
  };
}

const parts: Record<ShareField, (facts: PacketFacts) => unknown> = {
  place: ({ place }) => ({ store: place.store, lane: place.lane, timeZone: place.timeZone }),
  goods: ({ goods }) => (goods === null ? null : { intervention: goods.intervention, items: goods.items }),
  till: ({ till, place }) => ({ terminalId: place.terminalId, verdict: till.verdict, reasons: till.reasons }),
  tape: ({ till }) => till.lines.map(({ operator: _operator, ...line }) => line),
  recording: ({ recording }) => ({
    ...{ state: recording.state, fromAt: recording.fromAt, toAt: recording.toAt, gaps: recording.gaps },
    as: recording.release.as,
  }),
  clocks: ({ clocks }) => clocks,
  decision: ({ decision, incident }) => ({
    ...{ severity: decision.severity.level, policy: decision.policy, verdict: incident.verdict },
    models: decision.detections.map(({ model, confidence }) => ({ id: model.id, version: model.version, confidence })),
  }),
};

/** One neutral sentence: what was recorded, never what somebody is. */
const summary: Record<Locale, (facts: PacketFacts) => string> = {
  en: ({ place, incident }) =>
    `A recording of ${incident.detectedAt} from ${place.store}, ${place.lane}. A member of staff looked at it and confirmed what the system had noticed.`,
  de: ({ place, incident }) =>
    `Eine Aufnahme vom ${incident.detectedAt} aus ${place.store}, ${place.lane}. Eine Person aus dem Betrieb hat sie angesehen und bestätigt, was das System bemerkt hatte.`,
  es: ({ place, incident }) =>
    `Una grabación de ${incident.detectedAt} de ${place.store}, ${place.lane}. Una persona de la empresa la ha visto y ha confirmado lo que el sistema había observado.`,
  fr: ({ place, incident }) =>
    `Un enregistrement du ${incident.detectedAt} à ${place.store}, ${place.lane}. Une personne de l'entreprise l'a regardé et a confirmé ce que le système avait remarqué.`,
};
