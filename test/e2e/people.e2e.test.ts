import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createMissedAnswers } from '../../api/missed-answers.ts';
import { defaultPolicy, type Policy } from '../../domain/policy.ts';
import type { Role } from '../../domain/types.ts';
import { demoPhones } from '../../stack/estate.ts';
import { type Incident, openStage, type Stage, unhurried } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';

const stages: Stage[] = [];
const staged = async (policy: Partial<Policy> = {}): Promise<Stage> => {
  const stage = await openStage(inject('engines'), { ...unhurried, ...policy });
  stages.push(stage);
  await stage.till.beats();
  return stage;
};
afterAll(() => Promise.all(stages.map((stage) => stage.close())));

const command = async (
  stage: Stage,
  role: Role,
  incidentId: string,
  path: string,
  body: object = {},
  method = 'POST',
) => {
  const answer = await stage.system.api<Record<string, unknown>>(
    role,
    method as 'POST',
    `/v1/incidents/${incidentId}/${path}`,
    body,
  );
  return { ...answer.body, status: answer.status };
};

const knobs = (stage: Stage, change: object) =>
  stage.system.carrierControl('/control', { method: 'POST', body: JSON.stringify(change) });

describe('a storm', () => {
  it('of forty detections loses none, texts at once and three times at most, and shows why the rest is quiet', async () => {
    const stage = await staged({ noise: { ...defaultPolicy.noise, suppression: null } });
    const { camera, system, sam } = stage;
    const startedMs = Date.now();
    const seen = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        camera.sees({ at: new Date(startedMs - 3_000 - index * 50).toISOString() }),
      ),
    );
    expect(new Set(seen.map(({ incidentId }) => incidentId)).size).toBe(40);
    const { rows } = await eventually(async () => {
      const found = await system.database.admin.query<{ state: string; reasons: { code: string }[] | null }>(
        "select state, suppression as reasons from incidents where state <> 'new'",
      );
      return found.rowCount === 40 && found;
    });
    expect(rows.filter(({ state }) => state === 'alerting')).toHaveLength(3);
    const held = rows.filter(({ state }) => state === 'in_review');
    expect(held.map(({ reasons }) => reasons?.map(({ code }) => code))).toEqual(Array(37).fill(['STORM']));
    const texts = (await sam.texts()).filter(({ body }) => body.includes('please check'));
    expect(texts).toHaveLength(3);
    const listed = await system.api<{ items: Incident[] }>(
      'soc_operator',
      'GET',
      '/v1/incidents?suppressed=true&limit=200',
    );
    expect(listed.body.items).toHaveLength(37);
    expect(listed.body.items[0]?.suppression?.[0]).toMatchObject({ code: 'STORM', params: { allowed: 3 } });
  });
});

