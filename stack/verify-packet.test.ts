import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningKeyPem, openSigner } from '../adapters/crypto/signer.ts';
import { bagName } from '../domain/packet/names.ts';
import { buildTestPacket, packetFacts, testRecordings, testSigner } from '../test/harness/packet.ts';
import { startTimestamping } from '../test/harness/timestamping.ts';
import { checkPacket } from '../viewer/check.ts';
import { readZip } from '../viewer/zip.ts';
import { packetTools } from '../workers/packet-tools.ts';
import { runVerifyPacket } from './verify-packet.ts';

const facts = packetFacts();
const top = bagName(facts.packet);
let folder: string;
let keyFile: string;
let zip: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'floorwalker-packet-'));
  keyFile = join(folder, 'key.pem');
  await writeFile(keyFile, testSigner.publicKeyPem);
  ({ zip } = await buildTestPacket(facts));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let written = 0;
/** What the command says about these bytes, and its exit code. */
async function verify(
  packet: Buffer | string,
  key = keyFile,
  tsaFile?: string,
): Promise<{ code: number; said: string }> {
  written += 1;
  const file = typeof packet === 'string' ? packet : join(folder, `${written}.zip`);
  if (typeof packet !== 'string') await writeFile(file, packet);
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  const code = await runVerifyPacket({ file, keyFile: key, write, ...(tsaFile === undefined ? {} : { tsaFile }) });
  return { code, said };
}

/** The packet's files, by their path below its folder. */
async function filesOf(packet: Buffer): Promise<Map<string, Buffer>> {
  const entries = await readZip(new Blob([Uint8Array.from(packet)]));
  const files = await Promise.all(
    entries.map(
      async ({ name, bytes }) => [name.slice(top.length + 1), Buffer.from(await bytes.arrayBuffer())] as const,
    ),
  );
  return new Map(files);
}

async function unpack(packet: Buffer, change: (files: Map<string, Buffer>) => void = () => undefined): Promise<string> {
  written += 1;
  const place = join(folder, `unpacked-${written}`);
  const files = await filesOf(packet);
  change(files);
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(place, path)), { recursive: true });
    await writeFile(join(place, path), bytes);
  }
  return place;
}

const flip = (bytes: Buffer, index: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[index]! ^= 1;
  return copy;
};

