import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import { defaultPolicy, quietNothing } from '../../domain/policy.ts';
import { intendNotification } from '../../services/notification/intend.ts';
import { markSent } from '../../services/notification/settle.ts';
import { demoPhones } from '../../stack/estate.ts';
import { undeliveredSignalName } from '../../workflows/contracts.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { countRows, openIncident, plantRival, type ServedApi, serveApi } from './support.ts';
import { carrierTokens, links, type Post, postSigned, systemOf, toldEngine } from './webhook-support.ts';

const engines = inject('engines');
const ourNumber = '+447700900000';
let database: TestDatabase;
let api: ServedApi;
const state = toldEngine();
const { told, signals } = state;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { policy: { ...defaultPolicy, noise: quietNothing } });
  await plantRival(database);
  api = await serveApi(engines, database, { engine: state.engine, carrierTokens });
});
afterAll(async () => {
  await api?.close();
  await database?.drop();
});
beforeEach(async () => {
  told.length = 0;
  signals.length = 0;
  state.fails = null;
  state.delayMs = 0;
  await database.admin.query('delete from outbox');
});

const system = () => systemOf(database);

interface TestCall {
  incidentId: string;
  code: string;
  notificationId: string;
  sid: string;
}

/** Sam is called about an incident; `noted` false: we died before we could note which call it is. */
async function called(
  change: { locale?: string; kind?: 'alert' | 'help'; noted?: boolean; drill?: boolean } = {},
): Promise<TestCall> {
  const incidentId = await openIncident(database);
  if (change.drill) await database.admin.query('update incidents set drill = true where id = $1', [incidentId]);
  const kind = change.kind ?? 'alert';
  const intent = await intendNotification(system(), links, { incidentId, kind, step: 0 });
  if (!('notificationId' in intent)) throw new Error(intent.outcome);
  const { notificationId } = intent;
  await database.admin.query("update notifications set channel = 'voice', locale = $2 where id = $1", [
    notificationId,
    change.locale ?? 'en',
  ]);
  const sid = `CA${randomUUID().replaceAll('-', '')}`;
  if (change.noted !== false) await markSent(system(), { notificationId, sid, segments: 0 });
  const { rows } = await database.admin.query<{ code: string }>('select code from incidents where id = $1', [
    incidentId,
  ]);
  await database.admin.query('delete from outbox where incident_id = $1', [incidentId]);
  return { incidentId, notificationId, sid, code: rows[0]!.code };
}

const callFields = (call: Pick<TestCall, 'sid'>, more: Record<string, string> = {}) => ({
  ...{ CallSid: call.sid, From: ourNumber, To: demoPhones.staff, Direction: 'outbound-api' },
  ...{ CallStatus: 'in-progress', AnsweredBy: 'human' },
  ...more,
});
const pathOf = (path: string, call: Pick<TestCall, 'notificationId'>, tenant = 'demo') =>
  `/webhooks/twilio/${path}?tenant=${tenant}&notification=${call.notificationId}`;
const post = (path: string, fields: Record<string, string>, change: Post = {}) =>
  postSigned(api.baseUrl, path, fields, change);

