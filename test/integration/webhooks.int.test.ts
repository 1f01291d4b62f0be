import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import { defaultPolicy, quietNothing } from '../../domain/policy.ts';
import { sha256Hex } from '../../services/context.ts';
import { recordEvidence } from '../../services/evidence/record.ts';
import { demoPhones } from '../../stack/estate.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { agoIso, countRows, nowIso, type ServedApi, serveApi } from './support.ts';
import {
  carrierTokens,
  incomingText,
  type Post,
  postSigned,
  systemOf,
  textSam,
  toldEngine,
} from './webhook-support.ts';

const engines = inject('engines');
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

const system = () => systemOf(database);

const texted = () => textSam(database);

const hook = (path: string, fields: Record<string, string>, change: Post = {}) =>
  postSigned(api.baseUrl, path, fields, change);

const sms = incomingText;
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
  /** What a browser sends back. */
  const phoneOf = (page: { headers: Headers }) => ({ cookie: page.headers.get('set-cookie')!.split(';')[0]! });
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
    const phone = phoneOf(page);
    expect((await open(`/e/${one.link}/clip`, phone)).bytes.toString()).toBe('clip of one');
    const range = await open(`/e/${one.link}/clip`, { ...phone, range: 'bytes=0-3' });
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

  it('works on the phone that first plays the clip, and on no other', async () => {
    const one = await texted();
    await clipOf(one.incidentId, Buffer.from('clip of one'));
    const clipPath = `/e/${one.link}/clip`;
    // Whoever carries the text may look at the page for a preview: that ties it to nobody.
    const preview = phoneOf(await open(`/e/${one.link}`));
    const mine = await open(`/e/${one.link}`);
    expect(mine.headers.get('set-cookie')).toMatch(/^fw_phone=.*Path=\/e\/.*HttpOnly.*SameSite=Lax/i);
    const phone = phoneOf(mine);
    expect((await open(clipPath)).status).toBe(404);
    expect((await open(clipPath, phone)).status).toBe(200);
    for (const stranger of [preview, { cookie: 'fw_phone=guessed-guessed-guessed' }, {}]) {
      expect((await open(clipPath, stranger)).status).toBe(404);
      const page = await open(`/e/${one.link}`, stranger);
      expect([page.status, page.bytes.toString()]).toEqual([404, expect.stringMatching(/opened on another phone/)]);
    }
    // Again and again on the same one.
    expect((await open(clipPath, phone)).status).toBe(200);
    expect((await open(`/e/${one.link}`, phone)).status).toBe(200);
    const { rows } = await database.admin.query(
      "select details ->> 'because' as because from audit where subject = $1 and action = 'evidence.link_refused' order by seq",
      [`incident:${one.incidentId}`],
    );
    const [none, another] = ['NO_DEVICE', 'ANOTHER_DEVICE'];
    expect(rows.map(({ because }) => because)).toEqual([none, another, another, another, another, none, another]);
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
    const { rows } = await database.admin.query<{ actor_role: string; request_id: string | null }>(
      "select actor_role, request_id from audit where action = 'access.refused' and subject = $1",
      [`incident:${one.incidentId}`],
    );
    expect(rows).toEqual([1, 2].map(() => ({ actor_role: 'link', request_id: expect.any(String) })));
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
