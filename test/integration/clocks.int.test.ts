import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sweepClocks } from '../../api/clock-sweeps.ts';
import { addMs, toIso, toMs } from '../../domain/time.ts';
import type { PosEvent } from '../../domain/types.ts';
import { write } from '../../services/context.ts';
import { ingestCrossings } from '../../services/detection/crossings.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { makeFirstContact } from '../../services/incident/first-contact.ts';
import { simulatePolicy } from '../../services/policy/simulate.ts';
import { measureClocks } from '../../services/pos/clock.ts';
import { ingestPosEvents, storePosLines } from '../../services/pos/ingest.ts';
import { noteLateReceipts } from '../../services/pos/late-receipts.ts';
import { tillLinesSql, tillStateSql } from '../../services/pos/till-view.ts';
import { explainMoment } from '../../services/pos/what-if.ts';
import { forgetTillDays } from '../../services/retention/till-days.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { actorOf, agoIso, contextOf, detection, nowIso } from './support.ts';

const place = { storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner' };
const links = { publicUrl: 'https://shops.example.com', linkSecret: 'a secret of the tests only' };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(inject('engines').databaseAdminUrl);
});
afterAll(() => database?.drop());

const device = () => contextOf(database, actorOf('device'));
const system = (now?: () => string) => contextOf(database, actorOf('system', { id: 'system:test' }), now);
const run = (sql: string, values: unknown[] = []) => database.admin.query(sql, values);

let numbered = 0;
const numberOf = (prefix: string): string => {
  numbered += 1;
  return `${prefix}-${numbered}`;
};
const crossing = (at: string, change: object = {}) => ({ ...place, id: numberOf('x'), at, ...change });
const scan = (occurredAt: string, change: Partial<PosEvent> = {}): PosEvent => ({
  ...{ storeId: 'high-street', terminalId: 'sco-3', transactionId: numberOf('T'), line: 1 },
  ...{ type: 'scan' as const, occurredAt, plu: '4017', ...change },
});

/** Items that crossed at these instants of real time, stamped and heard as the two clocks and the network have it. */
async function play(crossedAt: readonly string[], clocks: { tillMs: number; cameraMs?: number }): Promise<string[]> {
  const { tillMs, cameraMs = 0 } = clocks;
  const seenAt = crossedAt.map((at) => addMs(at, cameraMs));
  const lines = crossedAt.map((at, index) => scan(addMs(at, tillMs + ((index * 137) % 500) - 250)));
  await ingestCrossings(
    device(),
    seenAt.map((at) => crossing(at)),
  );
  await ingestPosEvents(device(), lines);
  for (const [index, at] of crossedAt.entries()) {
    await run('update crossings set received_at = $2 where at = $1', [seenAt[index], addMs(at, 300)]);
    await run('update pos_events set received_at = $2 where transaction_id = $1', [
      lines[index]!.transactionId,
      addMs(at, 450),
    ]);
  }
  return seenAt;
}

/** Irregular, as people are: 2 to 7 seconds apart. */
const instants = (fromAgoMs: number, count: number): string[] => {
  let atMs = Date.now() - fromAgoMs;
  return Array.from({ length: count }, (_, index) => {
    atMs += 2_000 + ((index * index * 1_733) % 5_000);
    return toIso(atMs);
  });
};

const named = { item: { label: 'apple', confidence: 0.9 } };

async function verdictOf(
  detectedAt: string,
  change: Parameters<typeof detection>[0] = {},
): Promise<{ verdict: string; code: string; params: Record<string, unknown> }> {
  await run('update terminals set feed_seen_at = now(), feed_lag_ms = 0');
  const receipt = await ingestDetection(device(), detection({ detectedAt, ...change }));
  if (receipt.disposition !== 'started') throw new Error(`the test's detection was ${receipt.disposition}`);
  await makeFirstContact(system(), links, receipt.incidentId);
  const { rows } = await run('select pos_explanation as pos from incidents where id = $1', [receipt.incidentId]);
  const { verdict, reasons } = rows[0].pos as {
    verdict: string;
    reasons: { code: string; params: Record<string, unknown> }[];
  };
  return { verdict, ...reasons[0]! };
}

