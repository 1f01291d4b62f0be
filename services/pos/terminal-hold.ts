import {
  attendCommand,
  blockCommand,
  type DeviceCommand,
  type ReleaseCause,
  releaseCommand,
} from '../../domain/device-command.ts';
import { assertReal } from '../../domain/drill.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { PromptFollowUp } from '../../domain/policy.ts';
import { addMs, toMs } from '../../domain/time.ts';
import type { Reason } from '../../domain/types.ts';
import { iso, isoOrNull, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import type { PromptOutcome } from './prompt.ts';

export interface TerminalHold {
  terminalId: string;
  kind: 'attend' | 'block';
  /** `unconfirmed`: the terminal did not answer, so it may or may not have done it. */
  state: 'ordered' | 'held' | 'unconfirmed' | 'failed' | 'releasing' | 'released';
  /** It lets go by itself then, at the latest. */
  untilAt: string;
  failure: Reason | null;
  releaseCause: ReleaseCause | null;
  releasedAt: string | null;
}

interface HoldRow {
  [column: string]: unknown;
  store_id: string;
  terminal_id: string;
  kind: 'attend' | 'block';
  message: string;
  until_at: Date;
  acknowledged_at: Date | null;
  failure: Reason | null;
  release_cause: ReleaseCause | null;
  released_at: Date | null;
}

const columns =
  'h.store_id, h.terminal_id, h.kind, h.message, h.until_at, h.acknowledged_at, h.failure, h.release_cause, h.released_at';

/** Told and silent is not the same as not held; only what certainly never began needs no release. */
const mayHold = ({ failure }: Pick<HoldRow, 'failure'>): boolean =>
  failure === null || failure.code === 'NO_ACKNOWLEDGEMENT';

function holdOf(row: HoldRow, at: string): TerminalHold {
  const over = row.released_at !== null || iso(row.until_at) <= at;
  const begun = row.acknowledged_at !== null ? 'held' : row.failure === null ? 'ordered' : 'unconfirmed';
  const open = row.release_cause === null ? begun : 'releasing';
  return {
    ...{ terminalId: row.terminal_id, kind: row.kind, untilAt: iso(row.until_at), failure: row.failure },
    state: !mayHold(row) ? 'failed' : over ? 'released' : open,
    ...{ releaseCause: row.release_cause, releasedAt: isoOrNull(row.released_at) },
  };
}

/** The terminal that this incident holds or held; null: none. */
export async function readHold(
  tx: Pick<WriteTransaction, 'query'>,
  tenantId: string,
  incidentId: string,
  at: string,
): Promise<TerminalHold | null> {
  const row = await readRow(tx, tenantId, incidentId);
  return row === null ? null : holdOf(row, at);
}

async function readRow(
  tx: Pick<WriteTransaction, 'query'>,
  tenantId: string,
  incidentId: string,
): Promise<HoldRow | null> {
  const [row] = await tx.query<HoldRow>(
    `select ${columns} from terminal_holds h where h.tenant_id = $1 and h.incident_id = $2`,
    [tenantId, incidentId],
  );
  return row ?? null;
}

export interface BegunHold {
  /** What the terminal is to be told; null: nothing (more). */
  order: HoldOrder | null;
  /** Whether it was ever ordered, so that it must be let go. */
  ordered: boolean;
}

export interface HoldOrder {
  address: { tenantId: string; storeId: string; target: string };
  command: DeviceCommand;
}

/**
 * What the terminal is to be told after its prompt went unanswered. Only a self-checkout that did show the prompt, only
 * while the till still says MISMATCH, and never a payment in a drill. Asked again after a crash it is the same order.
 */
export function beginHold(ctx: ServiceContext, incidentId: string): Promise<BegunHold> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    tx.noAudit('nothing changed');
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const known = await readRow(tx, ctx.actor.tenantId, incidentId);
    const wanted = await wantedHold(tx, incident);
    const row = known ?? (wanted ? await orderHold(tx, incident, wanted) : null);
    if (row === null) return { order: null, ordered: false };
    const untilAt = iso(row.until_at);
    const settled = row.release_cause !== null || row.acknowledged_at !== null || row.failure !== null;
    if (wanted === null || settled || untilAt <= tx.at) return { order: null, ordered: true };
    const hold = { message: row.message, untilAt, leftMs: toMs(untilAt) - toMs(tx.at) };
    const command = row.kind === 'block' ? blockCommand(assertReal(incident), hold) : attendCommand(incident, hold);
    return { order: { address: addressOf(ctx, row), command }, ordered: true };
  });
}

