import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { approvalValidMs, staleAfterMs } from '../../domain/runbook.ts';
import { addMs } from '../../domain/time.ts';
import type { Role, Verdict } from '../../domain/types.ts';
import { type ServiceContext, write } from '../../services/context.ts';
import { startDrill } from '../../services/drill/start.ts';
import {
  beginHold,
  beginRelease,
  finishHold,
  finishRelease,
  releaseTerminal,
} from '../../services/pos/terminal-hold.ts';
import { commandStep, type StepCommandName } from '../../services/runbook/command.ts';
import { beginStep, finishStep } from '../../services/runbook/execute.ts';
import { listSteps } from '../../services/runbook/read.ts';
import { openReports } from '../../services/runbook/report.ts';
import { settleRunbook } from '../../services/runbook/settle.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { planFor, runbookOf, runbookStep } from './runbook-support.ts';
import { actorOf, agoIso, contextOf, detection, nowIso, openIncident, serveApi, withSouthStore } from './support.ts';

const engines = inject('engines');
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
});
afterAll(() => database?.drop());

const as = (role: Role, now: () => string = nowIso): ServiceContext => contextOf(database, actorOf(role), now);
const system = (now: () => string = nowIso) => contextOf(database, actorOf('system', { id: 'system:runbook' }), now);
const command = (role: Role, incidentId: string, name: StepCommandName, stepId = 'any.one', now?: () => string) =>
  commandStep(as(role, now), {
    incidentId,
    stepId,
    command: name,
    ...(name === 'override' ? { reason: 'by hand' } : {}),
  });
const stateOf = async (incidentId: string, stepId = 'any.one') =>
  (await listSteps(as('soc_lead'), incidentId)).find(({ id }) => id === stepId);
const outbox = async (incidentId: string) =>
  (
    await database.admin.query<{
      kind: string;
      payload: { orders?: { stepId: string; attempt: number }[]; open?: number };
    }>("select kind, payload from outbox where incident_id = $1 and kind <> 'start' order by id", [incidentId])
  ).rows.map(({ kind, payload }) =>
    payload.orders
      ? [kind, ...payload.orders.map((order) => `${order.stepId}:${order.attempt}`)]
      : [kind, payload.open],
  );
const settle = (incidentId: string, verdict: Verdict, storeId = 'high-street') =>
  write(system(), async (tx) => {
    tx.noAudit('nothing changed');
    await settleRunbook(tx, { tenantId: 'demo', storeId, incidentId }, verdict);
  });
async function planned(...steps: Parameters<typeof runbookStep>[1][]): Promise<string> {
  const incidentId = await openIncident(database);
  await planFor(database, incidentId, [
    runbookOf(steps.map((step, index) => runbookStep(['one', 'two', 'three'][index]!, step))),
  ]);
  return incidentId;
}