describe('crossings', () => {
  it('are stored once', async () => {
    const batch = [crossing(agoIso(7_200_000)), crossing(agoIso(7_199_000), { label: 'apple', labelScore: 0.75 })];
    expect(await ingestCrossings(device(), batch)).toEqual({ accepted: 2, duplicates: 0 });
    expect(await ingestCrossings(device(), [...batch, crossing(agoIso(7_198_000))])).toEqual({
      accepted: 1,
      duplicates: 2,
    });
  });

  it.each<[string, object, string, string]>([
    ['an unknown camera', { cameraId: 'cam-9' }, 'PRECONDITION_FAILED', '1.cameraId'],
    ['an unknown zone', { zoneId: 'belt' }, 'PRECONDITION_FAILED', '1.zoneId'],
    ['the future', { at: '2099-01-01T00:00:00.000Z' }, 'VALIDATION', '1.at'],
  ])('of %s are refused by name, with all that came with them', async (_name, change, code, field) => {
    const count = async () => (await run('select 1 from crossings')).rowCount;
    const before = await count();
    const batch = [crossing(agoIso(7_100_000)), crossing(agoIso(7_100_000), change)];
    await expect(ingestCrossings(device(), batch)).rejects.toMatchObject({ code, fields: [{ field }] });
    expect(await count()).toBe(before);
  });
});

