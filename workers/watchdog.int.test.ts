import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Carrier } from '../adapters/twilio/types.ts';
import { DomainError } from '../domain/errors.ts';
import { demoPhones } from '../stack/estate.ts';
import { eventually } from '../test/harness/system.ts';
import { died, openTextBench, type TextBench, untilState } from '../test/harness/text-bench.ts';
import { watchOverPeople } from './watchdog.ts';

/** Longer than one person's time and the grace together. */
const overdueSeconds = 6;
/** Longer than the workflow is waited for to bring a message to its end. */
const abandonedSeconds = 12;
const soon = { timeout: 10_000 };
/** Several looks. */
const aWhileMs = 900;

let bench: TextBench;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  bench = await openTextBench(inject('engines'));
});
afterAll(() => bench?.close());
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await bench.knobs({ hangNextSends: [], failNextSends: [] });
  await admin("update incidents set state = 'closed', closed_at = now() where state <> 'closed'");
  await admin('delete from outbox');
  expect(unforeseen()).toEqual([]);
});

/** No workflow runs here: what lies in the outbox for longer than a second is told to nobody, and that is said. */
const unforeseen = () =>
  bench.system.errors
    .splice(0)
    .map(({ error }) => error)
    .filter((error) => !(error instanceof DomainError && /^The workflow engine is not answering/.test(error.message)));

const admin = async (sql: string, values: unknown[] = []) =>
  (await bench.system.database.admin.query<Record<string, unknown>>(sql, values)).rows;
function watch(carrier: Partial<Carrier> = {}): () => Promise<void> {
  const stopping = new AbortController();
  const watching = watchOverPeople(bench.watch(carrier), stopping.signal);
  const stop = () => {
    stopping.abort();
    return watching;
  };
  stops.push(stop);
  return stop;
}
const managers = (code: string) => bench.textsAbout(code, demoPhones.manager);
/** An incident about which the first person has been texted, and nothing happens after that: no workflow runs here. */
async function standing() {
  const incident = await bench.openIncident();
  await admin('delete from outbox');
  expect(await bench.firstContact(incident.incidentId)).toMatchObject({ outcome: 'sent' });
  await untilState(bench, incident.incidentId, 'delivered');
  await age(incident.incidentId, overdueSeconds);
  return incident;
}
/** As if everything about it had happened so much earlier. */
async function age(incidentId: string, seconds: number): Promise<void> {
  await admin(
    'update incidents set detected_at = detected_at - make_interval(secs => $2), waiting_due_at = waiting_due_at - make_interval(secs => $2) where id = $1',
    [incidentId, seconds],
  );
  await admin(
    'update notifications set intended_at = intended_at - make_interval(secs => $2), claimed_at = claimed_at - make_interval(secs => $2), sent_at = sent_at - make_interval(secs => $2) where incident_id = $1',
    [incidentId, seconds],
  );
}
const second = async (incidentId: string) =>
  (await admin('select * from notifications where incident_id = $1 and step = 1', [incidentId]))[0];

