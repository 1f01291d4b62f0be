import { createHash, randomUUID } from 'node:crypto';
import { type Client, S3Error } from 'minio';
import { DomainError } from '../../domain/errors.ts';
import { type EvidenceStore, IntegrityError, type PutObject, type RangedStore } from '../../domain/ports.ts';
import { wholeSecond } from '../../domain/retention.ts';
import type { RetentionStore } from '../../domain/retention-store.ts';
import { type EvidenceStoreOptions, findSame, openClient, readVersion, storeFailure } from './client.ts';
import { openRangedStore } from './ranged-store.ts';
import { openRetentionStore, pagesOf } from './retention-store.ts';
import { isUnreadable } from './unreadable.ts';

const selfTestLockMs = 60_000;

export interface ObjectStore extends EvidenceStore, RangedStore {
  /** Keeping and deleting. */
  retention: RetentionStore;
  ensureBucket(): Promise<void>;
  /** The object whose key sorts last below a prefix, in its first version: a later one may hide it, not replace it. */
  newest(prefix: string): Promise<{ key: string; version: string } | null>;
}

/** Evidence in a versioned, object-locked bucket of MinIO or any S3 store that has object lock. */
export function openEvidenceStore(options: EvidenceStoreOptions): ObjectStore {
  const client = openClient(options);
  const { bucket } = options;

  const store: ObjectStore = {
    ...openRangedStore(options),
    retention: openRetentionStore(options),

    async ensureBucket() {
      if (await client.bucketExists(bucket)) return;
      await client.makeBucket(bucket, options.region, { ObjectLocking: true }).catch((error: unknown) => {
        // Another process of ours was first.
        if (!(error instanceof S3Error) || !/AlreadyOwnedByYou|AlreadyExists/.test(error.code ?? '')) throw error;
      });
    },

    async putLocked(object) {
      const known = await findSame(client, bucket, object);
      if (known) return { version: known };
      const version = await put(client, bucket, object);
      await store.readVerified({ key: object.key, version, sha256: object.sha256 });
      return { version };
    },

    async readVerified({ key, version, sha256 }) {
      const bytes = await read(client, bucket, key, version);
      if (bytes === null) throw new IntegrityError({ key, expectedSha256: sha256, actualSha256: null });
      const actualSha256 = createHash('sha256').update(bytes).digest('hex');
      if (actualSha256 !== sha256) throw new IntegrityError({ key, expectedSha256: sha256, actualSha256 });
      return bytes;
    },

    async read({ key, version }) {
      const bytes = await read(client, bucket, key, version);
      if (bytes === null) throw new DomainError('NOT_FOUND', `There is no stored object ${key}.`);
      return bytes;
    },

    async extendLock({ key, version, until }) {
      await client
        .putObjectRetention(bucket, key, {
          mode: 'COMPLIANCE',
          retainUntilDate: wholeSecond(until),
          versionId: version,
        } as Parameters<Client['putObjectRetention']>[2])
        .catch(storeFailure);
    },

    async setLegalHold({ key, version, on }) {
      // Typed as void, but it is an async function.
      const done: unknown = client.setObjectLegalHold(bucket, key, {
        versionId: version,
        status: on ? 'ON' : 'OFF',
      } as Parameters<Client['setObjectLegalHold']>[2]);
      await Promise.resolve(done).catch(storeFailure);
    },

    async deletePrefix(prefix) {
      const versions = await listVersions(client, bucket, prefix);
      for (const { name, versionId } of versions) {
        await client.removeObject(bucket, name, { versionId }).catch((error: unknown) => {
          if (error instanceof S3Error && /AccessDenied|InvalidRequest|ObjectLocked/.test(error.code ?? '')) {
            throw new DomainError('PRECONDITION_FAILED', `${name} is still locked or held and was not deleted`, {
              cause: error,
            });
          }
          return storeFailure(error);
        });
      }
      return versions.length;
    },

    async newest(prefix) {
      const versions = await listVersions(client, bucket, prefix).catch(storeFailure);
      const stored = versions.filter(({ isDeleteMarker }) => !isDeleteMarker);
      const lastKey = stored
        .map(({ name }) => name)
        .sort()
        .at(-1);
      // S3 lists the versions of a key from the newest to the oldest.
      const first = stored.findLast(({ name }) => name === lastKey);
      return first ? { key: first.name, version: first.versionId } : null;
    },

    async selfTest() {
      const key = `self-test/${randomUUID()}`;
      const body = Buffer.from('floorwalker lock self-test');
      const sha256 = createHash('sha256').update(body).digest('hex');
      const lockedUntil = new Date(Date.now() + selfTestLockMs).toISOString();
      const version = await put(client, bucket, { key, body, sha256, mediaType: 'text/plain', lockedUntil });
      const removed = await client.removeObject(bucket, key, { versionId: version }).then(
        () => true,
        () => false,
      );
      if (removed)
        throw new DomainError(
          'DEPENDENCY_PERMANENT',
          'The object store deleted a locked object. Floorwalker keeps evidence only in a bucket with object lock.',
        );
      const wrong = createHash('sha256').update('something else').digest('hex');
      const accepted = await put(client, bucket, {
        key: `${key}-wrong`,
        body,
        sha256: wrong,
        mediaType: 'text/plain',
        lockedUntil,
      }).then(
        () => true,
        () => false,
      );
      if (accepted)
        throw new DomainError(
          'DEPENDENCY_PERMANENT',
          'The object store accepted bytes with a wrong checksum. Floorwalker needs a store that checks x-amz-checksum-sha256.',
        );
    },
  };
  return store;
}

