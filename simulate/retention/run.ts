import { generateSigningKeyPem, openSigner } from '../../adapters/crypto/signer.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import { placeOfKey } from '../../domain/retention-store.ts';
import { reconcileTenant } from '../../services/reconciliation/run.ts';
import { claimReconciliation } from '../../services/reconciliation/settle.ts';
import { sweepTenant } from '../../services/retention/sweep.ts';
import { openStrictStore } from '../strict-store.ts';
import { Crash, countBoundaries, mortalDatabase, mortalStore } from './crash.ts';
import { checkRecords, compareAll } from './judge.ts';
import { dayMs, locksTooLong, noteDue, policyOf, type Terms, tooEarly, tooLate, type Wrong } from './oracle.ts';
import { closeCase, contextOf, happen, openCase, type World } from './people.ts';
import { openRandom, type Random } from './random.ts';

export interface RetentionOptions {
  db: Database;
  admin: World['admin'];
  seed: number;
  years: number;
  incidents: number;
  /** Sweeps and comparisons that die on the way. */
  crashes: number;
  log: (line: string) => void;
}

export interface RetentionOutcome {
  seed: number;
  days: number;
  incidents: number;
  deeds: Record<string, number>;
  policyChanges: number;
  sweeps: number;
  reconciliations: number;
  crashes: number;
  purged: number;
  movedToCold: number;
  orphansRemoved: number;
  repaired: number;
  objectsDeleted: number;
  stillKept: number;
  early: Wrong[];
  late: Wrong[];
  lockedTooLong: Wrong[];
  /** Between store and database, or that comparing them could not put right. */
  differences: string[];
  badRecords: string[];
}

const hourMs = 3_600_000;
const sweepEveryMs = 6 * hourMs;
const startMs = Date.UTC(2030, 0, 1, 3, 30);
const tenantId = 'demo';
const stores = ['high-street', 'south'];

