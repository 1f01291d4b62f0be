import { canonicalJson } from '../../domain/audit-chain.ts';
import type { RetentionBasis } from '../../domain/retention.ts';
import type { ServiceContext, WriteTransaction } from '../context.ts';

export interface Signer {
  publicKeyPem: string;
  sign(text: string): string;
}

export interface DeletedObject {
  id: string;
  kind: string;
  /** Null: a delete marker, which has no bytes, or something that was stored by others. */
  sha256: string | null;
  sizeBytes: number;
  objectKey: string;
  objectVersion: string;
}

/**
 * `retention`: all evidence of an incident; `partial`: what had gone before a legal hold stopped the rest; `orphan`: what
 * no row knew; `moved`: an original whose verified copy lies in the cold tier.
 */
export type DeletionCause = 'retention' | 'partial' | 'orphan' | 'moved';

/** The signed statement of what was deleted, under which rule; it outlives what it is about. */
export interface DeletionRecord {
  kind: 'floorwalker.deletion.v2';
  id: string;
  cause: DeletionCause;
  tenantId: string;
  storeId: string;
  incidentId: string;
  intendedAt: string;
  deletedAt: string;
  deletedBy: string;
  verdict: string | null;
  closedAt: string | null;
  /** When it was due; null: no retention ran for it. */
  purgeAfter: string | null;
  authority: { policyId: string; policyVersion: number; rule: string; by: RetentionBasis['by'] } | null;
  objects: DeletedObject[];
}

/** Signs a record and keeps it where nothing changes or deletes it. */
export async function keepRecord(
  tx: WriteTransaction,
  ctx: ServiceContext,
  signer: Signer,
  facts: Omit<DeletionRecord, 'kind' | 'tenantId' | 'deletedAt' | 'deletedBy'>,
): Promise<{ record: DeletionRecord; signature: string }> {
  const { tenantId, id: deletedBy } = ctx.actor;
  const record: DeletionRecord = { kind: 'floorwalker.deletion.v2', tenantId, deletedAt: tx.at, deletedBy, ...facts };
  const signature = signer.sign(canonicalJson(record));
  await tx.query(
    'insert into dispositions (tenant_id, store_id, incident_id, id, at, record, signature, public_key) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      tenantId,
      facts.storeId,
      facts.incidentId,
      facts.id,
      tx.at,
      JSON.stringify(record),
      signature,
      signer.publicKeyPem,
    ],
  );
  return { record, signature };
}
