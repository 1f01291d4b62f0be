import type { Database } from '../../adapters/postgres/database.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { addMs, toMs } from '../../domain/time.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { bodyOf, type WebhookEvent } from './event.ts';
import { disableAfterMs, keepDeliveriesMs, nextDelayMs } from './schedule.ts';
import { deriveSecret, signatureOf } from './signature.ts';

export interface ClaimedDelivery {
  endpointId: string;
  id: string;
  /** Which attempt this is; the outcome of an earlier one no longer counts. */
  attempt: number;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Endpoints of all tenants that have something to be sent now. */
export async function findDueWebhooks(db: Database, at: string): Promise<{ tenantId: string; endpointId: string }[]> {
  const rows = await db.query<{ tenant_id: string; endpoint_id: string }>(
    'select tenant_id, endpoint_id from find_due_webhooks($1)',
    [at],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, endpointId: row.endpoint_id }));
}

/**
 * Takes what is due for one endpoint, signed, for as long as the lease lasts: of each incident its oldest waiting event
 * only, so that the next is not sent before that one has settled. Whoever dies with a lease leaves it to be taken again.
 */
export function claimDeliveries(
  ctx: ServiceContext,
  input: { endpointId: string; limit: number; leaseMs: number; secretKey: string },
): Promise<ClaimedDelivery[]> {
  requirePermission(ctx.actor, 'system.run');
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const rows = await tx.query<{
      id: string;
      type: WebhookEvent['type'];
      incident_id: string | null;
      occurred_at: Date;
      data: Record<string, unknown>;
      attempts: number;
      url: string;
      secret_generation: number;
      previous_secret_until: Date | null;
    }>(
      `with due as (
         select d.id from webhook_deliveries d
         where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'pending' and d.next_attempt_at <= $3
           and (d.leased_until is null or d.leased_until <= $3)
           and not exists (
             select from webhook_deliveries earlier
             where earlier.tenant_id = d.tenant_id and earlier.endpoint_id = d.endpoint_id and earlier.incident_id = d.incident_id
               and earlier.state = 'pending' and earlier.sequence < d.sequence)
         order by d.next_attempt_at, d.sequence limit $4
         for update skip locked)
       update webhook_deliveries d set attempts = d.attempts + 1, leased_until = $5, last_attempt_at = $3
       from due, webhook_endpoints e
       where d.tenant_id = $1 and d.endpoint_id = $2 and d.id = due.id and e.tenant_id = $1 and e.id = $2 and e.enabled
       returning d.id, d.type, d.incident_id, d.occurred_at, d.data, d.attempts, e.url, e.secret_generation, e.previous_secret_until`,
      [tenantId, input.endpointId, tx.at, input.limit, addMs(tx.at, input.leaseMs)],
    );
    return rows.map((row) => {
      const body = bodyOf({
        tenantId,
        id: row.id,
        type: row.type,
        incidentId: row.incident_id,
        occurredAt: row.occurred_at.toISOString(),
        data: row.data,
      });
      const overlap = row.previous_secret_until !== null && row.previous_secret_until.getTime() > toMs(tx.at);
      const generations = overlap ? [row.secret_generation, row.secret_generation - 1] : [row.secret_generation];
      const secrets = generations.map((generation) =>
        deriveSecret(input.secretKey, { tenantId, id: input.endpointId, generation }),
      );
      const timestampSeconds = Math.floor(toMs(tx.at) / 1_000);
      return {
        endpointId: input.endpointId,
        id: row.id,
        attempt: row.attempts,
        url: row.url,
        headers: {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'user-agent': 'floorwalker-webhooks/1',
          'webhook-id': row.id,
          'webhook-timestamp': String(timestampSeconds),
          'webhook-signature': signatureOf(secrets, { id: row.id, timestampSeconds, body }),
        },
        body,
      };
    });
  });
}

export interface DeliveryOutcome {
  endpointId: string;
  id: string;
  attempt: number;
  status: number | null;
  failure: string | null;
  responseMs: number;
  retryAfterMs: number | null;
  /** In [0, 1), for the jitter. */
  random: number;
}

/** Notes what came of an attempt, and disables an endpoint that is gone or has failed for days. */
export function settleDelivery(ctx: ServiceContext, outcome: DeliveryOutcome): Promise<void> {
  requirePermission(ctx.actor, 'system.run');
  const { status, attempt } = outcome;
  const delivered = status !== null && status >= 200 && status < 300;
  const delayMs = delivered || status === 410 ? null : nextDelayMs(attempt, outcome.random, outcome.retryAfterMs);
  const state = delivered ? 'delivered' : delayMs === null ? 'dead' : 'pending';
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const [settled] = await tx.query(
      `update webhook_deliveries set state = $5, leased_until = null, last_status = $6, last_failure = $7, response_ms = $8,
         next_attempt_at = coalesce($9, next_attempt_at), delivered_at = coalesce($10, delivered_at)
       where tenant_id = $1 and endpoint_id = $2 and id = $3 and attempts = $4 and state = 'pending' returning id`,
      [
        ctx.actor.tenantId,
        outcome.endpointId,
        outcome.id,
        attempt,
        state,
        status,
        delivered ? null : (outcome.failure ?? `HTTP_${status}`),
        outcome.responseMs,
        delayMs === null ? null : addMs(tx.at, delayMs),
        delivered ? tx.at : null,
      ],
    );
    // Somebody else has it by now, or it was deleted.
    if (!settled) return;
    if (delivered)
      await tx.query(
        'update webhook_endpoints set failure_count = 0, failing_since = null where tenant_id = $1 and id = $2 and failure_count > 0',
        [ctx.actor.tenantId, outcome.endpointId],
      );
    else await countFailure(tx, ctx.actor.tenantId, outcome);
  });
}

async function countFailure(tx: WriteTransaction, tenantId: string, outcome: DeliveryOutcome): Promise<void> {
  const [endpoint] = await tx.query<{ failing_since: Date; enabled: boolean }>(
    `update webhook_endpoints set failure_count = failure_count + 1, failing_since = coalesce(failing_since, $3)
     where tenant_id = $1 and id = $2 returning failing_since, enabled`,
    [tenantId, outcome.endpointId, tx.at],
  );
  if (!endpoint?.enabled) return;
  const forDays = endpoint.failing_since.getTime() <= toMs(tx.at) - disableAfterMs;
  const because = outcome.status === 410 ? 'GONE' : forDays ? 'FAILING_FOR_DAYS' : null;
  if (because === null) return;
  await tx.query(
    'update webhook_endpoints set enabled = false, disabled_because = $3 where tenant_id = $1 and id = $2',
    [tenantId, outcome.endpointId, because],
  );
  tx.audit({ action: 'webhook.disabled', subject: `webhook:${outcome.endpointId}`, details: { because } });
}

/** Forgets what is too old to be of use, sent or not. */
export function pruneDeliveries(ctx: ServiceContext): Promise<void> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    await tx.query('delete from webhook_deliveries where tenant_id = $1 and created_at < $2', [
      ctx.actor.tenantId,
      addMs(tx.at, -keepDeliveriesMs),
    ]);
  });
}
