import { pairScans } from './pairing.ts';

/** How far the till's clock runs ahead of the camera's at one lane, by what crossed and what was rung. */
export interface ClockOffset {
  offsetMs: number;
  /** The offset lies within this of the truth: three standard errors. */
  errorMs: number;
  /** Pairs that it was estimated from. */
  samples: number;
  /** How much single pairs scatter around it: one robust standard deviation. */
  spreadMs: number;
}

export type ClockEstimate =
  | ({ ok: true } & ClockOffset)
  | { ok: false; reason: 'TOO_FEW'; crossings: number; scans: number }
  | { ok: false; reason: 'NO_RHYTHM'; pairs: number; of: number }
  | { ok: false; reason: 'AMBIGUOUS'; offsetMs: number; otherOffsetMs: number };

/** Clocks that differ by more than this are wrong by a time zone or a day, which is for a person to put right. */
export const offsetReachMs = 3 * 60_000;
/** Scans further than this from where the offset expects them belong to other items. */
const pairWithinMs = 1_000;
const minPairs = 12;
const maxCandidates = 8;
/** A wrong offset pairs items at random; one that does nearly as well as the best means that nothing can be told. */
const ambiguousFrom = 0.8;
/** Fewer explained crossings (or scans, whichever are less) than this share is chance. */
const minPairedShare = 0.5;
/** Recorders stamp to a frame and tills to a tenth of a second: no estimate is better than that. */
const errorFloorMs = 150;
/** A standard deviation is this many median absolute deviations, for normal residuals (Rousseeuw and Croux 1993). */
const sigmaPerMad = 1.4826;
/** The median's standard error is √(π/2) of the mean's, for normal residuals (Kendall and Stuart). */
const medianPenalty = Math.sqrt(Math.PI / 2);

/**
 * Estimates the offset from the instants of one stretch, each sorted, each by its own clock; units are milliseconds.
 * Where all differences scan − crossing pile up is the mode of their cross-correlation histogram (as for spike trains,
 * Perkel, Gerstein and Moore 1967); items that were not scanned and scans without an item only raise its floor. The few
 * highest piles are tried: items and scans are paired one to one, and the best fit wins if no other comes near. Offset
 * is the median residual, its error three standard errors of the median, with σ from the median absolute deviation.
 */
export function estimateOffset(crossingsMs: readonly number[], scansMs: readonly number[]): ClockEstimate {
  const fewer = Math.min(crossingsMs.length, scansMs.length);
  if (fewer < minPairs) return { ok: false, reason: 'TOO_FEW', crossings: crossingsMs.length, scans: scansMs.length };
  const fits = candidates(crossingsMs, scansMs)
    .map((offsetMs) => fitAt(crossingsMs, scansMs, offsetMs))
    .sort((a, b) => b.score - a.score);
  const best = fits[0];
  if (best === undefined || best.residuals.length < Math.max(minPairs, minPairedShare * fewer))
    return { ok: false, reason: 'NO_RHYTHM', pairs: best?.residuals.length ?? 0, of: fewer };
  const rival = fits.find(({ offsetMs }) => Math.abs(offsetMs - best.offsetMs) > pairWithinMs);
  if (rival && rival.score > ambiguousFrom * best.score)
    return { ok: false, reason: 'AMBIGUOUS', offsetMs: best.offsetMs, otherOffsetMs: rival.offsetMs };
  const spreadMs = sigmaPerMad * median(best.residuals.map((residual) => Math.abs(residual - best.offsetMs)));
  const errorMs = (3 * medianPenalty * spreadMs) / Math.sqrt(best.residuals.length);
  return {
    ok: true,
    offsetMs: Math.round(best.offsetMs),
    errorMs: Math.round(Math.max(errorFloorMs, errorMs)),
    samples: best.residuals.length,
    spreadMs: Math.round(spreadMs),
  };
}