async function wantedHold(tx: WriteTransaction, incident: IncidentFacts): Promise<PromptFollowUp | null> {
  const after = incident.policy.prompt?.after;
  if (after === undefined || incident.state === 'closed' || incident.helpRequested) return null;
  if (incident.posVerdict !== 'MISMATCH' || incident.suppression !== null || incident.verdict !== null) return null;
  const [shown] = await tx.query(
    `select p.terminal_id from terminal_prompts p
     join terminals t on t.tenant_id = p.tenant_id and t.store_id = p.store_id and t.id = p.terminal_id and t.kind = 'self_checkout'
     where p.tenant_id = $1 and p.incident_id = $2 and p.acknowledged_at is not null and p.rescanned_at is null`,
    [incident.tenantId, incident.incidentId],
  );
  return shown === undefined ? null : after;
}

async function orderHold(
  tx: WriteTransaction,
  incident: IncidentFacts,
  after: PromptFollowUp,
): Promise<HoldRow | null> {
  const kind = incident.drill ? 'attend' : after.kind;
  const untilAt = addMs(tx.at, after.maxMs);
  const place = [incident.tenantId, incident.incidentId];
  const [row] = await tx.query<HoldRow>(
    `insert into terminal_holds as h (tenant_id, store_id, incident_id, terminal_id, kind, message, ordered_at, until_at)
     select tenant_id, store_id, incident_id, terminal_id, $3, $4, $5, $6 from terminal_prompts where tenant_id = $1 and incident_id = $2
     returning ${columns}`,
    [...place, kind, after.message, tx.at, untilAt],
  );
  if (!row) return null;
  // While the terminal waits, a scan still answers its prompt.
  await tx.query('update terminal_prompts set until_at = $3 where tenant_id = $1 and incident_id = $2', [
    ...place,
    untilAt,
  ]);
  const details = { terminalId: row.terminal_id, kind, untilAt };
  tx.audit({ action: 'terminal.hold_ordered', subject: `incident:${incident.incidentId}`, details });
  return row;
}

const addressOf = (ctx: ServiceContext, row: HoldRow) => ({
  ...{ tenantId: ctx.actor.tenantId, storeId: row.store_id, target: row.terminal_id },
});

/** What the terminal answered to being asked to hold, or that it did not. */
export function finishHold(
  ctx: ServiceContext,
  { incidentId, result }: { incidentId: string; result: PromptOutcome },
): Promise<void> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    const failure = result.outcome === 'failed' ? result.reason : null;
    const [row] = await tx.query<HoldRow>(
      `update terminal_holds h set acknowledged_at = case when $3::jsonb is null then $4::timestamptz end, failure = $3
       where tenant_id = $1 and incident_id = $2 and acknowledged_at is null and failure is null returning ${columns}`,
      [ctx.actor.tenantId, incidentId, failure === null ? null : JSON.stringify(failure), tx.at],
    );
    if (!row) return tx.noAudit('nothing changed');
    const { terminal_id: terminalId, kind } = row;
    const params = { terminalId, kind, ...(failure === null ? { untilAt: iso(row.until_at) } : { reason: failure }) };
    await addTimelineEntry(tx, {
      ...{ tenantId: ctx.actor.tenantId, storeId: row.store_id, incidentId, params, actor: ctx.actor.id },
      ...{ kind: failure === null ? 'terminal_held' : 'terminal_hold_failed', factKey: 'terminal_hold' },
    });
    const action = failure === null ? 'terminal.held' : 'terminal.hold_failed';
    tx.audit({ action, subject: `incident:${incidentId}`, details: params });
  });
}

export interface ReleaseOrder {
  address: { tenantId: string; storeId: string; target: string };
  command: DeviceCommand;
}

/** A release may be told a little after the hold's own end: it only makes sure. */
const releaseExpiryMs = 60_000;

