import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { readZip } from '../../viewer/zip.ts';
import { readPacketZip } from './read.ts';
import { openZip } from './write.ts';

type Content = Buffer | Buffer[];
const big = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));
const files: [string, Content][] = [
  ['top/bagit.txt', Buffer.from('BagIt-Version: 1.0\n')],
  ['top/data/video/clip.mp4', [big, big.subarray(5), Buffer.alloc(0), big]],
  ['top/data/Zoë.txt', Buffer.alloc(0)],
  ['top/data/empty.ts', []],
  ['top/data/native/segment-001.ts', big],
];

async function* chunksOf(content: Buffer[]): AsyncGenerator<Buffer> {
  yield* content;
}
const sizeOf = (content: Buffer[]) => content.reduce((sum, { length }) => sum + length, 0);

async function written(all: readonly [string, Content][]): Promise<Buffer> {
  const zip = openZip();
  const whole = buffer(zip.output);
  for (const [path, content] of all)
    await zip.add(path, Array.isArray(content) ? { sizeBytes: sizeOf(content), bytes: chunksOf(content) } : content);
  await zip.end();
  return whole;
}

async function byLibrary(): Promise<Buffer> {
  const zip = new ZipFile();
  const options = { mtime: new Date(1980, 0, 1), mode: 0o100644, compress: false, forceDosTimestamp: true };
  for (const [path, content] of files) {
    if (Buffer.isBuffer(content)) zip.addBuffer(content, path, options);
    else zip.addReadStream(Readable.from(content, { objectMode: false }), path, { ...options, size: sizeOf(content) });
  }
  zip.end();
  return buffer(zip.outputStream);
}

describe('a zip', () => {
  it('is the very bytes that a library writes', async () => {
    expect((await written(files)).equals(await byLibrary())).toBe(true);
  });

  it('is the same bytes every time', async () => {
    expect((await written(files)).equals(await written(files))).toBe(true);
  });

  it('is read back by both of our readers', async () => {
    const zip = await written(files);
    const entries = await readZip(new Blob([Uint8Array.from(zip)]));
    expect(entries.map(({ name }) => name)).toEqual(files.map(([name]) => name));
    for (const [index, [, content]] of files.entries()) {
      const read = Buffer.from(await entries[index]!.bytes.arrayBuffer());
      expect(read.equals(Array.isArray(content) ? Buffer.concat(content) : content)).toBe(true);
    }
    const folder = await mkdtemp(join(tmpdir(), 'floorwalker-zip-'));
    try {
      await writeFile(join(folder, 'a.zip'), zip);
      const { problems, found } = await readPacketZip(join(folder, 'a.zip'));
      expect([problems, found.files.size]).toEqual([[], files.length]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('refuses content of another length than was said', async () => {
    const zip = openZip();
    const reading = buffer(zip.output).catch(() => undefined);
    await expect(zip.add('top/a', { sizeBytes: 3, bytes: chunksOf([Buffer.from('four')]) })).rejects.toThrow(
      /has 4 bytes/,
    );
    zip.abort(new Error('given up'));
    await reading;
  });

  it('tells its writer when nobody reads any more, and its reader when it is given up', async () => {
    const zip = openZip();
    const writing = (async () => {
      for (;;) await zip.add('top/a', big);
    })();
    for await (const _chunk of zip.output) break;
    await expect(writing).rejects.toThrow(/read no further/);
    const other = openZip();
    const reading = buffer(other.output);
    other.abort(new Error('given up'));
    await expect(reading).rejects.toThrow('given up');
    await expect(other.add('top/a', big)).rejects.toThrow('given up');
  });
});
