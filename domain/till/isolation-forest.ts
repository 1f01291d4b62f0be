/**
 * An isolation forest (Liu, Ting and Zhou, Isolation Forest, ICDM 2008): what few random cuts set apart is unlike the
 * rest. Written here since no library that is kept gives the same trees for the same data; the seed makes it do so.
 */
export interface IsolationForest {
  /** From 0 to 1; about 0.5 is ordinary, towards 1 stands alone (equation 2 of the paper). */
  score(point: readonly number[]): number;
}

/** The paper's own values: more trees or larger samples change little. */
const treeCount = 100;
const sampleSize = 256;

type Node = { size: number } | { feature: number; cut: number; below: Node; above: Node };

/** Grows the trees from points of equal length; throws without any point. */
export function growForest(points: readonly (readonly number[])[], seed: number): IsolationForest {
  const [first] = points;
  if (!first) throw new Error('a forest needs at least one point');
  const next = numbersOf(seed);
  const size = Math.min(sampleSize, points.length);
  const limit = Math.ceil(Math.log2(Math.max(2, size)));
  const trees = Array.from({ length: treeCount }, () => grow(sampleOf(points, size, next), first.length, limit, next));
  const usual = averagePath(size);
  return {
    score(point) {
      const mean = trees.reduce((sum, tree) => sum + pathLength(tree, point, 0), 0) / trees.length;
      return usual === 0 ? 0.5 : 2 ** (-mean / usual);
    },
  };
}

function grow(
  points: readonly (readonly number[])[],
  features: number,
  limit: number,
  next: () => number,
  depth = 0,
): Node {
  if (depth >= limit || points.length <= 1) return { size: points.length };
  const open = Array.from({ length: features }, (_, feature) => feature).filter((feature) =>
    points.some((point) => point[feature] !== points[0]![feature]),
  );
  if (open.length === 0) return { size: points.length };
  const feature = open[Math.floor(next() * open.length)]!;
  const values = points.map((point) => point[feature]!);
  const low = Math.min(...values);
  const cut = low + next() * (Math.max(...values) - low);
  return {
    feature,
    cut,
    below: grow(
      points.filter((point) => point[feature]! < cut),
      ...([features, limit, next, depth + 1] as const),
    ),
    above: grow(
      points.filter((point) => point[feature]! >= cut),
      ...([features, limit, next, depth + 1] as const),
    ),
  };
}

function pathLength(node: Node, point: readonly number[], depth: number): number {
  if ('size' in node) return depth + averagePath(node.size);
  return pathLength(point[node.feature]! < node.cut ? node.below : node.above, point, depth + 1);
}

const eulerGamma = 0.5772156649015329;

/** The mean depth of an unsuccessful search in a binary tree of `size` points (equation 1). */
function averagePath(size: number): number {
  if (size <= 1) return 0;
  if (size === 2) return 1;
  return 2 * (Math.log(size - 1) + eulerGamma) - (2 * (size - 1)) / size;
}

/** Without replacement (Fisher and Yates). */
function sampleOf<T>(items: readonly T[], size: number, next: () => number): T[] {
  const pool = [...items];
  for (let index = 0; index < size; index += 1) {
    const other = index + Math.floor(next() * (pool.length - index));
    [pool[index], pool[other]] = [pool[other]!, pool[index]!];
  }
  return pool.slice(0, size);
}

/** Mulberry32 (public domain): small, seeded, good enough to choose cuts with. */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
