/** Joins a byte stream into pictures of a fixed size. */
export class PictureAssembler {
  readonly #size: number;
  readonly #emit: (picture: Uint8Array) => void;
  #picture: Uint8Array;
  #filled = 0;

  constructor(size: number, emit: (picture: Uint8Array) => void) {
    this.#size = size;
    this.#emit = emit;
    this.#picture = new Uint8Array(size);
  }

  push(chunk: Uint8Array): void {
    let read = 0;
    while (read < chunk.length) {
      const part = chunk.subarray(read, read + this.#size - this.#filled);
      this.#picture.set(part, this.#filled);
      this.#filled += part.length;
      read += part.length;
      if (this.#filled < this.#size) return;
      this.#emit(this.#picture);
      // A fresh buffer each time: whoever got the last one may keep it.
      this.#picture = new Uint8Array(this.#size);
      this.#filled = 0;
    }
  }
}

/** Pictures of this much session time are seen before the clock is trusted. */
const SETTLING_SECONDS = 0.6;
/** Arrivals are compared over this much session time to see the camera's clock drift away from ours. */
const DRIFT_WINDOW_SECONDS = 60;

/**
 * Finds the wall-clock instant t0 of a session's time zero, from when its pictures arrive. A picture can come late
 * (start-up, decode, pipe, a busy machine) but never early, so t0 is the earliest of "arrival − picture time" over the
 * first pictures. What is left is the shortest delay seen: some 20 ms for a file on this machine, for a network camera
 * its own encoder and network besides. Segments and detections share one t0, so they always agree with each other.
 */
export class SessionClock {
  readonly #fps: number;
  readonly #resolve: (zeroAtMs: number) => void;
  /** Resolves with t0 once it is settled. */
  readonly settled: Promise<number>;
  zeroAtMs: number | undefined;
  #earliest = Number.POSITIVE_INFINITY;
  #windowEarliest = Number.POSITIVE_INFINITY;
  /** How far the newest full window lies from t0; undefined before the first one is full. */
  driftMs: number | undefined;

  constructor(fps: number) {
    this.#fps = fps;
    const { promise, resolve } = deferred<number>();
    this.settled = promise;
    this.#resolve = resolve;
  }

  /** Notes that picture `index` arrived. */
  arrive(index: number, nowMs: number): void {
    const seconds = index / this.#fps;
    const zero = nowMs - seconds * 1000;
    this.#windowEarliest = Math.min(this.#windowEarliest, zero);
    if (this.zeroAtMs === undefined) {
      this.#earliest = Math.min(this.#earliest, zero);
      if (seconds >= SETTLING_SECONDS) this.settle();
    } else if (index % Math.round(DRIFT_WINDOW_SECONDS * this.#fps) === 0) {
      this.driftMs = this.#windowEarliest - this.zeroAtMs;
      this.#windowEarliest = Number.POSITIVE_INFINITY;
    }
  }

  /** Trusts what was seen so far; called early when a stream ends at once. */
  settle(): void {
    if (this.zeroAtMs !== undefined || !Number.isFinite(this.#earliest)) return;
    this.zeroAtMs = Math.round(this.#earliest);
    this.#resolve(this.zeroAtMs);
  }
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