describe('a packet', () => {
  it('holds, as a zip and as a folder', async () => {
    for (const packet of [zip, await unpack(zip)]) {
      const { code, said } = await verify(packet);
      expect(said).toMatch(/^Packet pkt_0{20}, version 1, .*\nOK: all \d+ files hold\.\n$/);
      expect(code).toBe(0);
    }
  });

  it('is the same bytes from the same input, and others from another', async () => {
    expect((await buildTestPacket(packetFacts())).zip.equals(zip)).toBe(true);
    const other = packetFacts({ retention: { purgeAfter: null, legalHold: null } });
    expect((await buildTestPacket(other)).zip.equals(zip)).toBe(false);
  });

  it('says what differs from the version before', async () => {
    const first = await buildTestPacket(facts);
    const packet = { ...facts.packet, version: 2 };
    const previous = {
      packetId: facts.packet.id,
      version: 1,
      sha256: 'a'.repeat(64),
      files: [...first.files, { path: 'data/gone', sha256: 'b' }],
    };
    const second = await buildTestPacket(packetFacts({ packet, previous, chronology: [] }));
    const changes = (await readZip(new Blob([Uint8Array.from(second.zip)]))).find(({ name }) =>
      name.endsWith('/data/changes.json'),
    );
    expect(JSON.parse(await changes!.bytes.text())).toMatchObject({
      since: { version: 1 },
      added: [],
      removed: ['data/gone'],
      altered: [
        'data/case.jsonld',
        'data/chronology.json',
        'data/cover.pdf',
        'data/decision.json',
        'data/incident.json',
      ],
    });
  });

  it.each([
    [
      'altered',
      { 'demo/high-street/inc/clip.mp4': flip(testRecordings['demo/high-street/inc/clip.mp4']!, 35_000) },
      /another hash/,
    ],
    [
      'longer',
      {
        'demo/high-street/inc/clip.mp4': Buffer.concat([
          testRecordings['demo/high-street/inc/clip.mp4']!,
          Buffer.from('x'),
        ]),
      },
      /another hash/,
    ],
    [
      'shorter',
      { 'demo/high-street/inc/clip.mp4': testRecordings['demo/high-street/inc/clip.mp4']!.subarray(0, 100) },
      /another hash/,
    ],
    ['missing', { 'demo/high-street/inc/clip.mp4': undefined }, /is gone/],
  ])('is not made of a recording that is %s', async (_how, change, message) => {
    const recordings = { ...testRecordings, ...change } as Record<string, Buffer>;
    await expect(buildTestPacket(facts, { recordings })).rejects.toMatchObject({
      name: 'IntegrityError',
      message: expect.stringMatching(message),
    });
  });

  it.each(['', '../clip', 'a/b', 'Clip', 'clip.mp4', 'c'.repeat(65)])('takes no artifact named %j', async (id) => {
    const [first, ...others] = facts.artifacts;
    const artifacts = [{ ...first!, id }, ...others];
    await expect(buildTestPacket(packetFacts({ artifacts }))).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('names no file after what people call their cameras, shops and goods', async () => {
    const climbing = '../../etc/cron.d/x';
    const { place, incident } = packetFacts();
    const named = {
      ...place,
      camera: climbing,
      cameraId: climbing,
      store: climbing,
      company: climbing,
      lane: climbing,
    };
    const { zip } = await buildTestPacket(packetFacts({ place: named, incident: { ...incident, item: climbing } }));
    const names = (await readZip(new Blob([Uint8Array.from(zip)]))).map(({ name }) => name);
    const usual = (await readZip(new Blob([Uint8Array.from((await buildTestPacket(facts)).zip)]))).map(
      ({ name }) => name,
    );
    expect(names).toEqual(usual);
  });
});

describe('one byte changed', () => {
  it('in any file of the folder is named', async () => {
    const paths = [...(await filesOf(zip)).keys()];
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      const changed = await unpack(zip, (files) => files.set(path, flip(files.get(path)!, 0)));
      const { code, said } = await verify(changed);
      expect([path, code]).toEqual([path, 1]);
      expect(said).toContain(path);
    }
  }, 30_000);

  it.each(['data/video/clip.mp4', 'data/native/segment-001.ts'])('in %s of the zip is named', async (path) => {
    const content = (await filesOf(zip)).get(path)!;
    const { code, said } = await verify(flip(zip, zip.indexOf(content.subarray(0, 5_000)) + 200));
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(path.replaceAll('.', '\\.')));
  });
});

