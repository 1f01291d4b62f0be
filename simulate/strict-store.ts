import { createHash, randomUUID } from 'node:crypto';
import { DomainError } from '../domain/errors.ts';
import { IntegrityError } from '../domain/ports.ts';
import { wholeSecond } from '../domain/retention.ts';
import type { ObjectAddress, ObjectState, RetentionStore, StoredVersion } from '../domain/retention-store.ts';

interface Held {
  key: string;
  version: string;
  body: Uint8Array | null;
  sha256: string | null;
  storedAt: string;
  lockedUntil: string | null;
  held: boolean;
}

export interface StrictStore extends RetentionStore {
  put(object: { key: string; body: Uint8Array; lockedUntil: string }): Promise<{ version: string }>;
  /** As somebody does who names no version: hides what is there, deletes nothing. */
  mark(key: string): void;
  /** Behind everybody's back; no lock stops a broken disk. */
  lose(object: ObjectAddress): void;
  all(): readonly Readonly<Held>[];
}

/**
 * A bucket with object lock in memory, on a clock that is given to it: versions, compliance locks that are never shortened,
 * legal holds, delete markers. A real store goes by its own clock, which no simulation can turn; that both obey the same
 * rules is shown by one test on the two of them.
 */
export function openStrictStore(
  now: () => string,
  onRemoved: (object: Readonly<Held>) => void = () => undefined,
): StrictStore {
  let versions: Held[] = [];
  const find = ({ key, version }: ObjectAddress) =>
    versions.find((each) => each.key === key && each.version === version);
  const newest = (key: string) => versions.findLast((each) => each.key === key);
  const must = (object: ObjectAddress): Held => {
    const found = find(object);
    if (!found || found.body === null)
      throw new DomainError('DEPENDENCY_PERMANENT', 'The object store refused: NoSuchVersion.');
    return found;
  };
  const isLocked = (object: Held) => object.held || (object.lockedUntil !== null && object.lockedUntil > now());
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const add = (key: string, body: Uint8Array | null, lockedUntil: string | null, held = false): Held => {
    const object: Held = {
      ...{ key, version: randomUUID(), body, sha256: body === null ? null : sha256(body) },
      ...{ storedAt: now(), lockedUntil, held },
    };
    versions.push(object);
    return object;
  };
  return {
    hasCold: true,

    async put({ key, body, lockedUntil }) {
      const known = newest(key);
      if (known?.body && known.sha256 === sha256(body)) return { version: known.version };
      if (lockedUntil <= now())
        throw new DomainError('DEPENDENCY_PERMANENT', 'The object store refused: InvalidRequest.');
      return { version: add(key, body, wholeSecond(lockedUntil)).version };
    },

    async *list(prefix, afterKey = '') {
      const sorted = versions
        .filter(({ key }) => key.startsWith(prefix) && key > afterKey)
        .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
      for (const each of sorted) yield listed(each);
    },

    async inspect(object): Promise<ObjectState | null> {
      const found = find(object);
      if (!found || found.body === null) return null;
      const { storedAt, lockedUntil, held } = found;
      return { sizeBytes: found.body.byteLength, sha256: found.sha256, storedAt, lockedUntil, held };
    },

    async remove(object) {
      const found = find(object);
      if (!found) return;
      if (found.body !== null && isLocked(found))
        throw new DomainError('PRECONDITION_FAILED', `${object.key} is still locked or held and was not deleted`);
      versions = versions.filter((each) => each !== found);
      onRemoved(found);
    },

    async extendLock({ until, ...object }) {
      const found = must(object);
      const lockedUntil = wholeSecond(until);
      const standing = found.lockedUntil !== null && found.lockedUntil > now();
      if (lockedUntil <= now() || (standing && lockedUntil < found.lockedUntil!))
        throw new DomainError('DEPENDENCY_PERMANENT', 'The object store refused: InvalidRequest.');
      found.lockedUntil = lockedUntil;
    },

    async setLegalHold({ on, ...object }) {
      must(object).held = on;
    },

    async hash(object) {
      const found = find(object);
      return found?.body ? sha256(found.body) : null;
    },

    async copyCold({ toKey, sha256: expectedSha256, lockedUntil, held, ...from }) {
      const known = newest(toKey);
      const { body } = must(from);
      const copy =
        known?.body && known.sha256 === expectedSha256 ? known : add(toKey, body, wholeSecond(lockedUntil), held);
      const actualSha256 = copy.body === null ? null : sha256(copy.body);
      if (actualSha256 !== expectedSha256) throw new IntegrityError({ key: toKey, expectedSha256, actualSha256 });
      return { version: copy.version };
    },

    mark: (key) => void add(key, null, null),
    lose: (object) => {
      const found = find(object);
      versions = versions.filter((each) => each !== found);
    },
    all: () => versions,
  };
}

const listed = ({ key, version, body, storedAt }: Held): StoredVersion => ({
  ...{ key, version, storedAt, sizeBytes: body?.byteLength ?? 0, deleteMarker: body === null },
});
