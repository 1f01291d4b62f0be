import { randomBytes } from 'node:crypto';
import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { found, isoOrNull, readOnly, type ServiceContext, write } from '../context.ts';
import { readEndpointOrThrow, requireWebhookManager } from './endpoint.ts';
import type { WebhookEvent } from './event.ts';

export interface WebhookDelivery {
  id: string;
  type: WebhookEvent['type'];
  incidentId: string | null;
  storeId: string | null;
  occurredAt: string;
  state: 'pending' | 'delivered' | 'dead';
  attempts: number;
  /** null unless it waits. */
  nextAttemptAt: string | null;
  lastAttemptAt: string | null;
  lastStatus: number | null;
  lastFailure: string | null;
  responseMs: number | null;
  deliveredAt: string | null;
  createdAt: string;
}

interface DeliveryRow {
  [column: string]: unknown;
  id: string;
  type: WebhookEvent['type'];
  incident_id: string | null;
  store_id: string | null;
  occurred_at: Date;
  state: WebhookDelivery['state'];
  attempts: number;
  next_attempt_at: Date;
  last_attempt_at: Date | null;
  last_status: number | null;
  last_failure: string | null;
  response_ms: number | null;
  delivered_at: Date | null;
  created_at: Date;
}

const columns =
  'd.id, d.type, d.incident_id, d.store_id, d.occurred_at, d.state, d.attempts, d.next_attempt_at, d.last_attempt_at, d.last_status, d.last_failure, d.response_ms, d.delivered_at, d.created_at';

const deliveryOf = (row: DeliveryRow): WebhookDelivery => ({
  id: row.id,
  type: row.type,
  incidentId: row.incident_id,
  storeId: row.store_id,
  occurredAt: row.occurred_at.toISOString(),
  state: row.state,
  attempts: row.attempts,
  nextAttemptAt: row.state === 'pending' ? row.next_attempt_at.toISOString() : null,
  lastAttemptAt: isoOrNull(row.last_attempt_at),
  lastStatus: row.last_status,
  lastFailure: row.last_failure,
  responseMs: row.response_ms,
  deliveredAt: isoOrNull(row.delivered_at),
  createdAt: row.created_at.toISOString(),
});

async function readDelivery(tx: Queryable, tenantId: string, endpointId: string, id: string): Promise<WebhookDelivery> {
  const [row] = await tx.query<DeliveryRow>(
    `select ${columns} from webhook_deliveries d where d.tenant_id = $1 and d.endpoint_id = $2 and d.id = $3`,
    [tenantId, endpointId, id],
  );
  return deliveryOf(found(row, `delivery ${id}`));
}

/** Newest first; the dead ones by themselves are the dead letters. */
export function listWebhookDeliveries(
  ctx: ServiceContext,
  filter: { endpointId: string; state?: WebhookDelivery['state']; cursor?: string; limit: number },
): Promise<{ items: WebhookDelivery[]; nextCursor: string | null }> {
  requireWebhookManager(ctx);
  const after = filter.cursor === undefined ? null : parseCursor(filter.cursor);
  return readOnly(ctx, async (tx) => {
    await readEndpointOrThrow(tx, ctx.actor.tenantId, filter.endpointId);
    const rows = await tx.query<DeliveryRow>(
      `select ${columns} from webhook_deliveries d
       where d.tenant_id = $1 and d.endpoint_id = $2 and ($3::text is null or d.state = $3)
         and ($4::timestamptz is null or (d.created_at, d.id) < ($4, $5))
       order by d.created_at desc, d.id desc limit $6`,
      [
        ctx.actor.tenantId,
        filter.endpointId,
        filter.state ?? null,
        after?.at ?? null,
        after?.id ?? null,
        filter.limit + 1,
      ],
    );
    const page = rows.slice(0, filter.limit);
    const last = page.at(-1);
    return {
      items: page.map(deliveryOf),
      nextCursor: rows.length > filter.limit && last ? `${last.created_at.toISOString()}~${last.id}` : null,
    };
  });
}

function parseCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z)~(evt_[a-z0-9_]{1,80})$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at)) || at < '0001')
    throw invalidField('cursor', 'is not one that this list gave out; start again without it');
  return { at, id };
}

/** Sends it again now, with all its attempts; the id stays, so a receiver that has it already can tell. */
export function redeliverWebhook(
  ctx: ServiceContext,
  input: { endpointId: string; id: string },
): Promise<WebhookDelivery> {
  requireWebhookManager(ctx);
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    await requireEnabled(tx, tenantId, input.endpointId);
    const before = await readDelivery(tx, tenantId, input.endpointId, input.id);
    const [row] = await tx.query(
      `update webhook_deliveries set state = 'pending', attempts = 0, next_attempt_at = $4, leased_until = null
       where tenant_id = $1 and endpoint_id = $2 and id = $3 and (leased_until is null or leased_until <= $4) returning id`,
      [tenantId, input.endpointId, input.id, tx.at],
    );
    if (!row) throw new DomainError('CONFLICT', 'It is being sent right now; look again in half a minute.');
    tx.audit({
      action: 'webhook.redelivered',
      subject: `webhook:${input.endpointId}`,
      details: { deliveryId: input.id, was: before.state },
    });
    return readDelivery(tx, tenantId, input.endpointId, input.id);
  });
}

/** Queues a `ping`, which has no incident and tells nothing. */
export function pingWebhook(ctx: ServiceContext, input: { endpointId: string }): Promise<WebhookDelivery> {
  requireWebhookManager(ctx);
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    await requireEnabled(tx, tenantId, input.endpointId);
    const id = `evt_ping_${randomBytes(10).toString('hex')}`;
    await tx.query(
      `insert into webhook_deliveries (tenant_id, endpoint_id, id, sequence, type, occurred_at, data, next_attempt_at)
       values ($1, $2, $3, 0, 'ping', $4, '{}', $4)`,
      [tenantId, input.endpointId, id, tx.at],
    );
    tx.audit({ action: 'webhook.pinged', subject: `webhook:${input.endpointId}`, details: { deliveryId: id } });
    return readDelivery(tx, tenantId, input.endpointId, id);
  });
}

async function requireEnabled(tx: Queryable, tenantId: string, endpointId: string): Promise<void> {
  const { enabled } = await readEndpointOrThrow(tx, tenantId, endpointId);
  if (!enabled)
    throw new DomainError('CONFLICT', 'This webhook is disabled, so nothing is sent to it; enable it first.');
}
