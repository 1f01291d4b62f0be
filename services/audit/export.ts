import { type ChainedRow, canonicalJson, genesisHash } from '../../domain/audit-chain.ts';
import type { HeadStatement, SignedHead, SigningKey } from '../../domain/audit-head.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';
import { chainAudit } from './chain.ts';
import { chainHead, requireWholeLog } from './read.ts';
import { rowsAfter } from './verify.ts';

export interface ExportHeader {
  kind: 'floorwalker.audit-export.v1';
  tenantId: string;
  exportedAt: string;
  /** So many rows follow, and then the signed head. */
  rows: number;
  keys: Pick<SigningKey, 'id' | 'publicKeyPem' | 'validFrom' | 'validUntil'>[];
}

const batchRows = 500;

/**
 * The whole log as lines of JSON: what it is, every row, and its signed end. Read in batches, so that a log of any
 * length takes the same memory; that somebody takes it out is on record first and is its last row.
 */
export async function exportAudit(
  ctx: ServiceContext,
  signing: {
    keys: readonly SigningKey[];
    signHead: (head: Omit<HeadStatement, 'kind' | 'keyId'>) => SignedHead;
  },
): Promise<AsyncGenerator<string>> {
  requireWholeLog(ctx);
  const { tenantId } = ctx.actor;
  await write(ctx, async (tx) => tx.audit({ action: 'audit.exported', subject: `tenant:${tenantId}` }));
  await chainAudit(ctx);
  const { seq: rows } = await readOnly(ctx, (tx) => chainHead(tx, tenantId));
  const exportedAt = ctx.now();
  const header: ExportHeader = {
    ...{ kind: 'floorwalker.audit-export.v1', tenantId, exportedAt, rows },
    keys: signing.keys.map(({ id, publicKeyPem, validFrom, validUntil }) => ({
      id,
      publicKeyPem,
      validFrom,
      validUntil,
    })),
  };
  return lines();

  async function* lines(): AsyncGenerator<string> {
    yield `${canonicalJson(header)}\n`;
    let last: Pick<ChainedRow, 'seq' | 'hash'> = { seq: 0, hash: genesisHash };
    while (last.seq < rows) {
      const batch = await readOnly(ctx, (tx) =>
        rowsAfter(tx, tenantId, last.seq, Math.min(batchRows, rows - last.seq)),
      );
      // A log that lost rows is shown as it is; whoever checks the export finds where.
      if (batch.length === 0) break;
      yield batch.map((row) => `${canonicalJson(row)}\n`).join('');
      last = batch.at(-1)!;
    }
    yield `${canonicalJson(signing.signHead({ tenantId, seq: last.seq, hash: last.hash, at: exportedAt }))}\n`;
  }
}
