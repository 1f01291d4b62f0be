import { type CameraRecord, cameraDoubt, type SightingLooks } from './till/camera-record.ts';
import { type PairingWindow, pairPieces, type Rung } from './till/pairing.ts';
import { linesThatCount, maxPassesMs, passesMsOf, piecesOf, type ScanLine } from './till/pieces.ts';
import { type LastLine, tillSilence } from './till/silence.ts';
import { toIso, toMs } from './time.ts';
import type { PosVerdict, Reason } from './types.ts';

export interface CorrelationWindow {
  beforeMs: number;
  afterMs: number;
  /** A feed whose last sign of life is older than this, at the end of the window, cannot testify. */
  feedStaleAfterMs: number;
}

/** What is known, at the sighting, of the two clocks that stamped it and its lines. */
export interface ClockReading {
  /** How far the till's clock runs ahead of the camera's; null: crossings are reported and nothing is measured yet. */
  offsetMs: number | null;
  errorMs: number;
  /** How far the server's clock runs ahead of the camera's, by the crossings that came quickest. */
  serverAheadMs: number;
  /** How much later (sooner: negative) than usual the lines of this very moment came in; null: none came. */
  tillChangeMs: number | null;
  /** The same of the sighting itself. */
  cameraChangeMs: number | null;
  /** Changes up to this are ordinary. */
  changeLimitMs: number;
}

export interface CorrelationInput {
  /** The item in question. */
  sightingAt: string;
  /** Every item seen around it, this one included or not: a neighbour's scan must not be taken for this one's. */
  neighbourSightingsAt: readonly string[];
  lines: readonly ScanLine[];
  /** Last line or heartbeat that the till sent, by the till's clock; null: never heard of. */
  feedSeenAt: string | null;
  window: CorrelationWindow;
  /** Left out or null: nothing is known of the clocks, so they are taken to agree. */
  clock?: ClockReading | null;
  /** How long the till's lines take to us, by its clock and ours. */
  feedLagMs?: number | null;
  /** When the question is asked, by the server's clock: a slow line may have come by then. */
  askedAt?: string;
  /** By the till's clock: nobody was signed on from … to; no end: still. */
  closedFromAt?: string | null;
  closedToAt?: string | null;
  /** The last thing that the till had rung when the item crossed. Left out or null: nothing, as long as is known. */
  lastLine?: LastLine | null;
  /** How trustworthy the camera has been. Left out or null: it reports no crossings, so nothing is known. */
  camera?: CameraRecord | null;
  /** How sure it was of this item. */
  looks?: SightingLooks | null;
  /** What the item can be by its looks: only a line of one of these articles is its receipt. Left out or null: anything. */
  expectedPlus?: readonly string[] | null;
  /** The terminal asked for another scan (by the server's clock), or it is known which article it should be. */
  rescan?: { plu: string | null; prompted: { askedAt: string; untilAt: string } | null } | null;
}

export interface CorrelationResult {
  verdict: Extract<PosVerdict, 'MATCH' | 'MISMATCH' | 'UNKNOWN'>;
  matchedLineId: string | null;
  /** The window by the till's clock, widened by what is not known about it. */
  windowFromAt: string;
  windowToAt: string;
  reasons: Reason[];
}

/** With more doubt than this about the clocks any scan could be the item's, so the till is not asked. */
export const clockErrorLimitMs = 5_000;
/** A second scan of what was taken back, or of what the terminal asked for, counts for this long. */
const rescanAfterMs = 60_000;

/** How far around a sighting other sightings and lines can have a say in it. */
export const contextMs = (window: CorrelationWindow): number => 2 * (window.beforeMs + window.afterMs) + maxPassesMs;