describe('one person after another', () => {
  it('a text that nobody answers is followed by a call to the same person, whose key is the verdict', async () => {
    const stage = await staged({
      escalation: [
        { role: 'store_staff', timeoutMs: 1_500, attempt: 0 },
        { role: 'store_staff', timeoutMs: 60_000, attempt: 1 },
      ],
    });
    const { camera, sam } = stage;
    await knobs(stage, { voice: { [demoPhones.staff]: { does: 'answer', keys: '4' } } });
    const { incidentId } = await camera.sees();
    await sam.expectText(/please check/);
    const closed = await stage.closed(incidentId);
    expect(closed).toMatchObject({ verdict: 'confirmed' });
    expect(closed.notifications.map(({ channel, step, personName }) => [channel, step, personName])).toEqual([
      ['sms', 0, 'Sam (floor)'],
      ['voice', 1, 'Sam (floor)'],
    ]);
    await eventually(async () => (await stage.timeline(incidentId)).includes('call_answered'));
    await stage.endsWell();
  });

  it('a call that a machine takes counts as unanswered, and the manager is told at once', async () => {
    const stage = await staged({
      escalation: [
        { role: 'store_staff', timeoutMs: 1_000, attempt: 0 },
        { role: 'store_staff', timeoutMs: 60_000, attempt: 1 },
        { role: 'store_manager', timeoutMs: 60_000, attempt: 0 },
      ],
    });
    const { camera, sam, alex } = stage;
    await knobs(stage, { voice: { [demoPhones.staff]: 'machine' } });
    const { incidentId } = await camera.sees();
    await sam.expectText(/please check/);
    await alex.expectText(/please check/, 12_000);
    await alex.reply('1');
    await alex.expectText(/paid/);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'paid' });
    await stage.endsWell();
  });

  it('whoever has said STOP is called instead of texted', async () => {
    const stage = await staged();
    const { camera, system, sam } = stage;
    await sam.reply('STOP');
    await eventually(async () => {
      const { rows } = await system.database.admin.query(
        "select id from people where id = 'sam' and sms_opted_out_at is not null",
      );
      return rows.length === 1;
    });
    await knobs(stage, { voice: { [demoPhones.staff]: { does: 'answer', keys: '2' } } });
    const { incidentId } = await camera.sees();
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'staff_error' });
    expect((await stage.incident(incidentId)).notifications.map(({ channel }) => channel)).toEqual(['voice']);
  });

  it('the shift ends while somebody is asked: the next one on shift has it, and the first is left alone', async () => {
    const stage = await staged();
    const { camera, system, sam } = stage;
    const { admin } = system.database;
    const kim = '+447700900103';
    await admin.query(
      "insert into people (tenant_id, id, display_name, role, phone_e164) values ('demo', 'kim', 'Kim (late)', 'store_staff', $1)",
      [kim],
    );
    // Long enough to be asked in, however slow the machine is.
    await admin.query("update shifts set ends_at = clock_timestamp() + interval '10 seconds' where person_id = 'sam'");
    await admin.query(
      "insert into shifts (tenant_id, id, store_id, person_id, starts_at, ends_at) values ('demo', 'late', 'high-street', 'kim', clock_timestamp() + interval '9 seconds', clock_timestamp() + interval '1 hour')",
    );
    const { incidentId, code } = await camera.sees();
    await sam.expectText(/please check/);
    const phone = system.phone(kim);
    expect((await phone.expectText(/shift/i)).body).toContain(code);
    await phone.reply('1');
    await phone.expectText(/paid/);
    const closed = await stage.closed(incidentId);
    expect(closed.notifications.map(({ personName, step, round }) => [personName, step, round])).toEqual([
      ['Sam (floor)', 0, 0],
      ['Kim (late)', 0, 1],
    ]);
    await stage.endsWell();
  });

  it('a phone that is off costs seconds, and after two misses its owner is asked last', async () => {
    const stage = await staged();
    const { camera, system, sam, alex } = stage;
    const lee = '+447700900104';
    await system.database.admin.query(
      "insert into people (tenant_id, id, display_name, role, phone_e164, channels) values ('demo', 'lee', 'Lee', 'store_staff', $1, '{sms}')",
      [lee],
    );
    await system.database.admin.query(
      "insert into shifts (tenant_id, id, store_id, person_id, starts_at, ends_at) values ('demo', 'lee', 'high-street', 'lee', clock_timestamp() - interval '1 minute', clock_timestamp() + interval '1 hour')",
    );
    await knobs(stage, { undeliverable: [lee] });
    const toldFirst: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { incidentId, code } = await camera.sees({ at: new Date(Date.now() - 3_000 - index * 500).toISOString() });
      const startedMs = Date.now();
      const alert = await eventually(async () => {
        const { notifications } = await stage.incident(incidentId);
        return notifications.find(({ state }) => state === 'delivered');
      });
      expect(Date.now() - startedMs).toBeLessThan(10_000);
      toldFirst.push((await stage.incident(incidentId)).notifications[0]!.personName);
      const phone = alert.personName.startsWith('Sam') ? sam : alex;
      await phone.expectText(/please check/);
      await phone.reply(`${code} 1`);
      await phone.expectText(/paid/);
      await stage.closed(incidentId);
    }
    expect(toldFirst.filter((name) => name === 'Lee')).toHaveLength(2);
    expect(toldFirst.slice(-2)).toEqual(['Sam (floor)', 'Sam (floor)']);
    await stage.endsWell();
  });

  it('in quiet hours and over budget nobody is texted, and the record says who was left in peace and why', async () => {
    const stage = await staged({
      noise: {
        ...defaultPolicy.noise,
        storm: { count: 100, windowMs: 1_000 },
        budgets: { medium: { count: 1, windowMs: 60_000 } },
      },
    });
    const { camera, system, sam } = stage;
    await system.database.admin.query(
      "update people set quiet_from = '00:00', quiet_to = '23:59:59' where id = 'alex'",
    );
    const first = await camera.sees({ at: new Date(Date.now() - 3_000).toISOString() });
    await sam.expectText(/please check/);
    const second = await camera.sees({ at: new Date(Date.now() - 9_000).toISOString() });
    const quiet = await eventually(async () => {
      const now = await stage.incident(second.incidentId);
      return now.state === 'in_review' && now;
    });
    expect(quiet.notifications.map(({ state, reasons }) => [state, reasons.map(({ code }) => code)])).toEqual([
      ['withheld', ['SEVERITY_BUDGET_SPENT']],
      ['withheld', ['QUIET_HOURS']],
    ]);
    expect(quiet.notifications[0]?.reasons[0]?.params).toMatchObject({ personName: 'Sam (floor)', allowed: 1 });
    for (const { incidentId } of [first, second])
      await command(stage, 'soc_operator', incidentId, 'verdict', { verdict: 'paid' });
    await stage.closed(second.incidentId);
    await stage.endsWell();
  });
});

