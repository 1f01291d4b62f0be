/** Numbers that are the same for the same seed and name, whatever other streams were asked before. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** Whole numbers, both ends included. */
  between(low: number, high: number): number;
  chance(share: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** Gaussian (Box and Muller, 1958). */
  normal(mean: number, deviation: number): number;
}

/** A stream of its own for a seed and a name: FNV-1a spreads the name, Mulberry32 (both public domain) draws. */
export function createRandom(seed: number, name: string): Random {
  let state = fnv1a(`${seed}:${name}`);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    chance: (share) => next() < share,
    pick: (values) => {
      if (values.length === 0) throw new Error(`nothing to pick from (${name})`);
      return values[between(0, values.length - 1)]!;
    },
    normal: (mean, deviation) =>
      mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
