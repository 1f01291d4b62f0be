import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { generateSigningKeyPem, openSigner } from '../../adapters/crypto/signer.ts';
import { auditContentText, chainText } from '../../domain/audit-chain.ts';
import type { PacketFacts } from '../../domain/packet/facts.ts';
import { recordOtherCamera } from '../../services/evidence/cameras.ts';
import { recordEvidence, type StoredArtifact } from '../../services/evidence/record.ts';
import { recordRedaction } from '../../services/evidence/record-redaction.ts';
import { requestRedaction } from '../../services/evidence/redaction.ts';
import { findDueIncidents, purgeIncident } from '../../services/retention/purge.ts';
import { openStrictStore } from '../../simulate/strict-store.ts';
import { runVerifyPacket } from '../../stack/verify-packet.ts';
import { readZip } from '../../viewer/zip.ts';
import { testRecordings } from '../harness/packet.ts';
import { eventually, startTestSystem, type TestSystem } from '../harness/system.ts';
import { actorOf, contextOf, nowIso, openIncident } from './support.ts';

interface PacketBody {
  [name: string]: unknown;
  id: string;
  version: number;
  state: string;
  sha256: string;
  failure: { code: string } | null;
}

const engines = inject('engines');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
let system: TestSystem;
let folder: string;
let keyFile: string;

beforeAll(async () => {
  system = await startTestSystem(engines, { media: false });
  folder = await mkdtemp(join(tmpdir(), 'floorwalker-packets-'));
  keyFile = join(folder, 'key.pem');
  const key = await fetch(new URL('/keys/packets.pem', system.baseUrl));
  await writeFile(keyFile, await key.text());
});
afterAll(async () => {
  await system?.close();
  await rm(folder, { recursive: true, force: true });
});

const kinds = { mp4: ['clip', 'video/mp4'], ts: ['segment', 'video/mp2t'], jpg: ['still', 'image/jpeg'] } as const;

async function stored(incidentId: string, file: string, body: Buffer, lockedMs: number) {
  const key = `demo/high-street/${incidentId}/${file}`;
  const lockedUntil = new Date(Date.now() + lockedMs).toISOString();
  const mediaType = 'application/octet-stream';
  const { version } = await system.objects.putLocked({ key, body, mediaType, sha256: sha256(body), lockedUntil });
  return {
    ...{ objectKey: key, objectVersion: version, sizeBytes: body.length, sha256: sha256(body) },
    ...{ fromAt: nowIso(), toAt: nowIso(), lockedUntil },
  };
}

/** Another camera saw it as well, and from now on only masked clips may leave. */
async function withAisle(incidentId: string): Promise<void> {
  const { admin } = system.database;
  await admin.query(
    "insert into cameras (tenant_id, store_id, id, name) values ('demo', 'high-street', 'aisle-cam', 'Aisle') on conflict do nothing",
  );
  await admin.query(
    `insert into evidence_cameras (tenant_id, store_id, incident_id, camera_id, position, from_at, to_at, offset_ms, error_ms, offset_source)
     values ('demo', 'high-street', $1, 'aisle-cam', 2, now(), now(), 400, 40, 'declared')`,
    [incidentId],
  );
  const file = await stored(incidentId, 'camera-2-clip.mp4', Buffer.from('the aisle'), 60_000);
  const clip = { id: 'camera-2-clip', kind: 'other_clip', mediaType: 'video/mp4', cameraId: 'aisle-cam' } as const;
  await recordOtherCamera(contextOf(system.database, actorOf('system', { id: 'system:test' })), {
    ...{ incidentId, cameraId: 'aisle-cam' },
    result: { state: 'ready', gaps: [], failure: null, artifacts: [{ ...clip, ...file }] },
  });
  await admin.query(`update incidents set policy = jsonb_set(policy, '{redaction,rule}', '"sharing"') where id = $1`, [
    incidentId,
  ]);
}