/** What the person hears, the address that takes keys, and what follows when none comes. */
async function hear(path: string, fields: Record<string, string>) {
  const { status, text } = await post(path, fields);
  expect([status, text]).toEqual([200, expect.stringContaining('<Response>')]);
  const plain = (escaped: string) =>
    escaped.replaceAll('&apos;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const address = (pattern: RegExp) => {
    const found = pattern.exec(text)?.[1];
    return found === undefined ? null : plain(found).replace(api.baseUrl, '');
  };
  return {
    said: [...text.matchAll(/<Say[^>]*>([^<]*)<\/Say>/g)].map(([, words]) => plain(words!)).join(' '),
    languages: [...new Set([...text.matchAll(/<Say language="([^"]+)"/g)].map(([, language]) => language))],
    keysAt: address(/<Gather[^>]* action="([^"]+)"/),
    repeatsAt: address(/<Redirect[^>]*>([^<]+)<\/Redirect>/),
    hangsUp: text.includes('<Hangup'),
  };
}
const answer = (call: TestCall, more: Record<string, string> = {}) =>
  hear(pathOf('voice', call), callFields(call, more));
/** Answers the phone and presses a key. */
async function press(call: TestCall, Digits: string) {
  const { keysAt } = await answer(call);
  return hear(keysAt!, callFields(call, { Digits }));
}
const end = async (call: TestCall, CallStatus: string, more: Record<string, string> = {}) =>
  (await post(pathOf('call-status', call), callFields(call, { CallStatus, ...more }))).status;
const notificationOf = async ({ notificationId }: TestCall) =>
  (
    await database.admin.query(
      'select state, failure, answered_by, call_seconds, carrier_sid from notifications where id = $1',
      [notificationId],
    )
  ).rows[0];
const timelineOf = async ({ incidentId }: TestCall) =>
  (
    await database.admin.query<{ kind: string }>(
      "select kind from incident_events where incident_id = $1 and kind like 'call_%' order by id",
      [incidentId],
    )
  ).rows.map(({ kind }) => kind);

describe('the menu', () => {
  it('names the place, spells the code and says what each key means', async () => {
    const call = await called();
    const menu = await answer(call);
    expect(menu.said).toContain('Please check SCO 3, High Street.');
    expect(menu.said).toContain(`The code is ${[...call.code].join(', ')}.`);
    for (const words of [
      '1 for paid',
      '2 for staff',
      '3 for not sure',
      '4 for confirmed',
      '0 to hear',
      '9 if you need',
    ])
      expect(menu.said).toContain(words);
    expect(menu).toMatchObject({ languages: ['en-GB'], hangsUp: false });
    expect(menu.keysAt).toMatch(/^\/webhooks\/twilio\/voice\/keys\?tenant=demo&notification=ntf_/);
    expect(told).toEqual([]);
    // A call is no text.
    const { rows } = await database.admin.query('select texts_sent from incidents where id = $1', [call.incidentId]);
    expect(rows).toEqual([{ texts_sent: 0 }]);
  });

  it.each([
    ['es', 'es-ES', 'Pulse 1'],
    ['de', 'de-DE', 'Drücken Sie 1'],
    ['fr', 'fr-FR', 'Tapez 1'],
  ])('speaks %s', async (locale, language, words) => {
    const menu = await answer(await called({ locale }));
    expect(menu).toMatchObject({ languages: [language], said: expect.stringContaining(words) });
  });

  it('of a call for help says so, and of a drill as well', async () => {
    expect((await answer(await called({ kind: 'help' }))).said).toMatch(
      /A colleague asks for help at SCO 3.* 7 when all is safe/,
    );
    expect((await answer(await called({ drill: true }))).said).toMatch(/^DRILL\. /);
  });

  it('is read three times to somebody who presses nothing, then the call ends', async () => {
    const call = await called();
    let at: string | null = pathOf('voice', call);
    const heard = [];
    while (at !== null && heard.length < 6) {
      const menu: Awaited<ReturnType<typeof hear>> = await hear(at, callFields(call));
      heard.push(menu);
      at = menu.repeatsAt;
    }
    expect(heard.map(({ hangsUp }) => hangsUp)).toEqual([false, false, true]);
    expect(heard[2]!.said).toMatch(/Goodbye\.$/);
    expect(told).toEqual([]);
  });

  it('is not read to a machine: neither code nor place nor keys', async () => {
    for (const AnsweredBy of ['machine_start', 'machine_end_beep', 'fax']) {
      const call = await called();
      const heard = await answer(call, { AnsweredBy });
      expect(heard).toMatchObject({ hangsUp: true, keysAt: null, repeatsAt: null });
      expect(heard.said).not.toMatch(/SCO|High Street|paid|press/i);
      expect(heard.said).not.toContain([...call.code].join(', '));
    }
  });
});

describe('a key', () => {
  it.each([
    ['1', 'paid', /^Noted as paid\. Thank you/],
    ['2', 'staff_error', /staff matter/],
    ['3', 'unsure', /A colleague will look/],
    ['4', 'confirmed', /do not approach anyone/],
    ['7', 'safe', /Noted as SAFE/],
    ['9', 'help', /^Help is being called now/],
  ])('%s is %s', async (key, verdict, words) => {
    const call = await called();
    const heard = await press(call, key);
    expect(heard.said).toMatch(words);
    expect(heard).toMatchObject({ hangsUp: true, keysAt: null });
    expect(told).toEqual([
      {
        updateId: `call:${call.sid}:0`,
        incidentId: call.incidentId,
        command: { verdict, by: { actorId: 'phone:sam', role: 'store_staff' }, via: 'voice' },
      },
    ]);
  });

  it('0 reads the menu again, and does not count as a miss', async () => {
    const call = await called();
    let menu = await answer(call);
    for (let times = 0; times < 4; times += 1) {
      menu = await hear(menu.keysAt!, callFields(call, { Digits: '0' }));
      expect(menu.said).toContain('Press 1 for paid');
    }
    expect((await hear(menu.keysAt!, callFields(call, { Digits: '1' }))).said).toMatch(/Noted as paid/);
    expect(told).toMatchObject([{ updateId: `call:${call.sid}:4` }]);
  });

  it('0 for ever ends as well', async () => {
    const call = await called();
    let at = (await answer(call)).keysAt;
    let rounds = 0;
    for (; at !== null && rounds < 30; rounds += 1) at = (await hear(at, callFields(call, { Digits: '0' }))).keysAt;
    expect(rounds).toBe(10);
  });

  it('without a meaning repeats the menu, three rounds at most', async () => {
    const call = await called();
    const first = await press(call, '5');
    expect(first.said).toMatch(/^Sorry, that key has no meaning here\. This is Floorwalker/);
    const second = await hear(first.keysAt!, callFields(call, { Digits: '*' }));
    expect(second.keysAt).not.toBeNull();
    const third = await hear(second.keysAt!, callFields(call, { Digits: '8' }));
    expect(third).toMatchObject({ keysAt: null, hangsUp: true, said: expect.stringMatching(/Goodbye\.$/) });
    expect(told).toEqual([]);
  });

  it('after the incident was closed hears as what, when and by whom', async () => {
    const call = await called();
    const { keysAt } = await answer(call);
    const close = (id: string) =>
      database.admin.query(
        "update incidents set state = 'closed', verdict = 'paid', decided_by = 'phone:alex', closed_at = now() where id = $1",
        [id],
      );
    await close(call.incidentId);
    const words = /^Already closed at \d\d:\d\d as paid by Alex \(manager\)\./;
    expect((await hear(keysAt!, callFields(call, { Digits: '4' }))).said).toMatch(words);
    const later = await called();
    await close(later.incidentId);
    expect(await answer(later)).toMatchObject({ said: expect.stringMatching(words), keysAt: null, hangsUp: true });
    expect(told).toEqual([]);
    const forHelp = await called();
    const menu = await answer(forHelp);
    await close(forHelp.incidentId);
    expect((await hear(menu.keysAt!, callFields(forHelp, { Digits: '9' }))).said).toMatch(/emergency number/);
  });

  it('that the workflow refuses hears why', async () => {
    state.fails = new DomainError('CONFLICT', 'no');
    expect((await press(await called(), '7')).said).toMatch(/Nobody has asked for help here/);
    expect((await press(await called(), '1')).said).toMatch(/decided a moment ago/);
  });

  it('while the engine is away, or slow, is kept and thanked for in less than five seconds', async () => {
    const away = await called();
    state.fails = new DomainError('DEPENDENCY_TEMPORARY', 'away');
    expect((await press(away, '1')).said).toMatch(/Noted as paid\. It counts as soon as our system is back/);
    state.fails = null;
    state.delayMs = 4_800;
    const slow = await called();
    const { keysAt } = await answer(slow);
    const startedAtMs = performance.now();
    const heard = await hear(keysAt!, callFields(slow, { Digits: '9' }));
    expect(performance.now() - startedAtMs).toBeLessThan(4_500);
    expect(heard.said).toMatch(/Your call for HELP is kept.*emergency number/);
    const { rows } = await database.admin.query(
      "select incident_id, payload ->> 'updateId' as update_id, payload -> 'command' ->> 'verdict' as verdict from outbox where kind = 'decide' order by id",
    );
    expect(rows).toEqual([
      { incident_id: away.incidentId, update_id: `call:${away.sid}:0`, verdict: 'paid' },
      { incident_id: slow.incidentId, update_id: `call:${slow.sid}:0`, verdict: 'help' },
    ]);
    // The slow answer comes after all: the same Update, so it counts once.
    await expect.poll(() => told.map(({ updateId }) => updateId), { timeout: 5_000 }).toEqual([`call:${slow.sid}:0`]);
  });
});

describe('whoever is not called decides nothing', () => {
  const unheard = async (path: string, fields: Record<string, string>, change: Post = {}) => {
    const before = await countRows(database, ['webhook_receipts']);
    const { status, text } = await post(path, fields, change);
    expect(told).toEqual([]);
    expect(await countRows(database, ['webhook_receipts'])).toEqual(before);
    return { status, text };
  };
  const keys = (call: TestCall, more: Record<string, string> = {}) => callFields(call, { Digits: '1', ...more });

  it.each<[string, Post]>([
    ['forged', { signature: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    ['missing', { signature: null }],
    ['made with a token of somebody else', { signWith: 'not our token' }],
    ['of another address', { signedPath: '/webhooks/twilio/voice' }],
  ])('a signature that is %s', async (_name, change) => {
    const call = await called();
    for (const path of ['voice', 'voice/keys', 'call-status'])
      expect((await unheard(pathOf(path, call), keys(call), change)).status).toBe(403);
  });

  it('an address that was changed to another notification', async () => {
    const [mine, other] = [await called(), await called()];
    const { status } = await unheard(pathOf('voice/keys', other), keys(mine), {
      signedPath: pathOf('voice/keys', mine),
    });
    expect(status).toBe(403);
  });

  it('a notification that does not exist, is another company’s, is no call, or was withheld', async () => {
    const call = await called();
    expect((await unheard(pathOf('voice/keys', { notificationId: 'ntf_unknown' }), keys(call))).status).toBe(404);
    expect((await unheard(pathOf('voice/keys', call, 'rival'), keys(call))).status).toBe(404);
    for (const change of ["channel = 'sms'", "state = 'withheld', channel = 'voice'"]) {
      await database.admin.query(`update notifications set ${change} where id = $1`, [call.notificationId]);
      expect((await unheard(pathOf('voice/keys', call), keys(call))).status).toBe(404);
    }
  });

  it('another call than ours, or another phone', async () => {
    const call = await called();
    const others: Record<string, string>[] = [{ CallSid: 'CA-of-another' }, { To: demoPhones.manager }];
    for (const more of others) {
      for (const path of ['voice', 'voice/keys']) {
        const { status, text } = await unheard(`${pathOf(path, call)}&round=${path.length}`, keys(call, more));
        expect([status, text]).toEqual([200, expect.stringContaining('Nothing needs to be decided')]);
        expect(text).not.toMatch(/SCO|Gather/);
      }
    }
  });

  it('a machine that presses keys', async () => {
    const call = await called();
    const { text } = await unheard(pathOf('voice/keys', call), keys(call, { AnsweredBy: 'machine_start' }));
    expect(text).toContain('Nothing needs to be decided');
  });

  it('a replay: refused, without a second effect', async () => {
    const call = await called();
    const { keysAt } = await answer(call);
    expect((await post(pathOf('voice', call), callFields(call))).status).toBe(409);
    expect((await post(keysAt!, callFields(call, { Digits: '1' }))).status).toBe(200);
    expect((await post(keysAt!, callFields(call, { Digits: '1' }))).status).toBe(409);
    expect(told).toHaveLength(1);
  });

  it('a request without its fields is refused by name', async () => {
    const call = await called();
    const { status, text } = await unheard(pathOf('voice/keys', call), callFields(call));
    expect([status, JSON.parse(text).detail]).toEqual([400, 'Digits are needed.']);
    expect((await unheard('/webhooks/twilio/voice', callFields(call))).status).toBe(400);
  });

  it('is dealt with later when we failed on it: only then is it noted', async () => {
    const call = await called();
    const { keysAt } = await answer(call);
    state.fails = new DomainError('INTERNAL', 'a bug');
    expect((await post(keysAt!, callFields(call, { Digits: '1' }))).status).toBe(500);
    state.fails = null;
    expect((await post(keysAt!, callFields(call, { Digits: '1' }))).status).toBe(200);
    expect(told).toHaveLength(1);
  });
});

describe('the end of a call', () => {
  it('that somebody answered is delivered, also when they pressed nothing; the same end again is refused', async () => {
    const call = await called();
    for (const status of ['initiated', 'ringing', 'in-progress']) expect(await end(call, status)).toBe(204);
    expect(await notificationOf(call)).toMatchObject({ state: 'sent' });
    expect(await end(call, 'completed', { CallDuration: '12' })).toBe(204);
    expect(await end(call, 'completed', { CallDuration: '12' })).toBe(409);
    expect(await notificationOf(call)).toMatchObject({
      ...{ state: 'delivered', failure: null, answered_by: 'human', call_seconds: 12 },
    });
    expect(await timelineOf(call)).toEqual(['call_placed', 'call_answered']);
    expect(signals).toEqual([]);
  });

  it.each([
    ['busy', 'busy', {}],
    ['no-answer', 'no-answer', {}],
    ['failed', 'failed', {}],
    ['canceled', 'canceled', {}],
    ['completed', 'machine', { AnsweredBy: 'machine_start', CallDuration: '4' }],
    ['completed', 'no-answer', { AnsweredBy: '', CallDuration: '0' }],
  ])('%s moves the incident on (%s)', async (status, failure, more) => {
    const call = await called();
    const answered = { AnsweredBy: '', CallDuration: '0', ...more };
    expect(await end(call, status, answered)).toBe(204);
    expect(await notificationOf(call)).toMatchObject({ state: 'undelivered', failure });
    expect(await timelineOf(call)).toEqual(['call_placed', 'call_unanswered']);
    expect(signals).toEqual([
      { incidentId: call.incidentId, name: undeliveredSignalName, payload: { step: 0, round: 0 } },
    ]);
    const { rows } = await database.admin.query(
      "select details ->> 'status' as status from audit where action = 'notification.undelivered' and subject = $1",
      [`incident:${call.incidentId}`],
    );
    expect(rows).toEqual([{ status }]);
  });

  it('that comes out of order, or contradicts itself, changes nothing', async () => {
    const call = await called();
    expect(await end(call, 'completed', { CallDuration: '5' })).toBe(204);
    for (const status of ['ringing', 'in-progress', 'no-answer']) expect(await end(call, status)).toBe(204);
    expect(await notificationOf(call)).toMatchObject({ state: 'delivered' });
    expect(await timelineOf(call)).toEqual(['call_placed', 'call_answered']);
    expect(signals).toEqual([]);
  });

  it('of a call that we had not noted proves that it was placed', async () => {
    const call = await called({ noted: false });
    expect((await answer(call)).said).toContain('Please check SCO 3');
    expect(await end(call, 'no-answer', { AnsweredBy: '' })).toBe(204);
    expect(await notificationOf(call)).toMatchObject({ state: 'undelivered', carrier_sid: call.sid });
  });

  it('of another call than ours changes nothing', async () => {
    const call = await called();
    expect(await end({ ...call, sid: 'CA-of-another' }, 'no-answer')).toBe(204);
    expect(await end({ ...call, notificationId: 'ntf_unknown' }, 'no-answer')).toBe(204);
    expect(await notificationOf(call)).toMatchObject({ state: 'sent' });
    expect(signals).toEqual([]);
  });

  it('of a call for help moves nothing on: everybody else was told in the same moment', async () => {
    const call = await called({ kind: 'help' });
    expect(await end(call, 'no-answer', { AnsweredBy: '' })).toBe(204);
    expect(await notificationOf(call)).toMatchObject({ state: 'undelivered' });
    expect(signals).toEqual([]);
  });
});
