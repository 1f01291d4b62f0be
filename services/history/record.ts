import { type ServiceContext, write } from '../context.ts';
import { insertArtifact } from '../evidence/record.ts';
import { placeOf } from '../incident/assess.ts';
import { loadIncident } from '../incident/facts.ts';
import { shredPayloadKey } from '../payload-keys/find.ts';

export interface StoredCopy {
  objectKey: string;
  objectVersion: string;
  sizeBytes: number;
  sha256: string;
}

export interface ExportedHistory {
  incidentId: string;
  run: number;
  workflowId: string;
  runId: string;
  status: string;
  events: number;
  buildIds: string[];
  startedAt: string;
  endedAt: string;
  lockedUntil: string;
  raw: StoredCopy;
  decoded: StoredCopy;
}

export const historyArtifactId = (run: number, copy: 'raw' | 'decoded'): string =>
  copy === 'raw' ? `history-${run}` : `history-${run}-decoded`;

/**
 * Puts an exported history among the evidence, with its hashes in the log; a second time changes nothing. `kept: false`:
 * the evidence was deleted meanwhile, so what was just stored has to go too, and the history stays due until it has.
 */
export function recordHistory(ctx: ServiceContext, input: ExportedHistory): Promise<{ kept: boolean }> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    if (incident.evidenceState === 'purged') {
      tx.noAudit('nothing changed');
      return { kept: false };
    }
    const settled = await tx.query(
      `update workflow_histories set state = $4, settled_at = $5, run_id = $6, status = $7, events = $8, build_ids = $9, raw_sha256 = $10, decoded_sha256 = $11
       where tenant_id = $1 and incident_id = $2 and run = $3 and state = 'due' returning incident_id`,
      [
        ...[place.tenantId, place.incidentId, input.run, 'exported', tx.at, input.runId],
        ...[input.status, input.events, input.buildIds, input.raw.sha256, input.decoded.sha256],
      ],
    );
    if (settled.length === 0) {
      tx.noAudit('nothing changed');
      return { kept: true };
    }
    for (const copy of ['raw', 'decoded'] as const) {
      const { objectKey, objectVersion, sizeBytes, sha256 } = input[copy];
      await insertArtifact(tx, place, {
        ...{ id: historyArtifactId(input.run, copy), kind: copy === 'raw' ? 'history' : 'history_decoded' },
        ...{ mediaType: 'application/json', objectKey, objectVersion, sizeBytes, sha256 },
        ...{ fromAt: input.startedAt, toAt: input.endedAt, lockedUntil: input.lockedUntil },
      });
    }
    tx.audit({
      action: 'evidence.history_exported',
      subject: `incident:${place.incidentId}`,
      details: {
        ...{ run: input.run, runId: input.runId, status: input.status, events: input.events },
        ...{ buildIds: input.buildIds, rawSha256: input.raw.sha256, decodedSha256: input.decoded.sha256 },
      },
    });
    return { kept: true };
  });
}

/** Says that there will be none: the engine has forgotten it, or its evidence was deleted before. */
export function giveUpHistory(
  ctx: ServiceContext,
  input: { incidentId: string; run: number; state: 'lost' | 'not_kept'; code: string },
): Promise<void> {
  return write(ctx, async (tx) => {
    const reason = { code: input.code, params: {} };
    const settled = await tx.query(
      "update workflow_histories set state = $4, settled_at = $5, reason = $6 where tenant_id = $1 and incident_id = $2 and run = $3 and state = 'due' returning incident_id",
      [ctx.actor.tenantId, input.incidentId, input.run, input.state, tx.at, JSON.stringify(reason)],
    );
    // Whoever deletes the evidence meanwhile leaves the key to us; the lock says which of the two came first.
    const [purged] = await tx.query(
      'select id from incidents where tenant_id = $1 and id = $2 and purged_at is not null for update',
      [ctx.actor.tenantId, input.incidentId],
    );
    if (purged || input.state === 'not_kept') await shredPayloadKey(tx, ctx.actor.tenantId, input.incidentId);
    if (settled.length === 0 || input.state === 'not_kept') return tx.noAudit('bookkeeping');
    tx.audit({
      action: 'evidence.history_lost',
      subject: `incident:${input.incidentId}`,
      details: { run: input.run, reason },
    });
  });
}
