import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createShareActivities } from '../../activities/share.ts';
import { generateSigningKeyPem, openSigner, verifySignature } from '../../adapters/crypto/signer.ts';
import { canonicalJson } from '../../domain/audit-chain.ts';
import type { NoticeStatement } from '../../domain/sharing/notice.ts';
import { type Insurer, startInsurer } from '../../stack/recipients/insurer.ts';
import { sha256, type TakenNotice } from '../../stack/recipients/kit.ts';
import { type PolicePortal, startPolicePortal } from '../../stack/recipients/police-portal.ts';
import { inActivity } from '../harness/in-activity.ts';
import { testSharing } from '../harness/sharing.ts';
import { eventually, startTestSystem, type TestSystem } from '../harness/system.ts';
import { confirmedIncident, nameRecipient, readyPacket, sharingOf } from './sharing-support.ts';
import { nowIso } from './support.ts';

const engines = inject('engines');
let system: TestSystem;
let portal: PolicePortal;
let insurer: Insurer;
let sharing: ReturnType<typeof sharingOf>;
let policeId: string;
let publicKeyPem: string;

beforeAll(async () => {
  system = await startTestSystem(engines, { media: false });
  sharing = sharingOf(system);
  portal = await startPolicePortal({ credential: '' });
  insurer = await startInsurer({ credential: '' });
  policeId = await nameRecipient(system, 'police', portal);
  publicKeyPem = await (await fetch(new URL('/keys/packets.pem', system.baseUrl))).text();
});
afterAll(async () => {
  await system?.close();
  await portal?.stop();
  await insurer?.stop();
});
afterEach(() => {
  for (const simulator of [portal, insurer]) simulator.faults.length = 0;
});

const consent = { basis: 'contract', reference: 'P-2026-17' } as const;
/** An insurer of its own for each test, so that no circuit of another is open. */
const newInsurer = (template: object = {}) =>
  nameRecipient(system, 'insurer', insurer, {
    template: { recording: 'as_released', consentRequired: false, ...template },
  });

async function shareWithInsurer(template: object = {}) {
  const incidentId = await confirmedIncident(system);
  const packet = await readyPacket(system, incidentId, 'insurer');
  const recipientId = await newInsurer(template);
  const { status, body } = await sharing.ask(incidentId, { packetId: packet.id, recipientId });
  expect([status, body.state]).toEqual([201, 'requested']);
  return { incidentId, packet, recipientId, shareId: body.id };
}

const claimOf = (shareId: string) => insurer.claims().filter(({ key }) => key === shareId);

function expectSigned(notice: TakenNotice): NoticeStatement {
  const ajv = new Ajv2020({ strict: true });
  addFormats.default(ajv);
  const path = new URL('../../schemas/sharing/share-notice.schema.json', import.meta.url);
  expect(ajv.validate(JSON.parse(readFileSync(path, 'utf8')) as object, notice.document)).toBe(true);
  const { statement, signature } = notice.document as unknown as { statement: NoticeStatement; signature: string };
  expect(verifySignature(publicKeyPem, canonicalJson(statement), signature)).toBe(true);
  return statement;
}

