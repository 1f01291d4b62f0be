import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openHistorySource } from '../../adapters/temporal/history.ts';
import { createPayloadCipher, encryptedEncoding } from '../../adapters/temporal/payload-codec.ts';
import { incidentWorkflowId } from '../../domain/ids.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { sha256Hex, write } from '../../services/context.ts';
import { giveUpHistory } from '../../services/history/record.ts';
import { findPayloadSalt, shredPayloadKey } from '../../services/payload-keys/find.ts';
import { replayHistory } from '../../stack/replay-history.ts';
import { exportHistories } from '../harness/history.ts';
import { plantRecording } from '../harness/recording.ts';
import { agoIso, openStage, type Stage } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';
import { actorOf, contextOf } from '../integration/support.ts';

type Schemas = components['schemas'];
type Request = Schemas['SubjectRequest'];

const engines = inject('engines');
let stage: Stage;
let work: string;
let incidentId: string;

beforeAll(async () => {
  stage = await openStage(engines);
  work = await mkdtemp(join(tmpdir(), 'floorwalker-rights-'));
  await plantRecording({
    ...{ ffmpegPath: engines.ffmpegPath, ringDir: stage.system.ringDir, cameraId: 'sco-3-cam' },
    ...{ fromAt: agoIso(10_000), seconds: 12 },
  });
  await stage.till.beats();
  ({ incidentId } = await stage.camera.sees());
  await stage.sam.expectText(/please check SCO 3/);
  await eventually(async () => (await stage.incident(incidentId)).evidenceState === 'ready');
  await stage.sam.reply('4');
  await stage.closed(incidentId);
}, 120_000);
afterAll(async () => {
  await stage?.close();
  await rm(work, { recursive: true, force: true });
});

const call = <Body>(method: string, path: string, body?: unknown, role: 'compliance' | 'soc_operator' = 'compliance') =>
  stage.system.api<Body>(role, method, path, body);
const workflowId = () => incidentWorkflowId('demo', 'high-street', incidentId);

const exportNow = () => exportHistories(stage.system);