describe('an escalation that the engine is late with', () => {
  it('is begun once, whoever looks; the workflow finds it done', async () => {
    const { incidentId, code } = await standing();
    watch();
    watch();
    await expect.poll(() => managers(code), soon).toBe(1);
    await sleep(aWhileMs);
    expect(await managers(code)).toBe(1);
    const [row] = await admin(
      `select n.state, n.by_watch, n.due_at - first.sent_at = interval '4 seconds' as due from notifications n
       join notifications first on first.incident_id = n.incident_id and first.step = 0 where n.incident_id = $1 and n.step = 1`,
      [incidentId],
    );
    expect(row).toMatchObject({ by_watch: true, due: true });
    expect(await bench.alertStep({ incidentId, step: 1 })).toMatchObject({ outcome: 'sent' });
    expect(await managers(code)).toBe(1);
    const audited = await admin(
      "select distinct actor from audit where action in ('notification.intended', 'notification.sent') and details ->> 'notificationId' = $1",
      [(await second(incidentId))?.['id']],
    );
    expect(audited).toEqual([{ actor: 'system:watchdog' }]);
  });

  it('is left alone where it is not late, or where the workflow may know better', async () => {
    const waiting = (kind: string) =>
      `insert into outbox (tenant_id, store_id, incident_id, kind, payload) select tenant_id, store_id, id, '${kind}', '{}' from incidents where id = $1`;
    const cases = {
      'it is not late': "update incidents set waiting_due_at = now() + interval '1 minute' where id = $1",
      'somebody has taken it': "update incidents set state = 'acknowledged' where id = $1",
      'somebody asked for help': 'update incidents set help_requested = true where id = $1',
      'it is decided': "update incidents set state = 'closed', closed_at = now() where id = $1",
      'an answer is on its way to the engine': waiting('decide'),
      'an answer was just given': 'update incidents set answer_heard_at = now() where id = $1',
      'a receipt is on its way to the engine': waiting('receipt'),
      'the step is under way':
        "insert into notifications (tenant_id, store_id, incident_id, id, kind, step, person_id, state, body, intended_at, claimed_at) select tenant_id, store_id, id, 'ntf_' || id, 'alert', 1, 'alex', 'intended', '', now(), now() from incidents where id = $1",
    };
    const standings = [];
    for (const [why, sql] of Object.entries(cases)) standings.push({ why, sql, ...(await standing()) });
    const { code } = await standing();
    for (const { sql, incidentId } of standings) await admin(sql, [incidentId]);
    watch();
    // The looking reaches what is late, and nothing else.
    await expect.poll(() => managers(code), soon).toBe(1);
    await sleep(aWhileMs);
    for (const { why, code } of standings) expect([why, await managers(code)]).toEqual([why, 0]);
    await admin("update notifications set state = 'failed' where state = 'intended'");
  });

  it('goes on when a message was not delivered, which the engine has not heard yet', async () => {
    const { incidentId, code } = await standing();
    await admin(
      "insert into outbox (tenant_id, store_id, incident_id, kind, payload) select tenant_id, store_id, id, 'undelivered', '{}' from incidents where id = $1",
      [incidentId],
    );
    watch();
    await expect.poll(() => managers(code), soon).toBe(1);
  });

  it.each([
    ['somebody was not sure, which the engine has not heard yet', '{"command": {"verdict": "unsure"}}'],
    ['the engine has never heard of it', '{}'],
  ])('goes on when %s', async (why, payload) => {
    const { incidentId, code } = await standing();
    await admin(
      'insert into outbox (tenant_id, store_id, incident_id, kind, payload) select tenant_id, store_id, id, $2, $3 from incidents where id = $1',
      [incidentId, why.startsWith('somebody') ? 'decide' : 'start', payload],
    );
    watch();
    await expect.poll(() => managers(code), soon).toBe(1);
  });

  it('goes on when an answer of some time ago came to nothing', async () => {
    const { incidentId, code } = await standing();
    await admin("update incidents set answer_heard_at = now() - interval '11 seconds' where id = $1", [incidentId]);
    watch();
    await expect.poll(() => managers(code), soon).toBe(1);
  });

  it('ends with the chain: the last person is asked once, and then nobody', async () => {
    const { incidentId, code } = await standing();
    watch();
    await expect.poll(() => managers(code), soon).toBe(1);
    await age(incidentId, 60);
    await sleep(aWhileMs);
    expect(await admin('select step from notifications where incident_id = $1 order by step', [incidentId])).toEqual([
      { step: 0 },
      { step: 1 },
    ]);
  });
});

/** The process is killed in the moment in which it would send. */
const dies = { sendText: () => Promise.reject(died) };