describe('the police', () => {
  it('get one case once two people agree, though the worker dies in the middle and the portal cuts the line after taking it', async () => {
    const incidentId = await confirmedIncident(system);
    const packet = await readyPacket(system, incidentId, 'police');
    const asked = await sharing.ask(incidentId, { packetId: packet.id, recipientId: policeId });
    expect(asked.status).toBe(201);
    const { id } = asked.body;
    expect((await sharing.approve('soc_operator' as 'soc_lead', id)).status).toBe(403);
    for (const _twice of [1, 2]) expect((await sharing.approve('compliance', id)).body.state).toBe('requested');
    expect((await sharing.ask(incidentId, { packetId: packet.id, recipientId: policeId })).status).toBe(409);

    await system.stopWorker();
    expect((await sharing.approve('soc_lead', id)).body.state).toBe('queued');
    // The first attempt: the case is opened, one part is up, and then the worker is gone.
    const dying = createShareActivities({
      ...{ db: system.database.db, now: nowIso, random: Math.random, secretKey: system.deps.webhookSecretKey },
      ...testSharing,
      signer: openSigner(generateSigningKeyPem()),
      store: {
        ...system.deps.packets.store,
        read: async (object) => {
          const source = await system.deps.packets.store.read(object);
          return (async function* () {
            for await (const chunk of source ?? []) yield chunk.subarray(0, 66_000);
            throw new Error('the worker was killed');
          })();
        },
      },
    });
    await expect(inActivity(dying).sendShare({ tenantId: 'demo', shareId: id })).rejects.toThrow(/killed/);
    expect(portal.cases()[0]).toMatchObject({ receiptNumber: null });
    expect(portal.cases()[0]!.parts.size).toBeGreaterThan(0);
    expect((await sharing.read(id)).state).toBe('sending');

    portal.faults.push(
      { on: 'PUT /cases/', what: 'reset' },
      { on: 'POST /cases/', what: 'reset' },
      { on: 'GET /cases', what: { refuse: 429, retryAfterSeconds: 1 } },
    );
    await system.restartWorker();
    const share = await sharing.until(id, ({ state }) => state === 'delivered');
    const [one, ...others] = portal.cases();
    expect(others).toEqual([]);
    expect([sha256(one!.packet!), share.receipt]).toEqual([packet.sha256, one!.receiptNumber]);
    expect(portal.requests.filter((line) => line.startsWith('POST /cases ->'))).toEqual(['POST /cases -> 201']);
    // Each part went up once and was not sent again: what was cut off had arrived.
    expect(portal.requests.filter((line) => line.endsWith('parts/1 -> 204'))).toHaveLength(1);
    expect(share.approvals.map(({ decision }) => decision)).toEqual(['approved', 'approved']);
    expect(await sharing.audited(incidentId)).toEqual([
      ...['share.requested', 'share.approved', 'share.approved', 'share.delivered'],
    ]);
  });

  it('are told, signed and once, within five seconds of a correction; links end and say so', async () => {
    const incidentId = await confirmedIncident(system);
    const packet = await readyPacket(system, incidentId, 'police');
    const asked = await sharing.ask(incidentId, { packetId: packet.id, recipientId: policeId });
    const { id } = asked.body;
    for (const role of ['regional', 'soc_lead'] as const) await sharing.approve(role, id);
    await sharing.until(id, ({ state }) => state === 'delivered');
    const link = await system.api<{ url: string }>('soc_lead', 'POST', `/v1/packets/${packet.id}/hand-overs`, {
      organisation: 'Solicitors',
    });
    const { pathname } = new URL(link.body.url);

    portal.faults.push({ on: 'POST /cases/', what: 'reset' });
    const correctedMs = Date.now();
    const correction = { verdict: 'paid', reasonCode: 'receipt_seen' };
    expect((await system.api('soc_lead', 'POST', `/v1/incidents/${incidentId}/correct`, correction)).status).toBe(200);
    const share = await sharing.until(id, ({ notice }) => notice?.state === 'delivered', 5_000);
    const notices = portal.notices();
    expect(notices).toHaveLength(1);
    expect(notices[0]!.at - correctedMs).toBeLessThan(5_000);
    expect(expectSigned(notices[0]!)).toMatchObject({
      ...{ event: 'corrected', shareId: id, incidentId, packet: { id: packet.id, sha256: packet.sha256 } },
    });
    expect(share).toMatchObject({ state: 'withdrawn', notice: { receipt: notices[0]!.receiptNumber } });

    const page = await eventually(async () => {
      const response = await fetch(new URL(pathname, system.baseUrl));
      const html = await response.text();
      return html.includes('being signed') ? undefined : { status: response.status, html };
    });
    expect([page.status, page.html]).toEqual([200, expect.stringContaining('The record has been corrected')]);
    const unescaped = (attribute: string) =>
      new RegExp(`<code ${attribute}>(.*?)</code>`)
        .exec(page.html)![1]!
        .replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
    expect(verifySignature(publicKeyPem, unescaped('data-notice'), unescaped('data-signature'))).toBe(true);
    expect((await fetch(new URL(`${pathname}/packet.zip`, system.baseUrl))).status).toBe(409);
    expect(await sharing.audited(incidentId)).toEqual([
      ...['share.requested', 'share.approved', 'share.approved', 'share.delivered', 'share.withdrawn'],
      ...['share.notice_settled', 'share.notice_settled'],
    ]);
  });
});