describe('the history of a closed incident', () => {
  it('is encrypted in the engine, and every encrypted payload is ours', async () => {
    const raw = historyToJSON(await stage.system.client.workflow.getHandle(workflowId()).fetchHistory());
    const encodings = [...raw.matchAll(/"encoding": ?"([^"]+)"/g)].map(([, text]) =>
      Buffer.from(text!, 'base64').toString(),
    );
    expect(encodings.filter((encoding) => encoding === encryptedEncoding).length).toBeGreaterThan(5);
    const payloads = [...raw.matchAll(/"data": ?"([^"]+)"/g)].map(([, text]) =>
      Buffer.from(text!, 'base64').toString('latin1'),
    );
    expect([raw, ...payloads].join('\n')).not.toMatch(/missed_scan|"verdict":"confirmed"|phone:sam/);
  });

  it('is kept with its hashes in the log, and only once', async () => {
    await eventually(async () => (await exportNow()) === 1);
    expect(await exportNow()).toBe(0);
    const { body } = await call<{ entries: Schemas['AuditEntry'][] }>('GET', `/v1/incidents/${incidentId}/custody`);
    const kept = body.entries.filter(({ action }) => action === 'evidence.history_exported');
    expect(kept).toHaveLength(1);
    for (const copy of ['raw', 'decoded'] as const) {
      const response = await fetch(`${stage.system.baseUrl}/v1/incidents/${incidentId}/history/1/${copy}`, {
        headers: { authorization: `Bearer ${stage.system.database.keys.compliance}` },
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(sha256Hex(bytes)).toBe(kept[0]?.details[`${copy}Sha256`]);
      await writeFile(join(work, `${copy}.json`), bytes);
    }
    const again = await openHistorySource(stage.system.client, stage.system.cipher).fetch(workflowId());
    expect(again.state === 'ended' && sha256Hex(again.raw)).toBe(kept[0]?.details['rawSha256']);
  });

  it('is a story that says who did what, and that somebody read it', async () => {
    const { body } = await call<Schemas['History']>('GET', `/v1/incidents/${incidentId}/history`);
    const [run] = body.runs;
    expect(run).toMatchObject({ run: 1, state: 'exported', status: 'COMPLETED' });
    expect(run?.buildIds[0]).toMatch(/^@temporalio\/worker@/);
    const texts = run?.steps.map(({ who, text }) => (who === null ? text : `${who}: ${text}`)) ?? [];
    expect(texts[0]).toMatch(/^Missed scan: the workflow began/);
    expect(texts).toContainEqual(expect.stringMatching(/^Sam\b.*: Decided “confirmed” by text\.$/));
    expect(texts.at(-1)).toBe('The workflow ended with the verdict “confirmed”.');
    expect((await call('GET', `/v1/incidents/${incidentId}/history`, undefined, 'soc_operator')).status).toBe(403);
    const custody = await call<{ entries: Schemas['AuditEntry'][] }>('GET', `/v1/incidents/${incidentId}/custody`);
    expect(custody.body.entries.map(({ action }) => action)).toContain('evidence.history_viewed');
  });

  it('replays on the code of today from the copy that needs no key', async () => {
    const said: string[] = [];
    const file = join(work, 'decoded.json');
    expect(await replayHistory({ file, write: (text) => said.push(text) })).toBe(0);
    expect(said.join('')).toMatch(/COMPATIBLE: this code does what the history says/);
    await expect(replayHistory({ file: join(work, 'raw.json'), write: () => undefined })).rejects.toThrow(
      /decoded copy/,
    );
  });

  it('goes into the packet', async () => {
    const packet = await call<Schemas['Packet']>('POST', `/v1/incidents/${incidentId}/packets`, {
      purpose: 'internal',
    });
    expect(packet.status).toBe(202);
    const { rows } = await stage.system.database.admin.query<{ kinds: string[] }>(
      "select array(select a ->> 'kind' from jsonb_array_elements(input -> 'artifacts') a) as kinds from packets where id = $1",
      [packet.body.id],
    );
    expect(rows[0]?.kinds).toEqual(expect.arrayContaining(['history', 'history_decoded', 'clip']));
  });
});

async function requested(kind: Request['kind']): Promise<Request> {
  const { status, body } = await call<Request>('POST', '/v1/subject-requests', {
    ...{ kind, storeId: 'high-street', fromAt: agoIso(600_000), toAt: agoIso(0) },
    ...{ contact: 'Mo Shopper\n1 Any Road', description: 'a red coat, at the third checkout' },
  });
  expect(status).toBe(201);
  const at = `/v1/subject-requests/${body.id}`;
  await call('PUT', `${at}/identity`, { result: 'confirmed', method: 'known_details' });
  return (await call<Request>('PUT', `${at}/incidents/${incidentId}`, { mark: 'shows' })).body;
}
const granted = (id: string) =>
  call<Request>('POST', `/v1/subject-requests/${id}/decision`, { choices: [{ incidentId, outcome: 'granted' }] });
const look = (role: 'compliance' | 'soc_operator') =>
  stage.system.api(role, 'GET', `/v1/incidents/${incidentId}/evidence/clip`);