describe('planning', () => {
  it('orders at once and in order what needs nobody, counts what must be done, and does so once', async () => {
    const incidentId = await openIncident(database);
    const runbook = runbookOf([
      runbookStep('sign', { mode: 'automatic', mandatory: true }),
      runbookStep('prompt', { action: 'terminal_prompt', mode: 'automatic', target: 'sco-3' }),
      runbookStep('look', { action: 'task', mandatory: true }),
      runbookStep('lock', { action: 'door_lock', target: 'door-1', mandatory: true }),
    ]);
    for (let twice = 0; twice < 2; twice += 1)
      expect(await planFor(database, incidentId, [runbook])).toMatchObject({ openMandatory: 3 });
    expect(await outbox(incidentId)).toEqual([['runbook', 'any.sign:1', 'any.prompt:1']]);
    const steps = await listSteps(as('soc_lead'), incidentId);
    expect(steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      ...['any.sign ready', 'any.prompt ready', 'any.look open', 'any.lock waiting_for_approval'],
    ]);
  });

  it('says what waits for an approval until somebody was told, since whoever heard it first may have died over it', async () => {
    const incidentId = await openIncident(database);
    const runbook = runbookOf([runbookStep('look', { action: 'task' }), runbookStep('lock', { action: 'door_lock' })]);
    for (let twice = 0; twice < 2; twice += 1)
      expect(await planFor(database, incidentId, [runbook])).toMatchObject({ approvals: [1] });
    await database.admin.query(
      `insert into notifications (tenant_id, store_id, incident_id, id, kind, step, state, body, intended_at, claimed_at)
       select tenant_id, store_id, id, 'ntf_' || id, 'notice', 1, 'nobody_on_shift', '', now(), now() from incidents where id = $1`,
      [incidentId],
    );
    expect(await planFor(database, incidentId, [runbook])).toMatchObject({ approvals: [] });
  });

  it('adds the steps of a stronger runbook, does nothing twice, and takes nothing away', async () => {
    const incidentId = await openIncident(database);
    const prompt = runbookStep('prompt', { action: 'terminal_prompt', mode: 'automatic', message: 'Please wait' });
    const runbooks = [
      runbookOf([prompt, runbookStep('intercom', { action: 'intercom', mode: 'automatic', target: 'intercom-1' })], {
        ...{ id: 'strong', minSeverity: 'high' },
      }),
      runbookOf([prompt, runbookStep('look', { action: 'task', mandatory: true })]),
    ];
    expect(await planFor(database, incidentId, runbooks, { severity: 'medium' })).toMatchObject({ openMandatory: 1 });
    expect(await planFor(database, incidentId, runbooks, { severity: 'critical' })).toMatchObject({ openMandatory: 1 });
    expect(await planFor(database, incidentId, runbooks, { severity: 'low' })).toMatchObject({ openMandatory: 1 });
    expect((await listSteps(as('soc_lead'), incidentId)).map(({ id }) => id)).toEqual([
      ...['any.prompt', 'any.look', 'strong.intercom'],
    ]);
    expect(await outbox(incidentId)).toEqual([
      ['runbook', 'any.prompt:1'],
      ['runbook_command', 'strong.intercom:1'],
    ]);
  });

  it('sends a prompt without a target to the till of the lane, and shows a step that has none as failed', async () => {
    const incidentId = await openIncident(database);
    await planFor(database, incidentId, [
      runbookOf([
        { ...runbookStep('prompt', { action: 'terminal_prompt', mode: 'automatic' }), target: undefined! },
        runbookStep('sign', { mode: 'automatic', target: '+/command' }),
      ]),
    ]);
    expect(await stateOf(incidentId, 'any.prompt')).toMatchObject({ target: 'sco-3', state: 'ready' });
    expect(await stateOf(incidentId, 'any.sign')).toMatchObject({
      ...{ state: 'failed', reason: { code: 'NO_TARGET', params: { target: '+/command' } } },
    });
    expect(await outbox(incidentId)).toEqual([['runbook', 'any.prompt:1']]);
  });

  it('leaves an incident without a runbook alone', async () => {
    const incidentId = await openIncident(database);
    expect(await planFor(database, incidentId, [])).toMatchObject({ openMandatory: 0 });
    expect(await planFor(database, incidentId, [runbookOf([runbookStep('a')], { behaviours: ['violence'] })])).toEqual({
      openMandatory: 0,
      approvals: [],
    });
    expect(await listSteps(as('soc_lead'), incidentId)).toEqual([]);
  });

  it('the database itself keeps a lock from being automatic', async () => {
    const incidentId = await planned({ action: 'door_lock', mode: 'automatic', target: 'door-1' });
    expect(await stateOf(incidentId)).toMatchObject({ mode: 'human', state: 'waiting_for_approval' });
    const forced = database.admin.query("update runbook_steps set mode = 'automatic' where incident_id = $1", [
      incidentId,
    ]);
    await expect(forced).rejects.toThrow(/runbook_steps_high_risk_approved/);
  });
});

