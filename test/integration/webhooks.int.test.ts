import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import { gsmSeptets } from '../../domain/message-text.ts';
import { defaultPolicy, quietNothing } from '../../domain/policy.ts';
import { sha256Hex } from '../../services/context.ts';
import { recordEvidence } from '../../services/evidence/record.ts';
import { recordOutcome } from '../../services/incident/record.ts';
import { intendNotification, linkToken } from '../../services/notification/intend.ts';
import { markSent } from '../../services/notification/settle.ts';
import { demoPhones } from '../../stack/estate.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { actorOf, agoIso, contextOf, countRows, nowIso, openIncident, type ServedApi, serveApi } from './support.ts';
import { carrierTokens, type Post, postSigned, toldEngine } from './webhook-support.ts';

const engines = inject('engines');
const links = { publicUrl: 'https://shops.example.com', linkSecret: 'a secret of the tests only' };
const [token, olderToken] = carrierTokens;
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

const system = () => contextOf(database, actorOf('system', { id: 'system:test' }));

/** An incident about which Sam was texted. */
async function texted(): Promise<{
  incidentId: string;
  code: string;
  notificationId: string;
  sid: string;
  link: string;
}> {
  const incidentId = await openIncident(database);
  const intent = await intendNotification(system(), links, { incidentId, kind: 'alert', step: 0 });
  if (!('notificationId' in intent)) throw new Error(intent.outcome);
  const sid = `SM${randomUUID().replaceAll('-', '')}`;
  await markSent(system(), { notificationId: intent.notificationId, sid, segments: 1 });
  const { rows } = await database.admin.query<{ code: string }>('select code from incidents where id = $1', [
    incidentId,
  ]);
  return {
    incidentId,
    sid,
    code: rows[0]!.code,
    notificationId: intent.notificationId,
    link: linkToken(links, intent.notificationId),
  };
}

const hook = (path: string, fields: Record<string, string>, change: Post = {}) =>
  postSigned(api.baseUrl, path, fields, change);

const sms = (Body: string, From: string = demoPhones.staff) => ({
  MessageSid: `SM${randomUUID()}`,
  From,
  To: '+447700900000',
  Body,
});
/** What the phone would show; null for silence. */
const answerTo = async (fields: Record<string, string>): Promise<string | null> => {
  const { status, text } = await hook('/webhooks/twilio/sms', fields);
  expect(status).toBe(200);
  return /<Message>(.*)<\/Message>/s.exec(text)?.[1] ?? null;
};
const outcomes = async () => {
  const { rows } = await database.admin.query<{ outcome: string }>(
    "select details ->> 'outcome' as outcome from audit where action = 'reply.received' order by seq",
  );
  return rows.map(({ outcome }) => outcome);
};

describe('a webhook that the carrier did not sign', () => {
  it.each<[string, Parameters<typeof hook>[2]]>([
    ['forged', { signature: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    ['missing', { signature: null }],
    ['empty', { signature: '' }],
    ['made with a token of somebody else', { signWith: 'not our token' }],
    ['of another address', { signedPath: '/webhooks/twilio/status' }],
    ['of the same address with another query', { signedPath: '/webhooks/twilio/sms?tenant=rival' }],
    ['over another body', { sent: { ...sms('4'), MessageSid: 'SM1' } }],
    ['over a body with less in it', { sent: { ...sms('1'), extra: 'field' } }],
  ])('signature %s: refused, without effect', async (_name, change) => {
    await texted();
    const before = await countRows(database);
    const { status, text } = await hook('/webhooks/twilio/sms', { ...sms('1'), MessageSid: 'SM1' }, change);
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ code: 'FORBIDDEN' });
    expect(told).toEqual([]);
    expect(await countRows(database)).toEqual(before);
  });

  it('is not even told apart when its body is not a form', async () => {
    const response = await fetch(new URL('/webhooks/twilio/sms', api.baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-twilio-signature': 'x' },
      body: JSON.stringify(sms('1')),
    });
    expect(response.status).toBe(403);
  });
});

