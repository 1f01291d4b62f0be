import type { ClockReading, CorrelationWindow } from '../pos-correlation.ts';
import { toMs } from '../time.ts';
import { agedErrorMs } from './clock-offset.ts';
import type { ScanLine } from './pieces.ts';

/** An offset that was measured, and what is needed to notice that it has stopped being true. */
export interface MeasuredOffset {
  offsetMs: number;
  errorMs: number;
  /** The last instant, by the camera's clock, that it was measured from. */
  measuredToAt: string;
  crossingLagMs: number;
  lineLagMs: number;
  lagSpreadMs: number;
}

export interface ClockFacts {
  sightingAt: string;
  /** The offset that holds at the sighting. */
  offset: MeasuredOffset | null;
  /** Whether this camera and till were ever measured, or crossings are reported here: only then an offset is expected. */
  expected: boolean;
  /** When the sighting's own crossing came in; null when none was reported. */
  crossingReceivedAt: string | null;
  lines: readonly ScanLine[];
  window: CorrelationWindow;
}

/** Lines that come in this much before or after the window of a sighting are still of its moment. */
const momentSlackMs = 1_000;
/** Arrival that changes by less says nothing about a clock; a window is hardly wider. */
const changeFloorMs = 2_000;

/**
 * What to make of the two clocks at a sighting; null when nothing is known of them and nothing is expected. A clock that
 * jumped shows at once by what comes in at that very moment: it is stamped elsewhere than the lines and crossings before.
 */
export function readClocks(facts: ClockFacts): ClockReading | null {
  const { offset } = facts;
  if (offset === null && !facts.expected) return null;
  if (offset === null)
    return {
      ...{ offsetMs: null, errorMs: 0, serverAheadMs: 0, tillChangeMs: null, cameraChangeMs: null },
      changeLimitMs: changeFloorMs,
    };
  const sightingMs = toMs(facts.sightingAt);
  const { crossingReceivedAt } = facts;
  return {
    offsetMs: offset.offsetMs,
    errorMs: agedErrorMs(offset.errorMs, sightingMs - toMs(offset.measuredToAt)),
    serverAheadMs: offset.crossingLagMs,
    tillChangeMs: tillChange(facts, offset, sightingMs + offset.crossingLagMs),
    cameraChangeMs: crossingReceivedAt === null ? null : toMs(crossingReceivedAt) - sightingMs - offset.crossingLagMs,
    changeLimitMs: changeFloorMs + 3 * offset.lagSpreadMs,
  };
}

/** The strangest arrival among the lines that came in at the moment of the sighting, by the server's clock. */
function tillChange({ lines, window }: ClockFacts, offset: MeasuredOffset, arrivalMs: number): number | null {
  const fromMs = arrivalMs - window.beforeMs - momentSlackMs;
  const untilMs = arrivalMs + window.afterMs + momentSlackMs;
  const changes = lines.flatMap(({ receivedAt, occurredAt, offsetMs }) => {
    // A line of the terminal that stood here before has a clock of its own.
    if (receivedAt === undefined || offsetMs !== undefined) return [];
    const receivedMs = toMs(receivedAt);
    return receivedMs < fromMs || receivedMs > untilMs ? [] : [receivedMs - toMs(occurredAt) - offset.lineLagMs];
  });
  return changes.reduce<number | null>(
    (odd, change) => (odd === null || Math.abs(change) > Math.abs(odd) ? change : odd),
    null,
  );
}
