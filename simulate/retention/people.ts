import { randomUUID } from 'node:crypto';
import { extendLocks } from '../../activities/incident.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { newIncidentStatus } from '../../domain/incident-state.ts';
import { evidencePrefix } from '../../domain/retention-store.ts';
import { type Actor, type Behaviour, behaviours, type Role, type Verdict } from '../../domain/types.ts';
import { type ServiceContext, sha256Hex } from '../../services/context.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { readEvidenceRequest, recordEvidence } from '../../services/evidence/record.ts';
import { placeHold, releaseHold } from '../../services/hold/manage.ts';
import { decideAppeal, openAppeal } from '../../services/incident/appeal.ts';
import { correctByPerson } from '../../services/incident/correct.ts';
import { recordOutcome } from '../../services/incident/record.ts';
import { reopenIncident } from '../../services/incident/reopen.ts';
import { followHolds } from '../../services/retention/objects.ts';
import type { StrictStore } from '../strict-store.ts';
import { type Case, dayMs, noteDue, type Terms } from './oracle.ts';
import type { Random } from './random.ts';

export interface World {
  db: Database;
  /** As the owner, for what no verb does. */
  admin: (sql: string, values: unknown[]) => Promise<unknown>;
  store: StrictStore;
  random: Random;
  nowMs: () => number;
  cases: Map<string, Case>;
  terms: Map<string, Terms>;
  /** Hashes of what is on record; whatever else lies in the store was left there by somebody who died. */
  known: Set<string>;
  tenantId: string;
}

const cameras: Record<string, { cameraId: string; zoneId: string }> = {
  'high-street': { cameraId: 'sco-3-cam', zoneId: 'scanner' },
  south: { cameraId: 'south-cam', zoneId: 'belt' },
};

export function contextOf(world: World, role: Role | 'system', id: string = role): ServiceContext {
  const actor: Actor = { id: `sim:${id}`, displayName: id, role, tenantId: world.tenantId, storeIds: null };
  return { db: world.db, now: () => new Date(world.nowMs()).toISOString(), actor };
}

/** A detection becomes an incident with its recordings; sometimes an attempt dies after it stored something. */
export async function openCase(world: World, storeId: string): Promise<Case> {
  const { random, store } = world;
  const nowAt = new Date(world.nowMs()).toISOString();
  const behaviour = random.pick(Object.keys(behaviours) as Behaviour[]);
  const { incidentId } = await ingestDetection(contextOf(world, 'device'), {
    ...{ eventId: randomUUID(), storeId, ...cameras[storeId]!, eventType: behaviour, confidence: 0.9 },
    ...{ detectedAt: nowAt, receivedAt: nowAt, boxes: [], model: { id: 'sim', version: '1' } },
  } as unknown as Parameters<typeof ingestDetection>[1]);
  await world.admin('delete from outbox where incident_id = $1', [incidentId]);
  const request = await readEvidenceRequest(contextOf(world, 'system'), incidentId);
  const prefix = evidencePrefix(world.tenantId, storeId, incidentId);
  const artifacts = [];
  for (let file = 0; file < 1 + random.below(4); file += 1) {
    const body = Buffer.from(`${incidentId} ${file}`);
    const key = `${prefix}file-${file}.bin`;
    if (random.chance(0.05))
      await store.put({ key, body: Buffer.from(`${incidentId} ${file} lost`), lockedUntil: request.lockedUntil });
    if (random.chance(0.02)) store.mark(key);
    const { version } = await store.put({ key, body, lockedUntil: request.lockedUntil });
    world.known.add(sha256Hex(body));
    artifacts.push({
      ...{ id: `file-${file}`, kind: file === 0 ? ('clip' as const) : ('segment' as const), mediaType: 'video/mp4' },
      ...{ objectKey: key, objectVersion: version, sizeBytes: body.length, sha256: sha256Hex(body) },
      ...{ fromAt: null, toAt: null, lockedUntil: request.lockedUntil },
    });
  }
  await recordEvidence(contextOf(world, 'system'), {
    incidentId,
    result: { state: 'ready', gaps: [], failure: null, artifacts },
  });
  const one: Case = {
    ...{ incidentId, storeId, category: behaviours[behaviour], promised: world.terms.get(storeId)!, closed: null },
    ...{ correctedMs: null, holds: new Map(), appeal: null, linksUntilMs: 0, changedMs: world.nowMs() },
    ...{ latestDueMs: 0, gone: false },
  };
  world.cases.set(incidentId, one);
  return one;
}

const verdicts: Verdict[] = ['paid', 'paid', 'staff_error', 'false_positive', 'confirmed', 'unreviewed', 'unsure'];

/** Closes it; the worker may die before the locks are lengthened, which the sweep then does. */
export async function closeCase(world: World, one: Case): Promise<void> {
  if (one.closed !== null || one.gone) return;
  const verdict = world.random.pick(verdicts);
  const ctx = contextOf(world, 'system');
  const { purgeAfter } = await recordOutcome(ctx, {
    ...{ incidentId: one.incidentId, verdict, closedAt: ctx.now(), acknowledgements: [], decisions: [] },
    status: { ...newIncidentStatus, state: 'closed', verdict, version: 1 },
    ...{ cause: 'review_deadline', evidenceGivenUp: null },
  });
  one.closed = { verdict, atMs: world.nowMs() };
  touch(world, one);
  if (world.random.chance(0.9)) await extendLocks({ objects: world.store }, ctx, one.incidentId, purgeAfter);
}

