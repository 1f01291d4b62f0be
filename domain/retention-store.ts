import { DomainError } from './errors.ts';

/** What keeping and deleting need from the object store; apart from the one for evidence, since few may delete. */
export interface RetentionStore {
  /** Whether the installation has a cold tier. */
  hasCold: boolean;
  /** Every version and delete marker below a prefix, key by key in the order of their bytes; a page at a time in memory. */
  list(prefix: string, afterKey?: string): AsyncIterable<StoredVersion>;
  /** Size, lock and hold of one version; null: it is not there. */
  inspect(object: ObjectAddress): Promise<ObjectState | null>;
  /** One version; that it is gone already is fine. A lock or a hold that still stands is PRECONDITION_FAILED. */
  remove(object: ObjectAddress): Promise<void>;
  /** Never shortens. */
  extendLock(object: ObjectAddress & { until: string }): Promise<void>;
  setLegalHold(object: ObjectAddress & { on: boolean }): Promise<void>;
  /** The bytes' SHA-256, read to the end; null: it is not there. */
  hash(object: ObjectAddress): Promise<string | null>;
  /** A locked copy under another key in the cold tier; the same again returns the first. */
  copyCold(copy: ColdCopy): Promise<{ version: string }>;
}

export interface ObjectAddress {
  key: string;
  version: string;
}

export interface StoredVersion extends ObjectAddress {
  sizeBytes: number;
  storedAt: string;
  /** Hides what is below it from whoever names no version; nothing here does. */
  deleteMarker: boolean;
}

export interface ObjectState {
  sizeBytes: number;
  /** As it was when it was stored; null: whoever stored it did not say. */
  sha256: string | null;
  storedAt: string;
  lockedUntil: string | null;
  held: boolean;
}

export interface ColdCopy extends ObjectAddress {
  toKey: string;
  sha256: string;
  lockedUntil: string;
  held: boolean;
}

/** All objects of one incident lie below this, and the cold ones below the same in the cold tier. */
export const evidencePrefix = (tenantId: string, storeId: string, incidentId: string): string =>
  `${tenantId}/${storeId}/${incidentId}/`;

/** No id of ours can hold this sign. */
const coldRoot = '~cold/';
export const coldKey = (key: string): string => `${coldRoot}${key}`;
export const isCold = (key: string): boolean => key.startsWith(coldRoot);

/** Whose object this is by its place alone; null: nothing of an incident. */
export function placeOfKey(key: string): { tenantId: string; storeId: string; incidentId: string } | null {
  const [tenantId, storeId, incidentId, file] = (isCold(key) ? key.slice(coldRoot.length) : key).split('/');
  if (!tenantId || !storeId || !incidentId || !file || storeId === 'audit') return null;
  return { tenantId, storeId, incidentId };
}

/** Nothing more can be stored until somebody makes room; what is there stays, and deleting goes on. */
export class StoreFullError extends DomainError {
  constructor(options: { cause: unknown; retryAfterMs: number }) {
    super(
      'DEPENDENCY_TEMPORARY',
      'The object store is full: nothing more can be secured until there is room.',
      options,
    );
  }
}