describe('a first text that the engine is late with', () => {
  /** Nobody has asked the till or told anybody. */
  const untouched = () => bench.openIncident();
  const lateSeconds = 10;
  const floor = (code: string) => bench.textsAbout(code);
  const late = (incidentId: string, seconds = lateSeconds) =>
    admin(
      `update incidents set detected_at = detected_at - make_interval(secs => $2), received_at = received_at - make_interval(secs => $2),
         accepted_at = accepted_at - make_interval(secs => $2) where id = $1`,
      [incidentId, seconds],
    );
  const facts = async (incidentId: string) =>
    (await admin('select state, pos_verdict from incidents where id = $1', [incidentId]))[0];

  it('is sent once, whoever looks, even if the engine has never heard of it; the workflow finds it done', async () => {
    const { incidentId, code } = await untouched();
    await late(incidentId);
    watch();
    watch();
    await expect.poll(() => floor(code), soon).toBe(1);
    await sleep(aWhileMs);
    expect(await floor(code)).toBe(1);
    expect(await facts(incidentId)).toEqual({ state: 'alerting', pos_verdict: 'MISMATCH' });
    await untilState(bench, incidentId, 'delivered', 'sent');
    expect(await bench.firstContact(incidentId)).toMatchObject({ outcome: 'sent' });
    expect(await floor(code)).toBe(1);
    expect(await admin('select by_watch from notifications where incident_id = $1', [incidentId])).toEqual([
      { by_watch: true },
    ]);
  });

  it('is left alone where it is not late, or somebody has decided already', async () => {
    const cases: Record<string, (incidentId: string) => Promise<unknown>> = {
      'it is not late': () => Promise.resolve(),
      'a decision is on its way to the engine': async (incidentId) => {
        await late(incidentId);
        await admin(
          "insert into outbox (tenant_id, store_id, incident_id, kind, payload) select tenant_id, store_id, id, 'decide', '{}' from incidents where id = $1",
          [incidentId],
        );
      },
      'it was opened again': async (incidentId) => {
        await late(incidentId);
        await admin('update incidents set runs = 2 where id = $1', [incidentId]);
      },
      'the customer has still time at the till': async (incidentId) => {
        await late(incidentId);
        await admin(
          `update incidents set policy = policy || '{"prompt": {"waitMs": 60000, "message": "x"}}' where id = $1`,
          [incidentId],
        );
      },
    };
    const standings = [];
    for (const [why, change] of Object.entries(cases)) {
      const incident = await untouched();
      await change(incident.incidentId);
      standings.push({ why, ...incident });
    }
    const { incidentId, code } = await untouched();
    await late(incidentId);
    watch();
    await expect.poll(() => floor(code), soon).toBe(1);
    for (const { why, ...left } of standings)
      expect([why, await admin('select id from notifications where incident_id = $1', [left.incidentId])]).toEqual([
        why,
        [],
      ]);
  });

  it('is not sent when the till knows a receipt', async () => {
    const { incidentId, code } = await untouched();
    const [seen] = await admin('select detected_at from incidents where id = $1', [incidentId]);
    const scan = {
      type: 'scan',
      occurredAt: (seen!['detected_at'] as Date).toISOString(),
      plu: '4017',
      description: 'Apple',
    };
    const place = { storeId: 'high-street', terminalId: 'sco-3', transactionId: randomUUID(), line: 1 };
    await bench.system.api('device', 'POST', '/v1/pos/events', { ...place, ...scan });
    await late(incidentId);
    watch();
    await expect.poll(async () => (await facts(incidentId))?.['pos_verdict'], soon).toBe('MATCH');
    await sleep(aWhileMs);
    expect(await floor(code)).toBe(0);
  });
});