/** Middles of the highest piles of differences, each at least a pile's width from the others. */
function candidates(crossingsMs: readonly number[], scansMs: readonly number[]): number[] {
  let differences = crossingsMs
    .flatMap((crossingMs) => scansMs.map((scanMs) => scanMs - crossingMs))
    .filter((difference) => Math.abs(difference) <= offsetReachMs)
    .sort((a, b) => a - b);
  const found: number[] = [];
  while (found.length < maxCandidates && differences.length > 0) {
    let [from, to] = [0, 0];
    let end = 0;
    for (let start = 0; start < differences.length; start += 1) {
      while (end < differences.length && differences[end]! - differences[start]! <= pairWithinMs) end += 1;
      if (end - start > to - from) [from, to] = [start, end];
    }
    const middle = median(differences.slice(from, to));
    found.push(middle);
    differences = differences.filter((difference) => Math.abs(difference - middle) > pairWithinMs);
  }
  return found;
}

interface Fit {
  offsetMs: number;
  residuals: number[];
  score: number;
}

/** Pairs around an offset, puts it right by the median, pairs once more; a pair counts the more the nearer it is. */
function fitAt(crossingsMs: readonly number[], scansMs: readonly number[], startMs: number): Fit {
  let offsetMs = startMs;
  let residuals: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    const pairing = pairAt(crossingsMs, scansMs, offsetMs);
    residuals = pairing.flatMap((scan, index) => (scan < 0 ? [] : [scansMs[scan]! - crossingsMs[index]!]));
    if (residuals.length > 0) offsetMs = median(residuals);
  }
  const score = residuals.reduce(
    (sum, residual) => sum + Math.max(0, 1 - Math.abs(residual - offsetMs) / pairWithinMs),
    0,
  );
  return { offsetMs, residuals, score };
}

/** Which scan each crossing has under an offset: indices of `scansMs`, or -1. */
export const pairAt = (crossingsMs: readonly number[], scansMs: readonly number[], offsetMs: number): number[] =>
  pairScans(
    crossingsMs.map((crossingMs) => crossingMs + offsetMs),
    scansMs,
    { beforeMs: pairWithinMs, afterMs: pairWithinMs },
  );

/**
 * The index of the first crossing that the new offset explains better than the old one: where a clock was put right, or
 * wrong. Crossings in the order in which they came; the split with the most explained on its own side.
 */
export function jumpIndex(
  crossingsMs: readonly number[],
  scansMs: readonly number[],
  oldOffsetMs: number,
  newOffsetMs: number,
): number {
  const explained = (crossingMs: number, offsetMs: number) =>
    scansMs.some((scanMs) => Math.abs(scanMs - offsetMs - crossingMs) <= pairWithinMs) ? 1 : 0;
  let sum = crossingsMs.reduce((total, crossingMs) => total + explained(crossingMs, newOffsetMs), 0);
  let [best, bestSum] = [0, sum];
  for (const [index, crossingMs] of crossingsMs.entries()) {
    sum += explained(crossingMs, oldOffsetMs) - explained(crossingMs, newOffsetMs);
    if (sum > bestSum) [best, bestSum] = [index + 1, sum];
  }
  return best;
}

/** The middle of some numbers; of an even number of them the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no middle of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** How fast two clocks may drift apart that nobody disciplines: twice the tolerance that NTP assumes (RFC 5905, PHI). */
const driftPerMs = 2 * 15e-6;

/** The error of an offset a while after it was measured. */
export const agedErrorMs = (errorMs: number, ageMs: number): number =>
  Math.round(errorMs + Math.max(0, ageMs) * driftPerMs);

/** How long things usually take to come in, and how much that varies; both by the middle, so that a third may be odd. */
export function arrivalOf(lagsMs: readonly number[]): { usualMs: number; spreadMs: number } {
  const usualMs = median(lagsMs);
  const spreadMs = sigmaPerMad * median(lagsMs.map((lagMs) => Math.abs(lagMs - usualMs)));
  return { usualMs: Math.round(usualMs), spreadMs: Math.round(spreadMs) };
}
