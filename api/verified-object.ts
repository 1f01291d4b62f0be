import { createHash } from 'node:crypto';
import { type EvidenceStore, IntegrityError, type RangedStore } from '../domain/ports.ts';

export interface StoredObject {
  objectKey: string;
  objectVersion: string;
  sha256: string;
  sizeBytes: number;
}

/** A stored object whose hash was found right: any part of it may be read, and each part is checked again on the way. */
export interface VerifiedObject {
  /** Bytes `start` to `end`, both included; ends in an IntegrityError before any byte that was altered meanwhile. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

export interface VerifiedObjects {
  /** Throws IntegrityError, before anything is read from it, unless the whole object has its hash. */
  open(object: StoredObject): Promise<VerifiedObject>;
}

/** What is smaller is read whole each time: a usual clip. */
const wholeUpToBytes = 8 * 1_024 * 1_024;
const chunkBytes = 1_024 * 1_024;
const mostKnown = 500;

type ChunkHashes = readonly string[];

/**
 * The first read of a large object goes through all of it and keeps the hash of each of its chunks; those count only if
 * the hash of the whole is right. From then on a part is read and checked chunk by chunk, so that no byte that is not
 * the recorded one leaves, and nobody waits for 150 MB to see two seconds.
 */
export function verifiedObjects(
  store: Pick<EvidenceStore, 'readVerified'> & Pick<RangedStore, 'readRange'>,
  sizes: { wholeUpToBytes: number; chunkBytes: number } = { wholeUpToBytes, chunkBytes },
): VerifiedObjects {
  const known = new Map<string, Promise<ChunkHashes>>();
  const hashesOf = (object: StoredObject): Promise<ChunkHashes> => {
    const name = `${object.objectKey} ${object.objectVersion} ${object.sha256}`;
    const before = known.get(name);
    if (before) return before;
    if (known.size >= mostKnown) known.clear();
    const hashes = hashChunks(store, object, sizes.chunkBytes);
    known.set(name, hashes);
    // Whatever went wrong, the next reader looks for themselves.
    hashes.catch(() => known.delete(name));
    return hashes;
  };
  return {
    async open(object) {
      const { objectKey: key, objectVersion: version, sha256, sizeBytes } = object;
      if (sizeBytes <= sizes.wholeUpToBytes) {
        const bytes = await store.readVerified({ key, version, sha256 });
        return {
          async *read(start, end) {
            yield bytes.subarray(start, end + 1);
          },
        };
      }
      const hashes = await hashesOf(object);
      return { read: (start, end) => readChecked(store, object, hashes, sizes.chunkBytes, start, end) };
    },
  };
}

async function hashChunks(
  store: Pick<RangedStore, 'readRange'>,
  object: StoredObject,
  size: number,
): Promise<ChunkHashes> {
  const whole = createHash('sha256');
  const hashes: string[] = [];
  for await (const chunk of chunksOf(await source(store, object, 0, object.sizeBytes - 1), size)) {
    whole.update(chunk);
    hashes.push(hashOf(chunk));
  }
  const actualSha256 = whole.digest('hex');
  if (actualSha256 !== object.sha256) throw altered(object, actualSha256);
  return hashes;
}

async function* readChecked(
  store: Pick<RangedStore, 'readRange'>,
  object: StoredObject,
  hashes: ChunkHashes,
  size: number,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let index = Math.floor(start / size);
  const untilIndex = Math.floor(end / size);
  const lastByte = Math.min((untilIndex + 1) * size, object.sizeBytes) - 1;
  for await (const chunk of chunksOf(await source(store, object, index * size, lastByte), size)) {
    const actualSha256 = hashOf(chunk);
    if (actualSha256 !== hashes[index]) throw altered(object, actualSha256);
    const from = index * size;
    yield chunk.subarray(Math.max(0, start - from), Math.min(chunk.length, end + 1 - from));
    index += 1;
  }
  if (index <= untilIndex) throw altered(object, null);
}

async function source(
  store: Pick<RangedStore, 'readRange'>,
  object: StoredObject,
  start: number,
  end: number,
): Promise<AsyncIterable<Uint8Array>> {
  const { objectKey: key, objectVersion: version, sha256 } = object;
  const bytes = await store.readRange({ key, version, sha256, start, end });
  if (bytes === null) throw altered(object, null);
  return bytes;
}

/** Pieces of any size as chunks of one size; the last may be shorter. */
async function* chunksOf(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(size);
  let filled = 0;
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + size - filled);
      chunk.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield chunk;
      chunk = new Uint8Array(size);
      filled = 0;
    }
  if (filled > 0) yield chunk.subarray(0, filled);
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const altered = ({ objectKey, sha256 }: StoredObject, actualSha256: string | null): IntegrityError =>
  new IntegrityError({ key: objectKey, expectedSha256: sha256, actualSha256 });