function touch(world: World, one: Case): void {
  one.changedMs = world.nowMs();
  noteDue(one, world.terms.get(one.storeId)!);
}

/** One thing that somebody does to a case; what the product refuses is no event. */
export async function happen(world: World, one: Case): Promise<string | null> {
  if (one.gone) return null;
  const { random, store } = world;
  const { incidentId } = one;
  const deeds: Record<string, () => Promise<boolean>> = {
    hold: async () => {
      const endsMs = random.chance(0.5) ? world.nowMs() + random.between(0.1, 40) * dayMs : null;
      const ctx = contextOf(world, 'compliance');
      const endsAt = endsMs === null ? null : new Date(Math.round(endsMs)).toISOString();
      const hold = await placeHold(ctx, { incidentId, reason: 'a letter', endsAt });
      one.holds.set(hold.id, { fromMs: world.nowMs(), toMs: endsAt === null ? null : Date.parse(endsAt) });
      // The API may die between the record and the store; comparing the two puts that right.
      if (random.chance(0.9)) await followHolds(ctx, store, { incidentId });
      return true;
    },
    release: async () => {
      const open = [...one.holds].filter(([, { toMs }]) => toMs === null || toMs > world.nowMs());
      if (open.length === 0) return false;
      const [holdId, hold] = random.pick(open);
      const ctx = contextOf(world, 'compliance');
      await releaseHold(ctx, { incidentId, holdId, reason: 'settled' });
      one.holds.set(holdId, { ...hold, toMs: world.nowMs() });
      if (random.chance(0.9)) await followHolds(ctx, store, { incidentId });
      return true;
    },
    reopen: async () => {
      if (one.closed === null) return false;
      await reopenIncident(contextOf(world, 'soc_lead'), { incidentId, reasonCode: 'new_evidence' });
      await world.admin('delete from outbox where incident_id = $1', [incidentId]);
      one.closed = null;
      return true;
    },
    close: async () => {
      if (one.closed !== null) return false;
      await closeCase(world, one);
      return true;
    },
    correct: async () => {
      if (one.closed === null || one.closed.verdict === 'paid') return false;
      await correctByPerson(contextOf(world, 'soc_lead'), { incidentId, verdict: 'paid', reasonCode: 'receipt_seen' });
      one.closed = { ...one.closed, verdict: 'paid' };
      one.correctedMs = world.nowMs();
      return true;
    },
    appeal: async () => {
      if (one.closed === null || one.appeal !== null) return false;
      one.appeal = (await openAppeal(contextOf(world, 'compliance'), { incidentId, statement: 'I paid.' })).appealId;
      return true;
    },
    settle: async () => {
      if (one.appeal === null || one.closed === null) return false;
      const decision = { incidentId, appealId: one.appeal, granted: false, reasonCode: 'verdict_stands' };
      await decideAppeal(contextOf(world, 'compliance', 'second'), decision);
      one.appeal = null;
      return true;
    },
    packet: () => handOut(world, one),
  };
  const deed = random.pick([
    'hold',
    'hold',
    'release',
    'release',
    'reopen',
    'close',
    'close',
    'correct',
    'appeal',
    'settle',
    'settle',
    'packet',
  ]);
  if (!(await deeds[deed]!())) return null;
  touch(world, one);
  return deed;
}

/** A packet was built, and somebody outside has a link to it for three days. */
async function handOut(world: World, one: Case): Promise<boolean> {
  if (one.closed === null) return false;
  const { incidentId, storeId } = one;
  const { rows } = (await world.admin(
    'select max(locked_until) as locked, coalesce((select max(version) from packets where incident_id = $1), 0) as version from evidence_artifacts where incident_id = $1 and purged_at is null',
    [incidentId],
  )) as { rows: { locked: Date; version: number }[] };
  const { locked, version } = rows[0]!;
  const id = `pkt_${randomUUID()}`;
  const body = Buffer.from(id);
  const key = `${evidencePrefix(world.tenantId, storeId, incidentId)}packets/${id}.zip`;
  const lockedUntil = new Date(Math.max(locked.getTime(), world.nowMs() + 300_000)).toISOString();
  const stored = await world.store.put({ key, body, lockedUntil });
  world.known.add(sha256Hex(body));
  const nowAt = new Date(world.nowMs()).toISOString();
  await world.admin(
    `insert into packets (tenant_id, store_id, incident_id, id, version, purpose, state, input, input_sha256, requested_by, requested_at, settled_at, object_key, object_version, size_bytes, sha256)
     values ($1, $2, $3, $4, $5, 'insurer', 'ready', '{}', '', 'x', $6, $6, $7, $8, $9, $10)`,
    [world.tenantId, storeId, incidentId, id, version + 1, nowAt, key, stored.version, body.length, sha256Hex(body)],
  );
  one.linksUntilMs = world.nowMs() + 3 * dayMs;
  await world.admin(
    `insert into packet_handovers (tenant_id, store_id, incident_id, packet_id, id, organisation, token_sha256, created_by, created_at, expires_at)
     values ($1, $2, $3, $4, $4, 'X', $4, 'x', $5, $6)`,
    [world.tenantId, storeId, incidentId, id, nowAt, new Date(one.linksUntilMs).toISOString()],
  );
  // It may be locked a little longer than the recordings, which go when the last of them may.
  one.latestDueMs = Math.max(one.latestDueMs, Date.parse(lockedUntil));
  return true;
}