describe('approvals', () => {
  it('hold for ten minutes; then both people are asked again', async () => {
    const incidentId = await planned({ mode: 'two_person' });
    const at = nowIso();
    await command('store_manager', incidentId, 'approve', 'any.one', () => at);
    const late = addMs(at, approvalValidMs + 1);
    expect(await command('soc_lead', incidentId, 'approve', 'any.one', () => late)).toMatchObject({
      ...{ state: 'waiting_for_approval', approvals: [{ role: 'soc_lead' }] },
    });
    expect(await command('store_manager', incidentId, 'approve', 'any.one', () => late)).toMatchObject({
      ...{ state: 'ready', attempt: 1 },
    });
    expect(await outbox(incidentId)).toEqual([['runbook_command', 'any.one:1']]);
  });

  it('that lay too long before anything could be done are asked for anew', async () => {
    const incidentId = await planned({});
    await command('soc_lead', incidentId, 'approve');
    const late = addMs(nowIso(), approvalValidMs + 1_000);
    expect(
      await beginStep(
        system(() => late),
        { incidentId, stepId: 'any.one', attempt: 1 },
      ),
    ).toBeNull();
    expect(await stateOf(incidentId)).toMatchObject({
      ...{ state: 'waiting_for_approval', approvals: [], reason: { code: 'APPROVAL_EXPIRED' } },
    });
    expect(await command('soc_lead', incidentId, 'approve')).toMatchObject({ state: 'ready', attempt: 2 });
  });

  it('are by people with the role that the step names, and a no can be thought over', async () => {
    const incidentId = await planned({ approvers: ['soc_lead', 'regional'] });
    for (const role of ['store_staff', 'store_manager', 'soc_operator', 'admin', 'compliance', 'device'] as const)
      for (const name of ['approve', 'reject'] as const)
        await expect(command(role, incidentId, name), `${role} ${name}`).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await command('regional', incidentId, 'reject')).toMatchObject({ state: 'rejected' });
    await expect(command('soc_lead', incidentId, 'approve')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await command('soc_lead', incidentId, 'retry')).toMatchObject({
      state: 'waiting_for_approval',
      approvals: [],
    });
    expect(await command('soc_lead', incidentId, 'approve')).toMatchObject({ state: 'ready' });
  });

  it('of the other half of two at the very same time are both heard, and it is ordered once', async () => {
    const incidentId = await planned({ mode: 'two_person' });
    await Promise.all([command('store_manager', incidentId, 'approve'), command('soc_lead', incidentId, 'approve')]);
    expect(await stateOf(incidentId)).toMatchObject({ state: 'ready', attempt: 1 });
    expect(await outbox(incidentId)).toEqual([['runbook_command', 'any.one:1']]);
  });
});

describe('an override', () => {
  it('is for those who may, needs a reason, and says who and why', async () => {
    const incidentId = await planned({ action: 'task', mandatory: true, approvers: [] });
    for (const role of ['store_staff', 'soc_operator', 'compliance', 'device'] as const)
      await expect(command(role, incidentId, 'override'), role).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const wordless = commandStep(as('soc_lead'), { incidentId, stepId: 'any.one', command: 'override', reason: ' ' });
    await expect(wordless).rejects.toMatchObject({ code: 'VALIDATION', fields: [{ field: 'reason' }] });
    for (let twice = 0; twice < 2; twice += 1)
      expect(await command('soc_lead', incidentId, 'override')).toMatchObject({
        ...{ state: 'overridden', note: 'by hand', changedBy: 'SOC lead' },
      });
    await expect(command('regional', incidentId, 'override')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await outbox(incidentId)).toEqual([['mandatory_steps', 0]]);
  });
});

