import { reaches } from './fusion-join.ts';
import type { SensorKind } from './sensors.ts';
import type { GoodsAnswer } from './sensors-goods.ts';
import { toMs } from './time.ts';
import type { PosVerdict, Reason } from './types.ts';

type FusionSource = 'camera' | SensorKind | 'till';

/** What each statement by itself makes of an even chance. Over a half it raises, under a half it lowers. */
export const alone = {
  CAMERA_SAW: 0.85,
  SHELF_LIGHTER: 0.75,
  SHELF_ODD_WEIGHT: 0.6,
  SHELF_PUT_BACK: 0.25,
  SHELF_UNCHANGED: 0.25,
  GATE_ALARM: 0.7,
  GATE_ALARM_INWARD: 0.5,
  TAG_NOT_SOLD: 0.8,
  TAG_SALE_UNKNOWN: 0.5,
  TAG_SOLD: 0.2,
  DOOR_FORCED: 0.85,
  DOOR_HELD_OPEN: 0.6,
  DOOR_OPENED: 0.55,
  DOOR_CLOSED: 0.5,
  TILL_TAMPERED: 0.85,
  TILL_HAS_NO_LINE: 0.75,
  TILL_CANNOT_SAY: 0.5,
  TILL_HAS_THE_LINE: 0.02,
  GOODS_NOT_PAID: 0.75,
  GOODS_STILL_INSIDE: 0.5,
  GOODS_TILL_SILENT: 0.5,
  GOODS_PERHAPS_PAID: 0.35,
  GOODS_PAID: 0.02,
  SENSOR_SILENT: 0.5,
} as const;
type StatementCode = keyof typeof alone;

export interface HeardEvent {
  sensorId: string;
  kind: SensorKind;
  at: string;
  what: string | null;
  /** Of a shelf: positive were taken. */
  pieces: number | null;
  /** Of a shelf: the weight fits whole articles. */
  whole: boolean | null;
  /** Of a tag: whether a till has sold it; null: nobody can say. */
  sold: boolean | null;
}

/** A sensor at the place that has said nothing of it. */
export interface QuietSensor {
  sensorId: string;
  kind: SensorKind;
  state: 'silent' | 'unchanged' | 'waiting';
  lastSeenAt: string | null;
}

export interface FusionFacts {
  detectedAt: string;
  looks: readonly { cameraId: string; at: string; confidence: number }[];
  heard: readonly HeardEvent[];
  quiet: readonly QuietSensor[];
  posVerdict: PosVerdict;
  goods: GoodsAnswer | null;
}

export interface Contribution {
  source: FusionSource;
  /** The camera or sensor; null for the tills. */
  sourceId: string | null;
  at: string | null;
  /** Log-odds that it adds; 0 when it is heard and counts for nothing. */
  weight: number;
  reason: Reason;
}

export interface Fusion {
  /** 0.01 to 0.99. */
  confidence: number;
  contributions: Contribution[];
}

/** However many agree, nobody is ever certain. */
const mostCertain = 0.99;
/** At the edge of its window a statement counts half. */
const weightAtEdge = 0.5;

const logit = (share: number): number => Math.log(share / (1 - share));
const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/**
 * One confidence from all sources: weights of evidence in log-odds, which add up for independent sources (I. J. Good,
 * Probability and the Weighing of Evidence, 1950), each bounded by `alone`. Sources of one kind see the same things and
 * err together, so of each kind only the strongest speaks, and one that speaks against is heard when none speaks for.
 */
export function fuse(facts: FusionFacts): Fusion {
  const statements = [...looks(facts), ...events(facts), ...shelves(facts), ...quiet(facts), ...tills(facts)];
  const speaking = new Set<Contribution>();
  for (const source of new Set(statements.map((statement) => statement.source))) {
    const ofKind = statements.filter((each) => each.source === source).sort((a, b) => b.weight - a.weight);
    const [surest, leastSure] = [ofKind[0]!, ofKind.at(-1)!];
    speaking.add(surest.weight > 0 ? surest : leastSure);
  }
  const contributions = statements.map((statement) =>
    speaking.has(statement) || statement.weight === 0
      ? statement
      : { ...statement, weight: 0, reason: withParams(statement.reason, { sameKind: true }) },
  );
  const sum = contributions.reduce((total, { weight }) => total + weight, 0);
  const bound = logit(mostCertain);
  const odds = Math.exp(Math.min(bound, Math.max(-bound, sum)));
  return { confidence: round(odds / (1 + odds), 3), contributions };
}

const withParams = ({ code, params }: Reason, extra: Reason['params']): Reason => ({
  code,
  params: { ...params, ...extra },
});