/** A closed, confirmed incident with its recordings in the store, of which nobody else knows. */
async function confirmed(lockedMs = 60_000): Promise<string> {
  const { database } = system;
  const incidentId = await openIncident(database);
  await database.admin.query('delete from outbox where incident_id = $1', [incidentId]);
  const artifacts = await Promise.all(
    Object.entries(testRecordings).map(async ([name, body]) => {
      const file = name.slice(name.lastIndexOf('/') + 1);
      const [id, extension] = file.split('.') as [string, keyof typeof kinds];
      const [kind, mediaType] = kinds[extension];
      return { id, kind, mediaType, ...(await stored(incidentId, file, body, lockedMs)) };
    }),
  );
  const ctx = contextOf(database, actorOf('system', { id: 'system:test' }));
  await recordEvidence(ctx, { incidentId, result: { state: 'ready', gaps: [], failure: null, artifacts } });
  await database.admin.query(
    `update incidents set state = 'closed', verdict = 'confirmed', closed_at = now(), decided_by = 'user:demo-soc_operator', purge_after = now() + interval '1 day',
       policy = jsonb_set(policy, '{redaction,rule}', '"optional"') where id = $1`,
    [incidentId],
  );
  return incidentId;
}

const request = (incidentId: string, body: object = { purpose: 'insurer' }, key: string = randomUUID()) =>
  system.api<PacketBody>('compliance', 'POST', `/v1/incidents/${incidentId}/packets`, body, { 'idempotency-key': key });

const settled = (packetId: string): Promise<PacketBody> =>
  eventually(async () => {
    const { body } = await system.api<PacketBody>('compliance', 'GET', `/v1/packets/${packetId}`);
    return body.state === 'requested' ? undefined : body;
  });

async function made(incidentId: string, body: object = { purpose: 'insurer' }): Promise<PacketBody> {
  const asked = await request(incidentId, body);
  expect([asked.status, asked.body.state]).toEqual([202, 'requested']);
  return settled(asked.body.id);
}

const fetched = async (path: string, headers: Record<string, string>): Promise<Buffer> => {
  const response = await fetch(new URL(path, system.baseUrl), { headers });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};
const content = (packetId: string) =>
  fetched(`/v1/packets/${packetId}/content`, { authorization: `Bearer ${system.database.keys.compliance}` });

async function verified(zip: Buffer): Promise<string> {
  const file = join(folder, `${randomUUID()}.zip`);
  await writeFile(file, zip);
  let said = '';
  const code = await runVerifyPacket({
    ...{ file, keyFile },
    write: (text) => {
      said += text;
    },
  });
  return `${code} ${said}`;
}

async function fileOf(zip: Buffer, path: string): Promise<Buffer> {
  const entry = (await readZip(new Blob([Uint8Array.from(zip)]))).find(({ name }) => name.endsWith(`/${path}`));
  return Buffer.from(await entry!.bytes.arrayBuffer());
}

function publishedForm(record: unknown): void {
  const ajv = new Ajv.default({ strict: true, allErrors: true });
  addFormats.default(ajv);
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/packet/incident-packet.schema.json', import.meta.url), 'utf8'),
  ) as object;
  const validate = ajv.compile(schema);
  validate(record);
  expect(validate.errors).toBeNull();
}

const auditOf = async (incidentId: string): Promise<string[]> => {
  const { rows } = await system.database.admin.query<{ action: string }>(
    "select action from audit where subject = $1 and (action like 'packet.%' or action = 'access.refused') order by seq",
    [`incident:${incidentId}`],
  );
  return rows.map(({ action }) => action);
};