describe('a message that the watch began and that its process did not bring to an end', () => {
  async function abandoned() {
    const { incidentId, code } = await standing();
    const stop = watch(dies);
    await eventually(() => second(incidentId));
    await stop();
    expect(unforeseen()).toEqual([died]);
    expect(await second(incidentId)).toMatchObject({ state: 'intended' });
    return { incidentId, code };
  }

  it('is sent when nobody else has done it', async () => {
    const { incidentId, code } = await abandoned();
    watch();
    await sleep(aWhileMs);
    expect(await managers(code)).toBe(0);
    await age(incidentId, abandonedSeconds);
    await expect.poll(() => managers(code), soon).toBe(1);
    await eventually(async () => (await second(incidentId))?.['state'] !== 'intended');
  });

  it('is settled as never sent when the incident has been decided meanwhile', async () => {
    const { incidentId, code } = await abandoned();
    await admin("update incidents set state = 'closed', closed_at = now() where id = $1", [incidentId]);
    await age(incidentId, abandonedSeconds);
    watch();
    await expect.poll(async () => (await second(incidentId))?.['state'], soon).toBe('failed');
    expect(await managers(code)).toBe(0);
  });

  it('is not sent again when the carrier took it and did not say so', async () => {
    const { incidentId, code } = await standing();
    await bench.knobs({ dropCallbacks: 1, hangNextSends: [{ accepted: true }] });
    const stop = watch();
    await expect.poll(() => managers(code), soon).toBe(1);
    await stop();
    expect(await second(incidentId)).toMatchObject({ state: 'intended' });
    await age(incidentId, abandonedSeconds);
    watch();
    await expect.poll(async () => (await second(incidentId))?.['state'], soon).toBe('sent');
    expect(await managers(code)).toBe(1);
    await bench.knobs({ dropCallbacks: 0 });
  });

  it('is given up, visibly, when the carrier stays away', async () => {
    const { incidentId } = await abandoned();
    const away = { findText: () => Promise.reject(died), ...dies };
    await age(incidentId, 60);
    watch(away);
    await expect.poll(async () => (await second(incidentId))?.['state'], soon).toBe('failed');
  });
});

describe('a message that the workflow began and that it ended without settling', () => {
  const closedBefore = (seconds: number) =>
    `update incidents set state = 'closed', closed_at = now() - interval '${seconds} seconds' where id = $1`;

  it.each(['alert', 'help'] as const)('is settled once its incident has been closed for a while: %s', async (kind) => {
    const { incidentId, code } = await standing();
    await expect(bench.alertStep({ incidentId, kind, step: 1 }, { carrier: dies })).rejects.toThrow();
    const begun = async () =>
      (await admin('select state, by_watch from notifications where incident_id = $1 and step = 1', [incidentId]))[0];
    expect(await begun()).toEqual({ state: 'intended', by_watch: false });
    await age(incidentId, abandonedSeconds);
    await admin(closedBefore(60), [incidentId]);
    watch();
    await sleep(aWhileMs);
    expect(await begun()).toMatchObject({ state: 'intended' });
    await admin(closedBefore(120), [incidentId]);
    await expect.poll(async () => (await begun())?.['state'], soon).toBe('failed');
    expect(await managers(code)).toBe(0);
  });
});

describe('a message that waited long for its turn', () => {
  it('is not sent any more when its incident was closed meanwhile', async () => {
    const { incidentId, code } = await standing();
    const closing = bench.watch();
    const query: typeof closing.db.query = async (sql, values) => {
      if (sql.includes('take_send_slot'))
        await admin("update incidents set state = 'closed', closed_at = now() where id = $1", [incidentId]);
      return closing.db.query<never>(sql, values);
    };
    const stopping = new AbortController();
    const watching = watchOverPeople({ ...closing, db: { ...closing.db, query } }, stopping.signal);
    await expect.poll(async () => (await second(incidentId))?.['state'], soon).toBe('failed');
    stopping.abort();
    await watching;
    expect(await second(incidentId)).toMatchObject({ failure: 'the incident was closed before it was sent' });
    expect(await managers(code)).toBe(0);
  });

  it('is left to whoever took it over meanwhile', async () => {
    const { incidentId, code } = await standing();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = () => resolve();
    });
    // The first stands still when it is its turn; the second takes the message over, and the first goes on.
    const slow = bench.watch();
    const query: typeof slow.db.query = async (sql, values) => {
      const rows = await slow.db.query<never>(sql, values);
      if (sql.includes('take_send_slot')) await held;
      return rows;
    };
    const stopping = new AbortController();
    const stalled = watchOverPeople({ ...slow, db: { ...slow.db, query } }, stopping.signal);
    await eventually(() => second(incidentId));
    stopping.abort();
    await age(incidentId, abandonedSeconds);
    watch();
    await expect.poll(() => managers(code), soon).toBe(1);
    await sleep(1_200);
    release();
    await stalled;
    expect(await managers(code)).toBe(1);
  });
});
