import type { Queryable } from '../../adapters/postgres/database.ts';
import {
  type CorrelationInput,
  type CorrelationResult,
  type CorrelationWindow,
  correlate,
} from '../../domain/pos-correlation.ts';
import {
  type CameraRecord,
  countDoubled,
  crowdedStretches,
  type SightingLooks,
  usualConfidenceOf,
} from '../../domain/till/camera-record.ts';
import { offsetReachMs } from '../../domain/till/clock-offset.ts';
import type { Rung } from '../../domain/till/pairing.ts';
import { passesMsOf, piecesOf } from '../../domain/till/pieces.ts';
import { addMs, toIso, toMs } from '../../domain/time.ts';
import type { PosUnit } from '../../domain/types.ts';

interface WatchedTill {
  tenantId: string;
  storeId: string;
  terminalId: string;
  cameraId: string | null;
  zoneId: string | null;
}

/** So many items tell a camera that sees hands from one that does not, and are seen in a morning. */
const recordSize = 400;
const recordReachMs = 7 * 24 * 3_600_000;
/** Most tills see as many in a day, and a day is read in the order of its index; a week has to be sorted. */
const dayMs = 24 * 3_600_000;
/** A receipt that is late comes within this. */
const settledAfterMs = 15 * 60_000;
/** The customer in question is not their own witness. */
const apartMs = 60_000;
const confirmedCount = 300;
/** What the item model is less sure of is no name. */
const namedFrom = 0.6;

/**
 * Asks the till, and where it has no receipt asks once more whether the camera is to be believed. Only then is the
 * camera's record worth reading.
 */
export async function judge(
  tx: Queryable,
  till: WatchedTill,
  question: CorrelationInput & { askedAt: string },
  crossings: readonly unknown[],
): Promise<CorrelationResult> {
  const result = correlate(question);
  const { cameraId, zoneId } = till;
  if (result.verdict !== 'MISMATCH' || crossings.length === 0 || cameraId === null || zoneId === null) return result;
  const place = { ...till, cameraId, zoneId };
  const untilMs = Math.min(toMs(question.sightingAt) - apartMs, toMs(question.askedAt) - settledAfterMs);
  const [camera, looks] = await Promise.all([
    readRecord(tx, place, toIso(untilMs), question.window),
    readLooks(tx, place, question.sightingAt),
  ]);
  return correlate({ ...question, camera, looks });
}

type Place = WatchedTill & { cameraId: string; zoneId: string };

async function readRecord(
  tx: Queryable,
  place: Place,
  untilAt: string,
  window: CorrelationWindow,
): Promise<CameraRecord> {
  const { tenantId, storeId, cameraId, zoneId } = place;
  const sinceAt = addMs(untilAt, -recordReachMs);
  const askedConfirmed = tx.query<{ confidence: number }>(
    `select d.confidence from detections d join incidents i on i.tenant_id = d.tenant_id and i.id = d.incident_id
     where d.tenant_id = $1 and d.store_id = $2 and d.camera_id = $3 and d.zone_id = $4 and d.detected_at between $5 and $6 and i.pos_verdict = 'MATCH'
     order by d.detected_at desc limit ${confirmedCount}`,
    [tenantId, storeId, cameraId, zoneId, sinceAt, untilAt],
  );
  const [crossingsMs, confirmed] = await Promise.all([readLatest(tx, place, untilAt), askedConfirmed]);
  const crowded = crowdedStretches(crossingsMs);
  return {
    seen: crossingsMs.length,
    // At an orderly till nothing crosses twice within a second, and there is nothing to look up.
    doubled: crowded.length === 0 ? 0 : countDoubled(crowded, await readRung(tx, place, crowded), window),
    usualConfidence: usualConfidenceOf(confirmed.map(({ confidence }) => confidence)),
  };
}

/** The last items that the camera saw, oldest first. */
async function readLatest(tx: Queryable, place: Place, untilAt: string): Promise<number[]> {
  const latest = async (reachMs: number) => {
    // Numbers in one document: reading hundreds of rows and instants would take longer than finding them.
    const [row] = await tx.query<{ crossings_ms: number[] }>(
      `select coalesce(json_agg((date_part('epoch', at) * 1000)::bigint order by at), '[]') as crossings_ms from (
         select at from crossings where tenant_id = $1 and store_id = $2 and camera_id = $3 and zone_id = $4 and at between $5 and $6
         order by at desc limit ${recordSize}) latest`,
      [place.tenantId, place.storeId, place.cameraId, place.zoneId, addMs(untilAt, -reachMs), untilAt],
    );
    return row!.crossings_ms;
  };
  const ofDay = await latest(dayMs);
  return ofDay.length < recordSize ? latest(recordReachMs) : ofDay;
}

