import type { Queryable } from '../../adapters/postgres/database.ts';
import { type CorrelationResult, type CorrelationWindow, contextMs } from '../../domain/pos-correlation.ts';
import { readClocks } from '../../domain/till/clock-reading.ts';
import { beyondReceipts } from '../../domain/till/question.ts';
import { addMs } from '../../domain/time.ts';
import type { Behaviour, Reason } from '../../domain/types.ts';
import { judge } from './camera-record.ts';
import { crossingOf, readSightings } from './sightings.ts';
import { planOnce, readTillView } from './till-view.ts';

/** One detection, as far as a till can say something about it. */
export interface AskedDetection {
  detectedAt: string;
  behaviour: Behaviour;
  expectedPlus: readonly string[] | null;
  rungPlu: string | null;
}

export interface TillInquiry {
  place: { tenantId: string; storeId: string; cameraId: string; zoneId: string | null; terminalId: string };
  /** Each is asked about by itself, oldest first. */
  detections: readonly AskedDetection[];
  drill: boolean;
  window: CorrelationWindow;
  /** How long the terminal waits for another scan; null when it has not asked for one. */
  prompted: { askedAt: string; untilAt: string } | null;
  askedAt: string;
  /** Waits for lines that are being stored right now, so that they are read here or report themselves late. */
  lock: boolean;
}

export interface TillAnswer {
  verdict: CorrelationResult['verdict'];
  /** Null: there was nothing to ask about. */
  windowFromAt: string | null;
  windowToAt: string | null;
  matchedLineIds: string[];
  reasons: Reason[];
}

/** What the till says of detections at one place: one without a receipt is a MISMATCH, all with one are a MATCH. */
export async function askTill(tx: Queryable, inquiry: TillInquiry): Promise<TillAnswer> {
  const { place, detections, window } = inquiry;
  const [first, last] = [detections[0], detections.at(-1)];
  if (!first || !last) return combine([]);
  const [firstAt, lastAt] = [first.detectedAt, last.detectedAt];
  const reachMs = contextMs(window);
  const range = { fromAt: addMs(firstAt, -reachMs), toAt: addMs(lastAt, reachMs), drill: inquiry.drill };
  const [, view, seen] = await Promise.all([
    planOnce(tx),
    readTillView(tx, place, firstAt, lastAt, { window, lock: inquiry.lock }),
    readSightings(tx, place, range),
  ]);
  const results: CorrelationResult[] = [];
  for (const { detectedAt: sightingAt, ...detection } of detections) {
    const beyond = beyondReceipts(detection);
    if (beyond) {
      results.push({
        ...{ verdict: 'UNKNOWN', matchedLineId: null, reasons: [beyond] },
        ...{ windowFromAt: addMs(sightingAt, -window.beforeMs), windowToAt: addMs(sightingAt, window.afterMs) },
      });
      continue;
    }
    const question = {
      ...view,
      ...{ sightingAt, neighbourSightingsAt: seen.sightingsAt, window, askedAt: inquiry.askedAt },
      expectedPlus: detection.expectedPlus,
      rescan: { plu: null, prompted: inquiry.prompted },
      clock: readClocks({
        ...{ sightingAt, window, lines: view.lines, offset: view.offset },
        expected: view.everMeasured || seen.crossings.length > 0,
        crossingReceivedAt: crossingOf(seen.crossings, sightingAt)?.receivedAt ?? null,
      }),
    };
    results.push(await judge(tx, place, question, seen.crossings));
  }
  return combine(results);
}

/** One item without a receipt decides; one that the till cannot speak of keeps the whole from being settled. */
function combine(results: readonly CorrelationResult[]): TillAnswer {
  const verdict =
    (['MISMATCH', 'UNKNOWN', 'MATCH'] as const).find((candidate) =>
      results.some((result) => result.verdict === candidate),
    ) ?? 'UNKNOWN';
  return {
    verdict,
    windowFromAt: results[0]?.windowFromAt ?? null,
    windowToAt: results.at(-1)?.windowToAt ?? null,
    matchedLineIds: results.flatMap((result) => (result.matchedLineId === null ? [] : [result.matchedLineId])),
    reasons: results.flatMap((result) => result.reasons),
  };
}
