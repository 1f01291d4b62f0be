import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { ZipWriter } from '../../domain/packet/ports.ts';

/** What the first zips said, in every time zone: local fields, since a zip knows no other. */
const firstDay = new Date(1980, 0, 1);
const entryOptions = { mtime: firstDay, mode: 0o100644, compress: false, forceDosTimestamp: true } as const;

/** Stored, not compressed: recordings do not get smaller, and a browser can play them from inside the zip. */
export function openZip(): ZipWriter {
  const zip = new ZipFile();
  const output = new PassThrough({ highWaterMark: 1_048_576 });
  zip.outputStream.on('error', (error) => output.destroy(error)).pipe(output);
  zip.on('error', (error) => output.destroy(error instanceof Error ? error : new Error(String(error))));
  return {
    output,
    async add(path, content) {
      if (content instanceof Uint8Array) {
        zip.addBuffer(Buffer.from(content.buffer, content.byteOffset, content.byteLength), path, entryOptions);
        return;
      }
      const source = Readable.from(content.bytes, { objectMode: false, highWaterMark: 1_048_576 });
      // A source that fails is not told to the streams it is piped into, nor one that nobody reads any more to its source.
      source.on('error', (error) => output.destroy(error));
      const stop = () => source.destroy(new Error('the zip is read no further'));
      output.once('close', stop);
      zip.addReadStream(source, path, { ...entryOptions, size: content.sizeBytes });
      await finished(source, { writable: false });
      output.off('close', stop);
    },
    end: () => zip.end(),
    abort: (error) => output.destroy(error),
  };
}