describe('clocks', () => {
  const offsets = async () =>
    (await run('select offset_ms, error_ms, samples, from_at, to_at from clock_offsets order by from_at')).rows;
  let early: string[] = [];

  it('that were never compared leave it open, rather than blame anybody', async () => {
    early = await play(instants(25 * 60_000, 45), { tillMs: 37_000 });
    expect(await verdictOf(early[20]!)).toMatchObject({ verdict: 'UNKNOWN', code: 'CLOCKS_UNCERTAIN' });
  });

  it('are measured within the error that is said', async () => {
    const [measured] = await measureClocks(system(), { storeId: 'high-street', at: nowIso() });
    expect(measured).toMatchObject({ terminalId: 'sco-3', outcome: 'changed', estimate: { ok: true } });
    const [offset] = await offsets();
    expect(Math.abs(offset.offset_ms - 37_000)).toBeLessThanOrEqual(offset.error_ms);
    expect(offset).toMatchObject({ samples: 45, to_at: null });
    const again = await measureClocks(system(), { storeId: 'high-street', at: nowIso() });
    expect(again).toMatchObject([{ outcome: 'extended' }]);
    expect(await offsets()).toHaveLength(1);
  });

  it('once measured, find the receipt and what has none', async () => {
    const found = await verdictOf(early[30]!);
    expect(found).toMatchObject({ verdict: 'MATCH', code: 'RECEIPT_LINE_FOUND' });
    expect(Math.abs(Number(found.params['offsetMs']) - 37_000)).toBeLessThan(500);
    expect(Math.abs(Number(found.params['distanceMs']))).toBeLessThan(600);
    const unpaid = addMs(early.at(-1)!, 30_000);
    await ingestCrossings(device(), [crossing(unpaid)]);
    await run('update crossings set received_at = $2 where at = $1', [unpaid, addMs(unpaid, 300)]);
    expect(await verdictOf(unpaid, named)).toMatchObject({ verdict: 'MISMATCH', code: 'NO_RECEIPT_LINE' });
    // The camera is not proven yet, and one of two that are close together may be a hand.
    const two = [addMs(unpaid, 20_000), addMs(unpaid, 20_600)];
    for (const each of two) {
      await ingestCrossings(device(), [crossing(each)]);
      await run('update crossings set received_at = $2 where at = $1', [each, addMs(each, 300)]);
    }
    expect(await verdictOf(two[1]!, named)).toMatchObject({ verdict: 'UNKNOWN', code: 'CAMERA_UNPROVEN' });
    // A line that comes late is one for it by the till's own clock, and not by the camera's.
    const late = (ms: number) =>
      write(system(), (tx) => {
        tx.noAudit('bookkeeping');
        return noteLateReceipts(tx, 'demo', [scan(addMs(unpaid, ms))]);
      });
    expect(await late(500)).toEqual([]);
    expect(await late(37_500)).toHaveLength(1);
    await run('delete from outbox');
  });

  it('explain any moment, line by line', async () => {
    const ctx = contextOf(database, actorOf('soc_operator'));
    const answer = await explainMoment(ctx, {
      storeId: 'high-street',
      terminalId: 'sco-3',
      at: early[10]!,
      neighboursAt: [],
    });
    expect(answer.verdict).toBe('MATCH');
    expect(Math.abs((answer.clock?.offsetMs ?? 0) - 37_000)).toBeLessThan(500);
    const matched = answer.lines.filter(({ outcome }) => outcome === 'matched');
    expect(matched.map(({ lineId }) => lineId)).toEqual([answer.matchedLineId]);
    expect(answer.lines.filter(({ outcome }) => outcome === 'belongs_to_other_item').length).toBeGreaterThan(2);
    for (const { distanceMs } of answer.lines) expect(Math.abs(distanceMs)).toBeLessThan(30_000);
  });

  it('count for the trial of a policy as they do when it is real', async () => {
    const seen = detection({ detectedAt: early[25]!, eventType: 'loitering' });
    const { incidentId } = await ingestDetection(device(), seen);
    await makeFirstContact(system(), links, incidentId);
    const trial = await simulatePolicy(contextOf(database, actorOf('soc_lead')), {
      ...{ id: 'default', source: 'operatingModel: checkout_validation\nreceiptFirst: [loitering]' },
      ...{ fromAt: addMs(early[25]!, -1_000), toAt: addMs(early[25]!, 1_000) },
    });
    const [{ active, draft }] = trial.incidents.filter((each) => each.incidentId === incidentId) as [
      (typeof trial.incidents)[number],
    ];
    expect([active.posVerdict, draft.posVerdict]).toEqual(['NOT_APPLICABLE', 'MATCH']);
  });

  it('that jump by 90 s leave it open until they are measured again, and then it is right', async () => {
    const late = await play(instants(17 * 60_000, 50), { tillMs: 127_000 });
    const doubtful = await Promise.all([late[0]!, late[5]!, late[20]!].map((at) => explain(at)));
    for (const answer of doubtful) expect(answer).toMatchObject({ verdict: 'UNKNOWN' });
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    expect(await sweepClocks({ db: database.db, now: nowIso, onError }, agoIso(30 * 60_000))).toBe(1);
    expect(errors).toEqual([]);
    const all = await offsets();
    expect(all).toHaveLength(2);
    expect(all[0].to_at).toEqual(all[1].from_at);
    expect(Math.abs(all[1].offset_ms - 127_000)).toBeLessThanOrEqual(all[1].error_ms);
    // The jump is found between the last crossing that was explained before it and the first after it.
    expect(toMs(all[1].from_at.toISOString())).toBeGreaterThan(toMs(early.at(-1)!));
    expect(toMs(all[1].from_at.toISOString())).toBeLessThanOrEqual(toMs(late[0]!));
    for (const at of [late[0]!, late[5]!, late[20]!, early[40]!]) expect((await explain(at)).verdict).toBe('MATCH');
  });

  it('of the camera that jump are noticed as well', async () => {
    const jumped = await play(instants(9 * 60_000, 3), { tillMs: 127_000, cameraMs: -90_000 });
    for (const at of jumped) expect((await explain(at)).verdict).not.toBe('MISMATCH');
  });

  const explain = (at: string) =>
    explainMoment(contextOf(database, actorOf('soc_operator')), {
      ...{ storeId: 'high-street', terminalId: 'sco-3', at, neighboursAt: [] },
    });
});

