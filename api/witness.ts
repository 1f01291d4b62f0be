import type { WitnessedHead } from '../domain/audit-check.ts';
import {
  type HeadStatement,
  headProblem,
  readSignedHead,
  type SigningKey,
  type VerifySignature,
} from '../domain/audit-head.ts';
import { DomainError } from '../domain/errors.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import type { FoundWitnesses } from '../services/audit/verify.ts';

interface WitnessDependencies {
  objects: Pick<EvidenceStore, 'read'> & {
    newest(prefix: string): Promise<{ key: string; version: string } | null>;
  };
  keys: readonly SigningKey[];
  verify: VerifySignature;
  /** The lines of the outside file; null where none is configured. */
  readFile: (() => Promise<string[]>) | null;
}

type Read = { head: WitnessedHead } | { forged: NonNullable<FoundWitnesses['forged']> };

/**
 * Finds the heads that lie outside of the database and believes those that one of our keys signed. The database is not
 * asked where they lie: whoever can rewrite the log can rewrite that row too.
 */
export function witnessFinder({ objects, keys, verify, readFile }: WitnessDependencies) {
  const readHead = (text: string, tenantId: string, source: WitnessedHead['source']): Read => {
    const signed = readSignedHead(text);
    const seq = signed?.statement.seq ?? 0;
    if (signed === null)
      return { forged: { seq, code: 'witness_forged', detail: `What lies in the ${source} is no signed head.` } };
    const detail = headProblem(signed, { tenantId, keys, verify });
    return detail === null
      ? { head: { ...headOf(signed.statement), source } }
      : { forged: { seq, code: 'witness_forged', detail: `In the ${source}: ${detail}` } };
  };

  return async (
    recorded: { objectKey: string; objectVersion: string } | null,
    tenantId: string,
  ): Promise<FoundWitnesses> => {
    const found: FoundWitnesses = { store: null, file: readFile === null ? null : [], forged: null };
    const stored = await newestHead(objects, tenantId, recorded);
    const reads: Read[] = [];
    if (stored !== null) reads.push(inItsPlace(readHead(stored.text, tenantId, 'object store'), stored.key));
    for (const line of (await readFile?.()) ?? [])
      if (isAbout(line, tenantId)) reads.push(readHead(line, tenantId, 'outside file'));
    for (const read of reads) {
      if ('forged' in read) found.forged ??= read.forged;
      else if (read.head.source === 'object store') found.store = read.head;
      else found.file?.push(read.head);
    }
    return found;
  };
}

async function newestHead(
  objects: WitnessDependencies['objects'],
  tenantId: string,
  recorded: { objectKey: string; objectVersion: string } | null,
): Promise<{ key: string; text: string } | null> {
  const newest = await objects.newest(`${tenantId}/audit/head-`);
  const at = newest ?? (recorded && { key: recorded.objectKey, version: recorded.objectVersion });
  if (at === null) return null;
  const bytes = await objects.read(at).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'NOT_FOUND')
      throw new DomainError(
        'DEPENDENCY_PERMANENT',
        `The audit head ${at.key} was put into the object store and is gone.`,
      );
    throw error;
  });
  return { key: at.key, text: Buffer.from(bytes).toString('utf8') };
}

/** An older head of ours under a later name would hide everything since. */
function inItsPlace(read: Read, key: string): Read {
  const named = Number(/head-(\d+)\.json$/.exec(key)?.[1]);
  if ('forged' in read || read.head.seq === named) return read;
  const detail = `In the object store, where the head of row ${named} should lie, lies that of row ${read.head.seq}.`;
  return { forged: { seq: read.head.seq, code: 'witness_forged', detail } };
}

const headOf = ({ seq, hash, at }: HeadStatement) => ({ seq, hash, at });

/** Companies share the file; a line that nobody can read is everybody's. */
function isAbout(line: string, tenantId: string): boolean {
  const signed = readSignedHead(line);
  return signed === null || signed.statement.tenantId === tenantId;
}
