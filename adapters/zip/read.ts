import { createHash } from 'node:crypto';
import { type Entry, open, type ZipFile } from 'yauzl';
import { unsafeName } from '../../domain/packet/names.ts';
import type { FoundPacket, PacketProblem } from '../../domain/packet/verify.ts';

/** More than any packet of ours has; a file that was made to hurt is given up early. */
export const packetLimits = { files: 10_000, bytes: 64 * 1_024 ** 3, textBytes: 16 * 1_024 ** 2 };

const linkMode = 0o120000;
const modeMask = 0o170000;

export interface ReadPacket {
  found: FoundPacket;
  /** Small files of the bag's own structure, as they are. */
  bytes: ReadonlyMap<string, Buffer>;
  problems: PacketProblem[];
}

/** Hashes every file of a zip without writing any; names and forms that a packet never has end it. */
export async function readPacketZip(path: string): Promise<ReadPacket> {
  const packet = new PacketReader();
  const done = (problems: PacketProblem[]): ReadPacket => ({ found: packet.found, bytes: packet.bytes, problems });
  let zip: ZipFile | undefined;
  try {
    zip = await openForReading(path);
    for (;;) {
      const entry = await nextEntry(zip);
      if (entry === null) return done([]);
      const name = (entry.fileName as unknown as Buffer).toString('utf8');
      const problem = refuse(entry, name) ?? packet.refuse(name, entry.uncompressedSize);
      if (problem) return done([problem]);
      if (!name.endsWith('/')) await packet.take(name, await contentOf(zip, entry));
    }
  } catch (error) {
    const detail = `the zip is broken: ${error instanceof Error ? error.message : String(error)}`;
    return done([{ code: 'not_a_packet', path: null, detail }]);
  } finally {
    zip?.close();
  }
}

/** Names are checked by us and not on opening, so that the message says which and why. */
const openForReading = (path: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: true } as const;
    open(path, options, (error, zip) => (error === null ? resolve(zip) : reject(error)));
  });

/** What is refused by its form, before a byte of it is read. */
function refuse(entry: Entry, name: string): PacketProblem | null {
  if (((entry.externalFileAttributes >>> 16) & modeMask) === linkMode)
    return { code: 'unsafe_name', path: name, detail: 'is a link' };
  if (entry.isEncrypted()) return { code: 'not_a_packet', path: name, detail: 'is encrypted, and a packet never is' };
  if (entry.compressionMethod !== 0 || entry.compressedSize !== entry.uncompressedSize)
    return {
      ...{ code: 'not_a_packet', path: name },
      detail: 'is compressed, and a packet never is; if somebody zipped it anew, unpack it and check the folder',
    };
  return null;
}

const nextEntry = (zip: ZipFile): Promise<Entry | null> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      zip.removeListener('entry', onEntry).removeListener('end', onEnd).removeListener('error', onError);
      act();
    };
    const onEntry = (entry: Entry) => settle(() => resolve(entry));
    const onEnd = () => settle(() => resolve(null));
    const onError = (error: Error) => settle(() => reject(error));
    zip.on('entry', onEntry).on('end', onEnd).on('error', onError);
    zip.readEntry();
  });

const contentOf = (zip: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> =>
  new Promise((resolve, reject) =>
    zip.openReadStream(entry, (error, stream) =>
      error === null ? resolve(stream as AsyncIterable<Buffer>) : reject(error),
    ),
  );

/** Collects what was found below the one folder of a packet. */
export class PacketReader {
  readonly #files = new Map<string, { sha256: string; sha512: string }>();
  readonly #texts = new Map<string, string>();
  readonly bytes = new Map<string, Buffer>();
  readonly found: FoundPacket = { files: this.#files, texts: this.#texts };
  readonly #names = new Set<string>();
  #top: string | undefined;
  #total = 0;

  /** Names are told apart without their case, as some disks do. */
  refuse(name: string, sizeBytes: number): PacketProblem | null {
    const why = unsafeName(name);
    if (why !== null) return { code: 'unsafe_name', path: name, detail: `the name ${why}` };
    const key = name.toLowerCase();
    if (this.#names.has(key)) return { code: 'unsafe_name', path: name, detail: 'the name comes twice' };
    this.#names.add(key);
    const top = name.slice(0, name.indexOf('/'));
    this.#top ??= top;
    if (top === '' || top !== this.#top)
      return { code: 'not_a_packet', path: name, detail: 'lies outside of the one folder that a packet is' };
    this.#total += sizeBytes;
    if (this.#names.size > packetLimits.files || this.#total > packetLimits.bytes)
      return { code: 'not_a_packet', path: name, detail: 'there is more in it than a packet can hold' };
    return null;
  }

  async take(name: string, content: AsyncIterable<Buffer>): Promise<void> {
    const path = name.slice(name.indexOf('/') + 1);
    const hashes = { sha256: createHash('sha256'), sha512: createHash('sha512') };
    const kept: Buffer[] = [];
    let length = 0;
    for await (const chunk of content) {
      hashes.sha256.update(chunk);
      hashes.sha512.update(chunk);
      length += chunk.length;
      if (!path.includes('/') && length <= packetLimits.textBytes) kept.push(chunk);
    }
    this.#files.set(path, { sha256: hashes.sha256.digest('hex'), sha512: hashes.sha512.digest('hex') });
    if (path.includes('/')) return;
    const bytes = Buffer.concat(kept);
    this.bytes.set(path, bytes);
    this.#texts.set(path, bytes.toString('utf8'));
  }
}
