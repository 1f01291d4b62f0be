import { type CorrelationInput, type CorrelationResult, contextMs, pairMoment } from '../pos-correlation.ts';
import { piecesOf, type ScanLine } from './pieces.ts';

export const lineOutcomes = [
  /** It is the receipt for the item. */
  'matched',
  'belongs_to_other_item',
  'too_early',
  'too_late',
  /** In the window and free: another line was nearer, or the till could not be asked. */
  'not_needed',
  'taken_back',
  'training',
  /** A void, a discount, a tender …: no item was rung by it. */
  'not_a_scan',
] as const;
export type LineOutcome = (typeof lineOutcomes)[number];

export interface ConsideredLine {
  lineId: string;
  terminalId: string | null;
  type: string;
  occurredAt: string;
  plu: string | null;
  description: string | null;
  /** How many items it can stand for. */
  pieces: number;
  /** How long after the item it was rung, the clocks put right. */
  distanceMs: number;
  outcome: LineOutcome;
}

/** Every line near the moment, and why it did or did not count. */
export function considerLines(input: CorrelationInput, result: CorrelationResult): ConsideredLine[] {
  const moment = pairMoment(input);
  const claimed = new Set(moment.pairing.filter((index) => index >= 0).map((index) => moment.standing[index]));
  const outcomeOf = (line: ScanLine): LineOutcome => {
    if (line.training) return 'training';
    if ((line.type ?? 'scan') !== 'scan') return 'not_a_scan';
    if (moment.takenBack.includes(line)) return 'taken_back';
    if (line.lineId === result.matchedLineId) return 'matched';
    if (claimed.has(line)) return 'belongs_to_other_item';
    if (moment.distanceMs(line) < -moment.window.beforeMs) return 'too_early';
    return moment.distanceMs(line) > moment.window.afterMs ? 'too_late' : 'not_needed';
  };
  const reachMs = contextMs(input.window) + moment.errorMs;
  return input.lines
    .filter((line) => Math.abs(moment.distanceMs(line)) <= reachMs || line.lineId === result.matchedLineId)
    .map((line) => ({
      lineId: line.lineId,
      terminalId: line.terminalId ?? null,
      type: line.type ?? 'scan',
      occurredAt: line.occurredAt,
      plu: line.plu ?? null,
      description: line.description ?? null,
      pieces: (line.type ?? 'scan') === 'scan' ? piecesOf(line) : 0,
      distanceMs: moment.distanceMs(line),
      outcome: outcomeOf(line),
    }))
    .sort((a, b) => a.distanceMs - b.distanceMs);
}
