import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createSweepActivities, type SweepDependencies } from '../../activities/sweep.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { DomainError } from '../../domain/errors.ts';
import type { PosEvent } from '../../domain/types.ts';
import { analyseDay, listAnalyses } from '../../services/pos/analyse.ts';
import { analysesDue } from '../../services/pos/due-analyses.ts';
import { dismissException, listExceptions } from '../../services/pos/exceptions.ts';
import { ingestPosEvents } from '../../services/pos/ingest.ts';
import { readTillMeasures } from '../../services/pos/measures.ts';
import { revealOperator } from '../../services/pos/operators.ts';
import { readReceipt } from '../../services/pos/receipt.ts';
import { readTillRules, setTillRules } from '../../services/pos/till-rules.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { inActivity } from '../harness/in-activity.ts';
import { actorOf, contextOf, countRows, openIncident, withSouthStore } from './support.ts';

/** The clocks of the shop go forward that night: the day has 23 hours, from midnight UTC to 23:00 UTC. */
const day = '2026-03-29';
const storeId = 'high-street';
const lead = () => contextOf(database, actorOf('soc_lead'));
const device = () => contextOf(database, actorOf('device'));

type Line = Pick<PosEvent, 'type'> & Partial<PosEvent>;
const transaction = (transactionId: string, startedAt: string, lines: Line[], terminalId = 'lane-1'): PosEvent[] =>
  lines.map((line, index) => ({
    ...{ storeId, terminalId, transactionId, line: index + 1 },
    occurredAt: new Date(Date.parse(startedAt) + index * 3_000).toISOString(),
    operatorId: '4711',
    ...line,
  }));
const scan = (plu: string, amountMinor: number): Line => ({ type: 'scan', plu, amountMinor });
const cash = (amountMinor: number): Line => ({ type: 'tender', tenderType: 'cash', amountMinor });
const lateVoid: Line[] = [
  ...[scan('ham', 400), scan('wine', 900), cash(1300)],
  { type: 'line_void', relatedLine: 2, plu: 'wine', amountMinor: -900 },
];
const parked = ['12:00', '11:30'].flatMap((time, index) =>
  transaction(`P-${index + 1}`, `${day}T${time}:00Z`, [scan('steak', 2_000), { type: 'suspend' }]),
);

const engines = inject('engines');
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
  await database.admin.query(
    "insert into terminals (tenant_id, store_id, id, kind) values ('demo', 'high-street', 'lane-1', 'cashier'), ('demo', 'high-street', 'lane-2', 'cashier')",
  );
  await ingestPosEvents(device(), [
    ...[0, 1, 2].flatMap((index) => transaction(`V-${index}`, `${day}T1${index}:00:00Z`, lateVoid)),
    ...parked,
    ...transaction('B-1', '2026-03-28T23:59:00Z', [scan('milk', 120), cash(120)]),
    ...transaction('F-1', `${day}T00:00:30Z`, [scan('milk', 120), cash(120)]),
    ...transaction('L-1', `${day}T22:59:00Z`, [scan('milk', 120), cash(120)]),
    ...transaction('N-1', `${day}T23:00:00Z`, [scan('milk', 120), cash(120)]),
    ...transaction('T-1', `${day}T15:00:00Z`, lateVoid).map((line) => ({ ...line, training: true })),
  ]);
});
afterAll(() => database?.drop());

const open = async () => (await listExceptions(lead(), { storeId, limit: 50 })).items;