describe('what must be done before the end', () => {
  it('keeps a confirmed incident open until two people approved it, and whoever may is texted', async () => {
    const stage = await staged({
      runbooks: [
        {
          id: 'report',
          behaviours: 'any',
          minSeverity: 'low',
          steps: [
            {
              ...{ id: 'police', action: 'police_report', mode: 'two_person', mandatory: true, ackTimeoutMs: 5_000 },
              approvers: ['store_manager', 'soc_lead', 'regional'],
            },
          ],
        },
      ],
    });
    const { camera, sam, alex, system } = stage;
    const { incidentId, code } = await camera.sees();
    await sam.expectText(/please check/);
    expect((await alex.expectText(/approval/)).body).toContain(code);
    await sam.reply('4');
    await sam.expectText(/noted/);
    const open = await eventually(async () => {
      const now = await stage.incident(incidentId);
      return now.verdict === 'confirmed' && now;
    });
    expect(open.state).toBe('acknowledged');
    const { body } = await system.api<{ steps: { id: string; state: string }[] }>(
      'soc_lead',
      'GET',
      `/v1/incidents/${incidentId}/steps`,
    );
    const stepId = body.steps[0]!.id;
    expect(await command(stage, 'soc_lead', incidentId, `steps/${stepId}/approve`)).toMatchObject({ status: 200 });
    expect((await stage.incident(incidentId)).state).toBe('acknowledged');
    await command(stage, 'soc_lead', incidentId, `steps/${stepId}/approve`);
    expect((await stage.incident(incidentId)).state).toBe('acknowledged');
    expect(await command(stage, 'regional', incidentId, `steps/${stepId}/approve`)).toMatchObject({ status: 200 });
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'confirmed' });
    await stage.endsWell();
  });
});