describe('an insurer', () => {
  it('is refused evidence below its threshold, with what is missing; then consent; then gets it in one upload', async () => {
    const incidentId = await confirmedIncident(system);
    const packet = await readyPacket(system, incidentId, 'insurer');
    const masked = await nameRecipient(system, 'insurer', insurer);
    const strict = await newInsurer({ minQuality: 99, consentRequired: true });
    const refusal = await sharing.ask(incidentId, { packetId: packet.id, recipientId: strict, consent });
    expect([refusal.status, refusal.body.detail]).toEqual([
      422,
      expect.stringMatching(/scores (\d+) of 100 and this recipient takes 99.*CLOCK 0\/10.*\(QUALITY_TOO_LOW\)/),
    ]);
    const quality = await system.api<{ score: number }>('compliance', 'GET', `/v1/incidents/${incidentId}/quality`);
    expect(refusal.body.detail).toContain(`scores ${quality.body.score} of`);
    const maskedOnly = await sharing.ask(incidentId, { packetId: packet.id, recipientId: masked, consent });
    expect([maskedOnly.status, maskedOnly.body.detail]).toEqual([422, expect.stringContaining('(MASKED_ONLY)')]);

    const change = { template: { minQuality: quality.body.score } };
    expect((await system.api('compliance', 'PATCH', `/v1/recipients/${strict}`, change)).status).toBe(200);
    const without = await sharing.ask(incidentId, { packetId: packet.id, recipientId: strict });
    expect([without.status, without.body.detail]).toEqual([422, expect.stringContaining('(CONSENT_MISSING)')]);
    const asked = await sharing.ask(incidentId, { packetId: packet.id, recipientId: strict, consent });
    expect(asked.status).toBe(201);
    await sharing.approve('compliance', asked.body.id);
    const share = await sharing.until(asked.body.id, ({ state }) => state === 'delivered');
    const [claim] = claimOf(share.id);
    expect([sha256(claim!.packet!), claim!.receiptNumber]).toEqual([packet.sha256, share.receipt]);
    expect(claim!.message).toMatchObject({ consent, quality: { score: quality.body.score } });
  });

  it('that is away opens the circuit, which everybody sees; a person may have it tried, and it closes', async () => {
    const { shareId, recipientId } = await shareWithInsurer();
    insurer.faults.push(
      { on: 'POST /claims', what: { refuse: 503 } },
      { on: 'GET /claims', what: 'drop' },
      { on: 'GET /claims', what: { refuse: 500 } },
    );
    await sharing.approve('compliance', shareId);
    const recipient = async () =>
      (await system.api<{ circuit: { state: string } }>('compliance', 'GET', `/v1/recipients/${recipientId}`)).body;
    const open = await eventually(async () => {
      const { circuit } = await recipient();
      return circuit.state === 'open' ? circuit : undefined;
    });
    expect(open).toMatchObject({ failures: 3, opens: 1 });
    await sharing.until(shareId, ({ waiting }) => waiting?.code === 'CIRCUIT_OPEN');
    expect((await sharing.act('compliance', shareId, 'retry')).status).toBe(202);
    const share = await sharing.until(shareId, ({ state }) => state === 'delivered');
    expect(claimOf(share.id)).toHaveLength(1);
    expect((await recipient()).circuit).toMatchObject({ state: 'closed', failures: 0, opens: 0 });
    const { rows } = await system.database.admin.query(
      "select action from audit where subject = $1 and action like 'recipient.circuit%' order by seq",
      [`recipient:${recipientId}`],
    );
    expect(rows).toEqual([{ action: 'recipient.circuit_opened' }, { action: 'recipient.circuit_closed' }]);
  });

  it('that refuses is not asked again by itself; tried again by hand it gets one claim', async () => {
    const { incidentId, shareId, recipientId } = await shareWithInsurer();
    insurer.faults.push({ on: 'PUT /claims', what: { refuse: 413 } });
    await sharing.approve('compliance', shareId);
    const failed = await sharing.until(shareId, ({ state }) => state === 'failed');
    expect(failed.failure).toEqual({ code: 'TOO_LARGE_FOR_RECIPIENT', params: { status: 413 } });
    insurer.credential = 'changed';
    await sharing.act('soc_lead', shareId, 'retry');
    await sharing.until(shareId, ({ failure }) => failure?.code === 'CREDENTIAL_REFUSED');
    const path = `/v1/recipients/${recipientId}/rotate-credential`;
    insurer.credential = (await system.api<{ credential: string }>('admin', 'POST', path)).body.credential;
    await sharing.act('soc_lead', shareId, 'retry');
    await sharing.until(shareId, ({ state }) => state === 'delivered');
    expect(claimOf(shareId)).toHaveLength(1);
    expect(insurer.requests.filter((line) => line.startsWith('POST /claims ->')).length).toBeGreaterThan(0);
    expect(await sharing.audited(incidentId)).toEqual([
      ...['share.requested', 'share.approved', 'share.failed', 'share.retried', 'share.failed', 'share.retried'],
      'share.delivered',
    ]);
  });

  it('is slower than our patience once, has it all the same, and is told when it is withdrawn', async () => {
    const { shareId } = await shareWithInsurer();
    insurer.faults.push({ on: 'PUT /claims', what: { slowMs: 2_500 } });
    await sharing.approve('compliance', shareId);
    await sharing.until(shareId, ({ state }) => state === 'delivered');
    expect(claimOf(shareId)).toHaveLength(1);
    const uploads = insurer.requests.filter((line) => line.startsWith(`PUT /claims/${claimOf(shareId)[0]!.claimId}`));
    expect(uploads.length).toBeLessThanOrEqual(1);
    const before = insurer.notices().length;
    expect((await sharing.act('compliance', shareId, 'withdraw', { because: 'wrong_recipient' })).status).toBe(200);
    await sharing.until(shareId, ({ notice }) => notice?.state === 'delivered');
    expect(insurer.notices()).toHaveLength(before + 1);
    expect(expectSigned(insurer.notices().at(-1)!)).toMatchObject({ event: 'withdrawn', because: 'wrong_recipient' });
  });
});

