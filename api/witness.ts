import { canonicalJson } from '../domain/audit-chain.ts';
import { DomainError } from '../domain/errors.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import type { WitnessedHead, WitnessRecord } from '../services/audit/read.ts';
import { sha256Hex } from '../services/context.ts';

interface WitnessDependencies {
  objects: EvidenceStore;
  publicKeyPem: string;
  verify: (publicKeyPem: string, text: string, signature: string) => boolean;
}

/** Reads the witnessed head from the locked store and checks our signature on it: the database row only says where it lies. */
export function witnessVerifier({ objects, publicKeyPem, verify }: WitnessDependencies) {
  return async (witness: WitnessRecord, tenantId: string): Promise<WitnessedHead> => {
    const bytes = await objects.read({ key: witness.objectKey, version: witness.objectVersion });
    const { statement, signature } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      statement: { tenantId: string; seq: number; hash: string; at: string };
      signature: string;
    };
    if (statement.tenantId !== tenantId || !verify(publicKeyPem, canonicalJson(statement), signature)) {
      throw new DomainError(
        'DEPENDENCY_PERMANENT',
        `The witnessed audit head ${witness.objectKey} (${sha256Hex(bytes).slice(0, 12)}) does not carry our signature.`,
      );
    }
    return { seq: statement.seq, hash: statement.hash, at: statement.at };
  };
}