/** Years of incidents, holds, reopenings, corrections, appeals, packets and policy changes, with a sweep every six hours that may die anywhere. */
export async function runRetention(options: RetentionOptions): Promise<RetentionOutcome> {
  const random = openRandom(options.seed);
  let nowMs = startMs;
  const nowAt = () => new Date(nowMs).toISOString();
  const terms = new Map(stores.map((storeId) => [storeId, someTerms(random, null)]));
  const removed: string[] = [];
  const outcome: RetentionOutcome = {
    ...{ seed: options.seed, days: Math.round(options.years * 365), incidents: options.incidents, deeds: {} },
    ...{ policyChanges: 0, sweeps: 0, reconciliations: 0, crashes: 0, purged: 0, movedToCold: 0, orphansRemoved: 0 },
    ...{ repaired: 0, objectsDeleted: 0, stillKept: 0 },
    ...{ early: [], late: [], lockedTooLong: [], differences: [], badRecords: [] },
  };
  const known = new Set<string>();
  const store = openStrictStore(nowAt, (object) => {
    removed.push(`${object.key} ${object.version}`);
    const one = world.cases.get(placeOfKey(object.key)?.incidentId ?? '');
    // A copy of the very bytes is still there, or nobody ever recorded them.
    const copied = store
      .all()
      .some(({ key, sha256 }) => sha256 === object.sha256 && placeOfKey(key)?.incidentId === one?.incidentId);
    if (!one || object.body === null || copied || !known.has(object.sha256 ?? '')) return;
    const why = tooEarly(one, terms.get(one.storeId)!, nowMs);
    if (why !== null) outcome.early.push({ incidentId: one.incidentId, atMs: nowMs, why });
  });
  const { db, admin } = options;
  const world: World = {
    ...{ db, admin, store, random, tenantId, terms },
    nowMs: () => nowMs,
    cases: new Map(),
    known,
  };
  await plantStores(world);
  for (const storeId of stores) await activate(world, storeId, terms.get(storeId)!, 2);

  const boundaries = countBoundaries();
  const signer = openSigner(generateSigningKeyPem());
  const sweeper = {
    ...contextOf(world, 'system', 'retention'),
    db: mortalDatabase(db, boundaries),
  };
  const mortal = mortalStore(store, boundaries);
  const fatal = (error: unknown) => {
    throw error;
  };
  const sweep = async () => {
    const swept = await sweepTenant(sweeper, {
      ...{ store: mortal, signer, batch: 20, beat: () => undefined },
      onError: (error, about) => {
        if (error instanceof Crash) fatal(error);
        options.log(`${nowAt()} ${about['incidentId'] ?? ''} ${String(error)}`);
      },
    });
    outcome.sweeps += 1;
    outcome.purged += swept.purged;
    outcome.movedToCold += swept.movedToCold;
  };
  const reconcile = async () => {
    const run = await claimReconciliation(sweeper, { everyMs: dayMs - hourMs });
    if (run === null) return;
    const found = await reconcileTenant(sweeper, { store: mortal, signer, deep: true, beat: () => undefined }, run);
    outcome.reconciliations += 1;
    outcome.repaired += found.repaired;
    outcome.orphansRemoved += (found.counts.orphan ?? 0) + (found.counts.delete_marker ?? 0);
    if (found.unrepaired === 0) return;
    const { rows } = (await admin(
      "select kind, object_key, details from reconciliation_findings where reconciliation_id = $1 and not repaired and kind <> 'orphan_locked' limit 3",
      [run.id],
    )) as { rows: unknown[] };
    outcome.differences.push(`${nowAt()} ${JSON.stringify(rows)}`);
  };
  /** Dies as often as it is told, somewhere further on each time, and is started again minutes later. */
  const survive = async (work: () => Promise<void>, deaths: number) => {
    for (let death = 0; death < deaths; death += 1) {
      boundaries.arm(1 + random.below(60));
      try {
        await work();
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        outcome.crashes += 1;
        nowMs += 6 * 60_000;
      }
    }
    boundaries.arm(null);
    await work();
  };
  const check = () => {
    for (const one of world.cases.values()) {
      if (one.gone) continue;
      const mine = store
        .all()
        .filter(({ key, body }) => body !== null && placeOfKey(key)?.incidentId === one.incidentId);
      one.gone = !mine.some(({ sha256 }) => known.has(sha256 ?? ''));
      const now = terms.get(one.storeId)!;
      const late = one.gone ? null : tooLate(one, now, nowMs);
      if (late !== null) outcome.late.push({ incidentId: one.incidentId, atMs: nowMs, why: late });
      for (const { lockedUntil } of mine)
        if (lockedUntil !== null && locksTooLong(one, now, Date.parse(lockedUntil), nowMs))
          outcome.lockedTooLong.push({ incidentId: one.incidentId, atMs: nowMs, why: `locked until ${lockedUntil}` });
    }
  };

  const endMs = startMs + outcome.days * dayMs;
  const quietMs = Math.min(10 * dayMs, (endMs - startMs) / 10);
  const plan = planOf(random, options, startMs, endMs - quietMs);
  const crashShare = options.crashes / ((endMs - startMs) / sweepEveryMs);
  for (let sweepMs = startMs + sweepEveryMs; sweepMs <= endMs; sweepMs += sweepEveryMs) {
    for (; plan.length > 0 && plan[0]!.atMs <= sweepMs; plan.shift()) {
      const { atMs, what, storeId } = plan[0]!;
      nowMs = Math.max(nowMs, atMs);
      if (what === 'policy') {
        outcome.policyChanges += 1;
        const next = someTerms(random, terms.get(storeId)!);
        await activate(world, storeId, next, outcome.policyChanges + 2);
        terms.set(storeId, next);
        for (const one of world.cases.values())
          if (one.storeId === storeId && !one.gone) {
            one.changedMs = nowMs;
            noteDue(one, next);
          }
      } else if (what === 'incident') {
        await openCase(world, storeId);
      } else if (what === 'end') {
        const open = [...world.cases.values()].filter((one) => one.closed === null && one.storeId === storeId);
        if (open.length > 0) await closeCase(world, random.pick(open));
      } else {
        const live = [...world.cases.values()].filter((one) => !one.gone);
        const deed = live.length === 0 ? null : await happen(world, random.pick(live));
        if (deed !== null) outcome.deeds[deed] = (outcome.deeds[deed] ?? 0) + 1;
      }
    }
    nowMs = Math.max(nowMs, sweepMs + random.between(0, 10) * 60_000);
    await survive(sweep, random.chance(crashShare) ? 1 + random.below(3) : 0);
    await survive(reconcile, random.chance(crashShare) ? 1 : 0);
    check();
    if (sweepMs % (200 * dayMs) < sweepEveryMs)
      options.log(`${nowAt()} ${world.cases.size} incidents, ${outcome.purged} deleted, ${store.all().length} objects`);
  }
  outcome.objectsDeleted = removed.length;
  outcome.stillKept = [...world.cases.values()].filter(({ gone }) => !gone).length;
  outcome.differences.push(...(await compareAll(world)));
  outcome.badRecords.push(...(await checkRecords(world, signer.publicKeyPem, removed)));
  return outcome;
}

