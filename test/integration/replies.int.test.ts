import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import { gsmSeptets } from '../../domain/message-text.ts';
import { defaultPolicy, quietNothing } from '../../domain/policy.ts';
import { recordOutcome } from '../../services/incident/record.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { countRows, nowIso, type ServedApi, serveApi } from './support.ts';
import { carrierTokens, incomingText, postSigned, systemOf, textSam, toldEngine } from './webhook-support.ts';

const engines = inject('engines');
let database: TestDatabase;
let api: ServedApi;
const state = toldEngine();
const { told } = state;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { policy: { ...defaultPolicy, noise: quietNothing } });
  api = await serveApi(engines, database, { engine: state.engine, carrierTokens });
});
afterAll(async () => {
  await api?.close();
  await database?.drop();
});
beforeEach(async () => {
  told.length = 0;
  state.fails = null;
  await database.admin.query("update people set locale = 'en', sms_opted_out_at = null");
  // Each test has its own open incidents.
  await database.admin.query(
    "update incidents set state = 'closed', verdict = 'unreviewed', closed_at = now() where state <> 'closed'",
  );
});

const system = () => systemOf(database);

const texted = () => textSam(database);

const sms = incomingText;
/** What the phone would show; null for silence. */
const answerTo = async (fields: Record<string, string>): Promise<string | null> => {
  const { status, text } = await postSigned(api.baseUrl, '/webhooks/twilio/sms', fields);
  expect(status).toBe(200);
  return /<Message>(.*)<\/Message>/s.exec(text)?.[1] ?? null;
};
describe('what somebody answers', () => {
  it('from a number that nobody here has gets no word, and leaves nothing', async () => {
    await texted();
    const before = await countRows(database, ['webhook_receipts']);
    expect(await answerTo(sms('1', '+447700900999'))).toBeNull();
    expect(await countRows(database, ['webhook_receipts'])).toEqual(before);
  });

  it.each([
    ['1', 'paid', /noted as paid/],
    ['2 staff', 'staff_error', /staff matter/],
    ['not sure', 'unsure', /a colleague will look/i],
    ['4', 'confirmed', /do not approach anyone/],
    ['HELP', 'help', /help is being called/],
  ])('%s is taken as %s', async (body, verdict, words) => {
    const { incidentId, code } = await texted();
    const answer = await answerTo(sms(body));
    expect(answer).toMatch(words);
    expect(answer).toContain(`Floorwalker ${code}: `);
    expect(answer).toContain('SCO 3, High Street');
    expect(told).toMatchObject([
      { incidentId, command: { verdict, by: { actorId: 'phone:sam', role: 'store_staff' }, via: 'sms' } },
    ]);
  });

  it.each(['maybe', 'constructor', '__proto__', '1 confirmed', ''])('%j is asked about again', async (body) => {
    await texted();
    expect(await answerTo(sms(body))).toMatch(
      /not understood\. Reply 1 paid, 2 staff, 3 not sure, 4 confirmed, or HELP/,
    );
    expect(told).toEqual([]);
  });

  it('when several are open needs the code, and is not guessed at', async () => {
    const [first, second] = [await texted(), await texted()];
    const question = await answerTo(sms('4'));
    expect(question).toMatch(/several are open/);
    expect(question).toContain(first.code);
    expect(question).toContain(second.code);
    expect(told).toEqual([]);
    await answerTo(sms(`${first.code.toLowerCase()} 4`));
    expect(told).toMatchObject([{ incidentId: first.incidentId, command: { verdict: 'confirmed' } }]);
  });

  it.each([
    ['with its code', 'delivered', (code: string) => `4 ${code}`],
    ['without, being the one that is open', 'delivered', () => '4'],
    ['though hundreds were withheld since', 'withheld', () => '4'],
  ])('about one that lies six hundred messages back is found %s', async (_, state, body) => {
    const old = await texted();
    const since = await texted();
    await database.admin.query(
      "update incidents set state = 'closed', verdict = 'paid', closed_at = now() where id = $1",
      [since.incidentId],
    );
    await database.admin.query(
      `insert into notifications (tenant_id, store_id, incident_id, id, kind, step, round, person_id, state, body, intended_at, claimed_at, sent_at)
       select tenant_id, store_id, id, 'ntf_far_' || n, 'alert', 0, n, 'sam', $2, '', now(), now(), now() from incidents, generate_series(1, 600) n where id = $1`,
      [since.incidentId, state],
    );
    expect(await answerTo(sms(body(old.code)))).toContain(`Floorwalker ${old.code}: `);
    expect(told).toMatchObject([{ incidentId: old.incidentId, command: { verdict: 'confirmed' } }]);
    await database.admin.query("delete from notifications where id like 'ntf_far_%'");
  });

  it.each(['HELP', 'help XXX', 'help pls, lmn', 'ayuda', 'au secours'])('%s always reaches somebody', async (body) => {
    await texted();
    const newest = await texted();
    expect(await answerTo(sms(body))).toMatch(/help is being called/);
    expect(told).toMatchObject([{ incidentId: newest.incidentId, command: { verdict: 'help' } }]);
  });

  it('HELP stays a call for help when the carrier takes it for a keyword of its own', async () => {
    const { incidentId } = await texted();
    expect(await answerTo({ ...sms('HELP'), OptOutType: 'HELP' })).toMatch(/help is being called/);
    expect(told).toMatchObject([{ incidentId, command: { verdict: 'help' } }]);
  });

  it('HELP with nothing open is not told that nothing more is needed', async () => {
    const { code } = await texted();
    await database.admin.query("update incidents set state = 'closed', verdict = 'paid', closed_at = now()");
    for (const body of ['HELP', `HELP ${code}`])
      expect(await answerTo(sms(body))).toMatch(/nobody can be called from here.*emergency number/);
    expect(told).toEqual([]);
  });

  it('SAFE ends a call for help; where nobody asked for it, that is said', async () => {
    const { incidentId, code } = await texted();
    expect(await answerTo(sms(`SAFE ${code}`))).toMatch(/noted as SAFE/);
    expect(told).toMatchObject([{ incidentId, command: { verdict: 'safe' } }]);
    state.fails = new DomainError('CONFLICT', 'Nobody asks for help in this incident.');
    expect(await answerTo(sms('safe'))).toMatch(/nobody has asked for help here/);
    expect(await answerTo(sms('1'))).toMatch(/decided a moment ago/);
  });

  it('about an incident that was withheld from them is not theirs to give', async () => {
    const { code, notificationId } = await texted();
    await database.admin.query("update notifications set state = 'withheld' where id = $1", [notificationId]);
    expect(await answerTo(sms(`${code} 1`))).toMatch(new RegExp(`code ${code} is not known for your number`));
    expect(told).toEqual([]);
  });

  it('with a code that was never theirs is told so', async () => {
    await texted();
    // Codes are drawn at random, so one that is refused could be one that was given.
    await database.admin.query("update incidents set code = 'XXY' where code = 'XXX'");
    expect(await answerTo(sms('XXX 1'))).toMatch(/code XXX is not known for your number/);
    expect(told).toEqual([]);
  });

  it('when nothing is open, or it is closed already, is told so', async () => {
    await database.admin.query('delete from notifications');
    expect(await answerTo(sms('1'))).toMatch(/nothing is open/);
    const { incidentId, code } = await texted();
    await recordOutcome(system(), {
      incidentId,
      status: { state: 'closed', posVerdict: 'MISMATCH', verdict: 'staff_error', helpRequested: false, version: 1 },
      verdict: 'staff_error',
      closedAt: nowIso(),
      cause: 'human_verdict',
      decisions: [
        { verdict: 'staff_error', by: { actorId: 'user:demo-soc_lead', role: 'soc_lead' }, at: nowIso(), via: 'api' },
      ],
      acknowledgements: [],
      evidenceGivenUp: null,
    });
    expect(await answerTo(sms(`${code} 4`))).toMatch(
      /already closed at \d\d:\d\d as staff by SOC lead\. Nothing more is needed/,
    );
    expect(told).toEqual([]);
  });

  it('late, on another day, and after a correction is told when, as what and by whom', async () => {
    const { incidentId, code } = await texted();
    const { rows } = await database.admin.query<{ day: string }>(
      "update incidents set state = 'closed', verdict = 'confirmed', decided_by = 'phone:alex', closed_at = now() - interval '3 days' where id = $1 returning trim(to_char(closed_at at time zone 'Europe/London', 'FMDD Mon')) as day",
      [incidentId],
    );
    const day = rows[0]!.day.slice(0, -1);
    expect(await answerTo(sms(`${code} 1`))).toMatch(
      new RegExp(`already closed on ${day}\\w* at \\d\\d:\\d\\d as confirmed, no approach by Alex \\(manager\\)\\.`),
    );
    await database.admin.query("update incidents set verdict = 'paid', corrected_at = now() where id = $1", [
      incidentId,
    ]);
    await database.admin.query(
      "insert into incident_events (tenant_id, store_id, incident_id, at, kind, actor, params) select tenant_id, store_id, id, now(), 'correction_recorded', 'system:worker', '{}' from incidents where id = $1",
      [incidentId],
    );
    expect(await answerTo(sms(`${code} 1`))).toMatch(/corrected at \d\d:\d\d to paid by the till\./);
  });

  it('while the engine is away is kept, and told to it later', async () => {
    const { incidentId } = await texted();
    await database.admin.query('delete from outbox');
    state.fails = new DomainError('DEPENDENCY_TEMPORARY', 'away');
    const fields = sms('1');
    expect(await answerTo(fields)).toMatch(/noted as paid\. It counts as soon as our system is back/);
    state.fails = null;
    await api.deps.dispatcher.dispatch('demo', incidentId);
    expect(told).toMatchObject([{ updateId: `sms:${fields.MessageSid}`, command: { verdict: 'paid' } }]);
    expect((await database.admin.query('select 1 from outbox')).rowCount).toBe(0);
  });

  it('is on record within two seconds when the engine is slow, so that nobody else is told meanwhile', async () => {
    await texted();
    await database.admin.query('delete from outbox');
    state.delayMs = 3_000;
    const fields = sms('1');
    const answering = answerTo(fields);
    const kept = async () =>
      (await database.admin.query("select payload ->> 'updateId' as id from outbox where kind = 'decide'")).rows;
    await expect.poll(kept, { timeout: 2_500 }).toEqual([{ id: `sms:${fields.MessageSid}` }]);
    expect(told).toEqual([]);
    expect(await answering).toMatch(/noted as paid\. Thank you/);
    expect(told).toHaveLength(1);
    // It was heard after all, and need not be told again.
    expect(await kept()).toEqual([]);
    // One that answers at once leaves nothing behind.
    state.delayMs = 0;
    await database.admin.query('delete from outbox');
    const { code } = await texted();
    expect(await answerTo(sms(`${code} 1`))).toMatch(/noted as paid/);
    expect(await kept()).toEqual([]);
  });
});

