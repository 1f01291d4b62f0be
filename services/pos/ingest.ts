import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { addMs, toMs } from '../../domain/time.ts';
import type { PosEvent } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';

/** How long after the fact a receipt can still correct an incident. */
const correctionReachMs = 7 * 24 * 3_600_000;
/** A till's clock may run ahead by this much. One that is an hour off would have every item look unpaid. */
const futureToleranceMs = 5 * 60_000;
/** Days older than this share one partition, so that no sender can make us one for each day of history. */
const ownPartitionReachMs = 35 * 24 * 3_600_000;

export interface PosReceipt {
  accepted: number;
  duplicates: number;
  /** Incidents that a new line may explain; their workflows are told through the outbox. */
  incidentIds: string[];
}

/** Stores till lines, moves the feed's sign of life, and notes incidents that a late line may settle. */
export async function ingestPosEvents(ctx: ServiceContext, events: readonly PosEvent[]): Promise<PosReceipt> {
  for (const event of events) requirePermission(ctx.actor, 'pos.create', event.storeId);
  return write(ctx, async (tx) => {
    tx.noAudit('append-only intake');
    refuseFuture(events, tx.at);
    await requireTerminals(tx, ctx.actor.tenantId, events);
    const lines = events.filter((event) => event.type !== 'heartbeat');
    const accepted = lines.length === 0 ? [] : await insertLines(tx, ctx.actor.tenantId, lines);
    await moveFeeds(tx, ctx.actor.tenantId, events);
    const scans = accepted.filter((line) => line.type === 'scan');
    const incidentIds = scans.length === 0 ? [] : await noteLateReceipts(tx, ctx.actor.tenantId, scans);
    return { accepted: accepted.length, duplicates: lines.length - accepted.length, incidentIds };
  });
}

function refuseFuture(events: readonly PosEvent[], nowAt: string): void {
  const index = events.findIndex((event) => toMs(event.occurredAt) > toMs(nowAt) + futureToleranceMs);
  if (index < 0) return;
  const field = fieldOf(events, index, 'occurredAt');
  throw invalidField(field, `lies in the future of the server (${nowAt}); check the till's clock and time zone`);
}

const fieldOf = (events: readonly PosEvent[], index: number, name: string): string =>
  events.length > 1 ? `${index}.${name}` : name;

/** Days whose partition is known to exist; a plain memo, asking again is harmless. */
const knownDays = new Set<string>();

async function insertLines(tx: WriteTransaction, tenantId: string, lines: readonly PosEvent[]): Promise<PosEvent[]> {
  for (const day of new Set(lines.map((line) => new Date(line.occurredAt).toISOString().slice(0, 10)))) {
    if (knownDays.has(day) || toMs(day) < toMs(tx.at) - ownPartitionReachMs) continue;
    await tx.query('select ensure_pos_partition($1::date)', [day]);
    knownDays.add(day);
  }
  const rows = await tx.query<{ store_id: string; terminal_id: string; transaction_id: string; line: number }>(
    `insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at, plu, description, quantity, amount_minor, currency)
     select $1, l."storeId", l."terminalId", l."transactionId", l.line, l.type, l."occurredAt", l.plu, l.description, l.quantity, l."amountMinor", l.currency
     from jsonb_to_recordset($2::jsonb) as l ("storeId" text, "terminalId" text, "transactionId" text, line integer, type text, "occurredAt" timestamptz, plu text, description text, quantity numeric, "amountMinor" bigint, currency text)
     on conflict do nothing returning store_id, terminal_id, transaction_id, line`,
    [tenantId, JSON.stringify(lines)],
  );
  const key = (storeId: string, terminalId: string, transactionId: string, line: number) =>
    `${storeId}/${terminalId}/${transactionId}/${line}`;
  const inserted = new Set(rows.map((row) => key(row.store_id, row.terminal_id, row.transaction_id, row.line)));
  return lines.filter((line) => inserted.has(key(line.storeId, line.terminalId, line.transactionId, line.line)));
}

async function requireTerminals(tx: WriteTransaction, tenantId: string, events: readonly PosEvent[]): Promise<void> {
  const wanted = new Map(events.map((event, index) => [`${event.storeId}/${event.terminalId}`, { event, index }]));
  const rows = await tx.query<{ store_id: string; id: string }>(
    'select store_id, id from terminals where tenant_id = $1 and store_id = any ($2)',
    [tenantId, [...new Set(events.map((event) => event.storeId))]],
  );
  const known = new Set(rows.map((row) => `${row.store_id}/${row.id}`));
  for (const [place, { event, index }] of wanted) {
    if (known.has(place)) continue;
    const field = fieldOf(events, index, 'terminalId');
    const message = `the till ${event.terminalId} of store ${event.storeId} is not known here; register it first`;
    throw new DomainError('PRECONDITION_FAILED', `${field}: ${message}`, { fields: [{ field, message }] });
  }
}

async function moveFeeds(tx: WriteTransaction, tenantId: string, events: readonly PosEvent[]): Promise<void> {
  const newest = new Map<string, PosEvent>();
  for (const event of events) {
    const place = `${event.storeId}/${event.terminalId}`;
    const seen = newest.get(place);
    if (!seen || Date.parse(event.occurredAt) > Date.parse(seen.occurredAt)) newest.set(place, event);
  }
  // In one order always, so that two batches cannot lock each other out.
  for (const [, event] of [...newest].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tx.query(
      'update terminals set feed_seen_at = greatest(feed_seen_at, least($4::timestamptz, $5::timestamptz)) where tenant_id = $1 and store_id = $2 and id = $3',
      [tenantId, event.storeId, event.terminalId, event.occurredAt, tx.at],
    );
  }
}

async function noteLateReceipts(tx: WriteTransaction, tenantId: string, scans: readonly PosEvent[]): Promise<string[]> {
  const rows = await tx.query<{ id: string; store_id: string }>(
    `select distinct i.id, i.store_id from incidents i
     join zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id
     join jsonb_to_recordset($2::jsonb) as l ("storeId" text, "terminalId" text, "occurredAt" timestamptz) on l."storeId" = i.store_id and l."terminalId" = z.terminal_id
     where i.tenant_id = $1 and i.pos_verdict in ('MISMATCH', 'UNKNOWN') and i.detected_at > $3 and i.purged_at is null
       and i.detected_at between l."occurredAt" - make_interval(secs => (i.policy -> 'posWindow' ->> 'afterMs')::numeric / 1000)
                             and l."occurredAt" + make_interval(secs => (i.policy -> 'posWindow' ->> 'beforeMs')::numeric / 1000)`,
    [tenantId, JSON.stringify(scans), addMs(tx.at, -correctionReachMs)],
  );
  for (const row of rows)
    await tx.query("insert into outbox (tenant_id, store_id, incident_id, kind) values ($1, $2, $3, 'receipt')", [
      tenantId,
      row.store_id,
      row.id,
    ]);
  return rows.map((row) => row.id);
}
