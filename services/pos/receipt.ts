import { requirePermission } from '../../domain/permissions.ts';
import { type Basket, type DayLinks, foldBasket, type TillLine } from '../../domain/till/basket.ts';
import { addMs } from '../../domain/time.ts';
import type { EvidenceState, IncidentState } from '../../domain/types.ts';
import { found, readOnly, type ServiceContext } from '../context.ts';
import { type ExceptionRow, exceptionColumns, exceptionOf, type PosException } from './exceptions.ts';
import { readTransaction } from './till-lines.ts';

/** What was seen a little before the first line and after the last still belongs to it. */
const aroundMs = 15_000;

export interface ReceiptIncident {
  incidentId: string;
  detectedAt: string;
  state: IncidentState;
  evidenceState: EvidenceState;
  /** For `GET /v1/incidents/{incidentId}/evidence/{artifactId}`; null while there is no clip. */
  clipArtifactId: string | null;
}

export interface TillReceipt {
  basket: Basket;
  lines: TillLine[];
  exceptions: PosException[];
  /** What a camera reported at this till in that time. */
  incidents: ReceiptIncident[];
  /** Which cameras look at this till. */
  cameras: { cameraId: string; zoneId: string }[];
}

/** One transaction whole: from a figure to its lines, and to the clip when there is one. */
export function readReceipt(
  ctx: ServiceContext,
  input: { storeId: string; terminalId: string; transactionId: string },
): Promise<TillReceipt> {
  requirePermission(ctx.actor, 'till.review', input.storeId);
  const { storeId, terminalId, transactionId } = input;
  const { tenantId } = ctx.actor;
  return readOnly(ctx, async (tx) => {
    const lines = await readTransaction(tx, { tenantId, storeId, terminalId }, transactionId);
    found(lines[0], `The transaction ${transactionId} of till ${terminalId} in store ${storeId}`);
    const related = await tx.query<{ type: string }>(
      `select type from pos_events where tenant_id = $1 and store_id = $2 and related_transaction_id = $3 and not training
         and (type = 'resume' or type = 'post_void' and terminal_id = $6) and occurred_at between $4 and $5`,
      [tenantId, storeId, transactionId, lines[0]!.occurredAt, addMs(lines[0]!.occurredAt, 24 * 3_600_000), terminalId],
    );
    const of = (type: string) => new Set(related.some((row) => row.type === type) ? [transactionId] : []);
    const links: DayLinks = { postVoided: of('post_void'), resumed: of('resume') };
    const basket = foldBasket(lines, links);
    const exceptions = await tx.query<ExceptionRow>(
      `select ${exceptionColumns} from pos_exceptions e where e.tenant_id = $1 and e.store_id = $2 and e.terminal_id = $3
         and (e.transaction_id = $4 or exists (select from unnest(e.lines) as l (id) where starts_with(l.id, $5))) and not e.shadow and e.withdrawn_at is null
         and e.at between $6::timestamptz - interval '1 day' and $6::timestamptz + interval '1 day' order by e.at, e.id`,
      [tenantId, storeId, terminalId, transactionId, `${transactionId}/`, basket.startedAt],
    );
    const incidents = await tx.query<{
      id: string;
      detected_at: Date;
      state: IncidentState;
      evidence_state: EvidenceState;
      clip: string | null;
    }>(
      `select i.id, i.detected_at, i.state, i.evidence_state,
         (select min(a.id) from evidence_artifacts a where a.tenant_id = i.tenant_id and a.incident_id = i.id and a.kind = 'clip' and a.purged_at is null and a.quarantined_at is null) as clip
       from incidents i join zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id
       where i.tenant_id = $1 and i.store_id = $2 and z.terminal_id = $3 and i.detected_at between $4 and $5 order by i.detected_at`,
      [tenantId, storeId, terminalId, addMs(basket.startedAt, -aroundMs), addMs(basket.endedAt, aroundMs)],
    );
    const cameras = await tx.query<{ camera_id: string; id: string }>(
      'select camera_id, id from zones where tenant_id = $1 and store_id = $2 and terminal_id = $3 order by camera_id, id',
      [tenantId, storeId, terminalId],
    );
    return {
      basket,
      lines,
      exceptions: exceptions.map(exceptionOf),
      incidents: incidents.map((row) => ({
        ...{ incidentId: row.id, detectedAt: row.detected_at.toISOString(), state: row.state },
        ...{ evidenceState: row.evidence_state, clipArtifactId: row.clip },
      })),
      cameras: cameras.map((row) => ({ cameraId: row.camera_id, zoneId: row.id })),
    };
  });
}
