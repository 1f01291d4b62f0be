import { canonicalJson } from '../domain/audit-chain.ts';
import { DomainError } from '../domain/errors.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import type { WitnessedHead, WitnessRecord } from '../services/audit/read.ts';
import { sha256Hex } from '../services/context.ts';

interface WitnessDependencies {
  objects: Pick<EvidenceStore, 'read'> & {
    newest(prefix: string): Promise<{ key: string; version: string } | null>;
  };
  publicKeyPem: string;
  verify: (publicKeyPem: string, text: string, signature: string) => boolean;
}

/**
 * Finds the newest witnessed head in the locked store and checks our signature on it. The database is not asked where it
 * lies: whoever can rewrite the log can rewrite that row too.
 */
export function witnessVerifier({ objects, publicKeyPem, verify }: WitnessDependencies) {
  return async (witness: WitnessRecord | null, tenantId: string): Promise<WitnessedHead | null> => {
    const newest = await objects.newest(`${tenantId}/audit/head-`);
    if (newest === null && witness === null) return null;
    const bytes = await objects.read(newest ?? { key: witness!.objectKey, version: witness!.objectVersion });
    const { statement, signature } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      statement: { tenantId: string; seq: number; hash: string; at: string };
      signature: string;
    };
    if (statement.tenantId !== tenantId || !verify(publicKeyPem, canonicalJson(statement), signature)) {
      throw new DomainError(
        'DEPENDENCY_PERMANENT',
        `The witnessed audit head of ${tenantId} (${sha256Hex(bytes).slice(0, 12)}) does not carry our signature.`,
      );
    }
    return { seq: statement.seq, hash: statement.hash, at: statement.at };
  };
}
