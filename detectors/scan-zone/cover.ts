import type { ZoneGrid } from './zone.ts';

/** A lamp changes the light by so much at most; what is more is something in the way. */
const LIGHT_LIMITS = { low: 0.8, high: 1.25 } as const;
/** Keeps the ratio of two dark cells from being noise. */
const DARK_OFFSET = 8;
/** How long the reference needs to take over a change, where it looks as it did and where it does not. */
const LEARNING_MS = { same: 5_000, different: 60_000 } as const;

/**
 * How much of a zone does not look as it does when it is free. Unlike the counter's mask it takes little for a change of
 * light: a plain cover over the whole zone would be one. Cells come as three planes of colour, from 0 to 255.
 */
export class CoverGauge {
  readonly #inside: Float32Array;
  readonly #threshold: number;
  #reference: Float32Array | undefined;
  #lastAtMs = 0;

  constructor({ inside }: Pick<ZoneGrid, 'inside'>, threshold: number) {
    this.#inside = inside;
    this.#threshold = threshold;
  }

  /** Looks at the cells of one picture; the first is taken to show the zone free. */
  share(cells: Float32Array, atMs: number): number {
    const reference = this.#reference;
    if (!reference) {
      this.#reference = Float32Array.from(cells);
      this.#lastAtMs = atMs;
      return 0;
    }
    const light = Math.min(LIGHT_LIMITS.high, Math.max(LIGHT_LIMITS.low, this.#light(cells, reference)));
    const elapsedMs = Math.max(1, atMs - this.#lastAtMs);
    this.#lastAtMs = atMs;
    const count = this.#inside.length;
    let covered = 0;
    let watched = 0;
    for (let cell = 0; cell < count; cell++) {
      let distance = 0;
      for (let at = cell; at < 3 * count; at += count)
        distance = Math.max(distance, Math.abs(cells[at]! - reference[at]! * light));
      const different = distance > this.#threshold;
      const rate = Math.min(1, elapsedMs / (different ? LEARNING_MS.different : LEARNING_MS.same));
      for (let at = cell; at < 3 * count; at += count) reference[at]! += (cells[at]! - reference[at]!) * rate;
      if (this.#inside[cell] !== 1) continue;
      watched++;
      if (different) covered++;
    }
    return covered / watched;
  }

  /** The median over the zone of how much brighter it has become. */
  #light(cells: Float32Array, reference: Float32Array): number {
    const count = this.#inside.length;
    const ratios = new Float32Array(count);
    let watched = 0;
    for (let cell = 0; cell < count; cell++) {
      if (this.#inside[cell] !== 1) continue;
      const sum = (of: Float32Array) => of[cell]! + of[cell + count]! + of[cell + 2 * count]! + DARK_OFFSET;
      ratios[watched++] = sum(cells) / sum(reference);
    }
    return ratios.subarray(0, watched).sort()[watched >> 1] ?? 1;
  }
}
