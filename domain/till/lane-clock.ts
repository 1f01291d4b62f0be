import { toMs } from '../time.ts';
import type { Basket } from './basket.ts';
import { estimateOffset, median, offsetReachMs, pairAt } from './clock-offset.ts';
import type { LaneCrossing } from './lane.ts';

/** So many crossings in a row have a rhythm that can be told from any other. */
const stretchSize = 60;
const minPairs = 12;
/** By chance far fewer find a scan close by. */
const surelyPaired = 0.9;
/** Clocks drift by less than this from one stretch to the next; more is a clock that was set in between. */
const steadyMs = 1_000;

/**
 * Moves crossings to the till's clock, stretch by stretch, by the rhythm of what was rung. A recorded day can be looked at
 * from both sides, so that a clock that was set shows: the stretches around it are left out, and so are those that have
 * no rhythm in common with the till, since what a camera says there fits no receipt for sure.
 */
export function alignCrossings(baskets: readonly Basket[], crossings: readonly LaneCrossing[]): LaneCrossing[] {
  const scansMs = baskets.flatMap(({ rung }) => rung.map(({ at }) => toMs(at))).sort((a, b) => a - b);
  const stretches: { crossings: LaneCrossing[]; offsetMs: number | null }[] = [];
  for (let from = 0; from < crossings.length; from += stretchSize) {
    const part = crossings.slice(from, from + stretchSize);
    const lastMs = stretches.findLast(({ offsetMs }) => offsetMs !== null)?.offsetMs ?? 0;
    stretches.push({ crossings: part, offsetMs: offsetOf(part, scansMs, lastMs) });
  }
  const steady = (a: number, b: number | null | undefined) => b == null || Math.abs(a - b) <= steadyMs;
  return stretches
    .flatMap(({ crossings: part, offsetMs }, index) => {
      if (offsetMs === null) return [];
      const [before, after] = [stretches[index - 1]?.offsetMs, stretches[index + 1]?.offsetMs];
      if (!steady(offsetMs, before) || !steady(offsetMs, after)) return [];
      return part.map((crossing) => ({ ...crossing, atMs: crossing.atMs + offsetMs }));
    })
    .sort((a, b) => a.atMs - b.atMs);
}

/** Null: camera and till have no rhythm in common there. */
function offsetOf(part: readonly LaneCrossing[], scansMs: readonly number[], lastMs: number): number | null {
  const crossingsMs = part.map(({ atMs }) => atMs);
  const near = (fromMs: number, toMs: number) => scansMs.filter((scanMs) => scanMs >= fromMs && scanMs <= toMs);
  const [firstMs, endMs] = [crossingsMs[0]!, crossingsMs.at(-1)!];
  const expected = near(firstMs + lastMs - steadyMs, endMs + lastMs + steadyMs);
  const residuals = pairAt(crossingsMs, expected, lastMs).flatMap((scan, index) =>
    scan < 0 ? [] : [expected[scan]! - crossingsMs[index]!],
  );
  // The clocks go on as they did: no need to try every other offset.
  const fewer = Math.min(part.length, expected.length);
  if (residuals.length >= Math.max(minPairs, surelyPaired * fewer)) return median(residuals);
  const estimate = estimateOffset(crossingsMs, near(firstMs - offsetReachMs, endMs + offsetReachMs));
  if (estimate.ok) return estimate.offsetMs;
  // Too few to tell: then as they did before, or as they were measured by others.
  return estimate.reason === 'TOO_FEW' ? lastMs : null;
}