describe('a packet', () => {
  it('is ordered, built, fetched and holds; its record is of the published form; all of it is on record', async () => {
    const incidentId = await confirmed();
    const packet = await made(incidentId);
    expect(packet).toMatchObject({ state: 'ready', version: 1, purpose: 'insurer', failure: null, changes: null });
    const zip = await content(packet.id);
    expect(sha256(zip)).toBe(packet.sha256);
    expect(await verified(zip)).toMatch(/^0 Packet .*\nOK: all \d+ files hold\.\n$/);
    expect((await fileOf(zip, 'data/video/clip.mp4')).equals(testRecordings['demo/high-street/inc/clip.mp4']!)).toBe(
      true,
    );

    const custody = JSON.parse((await fileOf(zip, 'data/custody.json')).toString()) as PacketFacts['custody'];
    expect(custody.rows.map(({ action }) => action)).toEqual(['evidence.acquired']);
    for (const { actorName: _name, prevHash, hash, ...row } of custody.rows)
      expect(
        sha256(
          Buffer.from(
            chainText(prevHash, row.seq, sha256(Buffer.from(auditContentText({ ...row, tenantId: 'demo' })))),
          ),
        ),
      ).toBe(hash);

    publishedForm(JSON.parse((await fileOf(zip, 'data/incident.json')).toString()));
    expect(await auditOf(incidentId)).toEqual(['packet.requested', 'packet.built', 'packet.downloaded']);
  });

  it('of several cameras holds what is masked and says which are left out, until they are masked too', async () => {
    const incidentId = await confirmed();
    const { database } = system;
    await withAisle(incidentId);
    const asked = await request(incidentId);
    expect([asked.status, asked.body['detail']]).toEqual([422, expect.stringContaining('REDACTION_MISSING')]);
    const ctx = contextOf(database, actorOf('system', { id: 'system:test' }));
    const mask = async (cameraId: string, name: string) => {
      const { version } = await requestRedaction(contextOf(database, actorOf('compliance')), { incidentId, cameraId });
      await database.admin.query("delete from outbox where incident_id = $1 and kind = 'redact'", [incidentId]);
      const [video, map] = await Promise.all(
        (['redacted', 'redaction_map'] as const).map(async (kind): Promise<StoredArtifact> => {
          const [extension, mediaType] = kind === 'redacted' ? ['mp4', 'video/mp4'] : ['json', 'application/json'];
          const id = `${kind.replace('_', '-')}-${version}`;
          return {
            ...(await stored(incidentId, `${id}.${extension}`, Buffer.from(`${kind} of ${name}`), 60_000)),
            ...{ id, kind, mediaType: mediaType! },
            ...(cameraId === 'sco-3-cam' ? {} : { cameraId }),
          };
        }),
      );
      await recordRedaction(ctx, { incidentId, version, result: { state: 'ready', video: video!, map: map! } });
    };
    await mask('sco-3-cam', 'the lane');
    const first = await made(incidentId);
    expect(first).toMatchObject({
      leftOut: [{ cameraId: 'aisle-cam', because: { code: 'REDACTION_MISSING', params: {} } }],
    });
    const zip = await content(first.id);
    expect(await verified(zip)).toMatch(/^0 /);
    const record = JSON.parse((await fileOf(zip, 'data/incident.json')).toString()) as {
      recording: PacketFacts['recording'] & { statement: string[] };
      files: { path: string; kind: string; cameraId?: string }[];
    };
    expect(record.files.map(({ path }) => path)).toEqual([
      'data/video/redacted-1.mp4',
      'data/acquisition/redaction-map-1.json',
    ]);
    expect(record.recording.cameras).toMatchObject([
      { cameraId: 'sco-3-cam', as: 'redacted', clock: null },
      { cameraId: 'aisle-cam', camera: 'Aisle', as: null, because: { code: 'REDACTION_MISSING' } },
    ]);
    expect(record.recording.statement.join('\n')).toMatch(/NOT INCLUDED: the video of camera "Aisle"/);
    publishedForm(record);

    await mask('aisle-cam', 'the aisle');
    const second = await made(incidentId);
    expect(second).toMatchObject({
      leftOut: [],
      changes: { added: ['data/acquisition/redaction-map-2.json', 'data/video/redacted-2.mp4'] },
    });
    const whole = await content(second.id);
    expect((await fileOf(whole, 'data/video/redacted-2.mp4')).toString()).toBe('redacted of the aisle');
    publishedForm(JSON.parse((await fileOf(whole, 'data/incident.json')).toString()));
  });

  it('is ordered once with one key, and a new version otherwise that says what changed', async () => {
    const incidentId = await confirmed();
    const [first, again] = [
      await request(incidentId, undefined, 'the-one-key'),
      await request(incidentId, undefined, 'the-one-key'),
    ];
    expect(again.body.id).toBe(first.body.id);
    await settled(first.body.id);
    const second = await made(incidentId);
    expect(second).toMatchObject({
      version: 2,
      changes: { added: [], removed: [], altered: expect.arrayContaining(['data/custody.json', 'data/incident.json']) },
    });
    expect(await verified(await content(second.id))).toMatch(/^0 /);
  });

  it('is the same bytes when it is built again', async () => {
    const { id, sha256: first } = await made(await confirmed());
    const { admin } = system.database;
    await admin.query('alter table packets disable trigger packets_sealed');
    await admin.query("update packets set state = 'requested' where id = $1", [id]);
    await admin.query('alter table packets enable trigger packets_sealed');
    await system.client.workflow.execute('packetWorkflow', {
      ...{ taskQueue: 'incident', workflowId: `again-${id}`, args: [{ tenantId: 'demo', packetId: id }] },
    });
    expect(await settled(id)).toMatchObject({ state: 'ready', sha256: first });
  });

  it('once built is never changed', async () => {
    const { id } = await made(await confirmed());
    for (const change of ["state = 'requested'", "sha256 = repeat('a', 64)", "input = '{}'"])
      await expect(system.database.admin.query(`update packets set ${change} where id = $1`, [id])).rejects.toThrow(
        /is sealed/,
      );
  });

  it.each([
    ['is open', "update incidents set state = 'in_review' where id = $1", 'police', /Only what a person has confirmed/],
    [
      'is not confirmed',
      "update incidents set verdict = 'paid' where id = $1",
      'insurer',
      /Only what a person has confirmed/,
    ],
    ['is a drill', 'update incidents set drill = true where id = $1', 'internal', /is a drill/],
    ['has no recording', 'delete from evidence_artifacts where incident_id = $1', 'internal', /may not leave/],
  ])('is not made when the incident %s', async (_how, change, purpose, message) => {
    const incidentId = await confirmed();
    await system.database.admin.query(change, [incidentId]);
    const { status, body } = await request(incidentId, { purpose });
    expect([status, body['detail']]).toEqual([422, expect.stringMatching(message)]);
    expect(await auditOf(incidentId)).toEqual([]);
  });
});

