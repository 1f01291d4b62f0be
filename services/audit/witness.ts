import { readOnly, type ServiceContext, write } from '../context.ts';

/** A signed head of the log, and where it was put outside of this database. */
export interface WitnessRecord {
  seq: number;
  hash: string;
  at: string;
  keyId: string;
  objectKey: string;
  objectVersion: string;
  signature: string;
}

export function recordWitness(ctx: ServiceContext, record: WitnessRecord): Promise<void> {
  return write(ctx, async (tx) => {
    const { seq, hash, at, keyId, objectKey, objectVersion, signature } = record;
    await tx.query(
      'insert into audit_witnesses (tenant_id, seq, hash, at, object_key, object_version, signature) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing',
      [ctx.actor.tenantId, seq, hash, at, objectKey, objectVersion, signature],
    );
    tx.audit({
      action: 'audit.witnessed',
      subject: `tenant:${ctx.actor.tenantId}`,
      details: { seq, hash, objectKey, objectVersion, keyId },
    });
  });
}

/** Where the last head was put, as the database has it. */
export function readLastWitness(ctx: ServiceContext): Promise<{ objectKey: string; objectVersion: string } | null> {
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<{ object_key: string; object_version: string }>(
      'select object_key, object_version from audit_witnesses where tenant_id = $1 order by seq desc limit 1',
      [ctx.actor.tenantId],
    );
    return row ? { objectKey: row.object_key, objectVersion: row.object_version } : null;
  });
}
