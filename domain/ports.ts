/** What activities need from the outside, as small interfaces; adapters implement them, workers wire them. */

export interface PutObject {
  key: string;
  body: Uint8Array;
  mediaType: string;
  sha256: string;
  lockedUntil: string;
}

export interface EvidenceStore {
  /** Stores under object lock with a checksum, reads back, and returns the version; the same bytes again return theirs. */
  putLocked(object: PutObject): Promise<{ version: string }>;
  /** The bytes, only if they still have this hash; otherwise an IntegrityError. */
  readVerified(input: { key: string; version: string; sha256: string }): Promise<Uint8Array>;
  /** The bytes as they are; for objects that carry a signature of their own. */
  read(input: { key: string; version: string }): Promise<Uint8Array>;
  extendLock(input: { key: string; version: string; until: string }): Promise<void>;
  setLegalHold(input: { key: string; version: string; on: boolean }): Promise<void>;
  /** Every version below a prefix; a version whose lock still stands is an error. */
  deletePrefix(prefix: string): Promise<number>;
  selfTest(): Promise<void>;
}

/** Reading of what is too large to be held whole, and mending of what was altered. */
export interface RangedStore {
  /**
   * Bytes `start` to `end`, both included, as they are: whoever asks checks them. Null: the version is not there. Ends in
   * an IntegrityError when the store is well and cannot read this object.
   */
  readRange(input: {
    key: string;
    version: string;
    /** Only to be named in the error. */
    sha256: string;
    start: number;
    end: number;
  }): Promise<AsyncIterable<Uint8Array> | null>;
  /** Looks through all versions of a key for bytes with this hash and stores them anew, locked; null: there are none. */
  restore(object: Omit<PutObject, 'body'>): Promise<{ version: string; from: string } | null>;
}

/** The stored bytes do not have the recorded hash, or are gone. */
export class IntegrityError extends Error {
  readonly key: string;
  readonly expectedSha256: string;
  readonly actualSha256: string | null;

  constructor(input: { key: string; expectedSha256: string; actualSha256: string | null }) {
    super(`stored object ${input.key} ${input.actualSha256 === null ? 'is gone' : 'has another hash than recorded'}`);
    this.name = 'IntegrityError';
    this.key = input.key;
    this.expectedSha256 = input.expectedSha256;
    this.actualSha256 = input.actualSha256;
  }
}
