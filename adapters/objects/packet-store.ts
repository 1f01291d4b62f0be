import { createHash, webcrypto } from 'node:crypto';
import type { Client } from 'minio';
import { DomainError } from '../../domain/errors.ts';
import type { PacketStore } from '../../domain/packet/ports.ts';
import { type EvidenceStoreOptions, openClient, readVersion, storeFailure } from './client.ts';

/** This much of a packet is gathered at once, and so many such parts are on their way. */
const partBytes = 16 * 1_024 * 1_024;
const partsUnderWay = 2;

/** The evidence bucket for what is too large to be held: read and written as a stream. */
export function openPacketStore(options: EvidenceStoreOptions): PacketStore {
  const client = openClient(options);
  const { bucket } = options;
  return {
    read: ({ key, version }) => readVersion(client, bucket, key, version),

    async putLocked({ key, mediaType, lockedUntil, body }) {
      const uploadId = await client
        .initiateNewMultipartUpload(bucket, key, {
          'content-type': mediaType,
          'x-amz-object-lock-mode': 'COMPLIANCE',
          'x-amz-object-lock-retain-until-date': lockedUntil,
        })
        .catch(storeFailure);
      const hash = createHash('sha256');
      let [sizeBytes, parts] = [0, 0];
      const etags: PartTag[] = [];
      const underWay: Promise<PartTag>[] = [];
      try {
        for await (const part of inParts(body)) {
          parts += 1;
          const putting = putPart(client, { bucket, key, uploadId, part: parts, signed: isPlain(options) }, part);
          // Its failure counts when its turn has come.
          putting.catch(() => undefined);
          underWay.push(putting);
          hash.update(part);
          sizeBytes += part.length;
          if (underWay.length >= partsUnderWay) etags.push(await underWay.shift()!);
        }
        while (underWay.length > 0) etags.push(await underWay.shift()!);
        const { versionId } = await client.completeMultipartUpload(bucket, key, uploadId, etags).catch(storeFailure);
        if (versionId === null) throw new DomainError('DEPENDENCY_PERMANENT', `The bucket ${bucket} is not versioned.`);
        const stored = { version: versionId, sha256: hash.digest('hex'), sizeBytes };
        await requireStored(client, bucket, { key, ...stored });
        return stored;
      } catch (error) {
        await Promise.allSettled(underWay);
        // Whatever went wrong before; a part that stays behind is the bucket's own clean-up to find.
        await client.abortMultipartUpload(bucket, key, uploadId).catch(() => undefined);
        throw error;
      }
    },
  };
}

interface PartTag {
  part: number;
  etag: string;
}

/** Without TLS the client signs the hash of what it sends, and the store refuses other bytes; with TLS it does not. */
const isPlain = ({ endpoint }: EvidenceStoreOptions): boolean => new URL(endpoint).protocol === 'http:';

async function putPart(
  client: Client,
  at: { bucket: string; key: string; uploadId: string; part: number; signed: boolean },
  bytes: Buffer,
): Promise<PartTag> {
  const headers: Record<string, string> = { 'content-length': String(bytes.length) };
  let sha256 = '';
  // Off the main thread, which is the one that everything else of a packet waits for.
  if (at.signed) sha256 = Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
  else headers['content-md5'] = createHash('md5').update(bytes).digest('base64');
  const query = `partNumber=${at.part}&uploadId=${encodeURIComponent(at.uploadId)}`;
  const request = { method: 'PUT', bucketName: at.bucket, objectName: at.key, headers, query };
  const response = await client.makeRequestStreamAsync(request, bytes, sha256, [200], '').catch(storeFailure);
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

/** The store has checked each part on its way; what is asked is that it made the whole of them. */
async function requireStored(
  client: Client,
  bucket: string,
  { key, version, sizeBytes }: { key: string; version: string; sizeBytes: number },
): Promise<void> {
  const { size } = await client.statObject(bucket, key, { versionId: version }).catch(storeFailure);
  if (size !== sizeBytes)
    throw new DomainError('DEPENDENCY_PERMANENT', `The object store keeps ${size} of ${sizeBytes} bytes of ${key}.`);
}