describe('a signed webhook', () => {
  it('counts, with the token of today and, during a rotation, the one before', async () => {
    await texted();
    for (const signWith of [token, olderToken])
      expect((await hook('/webhooks/twilio/sms', sms('1'), { signWith })).status).toBe(200);
    expect(told).toHaveLength(2);
  });

  it('counts once: a replay is refused and has no second effect', async () => {
    const { incidentId } = await texted();
    const fields = sms('1');
    const before = (await outcomes()).length;
    expect((await hook('/webhooks/twilio/sms', fields)).status).toBe(200);
    const replay = await hook('/webhooks/twilio/sms', fields);
    expect([replay.status, JSON.parse(replay.text).code]).toEqual([409, 'CONFLICT']);
    expect(told).toMatchObject([{ updateId: `sms:${fields.MessageSid}`, incidentId, command: { verdict: 'paid' } }]);
    expect((await outcomes()).slice(before)).toEqual(['accepted']);
  });

  it('without its fields is refused by name', async () => {
    const { status, text } = await hook('/webhooks/twilio/sms', { From: demoPhones.staff, Body: '1' });
    expect([status, JSON.parse(text).detail]).toEqual([400, 'MessageSid, From and Body are needed.']);
  });

  it('is dealt with later when we failed on it: only then is it noted', async () => {
    await texted();
    const fields = sms('1');
    state.fails = new DomainError('INTERNAL', 'a bug');
    expect((await hook('/webhooks/twilio/sms', fields)).status).toBe(500);
    state.fails = null;
    expect((await hook('/webhooks/twilio/sms', fields)).status).toBe(200);
    expect(told).toHaveLength(1);
  });
});

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

describe('a delivery receipt', () => {
  const receipt = async (
    of: { notificationId: string; sid: string },
    MessageStatus: string,
    more: Record<string, string> = {},
  ) =>
    (
      await hook(`/webhooks/twilio/status?tenant=demo&notification=${of.notificationId}`, {
        MessageSid: of.sid,
        MessageStatus,
        ...more,
      })
    ).status;
  const stateOf = async (notificationId: string) =>
    (await database.admin.query('select state, failure from notifications where id = $1', [notificationId])).rows[0];

  it('settles the text once; a replay is refused, a later contradiction changes nothing', async () => {
    const text = await texted();
    expect(await receipt(text, 'sent')).toBe(204);
    expect(await stateOf(text.notificationId)).toMatchObject({ state: 'sent' });
    expect(await receipt(text, 'delivered')).toBe(204);
    expect(await receipt(text, 'delivered')).toBe(409);
    expect(await receipt(text, 'undelivered', { ErrorCode: '30003' })).toBe(204);
    expect(await stateOf(text.notificationId)).toEqual({ state: 'delivered', failure: null });
  });

  it('of a text that did not arrive moves the incident on', async () => {
    const text = await texted();
    expect(await receipt(text, 'undelivered', { ErrorCode: '30003' })).toBe(204);
    expect(await stateOf(text.notificationId)).toEqual({ state: 'undelivered', failure: '30003' });
    const { rows } = await database.admin.query(
      "select kind from incident_events where incident_id = $1 and kind = 'text_undelivered'",
      [text.incidentId],
    );
    expect(rows).toHaveLength(1);
  });

  it('of a text that we do not know, or of another message, changes nothing', async () => {
    const text = await texted();
    expect(await receipt({ notificationId: 'ntf_unknown', sid: 'SM-unknown' }, 'delivered')).toBe(204);
    expect(await receipt({ ...text, sid: 'SM-of-another' }, 'delivered')).toBe(204);
    expect(await stateOf(text.notificationId)).toMatchObject({ state: 'sent' });
  });
});

