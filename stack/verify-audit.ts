import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { keyIdOf, verifySignature } from '../adapters/crypto/signer.ts';
import type { ChainedRow } from '../domain/audit-chain.ts';
import { ChainCheck, type ChainProblem, type WitnessedHead } from '../domain/audit-check.ts';
import { headProblem, readSignedHead, type SignedHead, type SigningKey } from '../domain/audit-head.ts';
import type { ExportHeader } from '../services/audit/export.ts';

export interface VerifyAuditOptions {
  file: string;
  /** PEM, one or more after the other; without it only the export's own keys can be asked, and they are said. */
  keyFile?: string;
  headFiles: readonly string[];
  write: (text: string) => void;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

class NotAnExport extends Error {}

/** Checks an export line by line, in the memory of one: 0 when all of it holds, 1 with the first row that does not. */
export async function runVerifyAudit({ file, keyFile, headFiles, write }: VerifyAuditOptions): Promise<number> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const reading = lines[Symbol.asyncIterator]();
  try {
    const header = readHeader(await reading.next());
    const keys = await trustedKeys(header, keyFile, write);
    const known = await knownHeads(header, keys, headFiles);
    const check = new ChainCheck({ tenantId: header.tenantId, heads: known.heads, sha256 });
    const problem = known.forged ?? (await readRows(reading, header, keys, check));
    write(`${header.tenantId}: ${check.seq} rows, exported ${header.exportedAt}, head ${check.hash}\n`);
    for (const { at, seq } of known.heads.filter(({ seq }) => seq <= check.seq))
      write(`agrees with the head of row ${seq}, ${at}\n`);
    write(
      problem === null ? 'OK: every row holds.\n' : `NOT OK: row ${problem.seq}: ${problem.code}: ${problem.detail}\n`,
    );
    return problem === null ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NotAnExport)) throw error;
    write(`NOT OK: ${error.message}\n`);
    return 1;
  } finally {
    lines.close();
  }
}

function readHeader({ value, done }: IteratorResult<string>): ExportHeader {
  const header = done === true ? null : parsed(value);
  if (header?.['kind'] !== 'floorwalker.audit-export.v1')
    throw new NotAnExport('this file is no export of an audit log');
  return header as unknown as ExportHeader;
}

async function trustedKeys(
  header: ExportHeader,
  keyFile: string | undefined,
  write: (text: string) => void,
): Promise<SigningKey[]> {
  if (keyFile === undefined) {
    const ids = header.keys.map(({ id }) => id).join(', ');
    write(`Signed with ${ids}; whose keys these are, only --key FILE can tell.\n`);
    // An id that is not of its key would let one key speak in another's name.
    return header.keys.map((key) => ({ ...key, id: keyIdOf(key.publicKeyPem) }));
  }
  const pems =
    (await readFile(keyFile, 'utf8')).match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  if (pems.length === 0) throw new NotAnExport(`${keyFile} has no public key in it`);
  const when = new Map(header.keys.map((key) => [key.id, key]));
  return pems.map((publicKeyPem) => {
    const id = keyIdOf(publicKeyPem);
    const { validFrom = null, validUntil = null } = when.get(id) ?? {};
    return { id, publicKeyPem, validFrom, validUntil };
  });
}

/** Heads that were kept elsewhere, a JSON document or a line each; of other companies in the same file nothing is said. */
async function knownHeads({ tenantId }: ExportHeader, keys: readonly SigningKey[], files: readonly string[]) {
  const heads: WitnessedHead[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const whole = readSignedHead(text);
    const all = whole
      ? [whole]
      : text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [readSignedHead(line)]));
    for (const signed of all) {
      if (signed === null) throw new NotAnExport(`${file} has something in it that is no signed head`);
      if (signed.statement.tenantId !== tenantId) continue;
      const detail = headProblem(signed, { tenantId, keys, verify: verifySignature });
      const { seq, hash, at } = signed.statement;
      if (detail !== null)
        return { heads, forged: { seq, code: 'witness_forged' as const, detail: `${file}: ${detail}` } };
      heads.push({ seq, hash, at, source: 'outside file' });
    }
  }
  return { heads, forged: null };
}

async function readRows(
  lines: AsyncIterator<string>,
  { tenantId, rows }: ExportHeader,
  keys: readonly SigningKey[],
  check: ChainCheck,
): Promise<ChainProblem | null> {
  let end: SignedHead | null = null;
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    if (end !== null)
      return { seq: check.seq + 1, code: 'row_inserted', detail: 'something follows after the signed end' };
    end = readSignedHead(next.value);
    const row = end === null ? parsed(next.value) : null;
    if (end === null && !isRow(row)) {
      // Half a line is where a copy broke off.
      const detail = `what should be row ${check.seq + 1} cannot be read; the file is cut off or was changed`;
      return { seq: check.seq + 1, code: 'row_altered', detail };
    }
    const problem = isRow(row) ? check.take(row) : null;
    if (problem) return problem;
  }
  const last = check.end(null);
  if (last) return last;
  if (end === null) {
    const detail = `the export ends after row ${check.seq} of ${rows}, without its signed end`;
    return { seq: check.seq + 1, code: 'row_missing', detail };
  }
  const forged = headProblem(end, { tenantId, keys, verify: verifySignature });
  if (forged !== null) return { seq: end.statement.seq, code: 'witness_forged', detail: forged };
  const { seq, hash } = end.statement;
  return check.end({ seq, hash });
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const isRow = (value: unknown): value is ChainedRow =>
  typeof value === 'object' && value !== null && 'seq' in value && 'hash' in value && 'prevHash' in value;