describe('carrying out', () => {
  const one = (incidentId: string, attempt = 1) => ({ incidentId, stepId: 'any.one', attempt });

  it('gives the same command after a crash, and takes one answer', async () => {
    const incidentId = await planned({ mode: 'automatic', mandatory: true, message: 'Please wait' });
    const first = await beginStep(system(), one(incidentId));
    expect(first).toMatchObject({
      address: { tenantId: 'demo', storeId: 'high-street', target: 'signage-1' },
      command: { commandId: `${incidentId}:any.one:1`, action: 'signage', message: 'Please wait', drill: false },
      ackTimeoutMs: 2_000,
    });
    expect(await beginStep(system(), one(incidentId))).toEqual(first);
    await finishStep(system(), { ...one(incidentId), result: { outcome: 'acknowledged' } });
    const failed = { outcome: 'failed', reason: { code: 'NO_ACKNOWLEDGEMENT', params: {} } } as const;
    await finishStep(system(), { ...one(incidentId), result: failed });
    expect(await stateOf(incidentId)).toMatchObject({ state: 'acknowledged' });
    expect(await beginStep(system(), one(incidentId))).toBeNull();
    expect(await outbox(incidentId)).toEqual([
      ['runbook', 'any.one:1'],
      ['mandatory_steps', 0],
    ]);
  });

  it('sends nothing that nobody approved when its moment has passed', async () => {
    const incidentId = await planned({ mode: 'automatic' });
    const late = addMs(nowIso(), staleAfterMs + 1_000);
    expect(
      await beginStep(
        system(() => late),
        one(incidentId),
      ),
    ).toBeNull();
    expect(await stateOf(incidentId)).toMatchObject({ state: 'failed', reason: { code: 'TOO_LATE' } });
  });

  it('does not tell a device again what it was told long ago', async () => {
    const incidentId = await planned({ mode: 'automatic' });
    await beginStep(system(), one(incidentId));
    const late = addMs(nowIso(), staleAfterMs + 10_000);
    expect(
      await beginStep(
        system(() => late),
        one(incidentId),
      ),
    ).toBeNull();
    expect(await stateOf(incidentId)).toMatchObject({ state: 'failed', reason: { code: 'INTERRUPTED' } });
  });

  it('passes over an order that was replaced', async () => {
    const incidentId = await planned({ mode: 'automatic' });
    await beginStep(system(), one(incidentId));
    await finishStep(system(), {
      ...one(incidentId),
      result: { outcome: 'failed', reason: { code: 'X', params: {} } },
    });
    await command('soc_lead', incidentId, 'retry');
    expect(await beginStep(system(), one(incidentId))).toBeNull();
    expect(await beginStep(system(), one(incidentId, 2))).toMatchObject({
      command: { commandId: `${incidentId}:any.one:2` },
    });
  });
});

describe('the end of an incident', () => {
  it.each(['paid', 'staff_error', 'false_positive', 'unreviewed'] as const)('%s lets everybody go', async (verdict) => {
    const incidentId = await planned({ action: 'door_lock', target: 'door-1' }, { action: 'task', mandatory: true });
    await command('soc_lead', incidentId, 'approve');
    await beginStep(system(), { incidentId, stepId: 'any.one', attempt: 1 });
    await finishStep(system(), { incidentId, stepId: 'any.one', attempt: 1, result: { outcome: 'acknowledged' } });
    for (let twice = 0; twice < 2; twice += 1) await settle(incidentId, verdict);
    expect(await stateOf(incidentId)).toMatchObject({ state: 'ready', command: 'release', attempt: 2 });
    expect(await stateOf(incidentId, 'any.two')).toMatchObject({ state: 'not_needed' });
    expect(await outbox(incidentId)).toEqual([
      ['runbook_command', 'any.one:1'],
      ['runbook_command', 'any.one:2'],
    ]);
    // However late: a release is always worth telling.
    const late = addMs(nowIso(), 24 * 3_600_000);
    expect(
      await beginStep(
        system(() => late),
        { incidentId, stepId: 'any.one', attempt: 2 },
      ),
    ).toMatchObject({
      command: { action: 'door_unlock' },
    });
  });

  it('confirmed leaves the lock to people, and the report possible', async () => {
    const incidentId = await planned(
      ...[{ action: 'door_lock' as const, target: 'door-1' }, { action: 'police_report' as const }, {}],
    );
    await command('soc_lead', incidentId, 'approve');
    await beginStep(system(), { incidentId, stepId: 'any.one', attempt: 1 });
    await finishStep(system(), { incidentId, stepId: 'any.one', attempt: 1, result: { outcome: 'acknowledged' } });
    await database.admin.query("update incidents set state = 'closed', verdict = 'confirmed' where id = $1", [
      incidentId,
    ]);
    await settle(incidentId, 'confirmed');
    const states = (await listSteps(as('soc_lead'), incidentId)).map(({ state }) => state);
    expect(states).toEqual(['acknowledged', 'waiting_for_approval', 'not_needed']);
    expect(await command('regional', incidentId, 'release')).toMatchObject({ command: 'release', state: 'ready' });
    for (const role of ['regional', 'soc_lead'] as const) await command(role, incidentId, 'approve', 'any.two');
    await beginStep(system(), { incidentId, stepId: 'any.two', attempt: 1 });
    const [report] = await openReports(as('compliance'), incidentId);
    expect(report).toMatchObject({ state: 'prepared', body: { incident: { verdict: 'confirmed' } } });
    const drilled = database.admin.query('update incidents set drill = true where id = $1', [incidentId]);
    await expect(drilled).rejects.toThrow(/so it is no drill/);
  });
});

