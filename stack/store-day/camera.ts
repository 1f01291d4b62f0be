import { createHash } from 'node:crypto';
import { MISSED_SCAN_DEFAULTS, MissedScanRule } from '../../detectors/behaviours/missed-scan.ts';
import type { Detection, PosEvent } from '../../domain/types.ts';
import type { RawCrossing } from './record.ts';
import type { DayLine } from './types.ts';

/** What one camera of a self-checkout lives through, by its own clock. */
export interface CameraView {
  storeId: string;
  crossings: readonly RawCrossing[];
  /** Of the tills that stand under it, as they come over the wire. */
  lines: readonly DayLine[];
  /** The class of an article for which the item model has a name; null: it has none. */
  labelOf: (plu: string) => string | null;
  /** All articles of a class. */
  plusOf: (label: string) => string[];
}

const model = { id: 'store-day', version: '1' } as const;
/** What the item model is less sure of is no ground to doubt a line. */
const nameFrom = 0.6;
const maxPieces = 50;
const maxSightings = 64;

interface Scan {
  atMs: number;
  plu: string | undefined;
}

/** Runs the cameras' own rule over a day: what it reports knows only the lines that it had heard by then. */
export function watchDay(view: CameraView): { detection: Detection; crossingId: string }[] {
  const rule = new MissedScanRule<RawCrossing, Scan>();
  const crossings = [...view.crossings].sort((a, b) => a.atMs - b.atMs);
  const heard = [...view.lines].sort((a, b) => (a.postedAt < b.postedAt ? -1 : a.postedAt > b.postedAt ? 1 : 0));
  const seen = new Set<string>();
  const reports: { detection: Detection; crossingId: string }[] = [];
  const { beforeMs, afterMs } = MISSED_SCAN_DEFAULTS;
  const reachMs = 2 * (beforeMs + afterMs);
  let recent: RawCrossing[] = [];
  const sightingsOf = ({ atMs }: RawCrossing) =>
    recent.filter((other) => Math.abs(other.atMs - atMs) <= reachMs).map((other) => ({ at: iso(other.atMs) }));
  const decide = (nowMs: number) => {
    for (const { crossing, verdict, scan } of rule.decide(nowMs)) {
      if (verdict !== 'scanned') {
        const detection = { ...detectionOf(view, 'missed_scan', crossing), sightings: sightingsOf(crossing) };
        reports.push({ detection, crossingId: crossing.id });
      } else if (scan?.plu !== undefined && isAnother(crossing, view.labelOf(scan.plu))) {
        const about = { expectedPlus: view.plusOf(crossing.label ?? ''), rungPlu: scan.plu };
        const detection = { ...detectionOf(view, 'wrong_scan', crossing), ...about, sightings: sightingsOf(crossing) };
        reports.push({ detection, crossingId: crossing.id });
      }
    }
  };
  let dueIndex = 0;
  const decideUntil = (nowMs: number) => {
    for (; dueIndex < crossings.length && crossings[dueIndex]!.atMs + afterMs <= nowMs; dueIndex += 1)
      decide(crossings[dueIndex]!.atMs + afterMs);
  };
  let lineIndex = 0;
  const hearUntil = (nowMs: number) => {
    for (; lineIndex < heard.length; lineIndex += 1) {
      const { event, postedAt } = heard[lineIndex]!;
      const heardMs = Date.parse(postedAt);
      if (heardMs >= nowMs) return;
      decideUntil(heardMs);
      hear(rule, event, heardMs, seen);
    }
  };
  for (const crossing of crossings) {
    hearUntil(crossing.atMs);
    decideUntil(crossing.atMs);
    rule.crossed(crossing);
    recent = [...recent, crossing].slice(-maxSightings);
  }
  hearUntil(Number.POSITIVE_INFINITY);
  decideUntil(Number.POSITIVE_INFINITY);
  return reports;
}

/** As the lane's watch hears a till: anything is a sign of life, and a scan is as many items as it has pieces. */
function hear(rule: MissedScanRule<RawCrossing, Scan>, event: PosEvent, heardMs: number, seen: Set<string>): void {
  rule.tillHeard(heardMs);
  const key = `${event.terminalId}/${event.transactionId}/${event.line}`;
  if (event.type !== 'scan' || event.training || seen.has(key)) return;
  seen.add(key);
  const quantity = event.quantity ?? 1;
  const pieces = event.unit === undefined || event.unit === 'each' ? Math.min(quantity, maxPieces) : 1;
  const atMs = Date.parse(event.occurredAt);
  for (let piece = 0; piece < pieces; piece += 1) rule.scanned({ atMs, plu: event.plu }, heardMs);
}

const isAnother = ({ label, labelScore }: RawCrossing, rungLabel: string | null): boolean =>
  label !== null && labelScore >= nameFrom && label !== rungLabel;

function detectionOf(view: CameraView, eventType: 'missed_scan' | 'wrong_scan', crossing: RawCrossing): Detection {
  const { cameraId, zoneId } = crossing.place;
  const detectedAt = iso(crossing.atMs);
  const identity = `${view.storeId}|${cameraId}|${zoneId}|${detectedAt}`;
  return {
    eventId: `${eventType.replace('_', '-')}:${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`,
    storeId: view.storeId,
    cameraId,
    zoneId,
    eventType,
    detectedAt,
    confidence: round(crossing.confidence),
    model,
    ...(crossing.label === null ? {} : { item: { label: crossing.label, confidence: round(crossing.labelScore) } }),
  };
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
const iso = (ms: number): string => new Date(ms).toISOString();