/** Who claims which line around a sighting, all on the camera's clock. */
export interface PairedMoment {
  sightingMs: number;
  offsetMs: number;
  errorMs: number;
  window: PairingWindow;
  sightingsMs: number[];
  standing: ScanLine[];
  takenBack: ScanLine[];
  /** The line of each sighting: an index of `standing`, or -1. */
  pairing: number[];
  /** How long after the sighting a line was rung, the clocks put right. */
  distanceMs(line: ScanLine): number;
}

/** Pairs everything around a sighting, the clocks put right and the window widened by what is not known about them. */
export function pairMoment(input: CorrelationInput): PairedMoment {
  const sightingMs = toMs(input.sightingAt);
  const offsetMs = input.clock?.offsetMs ?? 0;
  const errorMs = input.clock?.errorMs ?? 0;
  const window = { beforeMs: input.window.beforeMs + errorMs, afterMs: input.window.afterMs + errorMs };
  const sightingsMs = [...new Set([...input.neighbourSightingsAt.map(toMs), sightingMs])].sort((a, b) => a - b);
  const distanceMs = (line: ScanLine) => toMs(line.occurredAt) - (line.offsetMs ?? offsetMs) - sightingMs;
  const { standing, takenBack } = linesThatCount(input.lines);
  standing.sort((a, b) => distanceMs(a) - distanceMs(b));
  const own = sightingsMs.indexOf(sightingMs);
  const mayPair = (sighting: number, line: number) => sighting !== own || canBe(standing[line]!, input.expectedPlus);
  const pairing = pairPieces(sightingsMs, rungOf(standing, sightingMs, distanceMs), window, mayPair);
  return { sightingMs, offsetMs, errorMs, window, sightingsMs, standing, takenBack, pairing, distanceMs };
}

const canBe = ({ plu }: ScanLine, expectedPlus: CorrelationInput['expectedPlus']): boolean =>
  !expectedPlus || (typeof plu === 'string' && expectedPlus.includes(plu));

const rungOf = (lines: readonly ScanLine[], sightingMs: number, distanceMs: PairedMoment['distanceMs']): Rung[] =>
  lines.map((line) => ({
    atMs: sightingMs + distanceMs(line),
    pieces: piecesOf(line),
    passesMs: passesMsOf(line),
  }));

/**
 * Receipt first: asks the till before any person is asked. UNKNOWN whenever the till cannot be believed to have spoken,
 * or the clocks to have meant the same moment.
 */
export function correlate(input: CorrelationInput): CorrelationResult {
  const moment = pairMoment(input);
  const fromMs = moment.sightingMs + moment.offsetMs - moment.window.beforeMs;
  const untilMs = moment.sightingMs + moment.offsetMs + moment.window.afterMs;
  const base = { windowFromAt: toIso(fromMs), windowToAt: toIso(untilMs) };
  const clocks = { offsetMs: moment.offsetMs, errorMs: moment.errorMs };
  const unknown = (reason: Reason): CorrelationResult => ({
    ...base,
    verdict: 'UNKNOWN',
    matchedLineId: null,
    reasons: [reason],
  });
  const doubt = clockDoubt(input.clock ?? null);
  if (doubt) return unknown(doubt);

  const found = lineOf(moment) ?? rescanOf(moment, input);
  if (found) {
    const { line, code } = found;
    const { lineId } = line;
    const params = {
      ...{ lineId, distanceMs: moment.distanceMs(line), plu: line.plu ?? null, description: line.description ?? null },
      ...{ at: line.occurredAt, ...clocks, pieces: piecesOf(line) },
    };
    return { ...base, verdict: 'MATCH', matchedLineId: lineId, reasons: [{ code, params }] };
  }

  const silence = tillSilence(input, moment, { fromMs, untilMs, reachMs: contextMs(input.window) });
  if (silence) return unknown(silence);
  const unsure = input.camera ? cameraDoubt(input.camera, input.looks ?? null, moment) : null;
  if (unsure) return unknown(unsure);
  const inWindow = (line: ScanLine) =>
    moment.distanceMs(line) >= -moment.window.beforeMs && moment.distanceMs(line) <= moment.window.afterMs;
  const nearby = moment.standing.filter(inWindow).length;
  const params = {
    ...{ linesInWindow: nearby, explainedByOtherItems: nearby, sightings: moment.sightingsMs.length },
    ...{ takenBack: moment.takenBack.filter(inWindow).length, ...clocks },
  };
  const { expectedPlus } = input;
  const reason = expectedPlus
    ? { code: 'NO_LINE_OF_EXPECTED_ARTICLE', params: { ...expectedOf(expectedPlus), ...params } }
    : { code: 'NO_RECEIPT_LINE', params };
  return { ...base, verdict: 'MISMATCH', matchedLineId: null, reasons: [reason] };
}