interface Planned {
  atMs: number;
  what: 'incident' | 'end' | 'deed' | 'policy';
  storeId: string;
}

function planOf(random: Random, options: RetentionOptions, fromMs: number, toMs: number): Planned[] {
  const at = () => Math.round(random.between(fromMs, toMs));
  const storeId = () => random.pick(stores);
  const many = (count: number, what: Planned['what']): Planned[] =>
    Array.from({ length: count }, () => ({ atMs: at(), what, storeId: storeId() }));
  return [
    ...many(options.incidents, 'incident'),
    ...many(Math.round(options.incidents * 1.5), 'end'),
    ...many(options.incidents * 2, 'deed'),
    ...many(Math.max(4, Math.round(options.years * 6)), 'policy'),
  ].toSorted((a, b) => a.atMs - b.atMs);
}

/** Another policy, sometimes longer, sometimes shorter, sometimes for what is stored already as well. */
function someTerms(random: Random, before: Terms | null): Terms {
  const around = (days: number) => Math.max(1, Math.round(days * random.between(0.5, 2)));
  const [falsePositive, confirmed] = [around(5), around(20)];
  return {
    days: {
      ...{ paid: around(1), staff_error: around(3), false_positive: falsePositive, unreviewed: around(9) },
      confirmed: Math.max(falsePositive, confirmed),
    },
    rules: random.chance(0.6)
      ? [
          {
            id: 'violence',
            category: random.pick(['violent_behaviour', 'safety', 'shoplifting'] as const),
            days: around(30),
          },
        ]
      : [],
    applyShorter: before !== null && random.chance(0.4),
    coldDays: random.chance(0.5) ? around(4) : null,
  };
}

async function plantStores({ admin }: World): Promise<void> {
  await admin(
    "insert into stores (tenant_id, id, name, time_zone) values ('demo', 'south', 'South', 'Europe/London') on conflict do nothing",
    [],
  );
  await admin(
    "insert into cameras (tenant_id, store_id, id, name) values ('demo', 'south', 'south-cam', 'South') on conflict do nothing",
    [],
  );
  await admin(
    "insert into zones (tenant_id, store_id, id, camera_id, label) values ('demo', 'south', 'belt', 'south-cam', 'Till 1') on conflict do nothing",
    [],
  );
}

async function activate({ admin }: World, storeId: string, terms: Terms, version: number): Promise<void> {
  const policyId = `of-${storeId}`;
  await admin("update policies set state = 'retired' where tenant_id = 'demo' and id = $1 and state = 'active'", [
    policyId,
  ]);
  await admin("insert into policies (tenant_id, id, version, body, state) values ('demo', $1, $2, $3, 'active')", [
    ...[policyId, version, JSON.stringify(policyOf(defaultPolicy, policyId, version, terms))],
  ]);
  await admin("update stores set policy_id = $2 where tenant_id = 'demo' and id = $1", [storeId, policyId]);
}
