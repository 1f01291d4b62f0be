import { DomainError } from '../../domain/errors.ts';
import { type Permission, requirePermission } from '../../domain/permissions.ts';
import type { Actor } from '../../domain/types.ts';
import { found, type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import { type CompiledPolicy, parsePolicyDocument, type SourceProblem } from './document.ts';
import {
  isOpen,
  type PolicyRow,
  type PolicyState,
  type PolicyVersion,
  policyColumns,
  readVersions,
  versionView,
} from './versions.ts';

export interface DraftInput {
  source: string;
  /** Why; for whoever reviews it. */
  note?: string | undefined;
}

export interface VersionInput {
  id: string;
  version: number;
}

/** A policy decides for the whole company, so a key of some stores may not touch it. */
export function requireWholeTenant(actor: Actor, permission: Permission): void {
  requirePermission(actor, permission);
  if (actor.storeIds !== null)
    throw new DomainError('FORBIDDEN', 'A policy is of the whole company; your key is limited to some stores.');
}

/** Says everything that is wrong with a document, and changes nothing. */
export function validatePolicy(
  ctx: ServiceContext,
  input: { source: string; id?: string | undefined },
): SourceProblem[] {
  requirePermission(ctx.actor, 'policy.edit');
  const parsed = parsePolicyDocument(input.source, input.id);
  return 'problems' in parsed ? parsed.problems : [];
}

/** The first draft of a policy that is not there yet. */
export function createPolicy(ctx: ServiceContext, input: DraftInput): Promise<PolicyVersion> {
  requireWholeTenant(ctx.actor, 'policy.edit');
  const policy = compiled(input.source);
  return write(ctx, async (tx) => {
    const versions = await lockVersions(tx, ctx.actor.tenantId, policy.id);
    if (versions.length > 0)
      throw new DomainError(
        'CONFLICT',
        `The policy ${policy.id} exists. Put its next draft to /v1/policies/${policy.id}/draft.`,
      );
    return writeDraft(tx, ctx.actor, versions, policy, input);
  });
}

/** Writes the one draft: a new version, or in place of the draft that is there. What waits for a review stays as it is. */
export function saveDraft(ctx: ServiceContext, input: DraftInput & { id: string }): Promise<PolicyVersion> {
  requireWholeTenant(ctx.actor, 'policy.edit');
  const policy = compiled(input.source, input.id);
  return write(ctx, async (tx) => {
    const versions = await lockVersions(tx, ctx.actor.tenantId, input.id);
    found(versions[0], `policy ${input.id}`);
    return writeDraft(tx, ctx.actor, versions, policy, input);
  });
}

/** Makes a new draft from an old version; it takes the same review as any other. */
export function rollbackPolicy(ctx: ServiceContext, input: VersionInput): Promise<PolicyVersion> {
  requireWholeTenant(ctx.actor, 'policy.edit');
  return write(ctx, async (tx) => {
    const versions = await lockVersions(tx, ctx.actor.tenantId, input.id);
    const old = found(
      versions.find(({ version }) => version === input.version),
      `version ${input.version} of policy ${input.id}`,
    );
    const { source } = versionView(old);
    // Rules may have become stricter since it was written.
    return writeDraft(tx, ctx.actor, versions, compiled(source, input.id), {
      source,
      note: `back to version ${input.version}`,
    });
  });
}

/** Hands the draft over for review; from here on nobody can change it, only withdraw it. */
export function submitPolicy(ctx: ServiceContext, input: VersionInput): Promise<PolicyVersion> {
  requireWholeTenant(ctx.actor, 'policy.edit');
  return write(ctx, async (tx) => {
    const row = await versionIn(tx, ctx.actor.tenantId, input, ['draft']);
    const submitted = await change(
      tx,
      ctx.actor.tenantId,
      input,
      "state = 'review', submitted_by = $4, submitted_at = $5",
      [ctx.actor.id, tx.at],
    );
    tx.audit({ action: 'policy.submitted', subject: `policy:${input.id}`, details: aboutVersion(row) });
    return versionView(submitted);
  });
}

/** Puts the reviewed version into force and retires the one before; never by whoever wrote it. Open incidents keep theirs. */
export function activatePolicy(ctx: ServiceContext, input: VersionInput): Promise<PolicyVersion> {
  requireWholeTenant(ctx.actor, 'policy.activate');
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const row = await versionIn(tx, tenantId, input, ['review']);
    if (row.created_by === ctx.actor.id)
      throw new DomainError('FORBIDDEN', 'You wrote this version; somebody else has to review and activate it.');
    const [retired] = await tx.query<{ version: number }>(
      "update policies set state = 'retired' where tenant_id = $1 and id = $2 and state = 'active' returning version",
      [tenantId, input.id],
    );
    const active = await change(tx, tenantId, input, "state = 'active', activated_by = $4, activated_at = $5", [
      ctx.actor.id,
      tx.at,
    ]);
    tx.audit({
      action: 'policy.activated',
      subject: `policy:${input.id}`,
      details: { ...aboutVersion(row), writtenBy: row.created_by, retiredVersion: retired?.version ?? null },
    });
    return versionView(active);
  });
}