/** A class can have hundreds of articles; a reason names a few. */
const expectedOf = (plus: readonly string[]) => ({
  expectedPlus: plus.slice(0, 5).join(' '),
  expectedCount: plus.length,
});

/** What makes any pairing worthless, a good one too: clocks never measured, too vague, or ahead of what came in before. */
function clockDoubt(clock: ClockReading | null): Reason | null {
  if (clock === null) return null;
  const { offsetMs, errorMs, changeLimitMs } = clock;
  const aheadMs = -Math.min(clock.tillChangeMs ?? 0, clock.cameraChangeMs ?? 0);
  if (offsetMs !== null && errorMs <= clockErrorLimitMs && aheadMs <= changeLimitMs) return null;
  const why = offsetMs === null ? 'not_measured' : errorMs > clockErrorLimitMs ? 'too_vague' : 'jumped';
  const changeMs = why === 'jumped' ? -aheadMs : null;
  const params = { why, offsetMs, errorMs, changeMs, allowedMs: clockErrorLimitMs };
  return { code: 'CLOCKS_UNCERTAIN', params };
}

function lineOf(moment: PairedMoment): { line: ScanLine; code: 'RECEIPT_LINE_FOUND' } | null {
  const line = moment.standing[moment.pairing[moment.sightingsMs.indexOf(moment.sightingMs)] ?? -1];
  return line ? { line, code: 'RECEIPT_LINE_FOUND' } : null;
}

/** A scan after the window that makes good for one that was taken back, or that the terminal asked for. */
function rescanOf(
  moment: PairedMoment,
  { rescan, clock, expectedPlus }: CorrelationInput,
): { line: ScanLine; code: 'RECEIPT_LINE_RESCANNED' } | null {
  const { sightingMs, sightingsMs, standing, takenBack, window, errorMs, pairing, distanceMs } = moment;
  const all = [...standing, ...takenBack].sort((a, b) => distanceMs(a) - distanceMs(b));
  const withVoided = pairPieces(sightingsMs, rungOf(all, sightingMs, distanceMs), window);
  const voided = all[withVoided[sightingsMs.indexOf(sightingMs)] ?? -1];
  const plu = rescan?.plu ?? (voided && takenBack.includes(voided) ? voided.plu : null) ?? null;
  const prompted = rescan?.prompted ?? null;
  if (plu === null && prompted === null) return null;
  const afterSightingMs = (at: string) => toMs(at) - (clock?.serverAheadMs ?? 0) - sightingMs;
  const fromMs = prompted ? afterSightingMs(prompted.askedAt) - errorMs : 0;
  const untilMs = (prompted ? afterSightingMs(prompted.untilAt) : rescanAfterMs) + errorMs;
  const line = standing.find((scan, index) => {
    const lateMs = distanceMs(scan);
    if (lateMs <= fromMs || lateMs > untilMs) return false;
    if (expectedPlus ? !canBe(scan, expectedPlus) : plu !== null && scan.plu !== plu) return false;
    // Asked to scan again, the same item passes a second time: its second crossing claims the scan, and both are settled.
    return prompted !== null || !pairing.includes(index);
  });
  return line ? { line, code: 'RECEIPT_LINE_RESCANNED' } : null;
}
