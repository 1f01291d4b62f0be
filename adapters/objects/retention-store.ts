import { createHash } from 'node:crypto';
import { type Client, S3Error } from 'minio';
import { DomainError } from '../../domain/errors.ts';
import { IntegrityError } from '../../domain/ports.ts';
import { wholeSecond } from '../../domain/retention.ts';
import type {
  ColdCopy,
  ObjectAddress,
  ObjectState,
  RetentionStore,
  StoredVersion,
} from '../../domain/retention-store.ts';
import { type EvidenceStoreOptions, findSame, openClient, readVersion, storeFailure } from './client.ts';

const gone = /NotFound|NoSuchKey|NoSuchVersion|MethodNotAllowed/;
const locked = /AccessDenied|InvalidRequest|ObjectLocked/;

/** Keeping and deleting in the evidence bucket; `coldStorageClass` is what the store calls its cheaper tier. */
export function openRetentionStore(options: EvidenceStoreOptions): RetentionStore {
  const client = openClient(options);
  const { bucket, coldStorageClass } = options;
  const store: RetentionStore = {
    hasCold: coldStorageClass !== undefined,

    async *list(prefix, afterKey = '') {
      for await (const page of pagesOf(client, bucket, prefix, afterKey)) yield* page;
    },

    inspect: (object) => inspect(client, bucket, object),

    async remove({ key, version }) {
      await client.removeObject(bucket, key, { versionId: version }).catch((error: unknown) => {
        if (error instanceof S3Error && gone.test(error.code ?? '')) return;
        if (error instanceof S3Error && locked.test(error.code ?? ''))
          throw new DomainError('PRECONDITION_FAILED', `${key} is still locked or held and was not deleted`, {
            cause: error,
          });
        storeFailure(error);
      });
    },

    async extendLock({ key, version, until }) {
      await client
        .putObjectRetention(bucket, key, {
          ...{ mode: 'COMPLIANCE', retainUntilDate: wholeSecond(until), versionId: version },
        } as Parameters<Client['putObjectRetention']>[2])
        .catch(storeFailure);
    },

    async setLegalHold({ key, version, on }) {
      // Typed as void, but it is an async function.
      const done: unknown = client.setObjectLegalHold(bucket, key, {
        ...{ versionId: version, status: on ? 'ON' : 'OFF' },
      } as Parameters<Client['setObjectLegalHold']>[2]);
      await Promise.resolve(done).catch(storeFailure);
    },

    async hash({ key, version }) {
      const bytes = await readVersion(client, bucket, key, version);
      if (bytes === null) return null;
      const hash = createHash('sha256');
      try {
        for await (const chunk of bytes) hash.update(chunk as Buffer);
      } catch (error) {
        return storeFailure(error);
      }
      return hash.digest('hex');
    },

    async copyCold(copy) {
      const known = await findSame(client, bucket, { key: copy.toKey, sha256: copy.sha256 });
      const version = known ?? (await copyObject(client, bucket, copy, coldStorageClass ?? 'STANDARD'));
      const actualSha256 = await store.hash({ key: copy.toKey, version });
      if (actualSha256 !== copy.sha256)
        throw new IntegrityError({ key: copy.toKey, expectedSha256: copy.sha256, actualSha256 });
      return { version };
    },
  };
  return store;
}

/**
 * Every version below a prefix, a thousand at a time. A store lists versions and delete markers of a page apart; both are
 * put back into the order of keys. The client's own `listObjects` signs the second page wrongly.
 */
export async function* pagesOf(
  client: Client,
  bucket: string,
  prefix: string,
  afterKey: string,
): AsyncGenerator<StoredVersion[]> {
  let marker: { keyMarker?: string; versionIdMarker?: string } =
    afterKey === '' ? {} : { keyMarker: encodeURIComponent(afterKey) };
  for (;;) {
    const page = await client
      .listObjectsQuery(bucket, prefix, '', { Delimiter: '', MaxKeys: 1_000, IncludeVersion: true, ...marker })
      .catch(storeFailure);
    const entries = (page.objects as Partial<Listed>[]).flatMap(({ name, versionId, ...entry }) =>
      name === undefined || versionId === undefined
        ? []
        : [
            {
              ...{ key: name, version: versionId, sizeBytes: Number(entry.size ?? 0) },
              storedAt: new Date(entry.lastModified ?? 0).toISOString(),
              deleteMarker: entry.isDeleteMarker === true,
            },
          ],
    );
    yield entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    if (String(page.isTruncated) !== 'true' || page.keyMarker === undefined) return;
    marker = {
      keyMarker: encodeURIComponent(asWritten(page.keyMarker)),
      ...(page.versionIdMarker === undefined ? {} : { versionIdMarker: encodeURIComponent(page.versionIdMarker) }),
    };
  }
}

/** Names come as they are in an address, since the client asks for that, and it leaves markers so. */
const asWritten = (marker: string): string => decodeURIComponent(marker.replaceAll('+', ' '));

interface Listed {
  name: string;
  versionId: string;
  size: number | string;
  lastModified: Date | string;
  isDeleteMarker: boolean;
}

async function inspect(client: Client, bucket: string, { key, version }: ObjectAddress): Promise<ObjectState | null> {
  try {
    const query = `versionId=${encodeURIComponent(version)}`;
    const response = await client.makeRequestAsync(
      { method: 'HEAD', bucketName: bucket, objectName: key, query },
      '',
      [200],
    );
    response.resume();
    const { headers } = response;
    const lockedUntil = headers['x-amz-object-lock-retain-until-date'];
    return {
      sizeBytes: Number(headers['content-length'] ?? 0),
      sha256: textOf(headers['x-amz-meta-sha256']),
      storedAt: new Date(headers['last-modified'] ?? 0).toISOString(),
      lockedUntil: typeof lockedUntil === 'string' ? new Date(lockedUntil).toISOString() : null,
      held: headers['x-amz-object-lock-legal-hold'] === 'ON',
    };
  } catch (error) {
    if (error instanceof S3Error && gone.test(error.code ?? '')) return null;
    return storeFailure(error);
  }
}

const textOf = (header: string | string[] | undefined): string | null => (typeof header === 'string' ? header : null);

/** The store copies by itself; no byte comes through here until it is read back. */
async function copyObject(client: Client, bucket: string, copy: ColdCopy, storageClass: string): Promise<string> {
  const from = `/${bucket}/${copy.key.split('/').map(encodeURIComponent).join('/')}`;
  const headers = {
    'x-amz-copy-source': `${from}?versionId=${encodeURIComponent(copy.version)}`,
    'x-amz-metadata-directive': 'REPLACE',
    'x-amz-meta-sha256': copy.sha256,
    'x-amz-storage-class': storageClass,
    'x-amz-object-lock-mode': 'COMPLIANCE',
    'x-amz-object-lock-retain-until-date': wholeSecond(copy.lockedUntil),
    ...(copy.held ? { 'x-amz-object-lock-legal-hold': 'ON' } : {}),
  };
  const response = await client
    .makeRequestAsync({ method: 'PUT', bucketName: bucket, objectName: copy.toKey, headers }, '', [200])
    .catch(storeFailure);
  const version = response.headers['x-amz-version-id'];
  // An error may still come after the status, in the body; reading the copy back finds it.
  response.resume();
  if (typeof version !== 'string')
    throw new DomainError('DEPENDENCY_PERMANENT', `The bucket ${bucket} is not versioned.`);
  return version;
}
