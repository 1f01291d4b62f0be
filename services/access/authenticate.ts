import { randomBytes } from 'node:crypto';
import type { Database } from '../../adapters/postgres/database.ts';
import { DomainError } from '../../domain/errors.ts';
import { addMs } from '../../domain/time.ts';
import type { Actor, Locale, Role } from '../../domain/types.ts';
import { sha256Hex, write } from '../context.ts';

interface KeyRow {
  [column: string]: unknown;
  id: string;
  tenant_id: string;
  role: Role;
  display_name: string;
  store_ids: string[] | null;
}

const sessionTtlMs = 8 * 3_600_000;

const actorOf = (row: KeyRow): Actor => ({
  id: `${row.role === 'device' ? 'device' : 'user'}:${row.id}`,
  displayName: row.display_name,
  role: row.role,
  tenantId: row.tenant_id,
  storeIds: row.store_ids,
});

/** Keys are 256 random bits, so a plain SHA-256 is enough to store them. */
export async function authenticateKey(db: Database, apiKey: string): Promise<Actor> {
  const [row] = await db.query<KeyRow>('select * from authenticate_key($1)', [sha256Hex(apiKey)]);
  if (!row) throw new DomainError('UNAUTHENTICATED', 'This API key is not known, has expired or was revoked.');
  return actorOf(row);
}

export async function authenticateSession(db: Database, token: string): Promise<Actor> {
  const [row] = await db.query<KeyRow>('select * from authenticate_session($1)', [sha256Hex(token)]);
  if (!row) throw new DomainError('UNAUTHENTICATED', 'Your session has ended. Sign in again.');
  return actorOf(row);
}

/** Opens a browser session for an API key; only the hash of the token is kept. */
export async function createSession(
  deps: { db: Database; now: () => string },
  apiKey: string,
): Promise<{ token: string; actor: Actor; expiresAt: string }> {
  const actor = await authenticateKey(deps.db, apiKey);
  const token = randomBytes(32).toString('base64url');
  const expiresAt = addMs(deps.now(), sessionTtlMs);
  await write({ ...deps, actor }, async (tx) => {
    await tx.query('insert into sessions (token_sha256, tenant_id, api_key_id, expires_at) values ($1, $2, $3, $4)', [
      sha256Hex(token),
      actor.tenantId,
      actor.id.replace(/^[a-z]+:/, ''),
      expiresAt,
    ]);
    tx.audit({ action: 'session.created', subject: actor.id });
  });
  return { token, actor, expiresAt };
}

export async function endSession(deps: { db: Database; now: () => string }, token: string): Promise<void> {
  const actor = await authenticateSession(deps.db, token);
  await write({ ...deps, actor }, async (tx) => {
    await tx.query('delete from sessions where token_sha256 = $1', [sha256Hex(token)]);
    tx.audit({ action: 'session.ended', subject: actor.id });
  });
}

export interface Sender {
  actor: Actor;
  personId: string;
  /** The language in which this person is answered. */
  locale: Locale;
}

/** The person a text comes from; null when the number belongs to nobody here. */
export async function findSender(db: Database, phone: string): Promise<Sender | null> {
  const [row] = await db.query<KeyRow & { locale: Locale }>('select * from find_person_by_phone($1)', [phone]);
  return row ? { actor: personOnPhone(row), personId: row.id, locale: row.locale } : null;
}

/** Somebody who answers by text or in a call. */
export const personOnPhone = (row: { id: string; display_name: string; role: Role; tenant_id: string }): Actor => ({
  id: `phone:${row.id}`,
  displayName: row.display_name,
  role: row.role,
  tenantId: row.tenant_id,
  storeIds: null,
});

/** Whether this webhook was fully dealt with before; it is noted only after its effect, so a crash between loses nothing. */
export async function webhookSeen(db: Database, source: string, id: string): Promise<boolean> {
  const rows = await db.query('select id from webhook_receipts where source = $1 and id = $2', [source, id]);
  return rows.length > 0;
}

/** Those of `ids` that were not dealt with yet, in the order given. */
export async function unseenWebhooks(db: Database, source: string, ids: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    'select id from webhook_receipts where source = $1 and id = any($2::text[])',
    [source, ids],
  );
  const seen = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !seen.has(id));
}

/** Long after the carrier repeats or lists anything, a receipt says nothing any more. */
export async function forgetOldWebhooks(db: Database, olderThanDays: number): Promise<void> {
  await db.query('delete from webhook_receipts where received_at < clock_timestamp() - make_interval(days => $1)', [
    olderThanDays,
  ]);
}

export async function noteWebhook(db: Database, source: string, id: string): Promise<void> {
  await db.query('insert into webhook_receipts (source, id) values ($1, $2) on conflict do nothing', [source, id]);
}
