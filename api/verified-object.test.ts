import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntegrityError } from '../domain/ports.ts';
import { type StoredObject, verifiedObjects } from './verified-object.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const sizes = { wholeUpToBytes: 100, chunkBytes: 64 };

/** A store of one object, whose bytes somebody can change; it sends them in pieces of 50. */
function storeOf(bytes: Buffer) {
  const store = { bytes: Buffer.from(bytes), gone: false, reads: [] as [number, number][] };
  const objects = verifiedObjects(
    {
      readVerified: async ({ key, sha256: wanted }) => {
        const actual = sha256(store.bytes);
        if (actual !== wanted) throw new IntegrityError({ key, expectedSha256: wanted, actualSha256: actual });
        return store.bytes;
      },
      readRange: async ({ start, end }) => {
        store.reads.push([start, end]);
        if (store.gone) return null;
        return pieces(store.bytes.subarray(start, end + 1));
      },
    },
    sizes,
  );
  const object: StoredObject = { objectKey: 'k', objectVersion: 'v', sha256: sha256(bytes), sizeBytes: bytes.length };
  const read = async (start: number, end: number) => {
    const parts: Uint8Array[] = [];
    for await (const part of (await objects.open(object)).read(start, end)) parts.push(part);
    return Buffer.concat(parts);
  };
  return { store, read };
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50) yield bytes.subarray(at, at + 50);
}

describe('a verified object', () => {
  it('gives any part of it, whatever its size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 700 }).chain((size) =>
          fc.tuple(
            fc.uint8Array({ minLength: size, maxLength: size }),
            fc
              .integer({ min: 0, max: size - 1 })
              .chain((start) => fc.tuple(fc.constant(start), fc.integer({ min: start, max: size - 1 }))),
          ),
        ),
        async ([bytes, [start, end]]) => {
          const { read } = storeOf(Buffer.from(bytes));
          expect(await read(start, end)).toEqual(Buffer.from(bytes.subarray(start, end + 1)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads a large one whole once, and then only the chunks that are asked for', async () => {
    const { store, read } = storeOf(randomBytes(640));
    await read(130, 140);
    await read(0, 3);
    expect(store.reads).toEqual([
      [0, 639],
      [128, 191],
      [0, 63],
    ]);
  });

  it.each([
    ['small', 80],
    ['large', 640],
  ])('lets nothing of a %s one out when a byte of it is another', async (_name, size) => {
    const { store, read } = storeOf(randomBytes(size));
    store.bytes[size - 1] = store.bytes[size - 1]! ^ 1;
    await expect(read(0, 3)).rejects.toBeInstanceOf(IntegrityError);
    // Looked at anew, not remembered as bad: an intact copy may have been put in its place.
    store.bytes[size - 1] = store.bytes[size - 1]! ^ 1;
    await expect(read(0, 3)).resolves.toHaveLength(4);
  });

  it('notices what is altered after it was found right, before the altered chunk leaves', async () => {
    const { store, read } = storeOf(randomBytes(640));
    await read(0, 0);
    store.bytes[300] = store.bytes[300]! ^ 1;
    await expect(read(0, 200)).resolves.toHaveLength(201);
    await expect(read(290, 295)).rejects.toBeInstanceOf(IntegrityError);
  });

  it('notices what is gone, or shorter than it was', async () => {
    const { store, read } = storeOf(randomBytes(640));
    await read(0, 0);
    store.bytes = store.bytes.subarray(0, 576);
    await expect(read(570, 639)).rejects.toMatchObject({ name: 'IntegrityError', actualSha256: null });
    store.gone = true;
    await expect(read(0, 0)).rejects.toMatchObject({ name: 'IntegrityError', actualSha256: null });
  });
});
