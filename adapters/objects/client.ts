import type { Readable } from 'node:stream';
import { Client, S3Error } from 'minio';
import { DomainError } from '../../domain/errors.ts';
import { StoreFullError } from '../../domain/retention-store.ts';

export interface EvidenceStoreOptions {
  endpoint: string;
  accessKey: string;
  secretKey: string;
  bucket: string;
  region: string;
  /** What the store calls its cheaper tier; without one nothing is moved. */
  coldStorageClass?: string;
}

export function openClient({ endpoint, accessKey, secretKey, region }: EvidenceStoreOptions): Client {
  const { hostname, protocol, port } = new URL(endpoint);
  const useSSL = protocol === 'https:';
  return new Client({
    endPoint: hostname,
    port: port === '' ? (useSSL ? 443 : 80) : Number(port),
    useSSL,
    accessKey,
    secretKey,
    // Known beforehand, so that no request is spent on asking for it.
    region,
  });
}

/** One version of an object as a stream; null when it is not there. */
export async function readVersion(
  client: Client,
  bucket: string,
  key: string,
  versionId: string,
): Promise<Readable | null> {
  try {
    return await client.getObject(bucket, key, { versionId });
  } catch (error) {
    if (error instanceof S3Error && /NotFound|NoSuchKey|NoSuchVersion|MethodNotAllowed/.test(error.code ?? ''))
      return null;
    return storeFailure(error);
  }
}

/** The version of an object with these bytes that is there already: a retry finds what its predecessor stored. */
export async function findSame(
  client: Client,
  bucket: string,
  object: { key: string; sha256: string },
): Promise<string | null> {
  try {
    const stat = await client.statObject(bucket, object.key);
    return stat.metaData['sha256'] === object.sha256 && typeof stat.versionId === 'string' ? stat.versionId : null;
  } catch (error) {
    if (error instanceof S3Error && /NotFound|NoSuchKey/.test(error.code ?? '')) return null;
    return storeFailure(error);
  }
}

/** What stores call a disk, a quota or a bucket that takes no more. */
const full =
  /^(XMinioStorageFull|XMinioDiskFull|InsufficientStorage|QuotaExceeded|XMinioAdminBucketQuotaExceeded|StorageFull)$/;
/** A full disk is not emptied in a moment. */
const fullRetryMs = 10_000;

/** Refusals stay refusals; a store that does not answer is worth trying again, and so is one that is full. */
export function storeFailure(error: unknown): never {
  if (error instanceof S3Error && full.test(error.code ?? ''))
    throw new StoreFullError({ cause: error, retryAfterMs: fullRetryMs });
  if (
    error instanceof S3Error &&
    error.code !== undefined &&
    !/^(SlowDown|ServiceUnavailable|InternalError|RequestTimeout|XMinioServerNotInitialized)$/.test(error.code)
  ) {
    throw new DomainError('DEPENDENCY_PERMANENT', `The object store refused: ${error.code}.`, { cause: error });
  }
  throw new DomainError('DEPENDENCY_TEMPORARY', 'The object store is not answering. Try again shortly.', {
    cause: error,
    retryAfterMs: 2_000,
  });
}