describe('a terminal', () => {
  const ask = (terminalId: string, at: string) =>
    explainMoment(contextOf(database, actorOf('soc_operator')), {
      ...{ storeId: 'high-street', terminalId, at, neighboursAt: [] },
    });
  beforeAll(async () => {
    await run(
      "insert into terminals (tenant_id, store_id, id) select 'demo', 'high-street', id from unnest(array['till-1', 'till-2', 'till-3']) id",
    );
  });

  const onTime = (terminalId: string) =>
    run('update pos_events set received_at = occurred_at where terminal_id = $1', [terminalId]);

  it('that was replaced goes on counting, before the change and after it', async () => {
    const [before, after] = [agoIso(600_000), agoIso(300_000)];
    await ingestPosEvents(device(), [scan(before, { terminalId: 'till-1' }), scan(after, { terminalId: 'till-2' })]);
    await run("update terminals set replaced_by = 'till-2', replaced_at = $1 where id = 'till-1'", [agoIso(450_000)]);
    // Either name, the one on the zone before and the one after, finds the lines of both.
    for (const till of ['till-1', 'till-2'])
      for (const at of [before, after]) expect((await ask(till, at)).verdict).toBe('MATCH');
    // The old one fell silent before it was taken away; the new one's life says nothing about that time.
    expect(await ask('till-2', agoIso(500_000))).toMatchObject({
      verdict: 'UNKNOWN',
      reasons: [{ code: 'TILL_SILENT' }],
    });
    await run("update terminals set feed_seen_at = now(), feed_lag_ms = 0 where id = 'till-2'");
    await onTime('till-2');
    expect((await ask('till-2', agoIso(200_000))).verdict).toBe('MISMATCH');
  });

  it('where nobody is signed on cannot say anything', async () => {
    const sign = (type: 'sign_on' | 'sign_off', at: string) => scan(at, { type, terminalId: 'till-3' });
    await ingestPosEvents(device(), [sign('sign_on', agoIso(3_000_000)), sign('sign_off', agoIso(2_000_000))]);
    await run("update terminals set feed_seen_at = now(), feed_lag_ms = 0 where id = 'till-3'");
    // Somebody is, and has not begun to scan.
    expect((await ask('till-3', agoIso(2_500_000))).reasons[0]?.code).toBe('NO_RECEIPT_OPEN');
    await ingestPosEvents(device(), [scan(agoIso(2_600_000), { terminalId: 'till-3' })]);
    await onTime('till-3');
    await run("update terminals set feed_lag_ms = 0 where id = 'till-3'");
    expect((await ask('till-3', agoIso(2_500_000))).verdict).toBe('MISMATCH');
    expect(await ask('till-3', agoIso(1_500_000))).toMatchObject({
      verdict: 'UNKNOWN',
      reasons: [{ code: 'TILL_CLOSED' }],
    });
    await ingestPosEvents(device(), [
      sign('sign_on', agoIso(1_000_000)),
      scan(agoIso(950_000), { terminalId: 'till-3' }),
    ]);
    await onTime('till-3');
    await run("update terminals set feed_lag_ms = 0 where id = 'till-3'");
    expect((await ask('till-3', agoIso(1_500_000))).reasons[0]?.params['toAt']).not.toBeNull();
    expect((await ask('till-3', agoIso(900_000))).verdict).toBe('MISMATCH');
  });
});

describe('the lines of one sighting', () => {
  /** Partitions that a plan reads, whether the server knows the instants when it plans or only when it runs. */
  async function partitionsRead(
    sql: string,
    values: string,
    mode: 'force_custom_plan' | 'force_generic_plan',
  ): Promise<string[]> {
    const client = await database.admin.connect();
    try {
      await client.query(`set plan_cache_mode = ${mode}`);
      await client.query(`prepare lines as ${sql}`);
      const { rows } = await client.query(`explain (format json) execute lines ('demo', 'high-street', ${values})`);
      return [...new Set(JSON.stringify(rows).match(/pos_events_(?:\d{8}|other)/g))].sort();
    } finally {
      await client.query('deallocate all; reset plan_cache_mode');
      client.release();
    }
  }

  const at = (ms: number) => `'${agoIso(-ms)}'`;
  const dayMs = 24 * 3_600_000;
  const reads = [
    [tillLinesSql, `'{sco-3}', ${at(-200_000)}, ${at(-1_000)}, ${at(1_000)}`],
    [tillStateSql, `'sco-3', ${at(-1_000)}, ${at(-1_000 - dayMs)}, ${at(-1_000 + dayMs)}, ${at(-3_000)}`],
  ] as const;
  const allRead = async (mode: 'force_custom_plan' | 'force_generic_plan') => {
    const partitions: string[][] = [];
    for (const [sql, values] of reads) partitions.push(await partitionsRead(sql, values, mode));
    return partitions;
  };

  it('and what was rung last are found in as many days’ tables with 40 days stored as with 3', async () => {
    const days = (count: number) =>
      run("select ensure_day_partition('pos_events', (current_date - n)::date) from generate_series(0, $1) n", [
        count - 1,
      ]);
    await days(3);
    const few = { custom: await allRead('force_custom_plan'), generic: await allRead('force_generic_plan') };
    await days(40);
    const many = { custom: await allRead('force_custom_plan'), generic: await allRead('force_generic_plan') };
    for (const partitions of few.custom) expect(partitions.length).toBeGreaterThan(0);
    expect(many).toEqual(few);
    // A day whose lines came before its table keeps them with the others; every other one of the forty has a table.
    const { rows } = await run(
      `select count(*)::int as without from generate_series(0, 39) n, lateral (select (current_date - n)::date as day) d
       where to_regclass('pos_events_' || to_char(day, 'YYYYMMDD')) is null
         and not exists (select from pos_events_other where (occurred_at at time zone 'UTC')::date = day)`,
    );
    expect(rows[0].without).toBe(0);
  });
});