describe('a drill', () => {
  const input = (drillId: string) => ({
    ...{ drillId, storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner' },
    eventType: 'missed_scan' as const,
  });

  it('is on record with who started it, is played once, and stays apart from what is real', async () => {
    const real = await openIncident(database, { detectedAt: nowIso() });
    const first = await startDrill(as('store_manager'), input('drill-1'));
    expect(first).toMatchObject({ disposition: 'started' });
    expect(await startDrill(as('store_manager'), input('drill-1'))).toMatchObject({
      ...{ disposition: 'duplicate', incidentId: first.incidentId },
    });
    const { rows } = await database.admin.query<{ id: string; drill: boolean }>(
      'select id, drill from incidents where id in ($1, $2) order by drill',
      [real, first.incidentId],
    );
    expect(rows).toEqual([
      { id: real, drill: false },
      { id: first.incidentId, drill: true },
    ]);
    const audited = await database.admin.query(
      "select actor from audit where action = 'drill.started' and subject = $1",
      [`incident:${first.incidentId}`],
    );
    expect(audited.rows).toEqual([{ actor: 'user:demo-store_manager' }]);
  });

  it.each([
    [{ cameraId: 'nowhere' }, 'cameraId'],
    [{ zoneId: 'nowhere' }, 'zoneId'],
  ])('at %o is refused and leaves nothing', async (change, field) => {
    const before = (await database.admin.query('select from drills')).rowCount;
    await expect(startDrill(as('soc_lead'), { ...input('drill-x'), ...change })).rejects.toMatchObject({
      ...{ code: 'PRECONDITION_FAILED', fields: [{ field }] },
    });
    expect((await database.admin.query('select from drills')).rowCount).toBe(before);
  });

  it('cannot come in as a detection: no sender may set the mark', async () => {
    const api = await serveApi(engines, database);
    for (const drill of [true, false]) {
      const answer = await api.call<{ errors: unknown[] }>(database.keys.device, 'POST', '/v1/detections', {
        ...detection({ detectedAt: agoIso(3_000) }),
        drill,
      });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'drill', message: 'is not known' }] } });
    }
    await api.close();
    const schema = JSON.parse(
      readFileSync(new URL('../../schemas/events/detection.schema.json', import.meta.url), 'utf8'),
    ) as { properties: object };
    expect(schema.properties).not.toHaveProperty('drill');
  });
});