describe('in the language of the person', () => {
  it.each([
    ['es', 'pagado', 'paid', /anotado como pagado\. Gracias/],
    ['de', '3 unsicher', 'unsure', /notiert\. Jemand aus dem Team/],
    ['de', 'SICHER', 'safe', /als SICHER notiert/],
    ['fr', 'confirmé', 'confirmed', /noté\. N&apos;approchez personne|noté\. N'approchez personne/],
    ['fr', 'staff', 'staff_error', /noté: affaire du personnel/],
    ['es', 'HELP', 'help', /ya se llama a alguien/],
  ] as const)('%s: %s is %s', async (locale, body, verdict, words) => {
    await database.admin.query('update people set locale = $1', [locale]);
    const { incidentId } = await texted();
    expect(await answerTo(sms(body))).toMatch(words);
    expect(told).toMatchObject([{ incidentId, command: { verdict } }]);
  });

  it.each(['en', 'es', 'de', 'fr'])('%s: every answer is one segment', async (locale) => {
    await database.admin.query('update people set locale = $1', [locale]);
    await texted();
    const answers = [await answerTo(sms('?')), await answerTo(sms('XXX 1')), await answerTo(sms('4'))];
    await texted();
    await texted();
    answers.push(await answerTo(sms('4')), await answerTo(sms('?')), await answerTo(sms('SAFE')));
    for (const answer of answers) {
      expect(answer).not.toBeNull();
      const shown = answer!.replaceAll('&apos;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
      expect(gsmSeptets(shown) ?? Number.NaN, shown).toBeLessThanOrEqual(160);
    }
  });

  it('a drill is marked in the answer as well', async () => {
    const { incidentId } = await texted();
    await database.admin.query('update incidents set drill = true where id = $1', [incidentId]);
    expect(await answerTo(sms('1'))).toMatch(/^DRILL Floorwalker /);
  });
});

describe('no more texts', () => {
  const optedOut = async () =>
    (
      await database.admin.query<{ out: boolean }>(
        "select sms_opted_out_at is not null as out from people where id = 'sam'",
      )
    ).rows[0]!.out;
  const optAudits = async () =>
    (
      await database.admin.query<{ action: string }>(
        "select action from audit where action like 'person.opted%' and subject = 'person:sam' order by seq",
      )
    ).rows.map(({ action }) => action);

  it('STOP and START are kept and audited once, and not answered: the carrier does that', async () => {
    await texted();
    expect(await answerTo({ ...sms('STOP'), OptOutType: 'STOP' })).toBeNull();
    expect(await optedOut()).toBe(true);
    expect(await answerTo(sms('Stop.'))).toBeNull();
    expect(await optAudits()).toEqual(['person.opted_out']);
    expect(await answerTo({ ...sms('START'), OptOutType: 'START' })).toBeNull();
    expect(await optedOut()).toBe(false);
    expect(await optAudits()).toEqual(['person.opted_out', 'person.opted_in']);
    expect(told).toEqual([]);
  });

  it('yes is one of the carrier’s words only from somebody who had said STOP', async () => {
    await texted();
    expect(await answerTo(sms('yes'))).toMatch(/not understood/);
    await answerTo(sms('STOP'));
    expect(await answerTo(sms('yes'))).toBeNull();
    expect(await optedOut()).toBe(false);
  });

  it('is nobody else’s: a stranger stops nothing', async () => {
    expect(await answerTo(sms('STOP', '+447700900999'))).toBeNull();
    expect((await database.admin.query('select 1 from people where sms_opted_out_at is not null')).rowCount).toBe(0);
  });
});