/** Begins to let the terminal go; null when there is nothing (more) to let go. The cause that came first stands. */
export function beginRelease(
  ctx: ServiceContext,
  { incidentId, cause }: { incidentId: string; cause: ReleaseCause },
): Promise<ReleaseOrder | null> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const row = await orderRelease(tx, ctx.actor.tenantId, { incidentId, cause, by: null, note: null });
    if (row === null) {
      tx.noAudit('nothing changed');
      return null;
    }
    return { address: addressOf(ctx, row), command: releaseCommand(incident, addMs(tx.at, releaseExpiryMs)) };
  });
}

async function orderRelease(
  tx: WriteTransaction,
  tenantId: string,
  order: { incidentId: string; cause: ReleaseCause; by: string | null; note: string | null },
): Promise<HoldRow | null> {
  const [row] = await tx.query<HoldRow & { fresh: boolean }>(
    `update terminal_holds h set release_cause = coalesce(h.release_cause, $3), release_by = coalesce(h.release_by, $4), release_note = coalesce(h.release_note, $5),
       release_ordered_at = coalesce(h.release_ordered_at, $6::timestamptz)
     from terminal_holds before where h.tenant_id = $1 and h.incident_id = $2 and h.released_at is null
       and before.tenant_id = h.tenant_id and before.incident_id = h.incident_id
     returning ${columns}, before.release_cause is null as fresh`,
    [tenantId, order.incidentId, order.cause, order.by, order.note, tx.at],
  );
  if (!row || !mayHold(row)) return null;
  if (row.fresh) {
    // A scan after this answers nothing any more.
    await tx.query(
      'update terminal_prompts set until_at = least(until_at, $3) where tenant_id = $1 and incident_id = $2',
      [tenantId, order.incidentId, tx.at],
    );
    const details = { terminalId: row.terminal_id, cause: order.cause };
    tx.audit({ action: 'terminal.release_ordered', subject: `incident:${order.incidentId}`, details });
  } else tx.noAudit('nothing changed');
  return row;
}

/**
 * What came of the release. A terminal that says nothing is asked again until its own time is over, and let go then by
 * itself; resolves with whether it is settled.
 */
export function finishRelease(
  ctx: ServiceContext,
  { incidentId, confirmed }: { incidentId: string; confirmed: boolean },
): Promise<boolean> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    const [row] = await tx.query<HoldRow>(
      `update terminal_holds h set released_at = case when $4 then $3::timestamptz else least(until_at, $3::timestamptz) end, release_confirmed = $4
       where tenant_id = $1 and incident_id = $2 and released_at is null and ($4 or until_at <= $3) returning ${columns}`,
      [ctx.actor.tenantId, incidentId, tx.at, confirmed],
    );
    if (!row) {
      tx.noAudit('nothing changed');
      return confirmed;
    }
    const params = { terminalId: row.terminal_id, kind: row.kind, cause: row.release_cause, confirmed };
    await addTimelineEntry(tx, {
      ...{ tenantId: ctx.actor.tenantId, storeId: row.store_id, incidentId, actor: ctx.actor.id },
      ...{ kind: 'terminal_released', params, factKey: 'terminal_released' },
    });
    tx.audit({ action: 'terminal.released', subject: `incident:${incidentId}`, details: params });
    return true;
  });
}

/** A person lets the terminal go and says why; the incident goes on. */
export function releaseTerminal(
  ctx: ServiceContext,
  input: { incidentId: string; reason: string },
): Promise<TerminalHold> {
  requirePermission(ctx.actor, 'incident.decide');
  const reason = input.reason.trim();
  if (reason === '') throw invalidField('reason', 'say why it is let go; whoever looks at it later will want to know');
  return write(ctx, async (tx) => {
    const { tenantId, id: by } = ctx.actor;
    const incident = await loadIncident(tx, tenantId, input.incidentId, true);
    const before = await readHold(tx, tenantId, input.incidentId, tx.at);
    if (before === null || before.state === 'failed')
      throw new DomainError('CONFLICT', 'No terminal is held for this incident, so there is nothing to let go.');
    if (before.state === 'releasing' || before.state === 'released') {
      tx.noAudit('nothing changed');
      return before;
    }
    await orderRelease(tx, tenantId, { incidentId: input.incidentId, cause: 'person', by, note: reason });
    await tx.query(
      "insert into outbox (tenant_id, store_id, incident_id, kind) values ($1, $2, $3, 'terminal_release')",
      [tenantId, incident.storeId, input.incidentId],
    );
    return { ...before, state: 'releasing', releaseCause: 'person' };
  });
}