describe('a self-checkout that waits for the attendant', () => {
  const follow = (kind: 'attend' | 'block') => ({
    ...{ waitMs: 1_000, message: 'Please scan it again.' },
    after: { kind, message: 'A colleague is on the way.', maxMs: 60_000 },
  });
  /** Asked for the item, and the words were shown; `change` says what is otherwise. */
  async function asked(change = '', kind: 'attend' | 'block' = 'block'): Promise<string> {
    const incidentId = await openIncident(database);
    await database.admin.query(
      "update incidents set pos_verdict = 'MISMATCH', state = 'alerting', policy = jsonb_set(policy, '{prompt}', $2::jsonb) where id = $1",
      [incidentId, JSON.stringify(follow(kind))],
    );
    await database.admin.query(
      "insert into terminal_prompts (tenant_id, store_id, incident_id, terminal_id, intended_at, until_at, message, acknowledged_at) values ('demo', 'high-street', $1, 'sco-3', now(), now(), 'x', now())",
      [incidentId],
    );
    if (change !== '') await database.admin.query(change.replace('$ID', `'${incidentId}'`));
    return incidentId;
  }
  const told = async (incidentId: string, now?: () => string) => {
    const { order, ordered } = await beginHold(system(now), incidentId);
    return { action: order?.command.action ?? null, ordered };
  };

  it.each([
    ['the till has found the receipt', "update incidents set pos_verdict = 'MATCH' where id = $ID"],
    ['the till cannot say', "update incidents set pos_verdict = 'UNKNOWN' where id = $ID"],
    ['it is closed', "update incidents set state = 'closed' where id = $ID"],
    ['somebody has answered', "update incidents set verdict = 'unsure' where id = $ID"],
    ['somebody called for help', 'update incidents set help_requested = true where id = $ID'],
    ['nobody is told of it', "update incidents set suppression = '[]' where id = $ID"],
    ['the policy wants nothing more', "update incidents set policy = policy #- '{prompt,after}' where id = $ID"],
    ['its words were not shown', 'update terminal_prompts set acknowledged_at = null where incident_id = $ID'],
    ['the customer has scanned', 'update terminal_prompts set rescanned_at = now() where incident_id = $ID'],
    ['it was never asked', 'delete from terminal_prompts where incident_id = $ID'],
  ])('is not told to when %s', async (_when, change) => {
    expect(await told(await asked(change))).toEqual({ action: null, ordered: false });
  });

  it('is not one with a cashier', async () => {
    const kind = (to: string) => database.admin.query("update terminals set kind = $1 where id = 'sco-3'", [to]);
    await kind('cashier');
    expect(await told(await asked())).toEqual({ action: null, ordered: false });
    await kind('self_checkout');
  });

  it('blocks nothing in a drill: it calls the attendant, and says that it is one', async () => {
    const incidentId = await asked('update incidents set drill = true where id = $ID');
    const { order } = await beginHold(system(), incidentId);
    expect(order?.command).toMatchObject({ action: 'terminal_attend', message: 'DRILL. A colleague is on the way.' });
  });

  it('is told once, with its own end, and must be let go whatever has happened since', async () => {
    const incidentId = await asked();
    const { order } = await beginHold(system(), incidentId);
    const { command: first } = order!;
    expect(first).toMatchObject({ action: 'terminal_block', drill: false, forMs: 60_000 });
    // Whoever told it died; the same order with the same end is told again.
    const again = await beginHold(
      system(() => addMs(nowIso(), 5_000)),
      incidentId,
    );
    expect(again.order?.command).toMatchObject({ commandId: first.commandId, expiresAt: first.expiresAt });
    expect(again.order!.command.forMs!).toBeLessThanOrEqual(55_000);
    await database.admin.query("update incidents set state = 'closed' where id = $1", [incidentId]);
    expect(await told(incidentId)).toEqual({ action: null, ordered: true });
    const release = await beginRelease(system(), { incidentId, cause: 'closed' });
    expect(release?.command).toMatchObject({ action: 'terminal_release', releases: first.commandId });
    // Silent, and its time is not over: not settled yet.
    expect(await finishRelease(system(), { incidentId, confirmed: false })).toBe(false);
    expect(
      await finishRelease(
        system(() => addMs(nowIso(), 61_000)),
        { incidentId, confirmed: false },
      ),
    ).toBe(true);
    expect(await beginRelease(system(), { incidentId, cause: 'closed' })).toBeNull();
  });

  it('that refused, or was out of reach, holds nothing that could be let go', async () => {
    const incidentId = await asked();
    await beginHold(system(), incidentId);
    const reason = { code: 'DEVICE_REFUSED', params: {} };
    await finishHold(system(), { incidentId, result: { outcome: 'failed', reason } });
    expect(await beginRelease(system(), { incidentId, cause: 'closed' })).toBeNull();
    await expect(releaseTerminal(as('store_staff'), { incidentId, reason: 'x' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});

describe('another store or company', () => {
  it('finds no step, no report and no drill of this one', async () => {
    const incidentId = await planned({});
    for (const change of [{ storeIds: ['south'] }, { tenantId: 'rival' }]) {
      const ctx = contextOf(database, actorOf('soc_lead', change));
      const approve = () => commandStep(ctx, { incidentId, stepId: 'any.one', command: 'approve' });
      for (const ask of [approve, () => listSteps(ctx, incidentId), () => openReports(ctx, incidentId)])
        await expect(ask()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});