/** Takes a draft, or what waits for its review, back for good: its number is never used again. */
export function withdrawPolicy(ctx: ServiceContext, input: VersionInput): Promise<PolicyVersion> {
  requireWholeTenant(ctx.actor, 'policy.edit');
  return write(ctx, async (tx) => {
    const row = await versionIn(tx, ctx.actor.tenantId, input, ['draft', 'review']);
    const withdrawn = await change(tx, ctx.actor.tenantId, input, "state = 'retired'", []);
    tx.audit({
      action: 'policy.withdrawn',
      subject: `policy:${input.id}`,
      details: { ...aboutVersion(row), was: row.state },
    });
    return versionView(withdrawn);
  });
}

/** Throws VALIDATION that names every problem by its line. */
export function compiled(source: string, sentTo?: string): CompiledPolicy {
  const parsed = parsePolicyDocument(source, sentTo);
  if ('policy' in parsed) return parsed.policy;
  const fields = parsed.problems.map(({ line, column, path, message }) => ({
    field: path === '' ? 'source' : path,
    message: `line ${line}, column ${column}: ${message}`,
  }));
  const [first, ...rest] = fields;
  throw new DomainError('VALIDATION', `${first!.message}${rest.length === 0 ? '' : ` (and ${rest.length} more)`}`, {
    fields,
  });
}

/** One change of a policy after another, so that two people cannot both make its next version. */
async function lockVersions(tx: WriteTransaction, tenantId: string, id: string): Promise<PolicyRow[]> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`policy:${tenantId}:${id}`]);
  return readVersions(tx, tenantId, id);
}

async function writeDraft(
  tx: WriteTransaction,
  actor: Actor,
  versions: readonly PolicyRow[],
  policy: CompiledPolicy,
  { source, note }: DraftInput,
): Promise<PolicyVersion> {
  const open = versions.find(isOpen);
  if (open?.state === 'review')
    throw new DomainError(
      'CONFLICT',
      `Version ${open.version} of ${policy.id} waits for its review. Have it activated or withdraw it first.`,
    );
  const version = open?.version ?? (versions[0]?.version ?? 0) + 1;
  const [row] = await tx.query<PolicyRow>(
    `insert into policies (tenant_id, id, version, state, body, source, note, created_by, created_at) values ($1, $2, $3, 'draft', $4, $5, $6, $7, $8)
     on conflict (tenant_id, id, version) do update set body = excluded.body, source = excluded.source, note = excluded.note, created_by = excluded.created_by, created_at = excluded.created_at
     returning ${policyColumns}`,
    [actor.tenantId, policy.id, version, JSON.stringify({ ...policy, version }), source, note ?? null, actor.id, tx.at],
  );
  const draft = found(row, `draft of policy ${policy.id}`);
  tx.audit({
    action: 'policy.drafted',
    subject: `policy:${policy.id}`,
    details: { ...aboutVersion(draft), replaced: open !== undefined, note: note ?? null },
  });
  return versionView(draft);
}

async function versionIn(
  tx: WriteTransaction,
  tenantId: string,
  { id, version }: VersionInput,
  states: readonly PolicyState[],
): Promise<PolicyRow> {
  const versions = await lockVersions(tx, tenantId, id);
  const row = found(
    versions.find((each) => each.version === version),
    `version ${version} of policy ${id}`,
  );
  if (!states.includes(row.state))
    throw new DomainError(
      'CONFLICT',
      `Version ${version} of ${id} is ${row.state}; this takes one that is ${states.join(' or ')}.`,
    );
  return row;
}

async function change(
  tx: WriteTransaction,
  tenantId: string,
  { id, version }: VersionInput,
  assignments: string,
  values: readonly unknown[],
): Promise<PolicyRow> {
  const [row] = await tx.query<PolicyRow>(
    `update policies set ${assignments} where tenant_id = $1 and id = $2 and version = $3 returning ${policyColumns}`,
    [tenantId, id, version, ...values],
  );
  return found(row, `version ${version} of policy ${id}`);
}

/** The hash ties the audit row to the very text that was reviewed. */
const aboutVersion = (row: PolicyRow) => ({
  version: row.version,
  sourceSha256: sha256Hex(versionView(row).source),
});
