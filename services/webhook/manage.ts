import { randomBytes } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';
import { addMs } from '../../domain/time.ts';
import { found, readOnly, type ServiceContext, write } from '../context.ts';
import {
  checkStores,
  checkUrl,
  readEndpointOrThrow,
  readEndpoints,
  requireWebhookManager,
  type WebhookEndpoint,
} from './endpoint.ts';
import type { WebhookEventType } from './event.ts';
import { previousSecretMs } from './schedule.ts';
import { deriveSecret } from './signature.ts';

/** What the installation brings along: the key that secrets are derived from, and whether http is allowed. */
export interface WebhookRules {
  secretKey: string;
  mode: 'development' | 'production';
}

export interface EndpointSettings {
  url: string;
  description: string;
  eventTypes: WebhookEventType[] | null;
  storeIds: string[] | null;
  includeDrills: boolean;
}

export type EndpointWithSecret = WebhookEndpoint & { secret: string };

const maxEndpoints = 50;
const subjectOf = (id: string) => `webhook:${id}`;
/** A path or query may hold a token of the receiver's, so the audit log gets neither. */
const hostOf = (url: string) => new URL(url).host;

export function listWebhooks(ctx: ServiceContext): Promise<WebhookEndpoint[]> {
  requireWebhookManager(ctx);
  return readOnly(ctx, (tx) => readEndpoints(tx, ctx.actor.tenantId));
}

export function readWebhook(ctx: ServiceContext, id: string): Promise<WebhookEndpoint> {
  requireWebhookManager(ctx);
  return readOnly(ctx, (tx) => readEndpointOrThrow(tx, ctx.actor.tenantId, id));
}

/** The answer is the only one that shows the secret. */
export function createWebhook(
  ctx: ServiceContext,
  input: EndpointSettings,
  rules: WebhookRules,
): Promise<EndpointWithSecret> {
  requireWebhookManager(ctx);
  const url = checkUrl(input.url, rules.mode);
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    await checkStores(tx, tenantId, input.storeIds);
    const [count] = await tx.query<{ count: number }>(
      'select count(*)::int as count from webhook_endpoints where tenant_id = $1',
      [tenantId],
    );
    if ((count?.count ?? 0) >= maxEndpoints)
      throw new DomainError('PRECONDITION_FAILED', `There are ${maxEndpoints} webhooks already; delete one first.`);
    const id = `whk_${randomBytes(10).toString('hex')}`;
    await tx.query(
      `insert into webhook_endpoints (tenant_id, id, url, description, event_types, store_ids, include_drills, created_by, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        tenantId,
        id,
        url,
        input.description,
        input.eventTypes,
        input.storeIds,
        input.includeDrills,
        ctx.actor.id,
        tx.at,
      ],
    );
    tx.audit({
      action: 'webhook.created',
      subject: subjectOf(id),
      details: {
        host: hostOf(url),
        eventTypes: input.eventTypes,
        storeIds: input.storeIds,
        includeDrills: input.includeDrills,
      },
    });
    const secret = deriveSecret(rules.secretKey, { tenantId, id, generation: 1 });
    return { ...(await readEndpointOrThrow(tx, tenantId, id)), secret };
  });
}

/** Changes what is named. Enabling forgets earlier failures, and what still waits is sent. */
export function updateWebhook(
  ctx: ServiceContext,
  input: { id: string; change: Partial<EndpointSettings> & { enabled?: boolean } },
  rules: WebhookRules,
): Promise<WebhookEndpoint> {
  requireWebhookManager(ctx);
  const { id, change } = input;
  const { tenantId } = ctx.actor;
  const url = change.url === undefined ? undefined : checkUrl(change.url, rules.mode);
  return write(ctx, async (tx) => {
    await tx.query('select id from webhook_endpoints where tenant_id = $1 and id = $2 for update', [tenantId, id]);
    const before = await readEndpointOrThrow(tx, tenantId, id);
    const after = { ...before, ...change, ...(url === undefined ? {} : { url }) };
    if (change.storeIds !== undefined) await checkStores(tx, tenantId, after.storeIds);
    await tx.query(
      `update webhook_endpoints set url = $3, description = $4, event_types = $5, store_ids = $6, include_drills = $7, enabled = $8
       where tenant_id = $1 and id = $2`,
      [
        tenantId,
        id,
        after.url,
        after.description,
        after.eventTypes,
        after.storeIds,
        after.includeDrills,
        after.enabled,
      ],
    );
    if (change.enabled !== undefined)
      await tx.query(
        'update webhook_endpoints set disabled_because = null, failure_count = 0, failing_since = null where tenant_id = $1 and id = $2',
        [tenantId, id],
      );
    const changed = (['url', 'description', 'eventTypes', 'storeIds', 'includeDrills', 'enabled'] as const).filter(
      (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
    );
    if (changed.length === 0) tx.noAudit('nothing changed');
    else
      tx.audit({
        action: 'webhook.updated',
        subject: subjectOf(id),
        details: { changed, host: hostOf(after.url), enabled: after.enabled },
      });
    return readEndpointOrThrow(tx, tenantId, id);
  });
}

/** Ends it with everything that still waits for it and the record of what was sent. */
export function deleteWebhook(ctx: ServiceContext, input: { id: string }): Promise<void> {
  requireWebhookManager(ctx);
  return write(ctx, async (tx) => {
    const [row] = await tx.query<{ url: string }>(
      'delete from webhook_endpoints where tenant_id = $1 and id = $2 returning url',
      [ctx.actor.tenantId, input.id],
    );
    const { url } = found(row, `webhook ${input.id}`);
    tx.audit({ action: 'webhook.deleted', subject: subjectOf(input.id), details: { host: hostOf(url) } });
  });
}

/** A new secret signs from now on; the one before signs beside it for a day, so that receivers can change over. */
export function rotateWebhookSecret(
  ctx: ServiceContext,
  input: { id: string },
  rules: WebhookRules,
): Promise<EndpointWithSecret> {
  requireWebhookManager(ctx);
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const until = addMs(tx.at, previousSecretMs);
    const [row] = await tx.query<{ secret_generation: number }>(
      `update webhook_endpoints set secret_generation = secret_generation + 1, previous_secret_until = $3
       where tenant_id = $1 and id = $2 returning secret_generation`,
      [tenantId, input.id, until],
    );
    const generation = found(row, `webhook ${input.id}`).secret_generation;
    tx.audit({
      action: 'webhook.secret_rotated',
      subject: subjectOf(input.id),
      details: { generation, previousUntil: until },
    });
    const secret = deriveSecret(rules.secretKey, { tenantId, id: input.id, generation });
    return { ...(await readEndpointOrThrow(tx, tenantId, input.id)), secret };
  });
}
