import type { Queryable } from '../../adapters/postgres/database.ts';
import { isVideo } from '../../domain/packet/statements.ts';
import { type AdmissionFacts, refusalOf } from '../../domain/sharing/admission.ts';
import type { Quality } from '../../domain/sharing/quality.ts';
import type { Consent, ShareTemplate } from '../../domain/sharing/template.ts';
import type { Reason } from '../../domain/types.ts';
import { decideRelease } from '../evidence/release.ts';
import type { IncidentFacts } from '../incident/facts.ts';
import type { PacketRow } from '../packets/rows.ts';
import type { RecipientRow } from './rows.ts';

export interface AdmissionInput {
  incident: IncidentFacts;
  packet: PacketRow;
  recipient: Pick<RecipientRow, 'kind' | 'enabled'>;
  template: ShareTemplate;
  consent: Consent | null;
  quality: Quality;
  /** Whether a newer version of the packet counts: it does for a request, not for what was agreed to already. */
  newestOnly: boolean;
}

/** Why this packet may not go to this recipient as things stand now; null: it may. */
export async function refusalNow(tx: Queryable, input: AdmissionInput): Promise<Reason | null> {
  const { incident, packet, template, consent, quality } = input;
  const release = await decideRelease(tx, incident, 'outside');
  const facts: AdmissionFacts = {
    ...{ incident, template, consent, quality },
    recipient: { kind: input.recipient.kind, enabled: input.recipient.enabled },
    packet: {
      ...{ state: packet.state, purpose: packet.purpose, statementSigned: packet.statement_signed_by !== null },
      newest: !input.newestOnly || (await isNewest(tx, packet)),
      // What was purged says nothing any more.
      recordingAs: packet.state === 'purged' ? 'original' : packet.input.recording.release.as,
      videos: packet.state === 'purged' ? [] : packet.input.artifacts.filter(isVideo).map(({ sha256 }) => sha256),
    },
    release: release.allowed
      ? {
          ...{ allowed: true, as: release.as },
          videos: release.cameras.flatMap(({ release: clip }) => (clip.allowed ? [clip.clip.sha256] : [])),
        }
      : { allowed: false, code: release.reason.code },
  };
  return refusalOf(facts);
}

async function isNewest(tx: Queryable, packet: PacketRow): Promise<boolean> {
  const later = await tx.query(
    "select 1 from packets where tenant_id = $1 and incident_id = $2 and purpose = $3 and state = 'ready' and version > $4 limit 1",
    [packet.tenant_id, packet.incident_id, packet.purpose, packet.version],
  );
  return later.length === 0;
}