describe('the link in a text', () => {
  const open = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(new URL(path, api.baseUrl), { headers });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const clipOf = async (incidentId: string, bytes: Buffer) => {
    const key = `demo/high-street/${incidentId}/clip.mp4`;
    const stored = { key, body: bytes, mediaType: 'video/mp4', sha256: sha256Hex(bytes), lockedUntil: agoIso(-2_000) };
    const { version } = await api.objects.putLocked(stored);
    const artifact = {
      ...{ id: 'clip', kind: 'clip' as const, mediaType: 'video/mp4', objectKey: key, objectVersion: version },
      ...{
        sizeBytes: bytes.length,
        sha256: stored.sha256,
        fromAt: nowIso(),
        toAt: nowIso(),
        lockedUntil: stored.lockedUntil,
      },
    };
    const result = { state: 'ready' as const, gaps: [], failure: null, artifacts: [artifact] };
    await recordEvidence(system(), { incidentId, result });
  };

  it('shows its one incident and plays its one clip, and both are custody events', async () => {
    const [one, other] = [await texted(), await texted()];
    await clipOf(one.incidentId, Buffer.from('clip of one'));
    await clipOf(other.incidentId, Buffer.from('clip of the other'));
    const page = await open(`/e/${one.link}`);
    expect(page.status).toBe(200);
    expect(page.bytes.toString()).toMatch(/Please check SCO 3, High Street/);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
    });
    expect((await open(`/e/${one.link}/clip`)).bytes.toString()).toBe('clip of one');
    const range = await open(`/e/${one.link}/clip`, { range: 'bytes=0-3' });
    expect([range.status, range.bytes.toString()]).toEqual([206, 'clip']);
    const { rows } = await database.admin.query(
      "select action, actor from audit where subject = $1 and action like 'evidence.%' and actor like 'link:%' order by seq",
      [`incident:${one.incidentId}`],
    );
    expect(rows).toEqual([
      { action: 'evidence.link_opened', actor: 'link:sam' },
      { action: 'evidence.viewed', actor: 'link:sam' },
    ]);
  });

  it('opens nothing else: no other artifact, no other incident, no API', async () => {
    const [one, other] = [await texted(), await texted()];
    await clipOf(other.incidentId, Buffer.from('clip of the other'));
    for (const path of [
      `/e/${one.link}/clip`,
      `/e/${one.link}/manifest`,
      `/e/${one.link}/../../v1/incidents/${other.incidentId}/evidence/clip`,
      `/e/${one.link}/..%2f${other.link}/clip`,
    ])
      expect((await open(path)).bytes.toString(), path).not.toContain('clip of the other');
    const guises: Record<string, string>[] = [
      { authorization: `Bearer ${one.link}` },
      { cookie: `floorwalker_session=${one.link}` },
    ];
    for (const headers of guises) expect((await open(`/v1/incidents/${one.incidentId}`, headers)).status).toBe(401);
  });

  it.each<[string, string, RegExp]>([
    ['expired', "expires_at = now() - interval '1 second'", /expired/],
    ['revoked', 'revoked_at = now()', /incident is closed, so the link no longer works/],
  ])('that is %s says so, and shows nothing', async (_name, change, words) => {
    const one = await texted();
    await clipOf(one.incidentId, Buffer.from('clip of one'));
    await database.admin.query(`update evidence_links set ${change} where incident_id = $1`, [one.incidentId]);
    const page = await open(`/e/${one.link}`);
    expect([page.status, page.bytes.toString()]).toEqual([404, expect.stringMatching(words)]);
    expect(page.bytes.toString()).not.toContain('SCO 3');
    expect((await open(`/e/${one.link}/clip`)).status).toBe(404);
  });

  it.each(['AAAAAAAAAAAAAAAAAAAAAA', '%00', "' or 1=1 --", 'x'.repeat(5_000)])('%j is not known', async (unknown) => {
    const { status, bytes } = await open(`/e/${unknown.startsWith('%') ? unknown : encodeURIComponent(unknown)}`);
    expect([status, bytes.toString()]).toEqual([404, expect.stringMatching(/not known/)]);
  });

  it('shows names as text, whatever is in them', async () => {
    await database.admin.query("update zones set label = '<img src=x onerror=alert(1)>' where id = 'scanner'");
    const { link } = await texted();
    const page = await open(`/e/${link}`);
    expect(page.bytes.toString()).not.toContain('<img');
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'/);
    await database.admin.query("update zones set label = 'SCO 3' where id = 'scanner'");
  });

  it('is worth nothing to whoever reads the database', async () => {
    const { link } = await texted();
    const dump = await database.admin.query(
      "select (select string_agg(to_jsonb(l)::text, '') from evidence_links l) || (select string_agg(to_jsonb(n)::text, '') from notifications n) || (select string_agg(to_jsonb(a)::text, '') from audit a) as text",
    );
    expect(dump.rows[0].text).not.toContain(link);
  });
});
