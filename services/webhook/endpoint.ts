import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { found, isoOrNull, type ServiceContext } from '../context.ts';
import type { WebhookEventType } from './event.ts';

export interface WebhookEndpoint {
  id: string;
  url: string;
  description: string;
  /** null: every type. */
  eventTypes: WebhookEventType[] | null;
  /** null: every store. */
  storeIds: string[] | null;
  includeDrills: boolean;
  enabled: boolean;
  disabledBecause: 'GONE' | 'FAILING_FOR_DAYS' | null;
  failureCount: number;
  failingSince: string | null;
  previousSecretUntil: string | null;
  createdAt: string;
  pending: number;
  dead: number;
}

interface EndpointRow {
  [column: string]: unknown;
  id: string;
  url: string;
  description: string;
  event_types: WebhookEventType[] | null;
  store_ids: string[] | null;
  include_drills: boolean;
  enabled: boolean;
  disabled_because: WebhookEndpoint['disabledBecause'];
  failure_count: number;
  failing_since: Date | null;
  previous_secret_until: Date | null;
  created_at: Date;
  pending: number;
  dead: number;
}

/** Endpoints hear of every store, so whoever manages them must be allowed to see every store. */
export function requireWebhookManager(ctx: ServiceContext): void {
  requirePermission(ctx.actor, 'webhook.manage');
  if (ctx.actor.storeIds !== null)
    throw new DomainError('FORBIDDEN', 'Webhooks are managed with a key that is not limited to stores.');
}

/** Newest first; with an id at most that one. */
export async function readEndpoints(tx: Queryable, tenantId: string, id?: string): Promise<WebhookEndpoint[]> {
  const rows = await tx.query<EndpointRow>(
    `select e.id, e.url, e.description, e.event_types, e.store_ids, e.include_drills, e.enabled, e.disabled_because, e.failure_count,
       e.failing_since, e.previous_secret_until, e.created_at,
       (select count(*)::int from webhook_deliveries d where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.state = 'pending') as pending,
       (select count(*)::int from webhook_deliveries d where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.state = 'dead') as dead
     from webhook_endpoints e where e.tenant_id = $1 and ($2::text is null or e.id = $2) order by e.created_at desc, e.id desc`,
    [tenantId, id ?? null],
  );
  return rows.map((row) => ({
    id: row.id,
    url: row.url,
    description: row.description,
    eventTypes: row.event_types,
    storeIds: row.store_ids,
    includeDrills: row.include_drills,
    enabled: row.enabled,
    disabledBecause: row.disabled_because,
    failureCount: row.failure_count,
    failingSince: isoOrNull(row.failing_since),
    previousSecretUntil: isoOrNull(row.previous_secret_until),
    createdAt: row.created_at.toISOString(),
    pending: row.pending,
    dead: row.dead,
  }));
}

export async function readEndpointOrThrow(tx: Queryable, tenantId: string, id: string): Promise<WebhookEndpoint> {
  const [endpoint] = await readEndpoints(tx, tenantId, id);
  return found(endpoint, `webhook ${id}`);
}

/** Where it leads is checked when it is connected to; here only what the text itself says. */
export function checkUrl(text: string, mode: 'development' | 'production'): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol))
    throw invalidField('url', 'must be an https address such as https://example.com/floorwalker');
  if (url.protocol === 'http:' && mode === 'production') throw invalidField('url', 'must be https');
  if (url.username !== '' || url.password !== '')
    throw invalidField('url', 'must not carry a user or password; the signature shows who sends');
  if (url.hash !== '') throw invalidField('url', 'must not have a fragment');
  return url.toString();
}

export async function checkStores(tx: Queryable, tenantId: string, storeIds: readonly string[] | null): Promise<void> {
  if (storeIds === null) return;
  const rows = await tx.query<{ id: string }>('select id from stores where tenant_id = $1 and id = any ($2)', [
    tenantId,
    storeIds,
  ]);
  const known = new Set(rows.map(({ id }) => id));
  const unknown = storeIds.findIndex((id) => !known.has(id));
  if (unknown >= 0) throw invalidField(`storeIds.${unknown}`, 'is not a store');
}
