import { randomBytes } from 'node:crypto';
import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError } from '../../domain/errors.ts';
import { may, requirePermission } from '../../domain/permissions.ts';
import { tryNow } from '../../domain/sharing/circuit.ts';
import {
  checkApprovals,
  defaultTemplates,
  fewestApprovals,
  type RecipientKind,
  type ShareTemplate,
} from '../../domain/sharing/template.ts';
import { found, readOnly, type ServiceContext, write } from '../context.ts';
import { checkUrl } from '../webhook/endpoint.ts';
import { deriveCredential } from './credential.ts';
import { circuitOf, loadRecipient, type Recipient, type RecipientRow, recipientOf, saveCircuit } from './rows.ts';

/** What the installation brings along: the key that credentials are derived from, and whether http is allowed. */
export interface SharingRules {
  secretKey: string;
  mode: 'development' | 'production';
}

export interface RecipientSettings {
  name: string;
  url: string;
  template: Partial<ShareTemplate>;
  throttlePerMinute?: number;
  approvalsRequired?: number;
}

export type RecipientWithCredential = Recipient & { credential: string };

const mostRecipients = 100;
const usualThrottlePerMinute = 10;
const subjectOf = (id: string) => `recipient:${id}`;
/** A path may hold a token of the recipient's, so the audit log gets the host alone. */
const hostOf = (url: string) => new URL(url).host;

/** They get evidence of every store, so whoever manages them must be allowed to see every store. */
function requireManager(ctx: ServiceContext): void {
  requirePermission(ctx.actor, 'recipient.manage');
  if (ctx.actor.storeIds !== null)
    throw new DomainError('FORBIDDEN', 'Recipients are managed with a key that is not limited to stores.');
}

/** Whoever shares sees whom there is to share with. */
export function listRecipients(ctx: ServiceContext): Promise<Recipient[]> {
  if (!may(ctx.actor, 'recipient.manage')) requirePermission(ctx.actor, 'packet.issue');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<RecipientRow>('select * from recipients where tenant_id = $1 order by kind, name, id', [
      ctx.actor.tenantId,
    ]);
    return rows.map(recipientOf);
  });
}

export function readRecipient(ctx: ServiceContext, id: string): Promise<Recipient> {
  if (!may(ctx.actor, 'recipient.manage')) requirePermission(ctx.actor, 'packet.issue');
  return readOnly(ctx, async (tx) => recipientOf(await loadRecipient(tx, ctx.actor.tenantId, id)));
}

/** The answer is the only one that shows the credential. */
export function createRecipient(
  ctx: ServiceContext,
  input: RecipientSettings & { kind: RecipientKind },
  rules: SharingRules,
): Promise<RecipientWithCredential> {
  requireManager(ctx);
  const { kind, name } = input;
  const url = checkUrl(input.url, rules.mode);
  const approvalsRequired = input.approvalsRequired ?? fewestApprovals[kind];
  checkApprovals(kind, approvalsRequired);
  const template: ShareTemplate = { ...defaultTemplates[kind], ...input.template };
  const throttlePerMinute = input.throttlePerMinute ?? usualThrottlePerMinute;
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    await refuseTooMany(tx, tenantId);
    const id = `rcp_${randomBytes(10).toString('hex')}`;
    await tx.query(
      `insert into recipients (tenant_id, id, kind, name, url, template, throttle_per_minute, approvals_required, created_by, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[tenantId, id, kind, name, url, JSON.stringify(template), throttlePerMinute, approvalsRequired],
        ...[ctx.actor.id, tx.at],
      ],
    );
    tx.audit({
      action: 'recipient.created',
      subject: subjectOf(id),
      details: { kind, name, host: hostOf(url), template, throttlePerMinute, approvalsRequired },
    });
    const credential = deriveCredential(rules.secretKey, { tenantId, id, generation: 1 });
    return { ...recipientOf(await loadRecipient(tx, tenantId, id)), credential };
  });
}

async function refuseTooMany(tx: Queryable, tenantId: string): Promise<void> {
  const [count] = await tx.query<{ count: number }>(
    'select count(*)::int as count from recipients where tenant_id = $1',
    [tenantId],
  );
  if ((count?.count ?? 0) >= mostRecipients)
    throw new DomainError('PRECONDITION_FAILED', `There are ${mostRecipients} recipients already; reuse one of them.`);
}

/** Changes what is named; what was agreed to before is sent as it was agreed to. Switching on closes the circuit. */
export function updateRecipient(
  ctx: ServiceContext,
  input: { id: string; change: Partial<RecipientSettings> & { enabled?: boolean } },
  rules: SharingRules,
): Promise<Recipient> {
  requireManager(ctx);
  const { id, change } = input;
  const { tenantId } = ctx.actor;
  const url = change.url === undefined ? undefined : checkUrl(change.url, rules.mode);
  return write(ctx, async (tx) => {
    const row = await loadRecipient(tx, tenantId, id, true);
    const before = recipientOf(row);
    const template = { ...before.template, ...change.template };
    const after = { ...before, ...change, template, ...(url === undefined ? {} : { url }) };
    checkApprovals(before.kind, after.approvalsRequired);
    await tx.query(
      `update recipients set name = $3, url = $4, template = $5, throttle_per_minute = $6, approvals_required = $7, enabled = $8
       where tenant_id = $1 and id = $2`,
      [
        ...[tenantId, id, after.name, after.url, JSON.stringify(template), after.throttlePerMinute],
        ...[after.approvalsRequired, after.enabled],
      ],
    );
    if (after.enabled && !before.enabled) await saveCircuit(tx, tenantId, id, tryNow(circuitOf(row), tx.at));
    const changed = (['name', 'url', 'template', 'throttlePerMinute', 'approvalsRequired', 'enabled'] as const).filter(
      (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
    );
    if (changed.length === 0) tx.noAudit('nothing changed');
    else
      tx.audit({
        action: 'recipient.updated',
        subject: subjectOf(id),
        details: {
          ...{ changed, host: hostOf(after.url), enabled: after.enabled, template },
          approvalsRequired: after.approvalsRequired,
        },
      });
    return recipientOf(await loadRecipient(tx, tenantId, id));
  });
}

/** A new credential counts from the next sending on; the recipient has to know it by then. */
export function rotateCredential(
  ctx: ServiceContext,
  input: { id: string },
  rules: SharingRules,
): Promise<RecipientWithCredential> {
  requireManager(ctx);
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const [row] = await tx.query<{ credential_generation: number }>(
      'update recipients set credential_generation = credential_generation + 1 where tenant_id = $1 and id = $2 returning credential_generation',
      [tenantId, input.id],
    );
    const generation = found(row, `recipient ${input.id}`).credential_generation;
    tx.audit({ action: 'recipient.credential_rotated', subject: subjectOf(input.id), details: { generation } });
    const credential = deriveCredential(rules.secretKey, { tenantId, id: input.id, generation });
    return { ...recipientOf(await loadRecipient(tx, tenantId, input.id)), credential };
  });
}
