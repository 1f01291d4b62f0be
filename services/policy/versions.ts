import type { Queryable } from '../../adapters/postgres/database.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { completePolicy, type Policy } from '../../domain/policy.ts';
import type { OperatingModel } from '../../domain/types.ts';
import { found, iso, isoOrNull, readOnly, type ServiceContext } from '../context.ts';
import { formatPolicyDocument } from './document.ts';
import { policyIdOfStore } from './resolve.ts';

/** A version that was withdrawn is retired as well, without ever having been active. */
export type PolicyState = 'draft' | 'review' | 'active' | 'retired';

export interface PolicyVersionSummary {
  id: string;
  version: number;
  state: PolicyState;
  operatingModel: OperatingModel;
  note: string | null;
  createdBy: string;
  createdAt: string;
  submittedBy: string | null;
  submittedAt: string | null;
  activatedBy: string | null;
  activatedAt: string | null;
}

export interface PolicyVersion extends PolicyVersionSummary {
  /** What the person wrote; of a version that was installed, what they would have had to write. */
  source: string;
}

export interface PolicyDetail {
  id: string;
  active: PolicyVersion | null;
  /** The one version that is being worked on or waits for its review. */
  draft: PolicyVersion | null;
  /** Newest first. */
  versions: PolicyVersionSummary[];
  /** Stores in your scope that it serves now. */
  storeIds: string[];
}

export interface PolicyListEntry {
  id: string;
  operatingModel: OperatingModel;
  activeVersion: number | null;
  openVersion: number | null;
  openState: 'draft' | 'review' | null;
  stores: number;
}

export interface PolicyRow {
  [column: string]: unknown;
  id: string;
  version: number;
  state: PolicyState;
  body: Partial<Policy>;
  source: string | null;
  note: string | null;
  created_by: string;
  created_at: Date;
  submitted_by: string | null;
  submitted_at: Date | null;
  activated_by: string | null;
  activated_at: Date | null;
}

export const policyColumns =
  'id, version, state, body, source, note, created_by, created_at, submitted_by, submitted_at, activated_by, activated_at';

const summaryOfVersion = (row: PolicyRow): PolicyVersionSummary => ({
  id: row.id,
  version: row.version,
  state: row.state,
  operatingModel: completePolicy(row.body).operatingModel,
  note: row.note,
  createdBy: row.created_by,
  createdAt: iso(row.created_at),
  submittedBy: row.submitted_by,
  submittedAt: isoOrNull(row.submitted_at),
  activatedBy: row.activated_by,
  activatedAt: isoOrNull(row.activated_at),
});

export const versionView = (row: PolicyRow): PolicyVersion => ({
  ...summaryOfVersion(row),
  source: row.source ?? formatPolicyDocument(completePolicy(row.body)),
});

/** Newest first; empty when there is no such policy. */
export const readVersions = (tx: Queryable, tenantId: string, id: string): Promise<PolicyRow[]> =>
  tx.query<PolicyRow>(`select ${policyColumns} from policies where tenant_id = $1 and id = $2 order by version desc`, [
    tenantId,
    id,
  ]);

export const isOpen = ({ state }: Pick<PolicyRow, 'state'>): boolean => state === 'draft' || state === 'review';

export function listPolicies(ctx: ServiceContext): Promise<PolicyListEntry[]> {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<PolicyRow>(
      `select ${policyColumns} from policies where tenant_id = $1 and (state <> 'retired' or version = (select max(version) from policies n where n.tenant_id = policies.tenant_id and n.id = policies.id))
       order by id, version desc`,
      [ctx.actor.tenantId],
    );
    const served = await tx.query<{ policy_id: string; stores: number }>(
      `select ${policyIdOfStore} as policy_id, count(*)::int as stores from stores s where s.tenant_id = $1 group by 1`,
      [ctx.actor.tenantId],
    );
    return [...new Set(rows.map(({ id }) => id))].map((id) => {
      const versions = rows.filter((row) => row.id === id);
      const active = versions.find(({ state }) => state === 'active');
      const open = versions.find(isOpen);
      return {
        id,
        operatingModel: completePolicy((active ?? versions[0]!).body).operatingModel,
        activeVersion: active?.version ?? null,
        openVersion: open?.version ?? null,
        openState: open?.state === 'draft' || open?.state === 'review' ? open.state : null,
        stores: served.find(({ policy_id }) => policy_id === id)?.stores ?? 0,
      };
    });
  });
}

export function readPolicy(ctx: ServiceContext, id: string): Promise<PolicyDetail> {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, async (tx) => {
    const versions = await readVersions(tx, ctx.actor.tenantId, id);
    found(versions[0], `policy ${id}`);
    const view = (row: PolicyRow | undefined) => (row === undefined ? null : versionView(row));
    const stores = await tx.query<{ id: string }>(
      `select s.id from stores s where s.tenant_id = $1 and ${policyIdOfStore} = $2 order by s.id`,
      [ctx.actor.tenantId, id],
    );
    return {
      id,
      active: view(versions.find(({ state }) => state === 'active')),
      draft: view(versions.find(isOpen)),
      versions: versions.map(summaryOfVersion),
      storeIds: stores.map((store) => store.id),
    };
  });
}

export function readPolicyVersion(ctx: ServiceContext, input: { id: string; version: number }): Promise<PolicyVersion> {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, async (tx) => {
    const versions = await readVersions(tx, ctx.actor.tenantId, input.id);
    const row = versions.find(({ version }) => version === input.version);
    return versionView(found(row, `version ${input.version} of policy ${input.id}`));
  });
}
