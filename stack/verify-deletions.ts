import { readFile } from 'node:fs/promises';
import { verifySignature } from '../adapters/crypto/signer.ts';
import { canonicalJson } from '../domain/audit-chain.ts';

interface Signed {
  record: { id?: string; incidentId?: string; deletedAt?: string; objects?: unknown[] };
  signature: string;
  publicKey: string;
}

/** Checks deletion records on a shell, without a network or a database: 0 when each of them holds. */
export async function runVerifyDeletions(options: {
  file: string;
  keyFile?: string;
  write: (text: string) => void;
}): Promise<number> {
  const text = await readFile(options.file, 'utf8');
  const key = options.keyFile === undefined ? null : (await readFile(options.keyFile, 'utf8')).trim();
  const records = parse(text);
  let bad = 0;
  let objects = 0;
  const seen = new Set<string>();
  for (const [index, { record, signature, publicKey }] of records.entries()) {
    const name = record.id ?? `record ${index + 1}`;
    const problems = [
      ...(holds(publicKey, canonicalJson(record), signature) ? [] : ['its signature does not hold: it was altered']),
      ...(key === null || publicKey.trim() === key ? [] : ['it was signed with another key']),
      ...(record.id !== undefined && seen.has(record.id) ? ['it is there twice'] : []),
    ];
    if (record.id !== undefined) seen.add(record.id);
    objects += record.objects?.length ?? 0;
    if (problems.length > 0) bad += 1;
    for (const problem of problems) options.write(`${name} (incident ${record.incidentId ?? '?'}): ${problem}\n`);
  }
  if (records.length === 0) options.write('There is no deletion record in this file.\n');
  else options.write(`${records.length} records of ${objects} objects, ${bad} that do not hold.\n`);
  if (key === null && records.length > 0)
    options.write('No --key was given: that the records are whole was checked, not whose key signed them.\n');
  return bad === 0 && records.length > 0 ? 0 : 1;
}

/** A page as the API gives it, or one record a line. */
function parse(text: string): Signed[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const lines = trimmed.split('\n').filter((line) => line.trim() !== '');
  const isOneDocument = lines.length > 1 && !isJson(lines[0]!);
  const values = isOneDocument ? [JSON.parse(trimmed) as unknown] : lines.map((line) => JSON.parse(line) as unknown);
  return values.flatMap((value) => {
    const page = value as { items?: Signed[] };
    return Array.isArray(page.items) ? page.items : [value as Signed];
  });
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function holds(publicKey: string, text: string, signature: string): boolean {
  try {
    return verifySignature(publicKey, text, signature);
  } catch {
    return false;
  }
}
