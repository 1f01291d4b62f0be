import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Client } from 'minio';
import { DomainError } from '../../domain/errors.ts';
import type { PacketStore } from '../../domain/packet/ports.ts';
import { IntegrityError } from '../../domain/ports.ts';
import { type EvidenceStoreOptions, openClient, readVersion, storeFailure } from './client.ts';

/** At most this much of a packet is in memory at once, and as much again on its way. */
const partBytes = 16 * 1_024 * 1_024;

/** The evidence bucket for what is too large to be held: read and written as a stream. */
export function openPacketStore(options: EvidenceStoreOptions): PacketStore {
  const client = openClient(options);
  const { bucket } = options;
  const read = (key: string, version: string) => readVersion(client, bucket, key, version);
  return {
    read: ({ key, version }) => read(key, version),

    async putLocked({ key, mediaType, lockedUntil, body }) {
      const uploadId = await client
        .initiateNewMultipartUpload(bucket, key, {
          'content-type': mediaType,
          'x-amz-object-lock-mode': 'COMPLIANCE',
          'x-amz-object-lock-retain-until-date': lockedUntil,
        })
        .catch(storeFailure);
      const hash = createHash('sha256');
      let sizeBytes = 0;
      const etags: { part: number; etag: string }[] = [];
      try {
        for await (const part of inParts(body)) {
          hash.update(part);
          sizeBytes += part.length;
          etags.push(await putPart(client, { bucket, key, uploadId, part: etags.length + 1 }, part));
        }
        const { versionId } = await client.completeMultipartUpload(bucket, key, uploadId, etags).catch(storeFailure);
        if (versionId === null) throw new DomainError('DEPENDENCY_PERMANENT', `The bucket ${bucket} is not versioned.`);
        const stored = { version: versionId, sha256: hash.digest('hex'), sizeBytes };
        await readBack(await read(key, versionId), { key, sha256: stored.sha256 });
        return stored;
      } catch (error) {
        // Whatever went wrong before; a part that stays behind is the bucket's own clean-up to find.
        await client.abortMultipartUpload(bucket, key, uploadId).catch(() => undefined);
        throw error;
      }
    },
  };
}

async function putPart(
  client: Client,
  at: { bucket: string; key: string; uploadId: string; part: number },
  bytes: Buffer,
): Promise<{ part: number; etag: string }> {
  const headers = { 'content-md5': createHash('md5').update(bytes).digest('base64') };
  const query = `partNumber=${at.part}&uploadId=${encodeURIComponent(at.uploadId)}`;
  const response = await client
    .makeRequestAsync({ method: 'PUT', bucketName: at.bucket, objectName: at.key, headers, query }, bytes, [200])
    .catch(storeFailure);
  response.resume();
  const { etag } = response.headers;
  if (etag === undefined) throw new DomainError('DEPENDENCY_PERMANENT', 'The object store gave a part no ETag.');
  return { part: at.part, etag: etag.replaceAll('"', '') };
}

/** An upload of nothing is one empty part. */
async function* inParts(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  let parts = 0;
  for await (const chunk of body) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < partBytes) continue;
    parts += 1;
    yield Buffer.concat(waiting, length);
    waiting = [];
    length = 0;
  }
  if (length > 0 || parts === 0) yield Buffer.concat(waiting, length);
}

async function readBack(bytes: Readable | null, { key, sha256 }: { key: string; sha256: string }): Promise<void> {
  if (bytes === null) throw new IntegrityError({ key, expectedSha256: sha256, actualSha256: null });
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk as Buffer);
  const actualSha256 = hash.digest('hex');
  if (actualSha256 !== sha256) throw new IntegrityError({ key, expectedSha256: sha256, actualSha256 });
}