describe('nothing goes', () => {
  it('that was withdrawn before it went, and nobody is told of it', async () => {
    const { shareId } = await shareWithInsurer();
    const withdrawn = await sharing.act('compliance', shareId, 'withdraw', { because: 'superseded' });
    expect(withdrawn.body).toMatchObject({ state: 'withdrawn', notice: null });
    expect((await sharing.approve('compliance', shareId)).status).toBe(409);
    expect(claimOf(shareId)).toEqual([]);
  });

  it('before its turn: one a minute means that the second waits for its own', async () => {
    const change = { throttlePerMinute: 1, template: { recording: 'as_released', consentRequired: false } };
    const recipientId = await nameRecipient(system, 'insurer', insurer, change);
    const [first, second] = await Promise.all(
      [1, 2].map(async () => {
        const incidentId = await confirmedIncident(system);
        const packet = await readyPacket(system, incidentId, 'insurer');
        return (await sharing.ask(incidentId, { packetId: packet.id, recipientId })).body.id;
      }),
    );
    await sharing.approve('compliance', first!);
    const { deliveredAt } = await sharing.until(first!, ({ state }) => state === 'delivered');
    await sharing.approve('compliance', second!);
    const waits = await sharing.until(second!, ({ waiting }) => waiting?.code === 'THROTTLED');
    const betweenMs = Date.parse(waits.nextAttemptAt!) - Date.parse(deliveredAt!);
    expect(betweenMs).toBeGreaterThan(50_000);
    expect(betweenMs).toBeLessThanOrEqual(60_000);
    expect(claimOf(second!)).toEqual([]);
  });

  it('that somebody refused', async () => {
    const { shareId } = await shareWithInsurer();
    expect((await sharing.act('soc_lead', shareId, 'approvals', { decision: 'refused' })).body.state).toBe('refused');
    expect((await sharing.approve('compliance', shareId)).status).toBe(409);
  });

  it('of a drill: asked for, the database refuses it as well', async () => {
    const { incidentId, packet, recipientId } = await shareWithInsurer();
    const { admin } = system.database;
    await admin.query('delete from shares where incident_id = $1', [incidentId]);
    await admin.query('update incidents set drill = true where id = $1', [incidentId]);
    const asked = await sharing.ask(incidentId, { packetId: packet.id, recipientId });
    expect([asked.status, asked.body.detail]).toEqual([409, expect.stringMatching(/drill/)]);
    const insert = admin.query(
      `insert into shares (tenant_id, store_id, incident_id, id, recipient_id, packet_id, state, template, approvals_required, quality, requested_by, requested_at)
       values ('demo', 'high-street', $1, $2, $3, $4, 'requested', '{}', 1, '{}', 'x', now())`,
      [incidentId, `shr_${randomBytes(10).toString('hex')}`, recipientId, packet.id],
    );
    await expect(insert).rejects.toThrow(/is a drill/);
  });

  it('that the masking rule has come to forbid between the approval and the sending', async () => {
    const { incidentId, packet, recipientId, shareId } = await shareWithInsurer();
    const { admin } = system.database;
    await admin.query(
      `update incidents set policy = jsonb_set(policy, '{redaction,rule}', '"sharing"') where id = $1`,
      [incidentId],
    );
    const approved = await sharing.approve('compliance', shareId);
    expect([approved.status, approved.body.detail]).toEqual([422, expect.stringContaining('(RELEASE_FORBIDDEN)')]);
    await admin.query('delete from shares where id = $1', [shareId]);
    const asked = await sharing.ask(incidentId, { packetId: packet.id, recipientId });
    expect([asked.status, asked.body.detail]).toEqual([
      422,
      expect.stringMatching(/REDACTION_MISSING.*RELEASE_FORBIDDEN/),
    ]);
  });
});