describe('a recorded day', () => {
  it('is due the morning after, by the clock of the shop, and only where something was rung', async () => {
    const at = (now: string) => analysesDue(contextOf(database, actorOf('system'), () => now));
    const dayBefore = { storeId, day: '2026-03-28' };
    expect(await at('2026-03-30T03:30:00.000Z')).toEqual([dayBefore, { storeId, day }]);
    // Half past eleven in the evening in Greenwich is after midnight in the shop.
    expect(await at('2026-03-29T23:30:00.000Z')).toEqual([dayBefore, { storeId, day }]);
    expect(await at('2026-03-29T22:30:00.000Z')).toEqual([dayBefore]);
    // Not for ever: the last line of the shop was rung on the thirtieth.
    expect(await at('2026-04-07T03:30:00.000Z')).toEqual([]);
  });

  it('is that of the shop, and what is planted is found', async () => {
    const analysis = await analyseDay(lead(), { storeId, day });
    expect(analysis).toMatchObject({ state: 'done', run: 1, counts: { transactions: 7, findings: 5, withdrawn: 0 } });
    const found = await open();
    expect(found.map(({ ruleId, transactionId }) => [ruleId, transactionId])).toEqual([
      ['void_after_tender', 'V-2'],
      ['suspend_not_resumed', 'P-1'],
      ['suspend_not_resumed', 'P-2'],
      ['void_after_tender', 'V-1'],
      ['void_after_tender', 'V-0'],
    ]);
    for (const each of found) expect(each.operator).toMatch(/^op_[0-9a-f]{12}$/);
    expect(found[0]).toMatchObject({ day, terminalId: 'lane-1', amountMinor: 900, lines: ['V-2/4'], shadow: false });
  });

  it('gives the same when it is looked at again', async () => {
    const before = await open();
    expect(await analyseDay(lead(), { storeId, day })).toMatchObject({ run: 2, counts: { findings: 5, withdrawn: 0 } });
    expect(await open()).toEqual(before);
  });

  it('gives the same when two look at once', async () => {
    const before = await open();
    const both = await Promise.allSettled([1, 2].map(() => analyseDay(lead(), { storeId, day })));
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const each of both) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'CONFLICT' });
    expect(await open()).toEqual(before);
    expect(await listAnalyses(lead(), { storeId, limit: 5 })).toMatchObject([{ day, state: 'done' }]);
  });

  it('withdraws what a late line explains, and keeps it on record', async () => {
    const [late] = transaction('P-1', `${day}T12:05:00Z`, [{ ...cash(2_000), line: 3 }]);
    await ingestPosEvents(device(), [late!]);
    expect(await analyseDay(lead(), { storeId, day })).toMatchObject({ counts: { findings: 3, withdrawn: 2 } });
    expect((await open()).map(({ ruleId }) => ruleId)).not.toContain('suspend_not_resumed');
    const withdrawn = await listExceptions(lead(), { storeId, state: 'withdrawn', limit: 50 });
    // The other one alone is everyday.
    expect(withdrawn.items.map(({ ruleId, transactionId }) => [ruleId, transactionId])).toEqual([
      ['suspend_not_resumed', 'P-1'],
      ['suspend_not_resumed', 'P-2'],
    ]);
  });

  it('keeps what was dismissed dismissed', async () => {
    const [first] = await open();
    const dismissed = await dismissException(lead(), { id: first!.id, reason: ' Bottle broke. ' });
    expect(dismissed).toMatchObject({ dismissedBy: 'user:demo-soc_lead', dismissedReason: 'Bottle broke.' });
    const again = dismissException(contextOf(database, actorOf('regional')), { id: first!.id, reason: 'Me too.' });
    await expect(again).rejects.toMatchObject({ code: 'CONFLICT' });
    await analyseDay(lead(), { storeId, day });
    expect((await open()).map(({ id }) => id)).not.toContain(first!.id);
    expect((await listExceptions(lead(), { storeId, state: 'dismissed', limit: 50 })).items).toEqual([dismissed]);
  });

  it('comes in pages', async () => {
    const one = await listExceptions(lead(), { storeId, limit: 1 });
    const two = await listExceptions(lead(), { storeId, limit: 1, cursor: one.nextCursor! });
    expect([one.items[0]!.transactionId, two.items[0]!.transactionId, two.nextCursor]).toEqual(['V-1', 'V-0', null]);
    await expect(async () => listExceptions(lead(), { limit: 1, cursor: 'x' })).rejects.toMatchObject({
      code: 'VALIDATION',
    });
  });

  it('is measured', async () => {
    const [measured, ...rest] = await readTillMeasures(lead(), { storeId, from: day, to: day });
    expect(rest).toEqual([]);
    expect(measured).toMatchObject({ day, transactions: 7, exceptions: 3, exceptionsPer1000: 428.57 });
    expect(measured!.byRule).toEqual({ void_after_tender: 3 });
    expect(measured!.lanes).toMatchObject([
      {
        terminalId: 'lane-1',
        measures: { transactions: 7, voidsAfterTender: 3, salesMinor: 3 * 400 + 2 * 2_000 + 240 },
      },
    ]);
  });

  it('says what the self-checkouts asked for, by till and by the clock of the shop', async () => {
    const [answered, ignored, dark] = [
      await openIncident(database, { detectedAt: `${day}T09:10:00Z` }),
      await openIncident(database, { detectedAt: `${day}T09:20:00Z` }),
      await openIncident(database, { detectedAt: `${day}T22:59:00Z` }),
    ];
    const asked = (
      incidentId: string,
      at: string,
      change: { acknowledged?: string; failure?: object; rescanned?: string },
    ) =>
      database.admin.query(
        `insert into terminal_prompts (tenant_id, store_id, incident_id, terminal_id, intended_at, until_at, message, acknowledged_at, failure, rescanned_at)
         values ('demo', $1, $2, 'sco-3', $3, $3, 'x', $4, $5, $6)`,
        [storeId, incidentId, at, change.acknowledged ?? null, change.failure ?? null, change.rescanned ?? null],
      );
    await asked(answered, `${day}T09:10:03Z`, { acknowledged: `${day}T09:10:03Z`, rescanned: `${day}T09:10:07.500Z` });
    await asked(ignored, `${day}T09:20:03Z`, { acknowledged: `${day}T09:20:03Z` });
    await asked(dark, `${day}T22:59:03Z`, { failure: { code: 'NO_ACKNOWLEDGEMENT', params: {} } });
    await database.admin.query(
      `insert into terminal_holds (tenant_id, store_id, incident_id, terminal_id, kind, message, ordered_at, until_at, acknowledged_at, released_at, release_confirmed)
       values ('demo', $1, $2, 'sco-3', 'block', 'x', $3, $4, $3, $5, true)`,
      [storeId, ignored, `${day}T09:20:13Z`, `${day}T09:21:13Z`, `${day}T09:20:33Z`],
    );
    const [measured] = await readTillMeasures(lead(), { storeId, from: day, to: day });
    expect(measured!.prompts).toEqual([
      {
        ...{ terminalId: 'sco-3', sent: 3, acknowledged: 2, dark: 1, rescanned: 1 },
        ...{ rescanP50Ms: 4_500, rescanP95Ms: 4_500, attended: 0, blocked: 1, blockedMs: 20_000 },
      },
    ]);
    const [after] = await readTillMeasures(lead(), { storeId, from: '2026-03-30', to: '2026-03-30' });
    expect(after).toBeUndefined();
  });

  it('that has not begun, or is none, is refused', async () => {
    for (const bad of ['2095-01-01', '2026-02-30'])
      await expect(async () => analyseDay(lead(), { storeId, day: bad })).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(analyseDay(lead(), { storeId: 'nowhere', day })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a receipt', () => {
  it('is shown whole, with its exceptions, cameras and what a camera reported at that moment', async () => {
    const detectedAt = `${day}T09:00:04.000Z`;
    const incidentId = await openIncident(database, { detectedAt });
    await ingestPosEvents(device(), transaction('R-1', `${day}T09:00:00Z`, [scan('milk', 120), cash(120)], 'sco-3'));
    const receipt = await readReceipt(lead(), { storeId, terminalId: 'sco-3', transactionId: 'R-1' });
    expect(receipt.lines.map(({ type }) => type)).toEqual(['scan', 'tender']);
    expect(receipt.basket).toMatchObject({ state: 'paid', totalMinor: 120 });
    expect(receipt.incidents).toMatchObject([{ incidentId, detectedAt, clipArtifactId: null }]);
    expect(receipt.cameras).toEqual([{ cameraId: 'sco-3-cam', zoneId: 'scanner' }]);
    const crooked = await readReceipt(lead(), { storeId, terminalId: 'lane-1', transactionId: 'V-1' });
    expect(crooked.exceptions).toMatchObject([{ ruleId: 'void_after_tender' }]);
    expect(crooked.incidents).toEqual([]);
  });

  it('that is not there is not found', async () => {
    const wanted = { storeId, terminalId: 'lane-2', transactionId: 'V-1' };
    await expect(readReceipt(lead(), wanted)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('pseudonyms', () => {
  const known = async () =>
    (
      await database.admin.query<{ operator: string; operator_id: string }>(
        'select operator, operator_id from pos_operators order by operator_id',
      )
    ).rows;

  it('are one for each cashier, also when two tills name them at once', async () => {
    const at = `${day}T16:00:00Z`;
    const ring = (terminalId: string) =>
      ingestPosEvents(
        device(),
        transaction(`O-${terminalId}`, at, [{ ...scan('milk', 120), operatorId: '4712' }], terminalId),
      );
    await Promise.all([ring('lane-1'), ring('lane-2')]);
    expect((await known()).map(({ operator_id }) => operator_id)).toEqual(['4711', '4712']);
    const { rows } = await database.admin.query<{ operator: string }>(
      "select distinct operator from pos_events where transaction_id like 'O-%'",
    );
    expect(rows).toHaveLength(1);
  });

  it('are opened for those who may know, and each time it is written down', async () => {
    const { operator } = (await known())[0]!;
    const reason = 'Complaint of a customer';
    const manager = contextOf(database, actorOf('store_manager', { storeIds: [storeId] }));
    expect(await revealOperator(manager, { storeId, operator, reason })).toEqual({
      storeId,
      operator,
      operatorId: '4711',
    });
    const { rows } = await database.admin.query<{ actor: string; subject: string; details: unknown }>(
      "select actor, subject, details from audit where action = 'operator.revealed'",
    );
    expect(rows).toEqual([
      { actor: 'user:demo-store_manager', subject: `operator:${operator}`, details: { storeId, reason } },
    ]);
  });

  it.each(['store_staff', 'soc_operator', 'admin', 'device', 'system'] as const)(
    'are not opened for %s',
    async (role) => {
      const { operator } = (await known())[0]!;
      const before = await countRows(database);
      const ask = async () =>
        revealOperator(contextOf(database, actorOf(role)), { storeId, operator, reason: 'curious' });
      await expect(ask).rejects.toMatchObject({ code: 'FORBIDDEN' });
      expect(await countRows(database)).toEqual(before);
    },
  );

  it('are not opened without a reason, nor from another store', async () => {
    const { operator } = (await known())[0]!;
    await expect(async () => revealOperator(lead(), { storeId, operator, reason: ' ' })).rejects.toMatchObject({
      code: 'VALIDATION',
    });
    const elsewhere = contextOf(database, actorOf('store_manager', { storeIds: ['south'] }));
    await expect(async () => revealOperator(elsewhere, { storeId, operator, reason: 'x' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const wrongStore = revealOperator(elsewhere, { storeId: 'south', operator, reason: 'x' });
    await expect(wrongStore).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the rules of a store', () => {
  it('are the defaults until it says otherwise; every change is a version', async () => {
    expect(await readTillRules(lead(), storeId)).toMatchObject({ version: 0, changed: {} });
    const changed = { void_after_tender: { enabled: false } };
    expect(await setTillRules(lead(), { storeId, changed, expectedVersion: 0 })).toMatchObject({ version: 1, changed });
    expect(await setTillRules(lead(), { storeId, changed })).toMatchObject({ version: 1 });
    const late = setTillRules(lead(), { storeId, changed: {}, expectedVersion: 0 });
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' });
    const analysis = await analyseDay(lead(), { storeId, day });
    expect(analysis).toMatchObject({ rulesVersion: 1, counts: { findings: 0, withdrawn: 3 } });
  });
});

describe('the nightly look', () => {
  const night = '2026-03-30T03:30:00.000Z';
  const due = () => analysesDue(contextOf(database, actorOf('system'), () => night));
  const today = { storeId, day };
  const lookThrough = (change: Partial<SweepDependencies> = {}) => {
    const deps = { db: database.db, now: () => new Date().toISOString(), onSweepError: () => undefined, ...change };
    // Of all that the sweep needs, this one uses these three.
    return inActivity(createSweepActivities(deps as SweepDependencies)).analyseTills();
  };
  const stateIs = (state: string) =>
    database.admin.query('update pos_analyses set state = $2 where day = $1', [day, state]);

  it('comes back to a day that failed, was broken off or was looked at before it was over, and to no other', async () => {
    for (const each of ['2026-03-28', day]) await analyseDay(lead(), { storeId, day: each });
    expect(await due()).toEqual([]);
    for (const state of ['failed', 'running']) {
      await stateIs(state);
      expect(await due()).toEqual([today]);
    }
    await stateIs('done');
    const { rows } = await database.admin.query<{ started_at: Date }>(
      'select started_at from pos_analyses where day = $1',
      [day],
    );
    await database.admin.query("update pos_analyses set started_at = '2026-03-29T12:00:00Z' where day = $1", [day]);
    expect(await due()).toEqual([today]);
    await database.admin.query('update pos_analyses set started_at = $2 where day = $1', [day, rows[0]!.started_at]);
    expect(await due()).toEqual([]);
  });

  it('comes back to a day that got more lines', async () => {
    await ingestPosEvents(device(), transaction('L-9', `${day}T18:00:00Z`, [scan('milk', 120), cash(120)]));
    expect(await due()).toEqual([today]);
    await analyseDay(lead(), today);
    expect(await due()).toEqual([]);
  });

  it('does not take a database that is away for a fault of the day, and does what is left when it is tried again', async () => {
    const lately = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    await ingestPosEvents(device(), transaction('Y-1', lately(24), [scan('milk', 120), cash(120)]));
    const away: Database = {
      ...database.db,
      transaction: (scope, mode, work) =>
        mode === 'read'
          ? database.db.transaction(scope, mode, work)
          : Promise.reject(new DomainError('DEPENDENCY_TEMPORARY', 'The database is not answering.')),
    };
    await expect(lookThrough({ db: away })).rejects.toMatchObject({
      type: 'DEPENDENCY_TEMPORARY',
      nonRetryable: false,
    });
    expect(await lookThrough()).toEqual({ analysed: 1, failed: 0 });
    expect(await lookThrough()).toEqual({ analysed: 0, failed: 0 });
  });
});

describe('another store', () => {
  const elsewhere = () => contextOf(database, actorOf('soc_lead', { storeIds: ['south'] }));

  it('sees nothing of it', async () => {
    for (const state of ['open', 'dismissed', 'withdrawn'] as const)
      expect((await listExceptions(elsewhere(), { state, limit: 50 })).items).toEqual([]);
    expect(await listAnalyses(elsewhere(), { limit: 50 })).toEqual([]);
    const { items } = await listExceptions(lead(), { state: 'withdrawn', limit: 1 });
    const dismiss = dismissException(elsewhere(), { id: items[0]!.id, reason: 'x' });
    await expect(dismiss).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is protected by the tables themselves', async () => {
    for (const table of ['pos_exceptions', 'pos_analyses', 'pos_day_measures', 'pos_rule_settings', 'pos_operators'])
      expect(
        await database.db.transaction(elsewhere().actor, 'read', (tx) => tx.query(`select * from ${table}`)),
      ).toEqual([]);
  });
});