describe('what the store no longer has as it was', () => {
  it.each([
    ['EVIDENCE_ALTERED', 'a flipped byte'],
    ['EVIDENCE_MISSING', 'nothing'],
  ])('makes the packet fail with %s, for %s', async (code, what) => {
    const incidentId = await confirmed();
    let version: string = randomUUID();
    if (what !== 'nothing') {
      const body = Buffer.from(testRecordings['demo/high-street/inc/clip.mp4']!);
      body[35_000]! ^= 1;
      const key = `demo/high-street/${incidentId}/clip.mp4`;
      const lockedUntil = new Date(Date.now() + 5_000).toISOString();
      ({ version } = await system.objects.putLocked({
        key,
        body,
        mediaType: 'video/mp4',
        sha256: sha256(body),
        lockedUntil,
      }));
    }
    await system.database.admin.query(
      "update evidence_artifacts set object_version = $2 where incident_id = $1 and id = 'clip'",
      [incidentId, version],
    );
    const packet = await made(incidentId);
    expect(packet).toMatchObject({ state: 'failed', sha256: null, failure: { code, params: { artifactId: 'clip' } } });
    const answer = await system.api('compliance', 'GET', `/v1/packets/${packet.id}/content`);
    expect(answer.status).toBe(409);
    expect(await auditOf(incidentId)).toEqual(['packet.requested', 'packet.failed']);
    expect(await system.objects.newest(`demo/high-street/${incidentId}/packets/`)).toBeNull();
  });

  it('cuts the packet off before its end', async () => {
    const incidentId = await confirmed();
    const { id } = await made(incidentId);
    const { admin } = system.database;
    await admin.query('alter table packets disable trigger packets_sealed');
    await admin.query("update packets set sha256 = repeat('a', 64) where id = $1", [id]);
    await admin.query('alter table packets enable trigger packets_sealed');
    await expect(content(id)).rejects.toThrow(/terminated/);
    await eventually(async () => {
      const sql = "select 1 from audit where subject = $1 and action = 'evidence.integrity_failed'";
      return (await admin.query(sql, [`incident:${incidentId}`])).rowCount === 1;
    });
  });
});

