import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateSigningKeyPem, openSigner } from '../adapters/crypto/signer.ts';
import { canonicalJson } from '../domain/audit-chain.ts';
import { runVerifyDeletions } from './verify-deletions.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'floorwalker-deletions-'));
});
afterAll(() => rm(folder, { recursive: true }));

const [ours, theirs] = [openSigner(generateSigningKeyPem()), openSigner(generateSigningKeyPem())];
const signed = (id: string, signer = ours) => {
  const record = { kind: 'floorwalker.deletion.v2', id, incidentId: 'inc_1', objects: [{ sha256: 'a'.repeat(64) }] };
  return { record, signature: signer.sign(canonicalJson(record)), publicKey: signer.publicKeyPem };
};
const altered = { ...signed('del_2'), record: { ...signed('del_2').record, objects: [] } };

it.each<[string, string, number, RegExp]>([
  [
    'a page that holds',
    JSON.stringify({ items: [signed('del_1'), signed('del_2')], nextCursor: null }),
    0,
    /2 records of 2 objects, 0/,
  ],
  ['a page over many lines', JSON.stringify({ items: [signed('del_1')] }, null, 2), 0, /1 records/],
  ['a record a line', `${JSON.stringify(signed('del_1'))}\n${JSON.stringify(signed('del_2'))}\n`, 0, /2 records/],
  ['an altered record', JSON.stringify({ items: [signed('del_1'), altered] }), 1, /del_2 .*altered/],
  ['another key', JSON.stringify(signed('del_1', theirs)), 1, /signed with another key/],
  ['a record twice', JSON.stringify({ items: [signed('del_1'), signed('del_1')] }), 1, /there twice/],
  ['a key that is none', JSON.stringify({ ...signed('del_1'), publicKey: 'x' }), 1, /does not hold/],
  ['nothing', '', 1, /no deletion record/],
])('%s', async (name, text, code, said) => {
  const [file, keyFile] = [join(folder, `${name}.json`), join(folder, 'key.pem')];
  await writeFile(file, text);
  await writeFile(keyFile, ours.publicKeyPem);
  let output = '';
  expect(await runVerifyDeletions({ file, keyFile, write: (words) => (output += words) })).toBe(code);
  expect(output).toMatch(said);
});