/** `putObject` of the client would turn these headers into plain metadata, so the request is made by hand. */
async function put(client: Client, bucket: string, object: PutObject): Promise<string> {
  const body = Buffer.from(object.body);
  const headers = {
    'content-type': object.mediaType,
    'content-md5': createHash('md5').update(body).digest('base64'),
    'x-amz-checksum-sha256': Buffer.from(object.sha256, 'hex').toString('base64'),
    'x-amz-object-lock-mode': 'COMPLIANCE',
    'x-amz-object-lock-retain-until-date': wholeSecond(object.lockedUntil),
    'x-amz-meta-sha256': object.sha256,
  };
  const response = await client
    .makeRequestAsync({ method: 'PUT', bucketName: bucket, objectName: object.key, headers }, body, [200])
    .catch(storeFailure);
  const version = response.headers['x-amz-version-id'];
  response.resume();
  if (typeof version !== 'string')
    throw new DomainError('DEPENDENCY_PERMANENT', `The bucket ${bucket} is not versioned.`);
  return version;
}

/** Null when it is gone, or there and damaged: then the store is well and the object is not. */
async function read(client: Client, bucket: string, key: string, versionId: string): Promise<Buffer | null> {
  try {
    return await readOnce(client, bucket, key, versionId);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'DEPENDENCY_TEMPORARY')
      if (await isUnreadable(client, bucket, key, versionId)) return null;
    throw error;
  }
}

async function readOnce(client: Client, bucket: string, key: string, versionId: string): Promise<Buffer | null> {
  const stream = await readVersion(client, bucket, key, versionId);
  if (stream === null) return null;
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch (error) {
    return storeFailure(error);
  }
  return Buffer.concat(chunks);
}

interface ListedVersion {
  name: string;
  versionId: string;
  isDeleteMarker: boolean;
}

async function listVersions(client: Client, bucket: string, prefix: string): Promise<ListedVersion[]> {
  const versions: ListedVersion[] = [];
  for await (const page of pagesOf(client, bucket, prefix, ''))
    for (const { key, version, deleteMarker } of page)
      versions.push({ name: key, versionId: version, isDeleteMarker: deleteMarker });
  return versions;
}