describe('what is refused', () => {
  it.each([
    ['missing', (files: Map<string, Buffer>) => files.delete('data/cover.pdf'), /missing: data\/cover\.pdf/],
    ['added', (files: Map<string, Buffer>) => files.set('data/extra.txt', Buffer.from('x')), /added: data\/extra\.txt/],
    [
      'added beside the payload',
      (files: Map<string, Buffer>) => files.set('extra.txt', Buffer.from('x')),
      /added: extra\.txt/,
    ],
    ['without its signature', (files: Map<string, Buffer>) => files.delete('signature.json'), /signature_missing/],
    [
      'rewritten whole, without the key',
      (files: Map<string, Buffer>) => {
        const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
        const old = files.get('manifest-sha256.txt')!.toString();
        const before = sha256(files.get('data/cover.pdf')!);
        files.set('data/cover.pdf', Buffer.from('another cover'));
        files.set('manifest-sha256.txt', Buffer.from(old.replace(before, sha256(files.get('data/cover.pdf')!))));
      },
      /altered: manifest-sha256\.txt/,
    ],
  ])('a folder with something %s', async (_how, change, expected) => {
    const { code, said } = await verify(await unpack(zip, (files) => void change(files)));
    expect(said).toMatch(expected);
    expect(code).toBe(1);
  });

  it('another key than that of the company', async () => {
    const other = join(folder, 'other.pem');
    await writeFile(other, openSigner(generateSigningKeyPem()).publicKeyPem);
    const { code, said } = await verify(zip, other);
    expect(said).toMatch(/key_unknown: signature\.json/);
    expect(code).toBe(1);
  });

  it('a whole packet that somebody else signed', async () => {
    const forged = await buildTestPacket(facts, { signer: openSigner(generateSigningKeyPem()) });
    const { code, said } = await verify(forged.zip);
    expect([code, said]).toEqual([1, expect.stringMatching(/key_unknown/)]);
  });

  it('a link in the folder, which is not followed', async () => {
    const place = await unpack(zip);
    await symlink('/etc/hostname', join(place, 'data', 'host'));
    const { code, said } = await verify(place);
    expect([code, said]).toEqual([1, expect.stringMatching(/unsafe_name: .*data\/host: is a link/)]);
  });

  /** The zip with the name of one of its files replaced by another of the same length, in both of its places. */
  const renamed = (name: string): Buffer => {
    const old = Buffer.from(`${top}/data/case.jsonld`);
    const copy = Buffer.from(zip);
    for (let at = copy.indexOf(old); at >= 0; at = copy.indexOf(old, at + 1))
      copy.write(name.padEnd(old.length, 'x'), at);
    return copy;
  };
  const viewed = async (packet: Buffer): Promise<string[]> => {
    const { problems } = await checkPacket(await readZip(new Blob([Uint8Array.from(packet)])), () => undefined);
    return problems.map(({ code }) => code);
  };

  it.each([
    ['climbs out', '../../../../etc/passwd', 'unsafe_name'],
    ['climbs out from inside', `${top}/../../x`, 'unsafe_name'],
    ['is absolute', '/etc/passwd', 'unsafe_name'],
    ['is absolute on Windows', 'C:/Windows/', 'unsafe_name'],
    ['has a backslash', `${top}\\data\\`, 'unsafe_name'],
    ['has a control sign', `${top}/a\n`, 'unsafe_name'],
    ['comes twice but for its case', `${top}/data/CLOCKS.json`, 'unsafe_name'],
    ['lies outside of the folder', 'another-folder/', 'not_a_packet'],
  ])('a name that %s, on the shell and in the viewer', async (_how, name, problem) => {
    const evil = renamed(name);
    const { code, said } = await verify(evil);
    expect([code, said]).toEqual([1, expect.stringMatching(problem)]);
    // The viewer unpacks nothing: to it a name that comes twice is a packet that is none.
    expect(await viewed(evil)).toEqual([name.endsWith('CLOCKS.json') ? 'not_a_packet' : problem]);
  });

  it('nothing of a packet that holds, in the viewer too', async () => {
    expect(await viewed(zip)).toEqual([]);
    const content = (await filesOf(zip)).get('data/video/clip.mp4')!;
    expect(await viewed(flip(zip, zip.indexOf(content.subarray(0, 5_000)) + 200))).toEqual(['altered']);
  });

  it('a link in the zip, a compressed file, and what is no zip', async () => {
    const central = zip.lastIndexOf(Buffer.from(`${top}/data/cover.pdf`)) - 46;
    const link = Buffer.from(zip);
    link.writeUInt32LE((0o120777 << 16) >>> 0, central + 38);
    expect(await verify(link)).toMatchObject({ code: 1, said: expect.stringMatching(/is a link/) });
    const bomb = Buffer.from(zip);
    bomb.writeUInt16LE(8, central + 10);
    bomb.writeUInt32LE(0xffff_0000, central + 24);
    expect(await verify(bomb)).toMatchObject({ code: 1, said: expect.stringMatching(/is compressed/) });
    for (const broken of [Buffer.from('not a zip'), zip.subarray(0, zip.length - 30), Buffer.alloc(0)])
      expect(await verify(broken)).toMatchObject({ code: 1, said: expect.stringMatching(/not_a_packet/) });
    for (const broken of [link, bomb, Buffer.from('not a zip')])
      await expect(readZip(new Blob([Uint8Array.from(broken)]))).rejects.toThrow(/is a link|is compressed|not a zip/);
  });
});

describe('a time stamp', () => {
  it('is checked when it is there, and missed when it was asked for', async () => {
    const place = await mkdtemp(join(folder, 'tsa-'));
    const authority = await startTimestamping(place);
    const ca = join(place, 'ca.pem');
    try {
      const timestampToken = await packetTools(authority.url).timestamp!((await filesOf(zip)).get('signature.json')!);
      const stamped = (await buildTestPacket(facts, { timestampToken })).zip;
      expect(await verify(stamped, keyFile, ca)).toMatchObject({
        ...{ code: 0, said: expect.stringMatching(/Time stamp: 20\S+Z, by the authority given\./) },
      });
      expect((await verify(stamped)).said).toMatch(/by an authority that only --tsa FILE can check/);
      expect(await verify(zip, keyFile, ca)).toMatchObject({ code: 1, said: expect.stringMatching(/no time stamp/) });
      const of = (await buildTestPacket(packetFacts({ chronology: [] }), { timestampToken })).zip;
      expect(await verify(of)).toMatchObject({ code: 1, said: expect.stringMatching(/timestamp_wrong.*other bytes/) });
    } finally {
      await authority.close();
    }
  });
});