describe('when the verdict was wrong', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await staged({ secondReview: { verdicts: ['confirmed'], share: 1 } });
  });
  const confirmedBySam = async (): Promise<{ incidentId: string; code: string }> => {
    const seen = await stage.camera.sees({ at: new Date(Date.now() - 3_000 - Math.random() * 5_000).toISOString() });
    await stage.sam.expectText(/please check/);
    await stage.sam.reply(`${seen.code} 4`);
    await stage.sam.expectText(/noted/);
    await stage.closed(seen.incidentId);
    return seen;
  };

  it('a correction reaches whoever was told in under five seconds, and the record keeps what was said before', async () => {
    const { incidentId, code } = await confirmedBySam();
    const startedMs = Date.now();
    expect(
      await command(stage, 'soc_lead', incidentId, 'correct', { verdict: 'false_positive', reasonCode: 'wrong_item' }),
    ).toMatchObject({ status: 200, told: 1 });
    const text = await stage.sam.expectText(/correction/);
    expect(Date.now() - startedMs).toBeLessThan(5_000);
    expect(text.body).toContain(code);
    expect(text.body).not.toMatch(/receipt/);
    const now = await stage.incident(incidentId);
    expect(now).toMatchObject({ verdict: 'false_positive', corrected: true });
    const { rows } = await stage.system.database.admin.query<{ params: object }>(
      "select params from incident_events where incident_id = $1 and kind = 'correction_recorded'",
      [incidentId],
    );
    expect(rows[0]?.params).toMatchObject({ earlierVerdict: 'confirmed', verdict: 'false_positive', told: 1 });
    expect(
      await command(stage, 'soc_lead', incidentId, 'correct', { verdict: 'false_positive', reasonCode: 'other' }),
    ).toMatchObject({ status: 409 });
    await stage.endsWell();
  });

  it('a second person looks at it, and not the one who decided', async () => {
    const seen = await stage.camera.sees({ at: new Date(Date.now() - 12_000).toISOString() });
    await stage.sam.expectText(/please check/);
    await command(stage, 'soc_lead', seen.incidentId, 'verdict', { verdict: 'confirmed' });
    await stage.closed(seen.incidentId);
    expect(await stage.incident(seen.incidentId)).toMatchObject({ secondReview: 'pending' });
    const disagree = { agrees: false, verdict: 'paid', reasonCode: 'receipt_seen' };
    expect(await command(stage, 'soc_operator', seen.incidentId, 'review', disagree)).toMatchObject({ status: 403 });
    expect(await command(stage, 'soc_lead', seen.incidentId, 'review', disagree)).toMatchObject({ status: 403 });
    expect(await command(stage, 'regional', seen.incidentId, 'review', disagree)).toMatchObject({
      status: 200,
      secondReview: 'disagreed',
      told: 1,
    });
    await stage.sam.expectText(/correction/);
    expect(await stage.incident(seen.incidentId)).toMatchObject({ verdict: 'paid', secondReview: 'disagreed' });
    expect(await command(stage, 'compliance', seen.incidentId, 'review', disagree)).toMatchObject({ status: 409 });
    await stage.endsWell();
  });

  it('opened again it takes a new verdict, pages nobody, and both verdicts stay on the record', async () => {
    const { incidentId } = await confirmedBySam();
    expect(await command(stage, 'store_staff', incidentId, 'reopen', { reasonCode: 'new_evidence' })).toMatchObject({
      status: 403,
    });
    expect(await command(stage, 'soc_operator', incidentId, 'reopen', { reasonCode: 'new_evidence' })).toMatchObject({
      status: 200,
      run: 2,
    });
    const open = await stage.incident(incidentId);
    expect(open).toMatchObject({ state: 'in_review', verdict: null, runs: 2 });
    expect(
      await command(stage, 'soc_operator', incidentId, 'verdict', { verdict: 'paid', expectedVersion: open.version }),
    ).toMatchObject({ status: 200 });
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'paid', runs: 2 });
    const kinds = await stage.timeline(incidentId);
    expect(kinds.filter((kind) => kind === 'verdict_given')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'text_sent')).toHaveLength(1);
    await stage.endsWell();
  });

  it('an appeal is decided by somebody else, and one that succeeds corrects the incident', async () => {
    const { incidentId } = await confirmedBySam();
    const opened = await command(stage, 'compliance', incidentId, 'appeals', {
      statement: 'I paid at the other till.',
    });
    expect(opened).toMatchObject({ status: 201 });
    expect(await command(stage, 'compliance', incidentId, 'appeals', { statement: 'Again.' })).toMatchObject({
      status: 409,
    });
    const decision = `appeals/${String((opened as Record<string, unknown>)['appealId'])}/decision`;
    expect(
      await command(stage, 'regional', incidentId, decision, { granted: true, reasonCode: 'receipt_seen' }),
    ).toMatchObject({ status: 200, told: 1 });
    await stage.sam.expectText(/correction/);
    const now = await stage.incident(incidentId);
    expect(now).toMatchObject({ verdict: 'false_positive', corrected: true });
    expect(now.reviews.map(({ kind, state }) => `${kind} ${state}`)).toContain('appeal overturned');
    const { rows } = await stage.system.database.admin.query<{ details: string }>(
      "select details::text as details from audit where action = 'incident.appeal_opened'",
    );
    expect(rows[0]?.details).not.toContain('other till');
    await stage.endsWell();
  });

  it('what came of it is written down in goods and money', async () => {
    const { incidentId } = await confirmedBySam();
    const outcome = {
      intervention: 'item_returned',
      currency: 'GBP',
      recoveredMinor: 450,
      items: [{ label: 'Cheese', quantity: 1, amountMinor: 450 }],
      notes: 'Friendly.',
    };
    expect(await command(stage, 'store_manager', incidentId, 'outcome', outcome, 'PUT')).toMatchObject({
      status: 200,
      lossMinor: 0,
    });
    expect((await stage.incident(incidentId)).outcome).toMatchObject({ recoveredMinor: 450, notes: 'Friendly.' });
    expect(
      await command(stage, 'store_manager', incidentId, 'outcome', { ...outcome, recoveredMinor: -1 }, 'PUT'),
    ).toMatchObject({ status: 400 });
    await stage.endsWell();
  });
});

