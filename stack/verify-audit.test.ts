import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningKeyPem, keyRing, openSigner } from '../adapters/crypto/signer.ts';
import { appendHead, readHeadLines } from '../adapters/crypto/witness-file.ts';
import { auditContentText, type ChainedRow, canonicalJson, chainText, genesisHash } from '../domain/audit-chain.ts';
import { signHead } from '../domain/audit-head.ts';
import { runRotateKey } from './rotate-key.ts';
import { runVerifyAudit } from './verify-audit.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const [oldKey, newKey, thief] = [1, 2, 3].map(() => openSigner(generateSigningKeyPem())) as [Signer, Signer, Signer];
type Signer = ReturnType<typeof openSigner>;
const rotatedAt = '2026-03-01T00:00:00.000Z';
const exportedAt = '2026-03-09T00:00:00.000Z';
const keys = keyRing(newKey, [{ publicKey: oldKey.publicKeyPem, validUntil: rotatedAt }]);

function log(count: number, actorOf: (seq: number) => string = (seq) => `user:${seq}`): ChainedRow[] {
  const rows: ChainedRow[] = [];
  for (let seq = 1; seq <= count; seq += 1) {
    const prevHash = rows.at(-1)?.hash ?? genesisHash;
    const content = {
      ...{ at: '2026-02-02T12:00:00.000Z', actor: actorOf(seq), actorRole: 'admin', action: 'hold.placed' },
      ...{ subject: 'incident:x', details: { seq }, requestId: null },
    };
    const hash = sha256(chainText(prevHash, seq, sha256(auditContentText({ tenantId: 'demo', ...content }))));
    rows.push({ seq, ...content, prevHash, hash });
  }
  return rows;
}

const good = log(6);
const headAt = (signer: Signer, seq: number, at: string, rows = good) =>
  signHead(signer, { tenantId: 'demo', seq, hash: rows[seq - 1]!.hash, at });
const linesOf = (rows: readonly ChainedRow[], end: unknown = headAt(newKey, 6, exportedAt)) => [
  canonicalJson({ kind: 'floorwalker.audit-export.v1', tenantId: 'demo', exportedAt, rows: 6, keys }),
  ...rows.map(canonicalJson),
  ...(end === null ? [] : [canonicalJson(end)]),
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'floorwalker-verify-audit-'));
  await writeFile(join(folder, 'keys.pem'), keys.map(({ publicKeyPem }) => publicKeyPem).join(''));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function verified(text: string, heads?: string): Promise<{ code: number; said: string }> {
  await writeFile(join(folder, 'export.ndjson'), text);
  if (heads !== undefined) await writeFile(join(folder, 'heads.ndjson'), heads);
  let said = '';
  const code = await runVerifyAudit({
    ...{ file: join(folder, 'export.ndjson'), keyFile: join(folder, 'keys.pem') },
    headFiles: heads === undefined ? [] : [join(folder, 'heads.ndjson')],
    write: (part) => {
      said += part;
    },
  });
  return { code, said };
}

