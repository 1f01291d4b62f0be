import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { ZipWriter } from '../../domain/packet/ports.ts';

/** Written ahead of whoever reads: enough that neither waits for the other at every chunk. */
const aheadBytes = 4 * 1_024 * 1_024;
/** From here on a reader of the classic form is lost; packets are limited to less. */
const farthest = 0xfffffffe;
const mostEntries = 0xfffe;

const versionNeeded = 20;
/** Unix, and the version of the specification: what the file mode below is read by. */
const versionMadeBy = (3 << 8) | 63;
const nameIsUtf8 = 1 << 11;
/** Length and sum stand behind the bytes, since they are known only then. */
const sizesFollow = 1 << 3;
/** The first day that a zip can say; no clock and no time zone in it. */
const [firstTime, firstDay] = [0, (1 << 5) | 1];
const plainFile = 0o100644 * 0x10000;

interface Entry {
  name: Buffer;
  offset: number;
  flags: number;
  crc: number;
  sizeBytes: number;
}

/**
 * Stored, not compressed: recordings do not get smaller, and a browser can play them from inside the zip. It is written
 * here and not by a library, since that is four streams for each file and a checksum in JavaScript (adr/0023).
 */
export function openZip(): ZipWriter {
  const output = new PassThrough({ highWaterMark: aheadBytes });
  // Whoever reads hears of it as well; before they have begun, nobody would.
  output.on('error', () => undefined);
  const entries: Entry[] = [];
  let offset = 0;
  let givenUp: Error | undefined;

  const write = async (bytes: Uint8Array): Promise<void> => {
    if (output.destroyed) throw givenUp ?? new Error('the zip is read no further');
    offset += bytes.length;
    if (output.write(bytes)) return;
    const settled = new AbortController();
    const { signal } = settled;
    await Promise.race([once(output, 'drain', { signal }), once(output, 'close', { signal })]).finally(() =>
      settled.abort(),
    );
    if (output.destroyed) throw givenUp ?? new Error('the zip is read no further');
  };
  const begin = async (path: string, known: { crc: number; sizeBytes: number } | null): Promise<Entry> => {
    if (offset > farthest || entries.length >= mostEntries)
      throw new Error('there is more than a zip of this form can hold');
    const name = Buffer.from(path);
    const entry: Entry = {
      ...{ name, offset, flags: known === null ? nameIsUtf8 | sizesFollow : nameIsUtf8 },
      ...{ crc: known?.crc ?? 0, sizeBytes: known?.sizeBytes ?? 0 },
    };
    entries.push(entry);
    await write(localHeader(entry));
    return entry;
  };

  return {
    output,
    async add(path, content) {
      if (content instanceof Uint8Array) {
        await begin(path, { crc: crc32(content), sizeBytes: content.length });
        await write(content);
        return;
      }
      const entry = await begin(path, null);
      for await (const chunk of content.bytes) {
        entry.crc = crc32(chunk, entry.crc);
        entry.sizeBytes += chunk.length;
        await write(chunk);
      }
      if (entry.sizeBytes !== content.sizeBytes)
        throw new Error(`${path} has ${entry.sizeBytes} bytes and was to have ${content.sizeBytes}`);
      await write(sizesOf(entry));
    },
    async end() {
      const start = offset;
      for (const entry of entries) await write(listed(entry));
      await write(endOf(entries.length, start, offset - start));
      output.end();
    },
    abort(error) {
      givenUp ??= error;
      output.destroy(error);
    },
  };
}

function localHeader({ name, flags, crc, sizeBytes }: Entry): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(versionNeeded, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(firstTime, 10);
  header.writeUInt16LE(firstDay, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(sizeBytes, 18);
  header.writeUInt32LE(sizeBytes, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function sizesOf({ crc, sizeBytes }: Entry): Buffer {
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(crc, 4);
  descriptor.writeUInt32LE(sizeBytes, 8);
  descriptor.writeUInt32LE(sizeBytes, 12);
  return descriptor;
}

function listed({ name, offset, flags, crc, sizeBytes }: Entry): Buffer {
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(versionMadeBy, 4);
  record.writeUInt16LE(versionNeeded, 6);
  record.writeUInt16LE(flags, 8);
  record.writeUInt16LE(firstTime, 12);
  record.writeUInt16LE(firstDay, 14);
  record.writeUInt32LE(crc, 16);
  record.writeUInt32LE(sizeBytes, 20);
  record.writeUInt32LE(sizeBytes, 24);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt32LE(plainFile, 38);
  record.writeUInt32LE(offset, 42);
  return Buffer.concat([record, name]);
}

function endOf(count: number, start: number, sizeBytes: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(sizeBytes, 12);
  end.writeUInt32LE(start, 16);
  return end;
}