describe('a till that fails', () => {
  const ask = async (terminalId: string, at: string, neighboursAt: string[] = []) =>
    (
      await explainMoment(contextOf(database, actorOf('soc_operator')), {
        ...{ storeId: 'high-street', terminalId, at, neighboursAt },
      })
    ).verdict;
  beforeAll(async () => {
    await run(
      "insert into terminals (tenant_id, store_id, id) select 'demo', 'high-street', id from unnest(array['till-7', 'till-8']) id",
    );
  });

  it('and is silent for an hour accuses nobody, neither meanwhile nor while it catches up', async () => {
    const before = agoIso(3_700_000);
    await ingestPosEvents(device(), [scan(before, { terminalId: 'till-7' })]);
    await run("update terminals set feed_seen_at = $1, feed_lag_ms = 0 where id = 'till-7'", [before]);
    const bought = [3_000_000, 2_000_000, 1_000_000, 60_000].map((ms) => agoIso(ms));
    for (const at of bought) expect(await ask('till-7', at)).toBe('UNKNOWN');
    // Its lines come in the order in which they were rung, all of them now.
    for (const at of bought.slice(0, 2)) await ingestPosEvents(device(), [scan(at, { terminalId: 'till-7' })]);
    expect(await Promise.all(bought.map((at) => ask('till-7', at)))).toEqual(['MATCH', 'MATCH', 'UNKNOWN', 'UNKNOWN']);
    for (const at of bought.slice(2)) await ingestPosEvents(device(), [scan(at, { terminalId: 'till-7' })]);
    for (const at of bought) expect(await ask('till-7', at)).toBe('MATCH');
  });

  it('and whose day file comes twice, after the lines themselves, is neither contradicted nor multiplied', async () => {
    const lines = [600_000, 590_000, 580_000].map((ms) => scan(agoIso(ms), { terminalId: 'till-8' }));
    await ingestPosEvents(device(), lines);
    const file = lines.map((event, index) => ({ lineNumber: index + 2, event }));
    for (const importId of ['imp_a', 'imp_b'])
      expect(await storePosLines(device(), file, { source: 'csv', importId })).toMatchObject({
        ...{ accepted: 0, duplicates: 3, refused: [] },
      });
    for (const { occurredAt } of lines) expect(await ask('till-8', occurredAt)).toBe('MATCH');
    // One line is still the receipt of one item.
    const [first, second] = [lines[1]!.occurredAt, addMs(lines[1]!.occurredAt, 400)];
    const both = [await ask('till-8', first, [second]), await ask('till-8', second, [first])];
    expect(both.filter((verdict) => verdict === 'MATCH')).toHaveLength(1);
  });
});