/** Between spans that are further apart lie more lines than another question costs. */
const spanGapMs = 15 * 60_000;

/** From when to when lines may be those of these stretches, whatever the clocks. */
function spansAround(stretches: readonly (readonly number[])[]): [fromMs: number, toMs: number][] {
  const spans: [number, number][] = [];
  for (const stretch of stretches) {
    const [fromMs, toMs] = [stretch[0]! - offsetReachMs, stretch.at(-1)! + offsetReachMs];
    const last = spans.at(-1);
    if (last && fromMs <= last[1] + spanGapMs) last[1] = toMs;
    else spans.push([fromMs, toMs]);
  }
  return spans;
}

type RungRow = [
  terminalId: string,
  atMs: number,
  quantity: number | null,
  unit: PosUnit | null,
  packSize: number | null,
];

/** What was rung beside these crossings at this till, or at the one before or after it, on the camera's clock. */
async function readRung(tx: Queryable, place: Place, stretches: readonly (readonly number[])[]): Promise<Rung[]> {
  const { tenantId, storeId, terminalId, cameraId } = place;
  const spans = spansAround(stretches);
  // One plain range each: joined with a table of ranges Postgres reads every day that is stored.
  const asked = spans.map(([fromMs, toMs]) =>
    tx.query<{ rung: RungRow[] }>(
      `select coalesce(json_agg(json_build_array(terminal_id, (date_part('epoch', occurred_at) * 1000)::bigint, quantity, unit, pack_size)), '[]') as rung
       from pos_events where tenant_id = $1 and store_id = $2 and occurred_at between $4 and $5 and type = 'scan' and not training
         and terminal_id = any (array (select t.id from terminals t where t.tenant_id = $1 and t.store_id = $2 and (t.id = $3 or t.replaced_by = $3
           or t.id = (select r.replaced_by from terminals r where r.tenant_id = $1 and r.store_id = $2 and r.id = $3))))`,
      [tenantId, storeId, terminalId, toIso(fromMs), toIso(toMs)],
    ),
  );
  const askedOffsets = tx.query<{ terminal_id: string; from_at: Date; to_at: Date | null; offset_ms: number }>(
    `select terminal_id, from_at, to_at, offset_ms from clock_offsets
     where tenant_id = $1 and store_id = $2 and camera_id = $3 and from_at <= $5 and (to_at is null or to_at > $4)`,
    [tenantId, storeId, cameraId, toIso(spans[0]![0]), toIso(spans.at(-1)![1])],
  );
  const [offsets, ...answers] = await Promise.all([askedOffsets, ...asked]);
  const onCameraClock = (id: string, tillMs: number): number => {
    const own = offsets.filter(({ terminal_id }) => terminal_id === id);
    const holds = own.find(({ from_at, to_at, offset_ms }) => {
      const cameraMs = tillMs - offset_ms;
      return cameraMs >= from_at.getTime() && (to_at === null || cameraMs < to_at.getTime());
    });
    return tillMs - ((holds ?? own.at(-1))?.offset_ms ?? 0);
  };
  return answers
    .flatMap(([row]) => row!.rung)
    .map(([id, tillMs, quantity, unit, packSize]) => {
      const scan = { quantity, unit, packSize };
      return { atMs: onCameraClock(id, tillMs), pieces: piecesOf(scan), passesMs: passesMsOf(scan) };
    })
    .sort((a, b) => a.atMs - b.atMs);
}

/** As the camera reported it; null: nobody did, as when a moment is only asked about. */
async function readLooks(tx: Queryable, place: Place, sightingAt: string): Promise<SightingLooks | null> {
  const [row] = await tx.query<{ confidence: number; named: boolean }>(
    `select confidence, coalesce((body -> 'item' ->> 'confidence')::real >= $6, false) as named from detections
     where tenant_id = $1 and store_id = $2 and camera_id = $3 and zone_id = $4 and detected_at = $5 order by confidence desc limit 1`,
    [place.tenantId, place.storeId, place.cameraId, place.zoneId, sightingAt, namedFrom],
  );
  return row ?? null;
}
