import { setImmediate } from 'node:timers/promises';
import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { completePolicy, type Policy } from '../../domain/policy.ts';
import { type Simulation, simulate } from '../../domain/simulation/simulate.ts';
import type { Past } from '../../domain/simulation/types.ts';
import { addMs, instantFrom, toMs } from '../../domain/time.ts';
import { found, readOnly, type ServiceContext } from '../context.ts';
import { zoneRules } from '../roster/zone-rules.ts';
import { compiled } from './lifecycle.ts';
import { askTillToday, type PastRange, readPastIncidents, readPastVerdicts } from './past.ts';
import { readPastRoster } from './past-roster.ts';
import { joinActivePolicy, policyIdOfStore } from './resolve.ts';
import { isOpen, readVersions } from './versions.ts';

export interface SimulateInput {
  id: string;
  /** A document that need not be saved. Without it and without a version: the open draft. */
  source?: string | undefined;
  version?: number | undefined;
  fromAt: string;
  toAt: string;
  /** Left out: the stores that the policy serves now, or all in your scope while it serves none. */
  storeIds?: readonly string[] | undefined;
}

export interface SimulationAnswer extends Simulation {
  policyId: string;
  /** Null: a document that was only sent along. */
  version: number | null;
  /** The active policies that it was compared with. */
  comparedWith: { policyId: string; version: number }[];
  storeIds: string[];
  fromAt: string;
  toAt: string;
  /** The first incident that was replayed is later than asked for: there were more than can be replayed at once. */
  cutAt: string | null;
  /** More incidents were replayed than are listed one by one; the totals count all of them. */
  unlisted: number;
}

const dayMs = 86_400_000;
const maxSpanMs = 31 * dayMs;
const maxReplayed = 5_000;
const maxListed = 500;
/** A shift's length: what was sent in it counts against budgets and storms at the beginning. */
const warmUpMs = dayMs / 2;
const maxLearningMs = 90 * dayMs;

interface PlaceRow {
  [column: string]: unknown;
  id: string;
  time_zone: string;
  policy_id: string;
  body: Partial<Policy>;
}

/** Replays the past under a draft and says what would have been different. Reads only, and only metadata. */
export async function simulatePolicy(ctx: ServiceContext, input: SimulateInput): Promise<SimulationAnswer> {
  requirePermission(ctx.actor, 'policy.edit');
  for (const storeId of input.storeIds ?? []) requirePermission(ctx.actor, 'policy.edit', storeId);
  const fromAt = instantFrom('fromAt', input.fromAt);
  const toAt = instantFrom('toAt', input.toAt);
  if (toMs(toAt) <= toMs(fromAt)) throw invalidField('toAt', 'must be after fromAt');
  if (toMs(toAt) - toMs(fromAt) > maxSpanMs)
    throw invalidField('fromAt', 'lies more than 31 days before toAt; take a shorter time');
  if (input.source !== undefined && input.version !== undefined)
    throw invalidField('version', 'is not taken together with a source; send one of the two');
  const read = await readOnly(ctx, (tx) => readWhatIsNeeded(tx, ctx, { ...input, fromAt, toAt }));
  // Outside of the transaction: it takes the processor for a while, and the database nothing.
  const result = await inTurns(
    simulate({
      past: read.past,
      draft: read.draft,
      activeOf: (storeId) => read.active.get(storeId) ?? read.draft,
      countedFromAt: fromAt,
    }),
  );
  return {
    policyId: input.id,
    version: read.version,
    comparedWith: comparedWith(read.active),
    storeIds: [...read.active.keys()],
    fromAt,
    toAt,
    cutAt: read.cutAt,
    ...result,
    incidents: result.incidents.slice(0, maxListed),
    unlisted: Math.max(0, result.incidents.length - maxListed),
  };
}

/** Lets other requests have their turn: texts must not wait for a simulation. */
async function inTurns<T>(steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await setImmediate();
  }
}

async function readWhatIsNeeded(tx: Queryable, ctx: ServiceContext, input: SimulateInput) {
  const { tenantId } = ctx.actor;
  const { fromAt, toAt } = input;
  const { policy: draft, version } = await policyToTry(tx, tenantId, input);
  const places = await placesFor(tx, tenantId, input);
  const storeIds = places.map(({ id }) => id);
  const active = new Map(places.map((place) => [place.id, completePolicy(place.body)]));
  const zones = new Map(places.map((place) => [place.id, place.time_zone]));
  const range: PastRange = { tenantId, storeIds, fromAt: addMs(fromAt, -warmUpMs), toAt, limit: maxReplayed };
  const read = await readPastIncidents(tx, range);
  const first = read.incidents[0];
  const past: Past = {
    ...(await readPastRoster(tx, range)),
    verdicts: await readPastVerdicts(tx, { ...range, fromAt: addMs(fromAt, -maxLearningMs), limit: 10 * maxReplayed }),
    detections: read.detections,
    incidents: await askTillToday(tx, tenantId, read.incidents, draft, ctx.now()),
    localTime: (at, storeId) => zoneRules.toLocal(at, zones.get(storeId) ?? 'UTC').slice(11, 16),
    untilAt: earlier(ctx.now(), addMs(toAt, draft.reviewTimeoutMs)),
  };
  const cutAt = read.cut && first !== undefined && first.detectedAt > fromAt ? first.detectedAt : null;
  return { past, draft, version, active, cutAt };
}

async function policyToTry(
  tx: Queryable,
  tenantId: string,
  { id, source, version }: SimulateInput,
): Promise<{ policy: Policy; version: number | null }> {
  const versions = await readVersions(tx, tenantId, id);
  if (source !== undefined) {
    const next = (versions[0]?.version ?? 0) + 1;
    return { policy: { ...compiled(source, id), version: next }, version: null };
  }
  found(versions[0], `policy ${id}`);
  const row = versions.find((each) => (version === undefined ? isOpen(each) : each.version === version));
  if (row === undefined && version === undefined)
    throw new DomainError('PRECONDITION_FAILED', `The policy ${id} has no draft; send a source or name a version.`);
  const named = found(row, `version ${version} of policy ${id}`);
  return { policy: completePolicy(named.body), version: named.version };
}

async function placesFor(tx: Queryable, tenantId: string, { id, storeIds }: SimulateInput): Promise<PlaceRow[]> {
  const places = await tx.query<PlaceRow>(
    `select s.id, s.time_zone, ${policyIdOfStore} as policy_id, p.body from stores s ${joinActivePolicy} where s.tenant_id = $1 order by s.id`,
    [tenantId],
  );
  if (storeIds !== undefined)
    return storeIds.map((storeId) =>
      found(
        places.find((place) => place.id === storeId),
        `store ${storeId}`,
      ),
    );
  const served = places.filter(({ policy_id }) => policy_id === id);
  return served.length === 0 ? places : served;
}

function comparedWith(active: ReadonlyMap<string, Policy>): { policyId: string; version: number }[] {
  const known = new Map([...active.values()].map(({ id, version }) => [`${id}/${version}`, { policyId: id, version }]));
  return [...known.keys()].sort().map((key) => known.get(key)!);
}

const earlier = (a: string, b: string): string => (a < b ? a : b);