describe('a person who was recorded', () => {
  it('asks for a copy: found by time and place, answered by a letter, and no copy shows others', async () => {
    const open = await requested('access');
    expect(open.candidates.map((each) => each.incidentId)).toEqual([incidentId]);
    const { body } = await granted(open.id);
    expect(body).toMatchObject({ state: 'granted', overdue: false });
    expect(body.letter).toContain('Mo Shopper');
    expect(body.letter).toContain('Recording 1: ');
    const pdf = await stage.system.api('compliance', 'GET', `/v1/subject-requests/${open.id}/letter`);
    expect(pdf.headers.get('content-type')).toMatch(/^application\/pdf/);
    const copy = await call<Schemas['Problem']>('GET', `/v1/subject-requests/${open.id}/export`);
    expect(copy.status).toBe(422);
    expect(copy.body.detail).toMatch(/masked first/);
    expect((await granted(open.id)).status).toBe(409);
  });

  it('asks that it is not used: nobody but those who answer can look, until it is lifted', async () => {
    const { id } = await requested('restriction');
    expect((await granted(id)).body.state).toBe('granted');
    expect((await look('soc_operator')).status).toBe(422);
    expect((await look('compliance')).status).toBe(200);
    const packet = await call('POST', `/v1/incidents/${incidentId}/packets`, { purpose: 'internal' });
    expect(packet.status).toBe(422);
    await call('DELETE', `/v1/subject-requests/${id}/restrictions/${incidentId}?reason=agreed`);
    expect((await look('soc_operator')).status).toBe(200);
  });

  it('asks for deletion: a legal hold is stronger and the letter says so, then it is ordered', async () => {
    await call('POST', `/v1/incidents/${incidentId}/holds`, { reason: 'court order' });
    const held = await granted((await requested('erasure')).id);
    expect(held.body).toMatchObject({ state: 'refused', ground: 'legal_hold' });
    expect(held.body.letter).toContain('bound by law to keep it');
    await stage.system.database.admin.query('update holds set released_at = now(), released_by = $1', ['user:x']);
    const done = await granted((await requested('erasure')).id);
    expect(done.body.state).toBe('granted');
    const [recording] = done.body.candidates;
    // The store's lock is the only thing that may still keep it.
    expect(recording?.waitsUntil).not.toBeNull();
    expect((await look('soc_operator')).status).toBe(422);
  });

  it('follows an appeal by a number that says nothing about anybody', async () => {
    const { body } = await call<Schemas['AppealReceipt']>('POST', `/v1/incidents/${incidentId}/appeals`, {
      statement: 'I paid for it.',
    });
    const page = await fetch(body.statusUrl);
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain('being looked at');
    expect(text).not.toMatch(/High Street|SCO|Sam|paid|inc_/);
    expect((await fetch(`${stage.system.baseUrl}/a/A-2222-2222-2222-2222`)).status).toBe(404);
  });
});

it('what a store has switched off is not taken in', async () => {
  await call('PUT', '/v1/stores/high-street/opt-outs/loitering', { jurisdiction: 'Somewhere', reason: 'its law' });
  const { status, body } = await stage.system.api<Schemas['Problem']>('device', 'POST', '/v1/detections', {
    ...{ eventId: 'off-1', storeId: 'high-street', cameraId: 'sco-3-cam', eventType: 'loitering' },
    ...{ detectedAt: agoIso(1_000), confidence: 0.9, model: { id: 'x', version: '1' } },
  });
  expect(status).toBe(422);
  expect(body.detail).toMatch(/switched off in this store, as the law of Somewhere/);
});

it('without its key nobody can read what the engine still has', async () => {
  const { database, client } = stage.system;
  const ctx = contextOf(database, actorOf('system'));
  const shred = () =>
    write(ctx, (tx) => {
      tx.noAudit('bookkeeping');
      return shredPayloadKey(tx, 'demo', incidentId);
    });
  // A run that may still go on could neither end nor be told anything without it.
  await database.admin.query(
    "insert into workflow_histories (tenant_id, store_id, incident_id, run, workflow_id, due_at, closed_at) values ('demo', 'high-street', $1, 9, 'goes-on', now(), now())",
    [incidentId],
  );
  expect(await shred()).toBe(false);
  await giveUpHistory(ctx, { incidentId, run: 9, state: 'not_kept', code: 'EVIDENCE_DELETED' });
  expect(await shred()).toBe(false);
  expect(await findPayloadSalt(database.db, { tenantId: 'demo', incidentId })).toBeNull();
  const cipher = createPayloadCipher({
    masters: ['a master key of the tests, and of nothing else'],
    findSalt: (incident) => findPayloadSalt(database.db, incident),
  });
  const history = await openHistorySource(client, cipher).fetch(workflowId());
  if (history.state !== 'ended') throw new Error(history.state);
  const text = JSON.stringify(history.events);
  expect(text).toContain('KEY_DELETED');
  expect(text).not.toMatch(/missed_scan|phone:sam/);
});
