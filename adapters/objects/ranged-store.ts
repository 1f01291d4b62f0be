import { createHash } from 'node:crypto';
import { type Client, S3Error } from 'minio';
import { DomainError } from '../../domain/errors.ts';
import { IntegrityError, type RangedStore } from '../../domain/ports.ts';
import { wholeSecond } from '../../domain/retention.ts';
import { type EvidenceStoreOptions, openClient, readVersion, storeFailure } from './client.ts';
import { isUnreadable } from './unreadable.ts';

/** Parts of stored objects, and intact copies of those that were altered. */
export function openRangedStore(options: EvidenceStoreOptions): RangedStore {
  const client = openClient(options);
  const { bucket } = options;
  return {
    async readRange({ key, version, sha256, start, end }) {
      const failed = async (error: unknown): Promise<never> => {
        if (!(error instanceof S3Error) && (await isUnreadable(client, bucket, key, version)))
          throw new IntegrityError({ key, expectedSha256: sha256, actualSha256: null });
        return storeFailure(error);
      };
      try {
        const stream = await client.getPartialObject(bucket, key, start, end - start + 1, { versionId: version });
        return untilItFails(stream, failed);
      } catch (error) {
        if (error instanceof S3Error && /NotFound|NoSuchKey|NoSuchVersion|MethodNotAllowed/.test(error.code ?? ''))
          return null;
        return failed(error);
      }
    },

    async restore({ key, mediaType, sha256, lockedUntil }) {
      for (const versionId of await versionsOf(client, bucket, key)) {
        const bytes = await intactBytes(client, bucket, { key, versionId, sha256 });
        if (bytes === null) continue;
        const version = await putAnew(client, bucket, { key, mediaType, sha256, lockedUntil, bytes });
        return { version, from: versionId };
      }
      return null;
    },
  };
}

async function* untilItFails(
  stream: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => Promise<never>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    await failed(error);
  }
}

/** From the newest to the oldest; of this key alone, and without what only says that it was deleted. */
function versionsOf(client: Client, bucket: string, key: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const versions: string[] = [];
    const stream = client.listObjects(bucket, key, true, { IncludeVersion: true });
    stream.on('data', (entry) => {
      const { name, versionId, isDeleteMarker } = entry as {
        name?: string;
        versionId?: string;
        isDeleteMarker?: boolean;
      };
      if (name === key && versionId !== undefined && isDeleteMarker !== true) versions.push(versionId);
    });
    stream.on('end', () => resolve(versions));
    stream.on('error', reject);
  });
}

/** A version that cannot be read to its end is not intact either. */
async function intactBytes(
  client: Client,
  bucket: string,
  { key, versionId, sha256 }: { key: string; versionId: string; sha256: string },
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    const stream = await readVersion(client, bucket, key, versionId);
    if (stream === null) return null;
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  const bytes = Buffer.concat(chunks);
  return createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : null;
}

/** A version of its own: whose lock the found one has, and for how long, is not known. */
async function putAnew(
  client: Client,
  bucket: string,
  object: { key: string; mediaType: string; sha256: string; lockedUntil: string; bytes: Buffer },
): Promise<string> {
  const headers = {
    'content-type': object.mediaType,
    'content-md5': createHash('md5').update(object.bytes).digest('base64'),
    'x-amz-checksum-sha256': Buffer.from(object.sha256, 'hex').toString('base64'),
    'x-amz-object-lock-mode': 'COMPLIANCE',
    'x-amz-object-lock-retain-until-date': wholeSecond(object.lockedUntil),
    'x-amz-meta-sha256': object.sha256,
  };
  const response = await client
    .makeRequestAsync({ method: 'PUT', bucketName: bucket, objectName: object.key, headers }, object.bytes, [200])
    .catch(storeFailure);
  const version = response.headers['x-amz-version-id'];
  response.resume();
  if (typeof version !== 'string')
    throw new DomainError('DEPENDENCY_PERMANENT', `The bucket ${bucket} is not versioned.`);
  return version;
}
