import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { PacketStore } from '../domain/packet/ports.ts';
import { IntegrityError } from '../domain/ports.ts';
import type { PacketObject } from '../services/packets/read.ts';

/** Sends a zip as it is read. Its end is held back until its hash was found right: altered bytes never arrive whole. */
export async function sendPacket(store: PacketStore, response: Response, object: PacketObject): Promise<void> {
  const { objectKey, objectVersion, sha256, sizeBytes, fileName } = object;
  const source = await store.read({ key: objectKey, version: objectVersion });
  if (source === null) throw new IntegrityError({ key: objectKey, expectedSha256: sha256, actualSha256: null });
  response.setHeader('cache-control', 'private, no-store');
  response.setHeader('content-type', 'application/zip');
  response.setHeader('content-length', String(sizeBytes));
  response.setHeader('content-disposition', `attachment; filename="${fileName}"`);
  response.setHeader('x-content-sha256', sha256);
  await pipeline(Readable.from(verified(source, objectKey, sha256), { objectMode: false }), response);
}

async function* verified(source: AsyncIterable<Uint8Array>, key: string, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const chunk of source) {
    hash.update(chunk);
    if (held) yield held;
    held = chunk;
  }
  const actualSha256 = hash.digest('hex');
  if (actualSha256 !== sha256) throw new IntegrityError({ key, expectedSha256: sha256, actualSha256 });
  if (held) yield held;
}