describe('till days that are too old', () => {
  it('are dropped whole, those without a partition of their own row by row, and newer ones stay', async () => {
    const rows = async (table: string) =>
      (await run(`select count(*)::int as n from ${table} where tenant_id = 'demo' and store_id = 'high-street'`))
        .rows[0].n;
    const days = (await run("select to_char(now() - interval '100 days', 'YYYYMMDD') as day")).rows[0].day as string;
    await run("select ensure_day_partition('pos_events', (now() - interval '100 days')::date)");
    for (const ago of ['100 days', '200 days', '1 day'])
      await run(
        `insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at)
         values ('demo', 'high-street', 'sco-3', $1, 1, 'scan', now() - $2::interval)`,
        [numberOf('F'), ago],
      );
    const before = await rows('pos_events');
    expect(await forgetTillDays(database.db, 90)).toBe(1);
    expect(await rows('pos_events')).toBe(before - 2);
    expect((await run('select to_regclass($1) as there', [`pos_events_${days}`])).rows[0].there).toBeNull();
    expect(await forgetTillDays(database.db, 90)).toBe(0);
    await expect(forgetTillDays(database.db, 0)).rejects.toThrow(/35 days at least/);
    expect(await rows('pos_events')).toBe(before - 2);
  });

  it('outlive the 90 days where a case is confirmed or held, and go when its evidence has', async () => {
    const daysAgo = (days: number, seconds = 0) => agoIso(days * 86_400_000 - seconds * 1_000);
    const cases = { confirmed: 110, held: 120, paid: 130 };
    const ids = new Map<string, string>();
    for (const [name, ago] of Object.entries(cases)) {
      await run("select ensure_day_partition('pos_events', $1::date)", [daysAgo(ago)]);
      const receipt = await ingestDetection(device(), detection({ detectedAt: daysAgo(ago) }));
      ids.set(name, receipt.incidentId);
      await run("update incidents set state = 'closed', verdict = $2, purge_after = now() where id = $1", [
        receipt.incidentId,
        name === 'held' ? 'false_positive' : name,
      ]);
      for (const [transaction, seconds] of [
        [`${name}-own`, 4],
        [`${name}-other`, 3_600],
      ] as const)
        await run(
          `insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at, operator)
           values ('demo', 'high-street', 'sco-3', $1, 1, 'scan', $2, $3)`,
          [transaction, daysAgo(ago, seconds), `op_${name}`],
        );
      await run(
        "insert into pos_operators (tenant_id, store_id, operator, operator_id, first_seen_at) values ('demo', 'high-street', $1, $2, $3)",
        [`op_${name}`, name, daysAgo(ago)],
      );
      await run(
        `insert into pos_exceptions (tenant_id, store_id, id, rule_id, day, terminal_id, at, amount_minor, score, params, reasons, lines, shadow, first_found_at, incident_id)
         values ('demo', 'high-street', $1, 'no_sale_burst', $2::timestamptz::date, 'sco-3', $2::timestamptz, 0, 1, '{}', '[]', '{}', false, $2::timestamptz, $3)`,
        [`exc_${name}`, daysAgo(ago), receipt.incidentId],
      );
    }
    await run(
      "insert into holds (tenant_id, store_id, incident_id, reason, placed_by) values ('demo', 'high-street', $1, 'court', 'x')",
      [ids.get('held')],
    );
    const left = async () => ({
      lines: (
        await run(
          "select transaction_id as id from pos_events where occurred_at < now() - interval '90 days' order by 1",
        )
      ).rows.map(({ id }) => id as string),
      cashiers: (
        await run("select operator_id as id from pos_operators where operator like 'op_%' order by 1")
      ).rows.map(({ id }) => id as string),
      findings: (await run('select id from pos_exceptions order by 1')).rows.map(({ id }) => id as string),
    });
    const kept = {
      lines: ['confirmed-own', 'held-own'],
      cashiers: ['confirmed', 'held'],
      findings: ['exc_confirmed', 'exc_held'],
    };
    await forgetTillDays(database.db, 90);
    expect(await left()).toEqual(kept);
    expect(await forgetTillDays(database.db, 90)).toBe(0);
    expect(await left()).toEqual(kept);
    await run('update holds set released_at = now(), released_by = $1', ['x']);
    await run('update incidents set purged_at = now() where id = $1', [ids.get('confirmed')]);
    await forgetTillDays(database.db, 90);
    expect(await left()).toEqual({ lines: [], cashiers: [], findings: [] });
  });
});