describe('an export', () => {
  it('holds as it was given', async () => {
    const heads = [headAt(oldKey, 2, '2026-02-20T00:00:00.000Z'), headAt(newKey, 5, '2026-03-05T00:00:00.000Z')];
    const { code, said } = await verified(
      linesOf(good).join('\n'),
      heads.map((head) => JSON.stringify(head)).join('\n'),
    );
    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringMatching(/agrees with the head of row 5.*\nOK: every row holds\.\n$/s),
    });
  });

  const rows = (change: (lines: ChainedRow[]) => void) => {
    const copy = structuredClone(good);
    change(copy);
    return linesOf(copy).join('\n');
  };
  it.each<[string, string, RegExp]>([
    ['an altered row', rows((all) => (all[2]!.actor = 'user:other')), /row 3: row_altered/],
    ['a removed row', rows((all) => all.splice(3, 1)), /row 4: row_missing/],
    ['a row put in', rows((all) => all.splice(3, 0, all[2]!)), /row 3: row_inserted/],
    ['the last row removed', rows((all) => all.pop()), /row 6: head_mismatch/],
    ['rows after the end', [...linesOf(good), canonicalJson(good[5])].join('\n'), /row 7: row_inserted/],
    [
      'a cut between rows',
      linesOf(good.slice(0, 4), null).join('\n'),
      /row 5: row_missing: the export ends after row 4 of 6/,
    ],
    ['a cut in a row', linesOf(good).join('\n').slice(0, -700), /row \d: row_altered: .*cut off/],
    [
      'an end that another key signed',
      linesOf(good, headAt(thief, 6, exportedAt)).join('\n'),
      /row 6: witness_forged: .*none of ours/,
    ],
    [
      'an end that another key signed in the name of ours',
      linesOf(good, {
        ...headAt(thief, 6, exportedAt),
        statement: { ...headAt(thief, 6, exportedAt).statement, keyId: newKey.keyId },
      }).join('\n'),
      /row 6: witness_forged: .*does not carry our signature/,
    ],
    [
      'an end signed with the key that was retired',
      linesOf(good, headAt(oldKey, 6, exportedAt)).join('\n'),
      /witness_forged: .*not in use then/,
    ],
    ['no export', 'x', /no export of an audit log/],
  ])('%s is found', async (_name, text, message) => {
    const { code, said } = await verified(text);
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringMatching(message) });
  });

  it('that was computed and signed anew differs from a head that was kept elsewhere', async () => {
    const anew = log(6, (seq) => (seq === 2 ? 'user:other' : `user:${seq}`));
    const text = linesOf(anew, headAt(newKey, 6, exportedAt, anew)).join('\n');
    expect((await verified(text)).code).toBe(0);
    const { code, said } = await verified(text, JSON.stringify(headAt(oldKey, 4, '2026-02-20T00:00:00.000Z')));
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringMatching(/row 4: witness_mismatch/) });
  });
});

describe('the outside file', () => {
  it('is added to and never written anew', async () => {
    const path = join(folder, 'witness.ndjson');
    expect(await readHeadLines(path)).toEqual([]);
    const heads = [headAt(oldKey, 2, '2026-02-20T00:00:00.000Z'), headAt(newKey, 5, '2026-03-05T00:00:00.000Z')];
    for (const head of heads) await appendHead(path, head);
    expect((await readHeadLines(path)).map((line) => JSON.parse(line) as unknown)).toEqual(heads);
  });
});

describe('rotating the key', () => {
  const lines = async (env: Record<string, string>): Promise<Record<string, string>> => {
    let said = '';
    await runRotateKey({
      ...{ dataDir: join(folder, 'none'), env, nowAt: rotatedAt },
      write: (part) => {
        said += part;
      },
    });
    return Object.fromEntries([...said.matchAll(/^(\w+)=["'](.*)["']$/gm)].map(([, name, value]) => [name, value]));
  };

  it('prints the new key, and the old ones as retired', async () => {
    const first = generateSigningKeyPem();
    const once = await lines({ FLOORWALKER_SIGNING_KEY: first.replaceAll('\n', '\\n') });
    const twice = await lines(once);
    const current = openSigner(twice['FLOORWALKER_SIGNING_KEY']!.replaceAll('\\n', '\n'));
    const ring = keyRing(current, JSON.parse(twice['FLOORWALKER_RETIRED_KEYS']!) as never);
    expect(ring.map(({ id }) => id)).toEqual([
      ...[current.keyId, openSigner(once['FLOORWALKER_SIGNING_KEY']!.replaceAll('\\n', '\n')).keyId],
      openSigner(first).keyId,
    ]);
  });

  it('says what is missing', async () => {
    await expect(lines({})).rejects.toThrow(/set FLOORWALKER_SIGNING_KEY/);
  });
});