describe('the statement', () => {
  it('is a draft until a person signs it, and then signed in the next version, once', async () => {
    const incidentId = await confirmed();
    const draft = await made(incidentId);
    expect(draft['statementSignedBy']).toBeNull();
    const path = `/v1/packets/${draft.id}/statement`;
    const asked = await system.api<PacketBody>('soc_lead', 'POST', path);
    expect(asked.status).toBe(202);
    const signed = await settled(asked.body.id);
    expect(signed).toMatchObject({ state: 'ready', version: 2, statement: draft['statement'] });
    expect(signed['statementSignedBy']).not.toBeNull();
    expect(signed).toMatchObject({ changes: { altered: expect.arrayContaining(['data/statement.pdf']) } });
    expect((await system.api('soc_lead', 'POST', `/v1/packets/${signed.id}/statement`)).status).toBe(409);
  });
});

describe('the hand-over', () => {
  const cookieOf = (response: Response) => response.headers.getSetCookie()[0]!.split(';')[0]!;
  const page = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, system.baseUrl), { redirect: 'manual', ...init });

  async function handedOver(packetId: string): Promise<{ path: string; id: string }> {
    const { status, body } = await system.api<{ url: string; id: string }>(
      ...(['soc_lead', 'POST', `/v1/packets/${packetId}/hand-overs`] as const),
      { organisation: 'North Insurance', reference: 'C-77' },
    );
    expect(status).toBe(201);
    return { path: new URL(body.url).pathname, id: body.id };
  }

  it('is on one device, fetched, and signed for with the hash of what was fetched', async () => {
    const incidentId = await confirmed();
    const packet = await made(incidentId);
    const { path } = await handedOver(packet.id);
    // A mail scanner looks, and uses nothing up.
    for (const _look of [1, 2]) expect(await (await page(path)).text()).toContain('Open on this device');
    expect((await page(`${path}/packet.zip`)).status).toBe(404);
    const cookie = cookieOf(await page(`${path}/open`, { method: 'POST' }));
    const mine = { headers: { cookie } };
    expect((await page(`${path}/open`, { method: 'POST' })).status).toBe(404);
    expect((await page(path)).status).toBe(404);
    expect((await page(path, { headers: { cookie: 'floorwalker_packet=guessed' } })).status).toBe(404);
    const receipt = (sum: string, by = 'PC 1234 <Jones>') =>
      page(`${path}/receipt`, { method: 'POST', ...mine, body: new URLSearchParams({ receivedBy: by, sha256: sum }) });
    expect((await receipt(packet.sha256)).status).toBe(409);
    const zip = await fetched(`${path}/packet.zip`, { cookie });
    expect(await verified(zip)).toMatch(/^0 /);
    expect((await receipt('a'.repeat(64))).status).toBe(409);
    expect((await receipt(sha256(zip).toUpperCase(), ' ')).status).toBe(409);
    expect((await receipt(sha256(zip).toUpperCase())).status).toBe(303);
    expect((await receipt(sha256(zip))).status).toBe(409);
    expect(await (await page(path, mine)).text()).toContain('Signed for by PC 1234 &#60;Jones&#62;');
    const { body } = await system.api('compliance', 'GET', `/v1/packets/${packet.id}`);
    expect(body['handovers']).toMatchObject([
      {
        organisation: 'North Insurance',
        downloads: 1,
        receipt: { receivedBy: 'PC 1234 <Jones>', sha256: packet.sha256 },
      },
    ]);
    const refused = (times: number) => Array.from({ length: times }, () => 'access.refused');
    expect(await auditOf(incidentId)).toEqual([
      ...['packet.requested', 'packet.built', 'packet.hand_over_opened', ...refused(1), 'packet.hand_over_claimed'],
      ...[...refused(4), 'packet.handed_over', ...refused(2), 'packet.receipt_signed', ...refused(1)],
    ]);
  });

  it('ends when it is taken back or its time is over', async () => {
    const packet = await made(await confirmed());
    const [revoked, expired] = [await handedOver(packet.id), await handedOver(packet.id)];
    const answer = await system.api('compliance', 'DELETE', `/v1/packets/${packet.id}/hand-overs/${revoked.id}`);
    expect(answer.status).toBe(200);
    await system.database.admin.query('update packet_handovers set expires_at = now() where id = $1', [expired.id]);
    for (const [{ path }, message] of [
      [revoked, /taken back/],
      [expired, /expired/],
    ] as const) {
      const response = await page(path);
      expect([response.status, await response.text()]).toEqual([404, expect.stringMatching(message)]);
    }
    expect((await page('/p/nobody-has-this')).status).toBe(404);
  });

  it('ends as soon as the record says something else: whoever paid is not reported any more', async () => {
    const incidentId = await confirmed();
    const packet = await made(incidentId);
    const { path } = await handedOver(packet.id);
    const cookie = cookieOf(await page(`${path}/open`, { method: 'POST' }));
    const incident = `/v1/incidents/${incidentId}`;
    const correction = { verdict: 'paid', reasonCode: 'receipt_seen' };
    expect((await system.api('soc_lead', 'POST', `${incident}/correct`, correction)).status).toBe(200);
    const answer = await page(`${path}/packet.zip`, { headers: { cookie } });
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringMatching(/no longer confirmed/)]);
    const again = await system.api('soc_lead', 'POST', `/v1/packets/${packet.id}/hand-overs`, { organisation: 'X' });
    expect(again.status).toBe(409);
  });

  it('to the police takes somebody else than who asked for the packet; internal ones go to nobody', async () => {
    const [police, internal] = [
      await made(await confirmed(), { purpose: 'police' }),
      await made(await confirmed(), { purpose: 'internal' }),
    ];
    const give = (role: 'compliance' | 'soc_lead', id: string) =>
      system.api(role, 'POST', `/v1/packets/${id}/hand-overs`, { organisation: 'Police' });
    expect((await give('compliance', police.id)).status).toBe(403);
    expect((await give('soc_lead', police.id)).status).toBe(201);
    expect((await give('soc_lead', internal.id)).status).toBe(409);
  });
});

describe('deletion', () => {
  it('takes the packet along, and what it said', async () => {
    const incidentId = await confirmed(1_000);
    const packet = await made(incidentId);
    const later = () => new Date(Date.now() + 200 * 86_400_000).toISOString();
    const ctx = contextOf(system.database, actorOf('system', { id: 'system:test' }), later);
    const due = (await findDueIncidents(ctx, 50)).find((each) => each.incidentId === incidentId)!;
    const store = openStrictStore(later);
    expect(await purgeIncident(ctx, due, { store, signer: openSigner(generateSigningKeyPem()) })).toBe('purged');
    const { body } = await system.api('compliance', 'GET', `/v1/packets/${packet.id}`);
    expect(body).toMatchObject({ state: 'purged', sha256: packet.sha256, statement: [] });
    expect((await system.api('compliance', 'GET', `/v1/packets/${packet.id}/content`)).status).toBe(404);
    const { rows } = await system.database.admin.query('select input from packets where id = $1', [packet.id]);
    expect(rows).toEqual([{ input: {} }]);
  });
});