describe('who has it', () => {
  it('one at a time in the console: a lease that others see, that runs out and that a lead may end', async () => {
    const stage = await staged({ claimMs: 1_500 });
    const { incidentId } = await stage.camera.sees();
    await stage.sam.expectText(/please check/);
    expect(await command(stage, 'soc_operator', incidentId, 'claim')).toMatchObject({
      status: 200,
      claimedBy: `user:demo-soc_operator`,
    });
    expect(await command(stage, 'store_manager', incidentId, 'claim')).toMatchObject({ status: 409 });
    expect(await command(stage, 'store_manager', incidentId, 'release')).toMatchObject({ status: 403 });
    expect((await stage.incident(incidentId)).claim).toMatchObject({ name: 'SOC operator', mine: true });
    expect(await command(stage, 'soc_lead', incidentId, 'release')).toMatchObject({ status: 200, claimedBy: null });
    await command(stage, 'soc_operator', incidentId, 'claim');
    await eventually(async () => (await command(stage, 'store_manager', incidentId, 'claim')).status === 200);
    await command(stage, 'soc_operator', incidentId, 'verdict', { verdict: 'paid' });
    await stage.closed(incidentId);
    expect(await command(stage, 'soc_operator', incidentId, 'claim')).toMatchObject({ status: 409 });
    await stage.endsWell();
  });
});

describe('an answer that no webhook brought', () => {
  it('is read back from the carrier, counts, and is answered by a text', async () => {
    const stage = await staged();
    const { camera, sam, system } = stage;
    const { incidentId, code } = await camera.sees();
    await sam.expectText(/please check/);
    // Told three minutes ago.
    await system.database.admin.query(
      "update notifications set intended_at = intended_at - interval '3 minutes' where incident_id = $1",
      [incidentId],
    );
    const written = (sid: string, digit: string, agoMs: number) => ({
      ...{ sid: `SM${sid.repeat(32)}`, from: demoPhones.staff, to: '+447700900000', body: `${code} ${digit}` },
      receivedAt: new Date(Date.now() - agoMs).toISOString(),
    });
    const listed = [
      // From before anybody was told: it is about something else, and decides nothing.
      written('c', '4', 3_600_000),
      written('a', '1', 60_000),
      // Still on its way as a webhook: left alone.
      written('b', '4', 0),
    ];
    const asked: string[] = [];
    const missed = createMissedAnswers(system.deps, {
      listReceived: async ({ sinceAt }) => {
        asked.push(sinceAt);
        return listed;
      },
      sendText: (text) => system.carrier.sendText(text),
    });
    expect(await missed.sweep()).toBe(2);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'paid' });
    await sam.expectText(/not know|no open|nothing/i);
    await sam.expectText(/paid/);
    expect(await missed.sweep()).toBe(0);
    // A day back after a start; then no further than the last round that missed nothing.
    expect(Date.now() - Date.parse(asked[0]!)).toBeGreaterThan(23 * 3_600_000);
    expect(Date.now() - Date.parse(asked[1]!)).toBeLessThan(3_600_000);
    await stage.endsWell();
  });
});