function statement(
  source: FusionSource,
  about: { sourceId: string | null; at: string | null; code: StatementCode; params: Reason['params'] },
  share: number = alone[about.code],
  factor = 1,
): Contribution {
  const { sourceId, at, code, params } = about;
  return { source, sourceId, at, weight: round(logit(share) * factor, 2) || 0, reason: { code, params } };
}

/** A camera says itself how sure it is, within its bounds. */
const looks = ({ looks, detectedAt }: FusionFacts): Contribution[] =>
  looks.map(({ cameraId, at, confidence }) => {
    const most = alone.CAMERA_SAW;
    const params = { confidence, distanceMs: toMs(at) - toMs(detectedAt) };
    const share = Math.min(most, Math.max(1 - most, confidence));
    return statement('camera', { sourceId: cameraId, at, code: 'CAMERA_SAW', params }, share);
  });

/** Everything but shelves, whose events only say something together. */
const events = ({ heard, detectedAt }: FusionFacts): Contribution[] =>
  heard.flatMap((event) => {
    const code = codeOf(event);
    if (code === null) return [];
    const distanceMs = toMs(event.at) - toMs(detectedAt);
    const about = { sourceId: event.sensorId, at: event.at, code, params: { what: event.what, distanceMs } };
    return [statement(event.kind, about, alone[code], nearness(event.kind, distanceMs))];
  });

function codeOf({ kind, what, sold }: HeardEvent): StatementCode | null {
  switch (kind) {
    case 'door':
      if (what === 'forced') return 'DOOR_FORCED';
      if (what === 'held_open') return 'DOOR_HELD_OPEN';
      return what === 'opened' ? 'DOOR_OPENED' : 'DOOR_CLOSED';
    case 'eas_gate':
      return what === 'in' ? 'GATE_ALARM_INWARD' : 'GATE_ALARM';
    case 'rfid':
      if (sold === null) return 'TAG_SALE_UNKNOWN';
      return sold ? 'TAG_SOLD' : 'TAG_NOT_SOLD';
    case 'pos_tamper':
      return 'TILL_TAMPERED';
    case 'shelf_weight':
      return null;
  }
}

function nearness(kind: SensorKind, distanceMs: number): number {
  const reachMs = distanceMs < 0 ? reaches[kind].beforeMs : reaches[kind].afterMs;
  if (reachMs === 0) return 1;
  return 1 - (1 - weightAtEdge) * Math.min(1, Math.abs(distanceMs) / reachMs);
}

/** What each shelf is missing in the end: taken, less what was put back. */
function shelves({ heard, detectedAt }: FusionFacts): Contribution[] {
  const weighed = heard.filter(({ kind, pieces }) => kind === 'shelf_weight' && pieces !== null);
  return [...new Set(weighed.map(({ sensorId }) => sensorId))].flatMap((sensorId) => {
    const said = weighed.filter((event) => event.sensorId === sensorId);
    const nearest = said.toSorted(
      (a, b) => Math.abs(toMs(a.at) - toMs(detectedAt)) - Math.abs(toMs(b.at) - toMs(detectedAt)),
    )[0]!;
    const pieces = said.reduce((total, event) => total + (event.pieces ?? 0), 0);
    const whole = said.every((event) => event.whole !== false);
    const code = pieces > 0 ? (whole ? 'SHELF_LIGHTER' : 'SHELF_ODD_WEIGHT') : whole ? 'SHELF_PUT_BACK' : null;
    if (code === null) return [];
    const distanceMs = toMs(nearest.at) - toMs(detectedAt);
    const about = { sourceId: sensorId, at: nearest.at, code, params: { pieces, distanceMs } } as const;
    return [statement('shelf_weight', about, alone[code], pieces > 0 ? nearness('shelf_weight', distanceMs) : 1)];
  });
}

const quiet = (facts: FusionFacts): Contribution[] =>
  facts.quiet.flatMap(({ sensorId, kind, state, lastSeenAt }) => {
    const about = { sourceId: sensorId, at: lastSeenAt, params: { kind } };
    if (state === 'silent') return [statement(kind, { ...about, code: 'SENSOR_SILENT' })];
    if (state === 'unchanged' && kind === 'shelf_weight')
      return [statement(kind, { ...about, code: 'SHELF_UNCHANGED' })];
    return [];
  });

const verdictCodes: Partial<Record<PosVerdict, StatementCode>> = {
  MATCH: 'TILL_HAS_THE_LINE',
  MISMATCH: 'TILL_HAS_NO_LINE',
  UNKNOWN: 'TILL_CANNOT_SAY',
};

function tills({ posVerdict, goods }: FusionFacts): Contribution[] {
  if (goods) {
    const { code, params } = goods.reason;
    return [statement('till', { sourceId: null, at: null, code, params })];
  }
  const code = verdictCodes[posVerdict];
  return code === undefined ? [] : [statement('till', { sourceId: null, at: null, code, params: {} })];
}
