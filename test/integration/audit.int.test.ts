import { appendFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createSweepActivities } from '../../activities/sweep.ts';
import { generateSigningKeyPem, keyRing, openSigner, verifySignature } from '../../adapters/crypto/signer.ts';
import { appendHead, readHeadLines } from '../../adapters/crypto/witness-file.ts';
import { witnessFinder } from '../../api/witness.ts';
import { auditContentText, chainText, genesisHash } from '../../domain/audit-chain.ts';
import { headProblem, type SignedHead, signHead } from '../../domain/audit-head.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { listAudit, readAuditHead, readAuditRow } from '../../services/audit/read.ts';
import { verifyAudit } from '../../services/audit/verify.ts';
import { sha256Hex, write } from '../../services/context.ts';
import { runVerifyAudit } from '../../stack/verify-audit.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { actorOf, contextOf, nowIso, plantRival, type ServedApi, serveApi } from './support.ts';

type Verification = components['schemas']['AuditVerification'];
type AuditEntry = components['schemas']['AuditEntry'];

const engines = inject('engines');
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl);
});
afterEach(() => database?.drop());

const compliance = () => contextOf(database, actorOf('compliance'));

async function append(count: number, details: (index: number) => Record<string, unknown> = (index) => ({ index })) {
  for (let index = 0; index < count; index += 1)
    await write(contextOf(database, actorOf('soc_lead')), async (tx) => {
      tx.audit({ action: 'incident.note_added', subject: `incident:${index}`, details: details(index) });
    });
}

/** As somebody with the owner's password would: the trigger is out of the way while they work. */
async function tamper(sql: string, values: unknown[] = []): Promise<void> {
  await database.admin.query('select chain_audit(id, true) from tenants');
  const client = await database.admin.connect();
  try {
    await client.query('begin');
    await client.query('alter table audit disable trigger audit_append_only');
    await client.query(sql, values);
    await client.query('alter table audit enable trigger audit_append_only');
    await client.query('commit');
  } finally {
    client.release();
  }
}

/** Rewrites the log from `fromSeq` so that it is a perfect chain again, head included. */
async function rechain(fromSeq: number): Promise<void> {
  const { rows } = await database.admin.query("select * from audit where tenant_id = 'demo' order by seq");
  let hash = rows.find((row) => row.seq === fromSeq - 1)?.hash ?? genesisHash;
  for (const row of rows.filter((each) => each.seq >= fromSeq)) {
    const about = { tenantId: 'demo', at: row.at.toISOString(), actorRole: row.actor_role };
    const content = { ...row, ...about, requestId: row.request_id };
    const next = sha256Hex(chainText(hash, row.seq, sha256Hex(auditContentText(content))));
    await tamper("update audit set prev_hash = $2, hash = $3 where tenant_id = 'demo' and seq = $1", [
      row.seq,
      hash,
      next,
    ]);
    hash = next;
  }
  await database.admin.query("update audit_heads set seq = $1, hash = $2 where tenant_id = 'demo'", [
    rows.length,
    hash,
  ]);
}

describe('an intact log', () => {
  it('verifies, and the check is a row of it', async () => {
    await append(5);
    expect(await verifyAudit(compliance(), null)).toMatchObject({ ok: true, rows: 5, headSeq: 5, problem: null });
    const { items } = await listAudit(compliance(), { limit: 1 });
    expect(items[0]).toMatchObject({ seq: 6, action: 'audit.verified', details: { ok: true, rows: 5 } });
  });

  it('verifies when it is empty', async () => {
    expect(await verifyAudit(compliance(), null)).toMatchObject({ ok: true, rows: 0, problem: null });
  });

  it('verifies over more than one batch, whatever the details hold', async () => {
    const odd = {
      text: 'ü😀"\\\n',
      numbers: [1e21, 0.1, -0, 1.0, 5e-7],
      nested: { b: null, a: [{}] },
      none: undefined,
    };
    await append(3, () => odd);
    await write(contextOf(database, actorOf('soc_lead')), async (tx) => {
      for (let index = 0; index < 2_500; index += 1) tx.audit({ action: 'incident.note_added', subject: `x:${index}` });
    });
    expect(await verifyAudit(compliance(), null)).toMatchObject({ ok: true, rows: 2_503 });
  });

  it('stays one chain under 200 appends at once, each tenant with its own', async () => {
    await plantRival(database);
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        write(
          contextOf(database, actorOf('soc_lead', { tenantId: index % 4 === 0 ? 'rival' : 'demo' })),
          async (tx) => {
            tx.audit({ action: 'incident.note_added', subject: `incident:${index}` });
            if (index % 5 === 0) tx.audit({ action: 'evidence.viewed', subject: `incident:${index}` });
          },
        ),
      ),
    );
    const rival = contextOf(database, actorOf('compliance', { tenantId: 'rival' }));
    const findings = [await verifyAudit(compliance(), null), await verifyAudit(rival, null)];
    expect(findings).toMatchObject([
      { ok: true, rows: 150 + 30 },
      { ok: true, rows: 50 + 10 },
    ]);
  });

  it('has no row of a write that failed', async () => {
    const failing = write(compliance(), async (tx) => {
      tx.audit({ action: 'hold.placed', subject: 'incident:x' });
      await tx.query('select 1 / 0');
    });
    await expect(failing).rejects.toThrow(/division by zero/);
    expect(await readAuditHead(compliance())).toMatchObject({ seq: 0 });
  });

  it('refuses a write that says neither what it did nor why it leaves no row', async () => {
    const silent = write(compliance(), (tx) => tx.query("update cameras set name = 'x' where tenant_id = 'demo'"));
    await expect(silent).rejects.toMatchObject({ code: 'INTERNAL' });
    const { rows } = await database.admin.query("select 1 from cameras where name = 'x'");
    expect(rows).toEqual([]);
  });
});

describe('nobody gets around it by accident', () => {
  it.each([
    ['update', "update audit set actor = 'x'"],
    ['delete', 'delete from audit'],
    ['truncate', 'truncate audit'],
  ])('%s is refused even to the owner', async (_name, sql) => {
    await append(1);
    await expect(database.admin.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    ['update', "update audit set actor = 'x'"],
    ['delete', 'delete from audit'],
    ['truncate', 'truncate audit'],
    [
      'a row of its own making',
      "insert into audit (tenant_id, seq, at, actor, actor_role, action, subject, details, prev_hash, hash) values ('demo', 2, now(), 'x', 'x', 'x', 'x', '{}', '', '')",
    ],
    ['a head of its own making', "update audit_heads set seq = 0, hash = ''"],
    ['a log for another tenant', "select append_audit('rival', '[]')"],
  ])('%s is refused to the application', async (_name, sql) => {
    await append(1);
    await plantRival(database);
    const attempt = database.db.transaction({ tenantId: 'demo', storeIds: null }, 'write', (tx) => tx.query(sql));
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
    expect(await verifyAudit(compliance(), null)).toMatchObject({ ok: true, rows: 1 });
  });
});

describe('a log that was tampered with', () => {
  it.each<[string, string, number, string]>([
    ['details altered', `update audit set details = '{"index": 99}' where seq = 3`, 3, 'row_altered'],
    ['actor altered', "update audit set actor = 'user:somebody-else' where seq = 1", 1, 'row_altered'],
    ['time altered', "update audit set at = at - interval '1 ms' where seq = 5", 5, 'row_altered'],
    ['action altered', "update audit set action = 'hold.released' where seq = 2", 2, 'row_altered'],
    ['hash altered', "update audit set hash = repeat('a', 64) where seq = 4", 4, 'row_altered'],
    ['re-linked', "update audit set prev_hash = repeat('a', 64) where seq = 4", 4, 'link_broken'],
    ['first row removed', 'delete from audit where seq = 1', 1, 'row_missing'],
    ['middle row removed', 'delete from audit where seq = 3', 3, 'row_missing'],
    ['three rows removed', 'delete from audit where seq between 2 and 4', 2, 'row_missing'],
    ['tail cut off', 'delete from audit where seq > 4', 5, 'head_mismatch'],
    ['everything removed', 'delete from audit', 1, 'head_mismatch'],
    ['row moved up', 'update audit set seq = seq + 1 where seq = 6', 6, 'row_missing'],
    [
      'row put between',
      `update audit set seq = seq + 1 where seq > 3; insert into audit (tenant_id, seq, at, actor, actor_role, action, subject, details, prev_hash, hash)
       select tenant_id, 4, at, 'user:x', actor_role, action, subject, details, hash, repeat('c', 64) from audit where seq = 3`,
      4,
      'row_inserted',
    ],
    ['request altered', "update audit set request_id = 'x' where seq = 3", 3, 'row_altered'],
    [
      'two rows swapped',
      'update audit set seq = case seq when 2 then 3 else 2 end where seq in (2, 3)',
      2,
      'row_missing',
    ],
  ])('%s: row and kind are named', async (_name, sql, seq, code) => {
    await append(6);
    // One statement moves keys past each other only without the constraint; a thief would not be stopped by it either.
    await database.admin.query('alter table audit drop constraint audit_pk');
    await tamper(sql);
    const finding = await verifyAudit(compliance(), null);
    expect(finding).toMatchObject({ ok: false, problem: { seq, code } });
  });

  it('a row altered and hashed anew: the next one no longer follows', async () => {
    await append(6);
    const { rows } = await database.admin.query('select * from audit where seq = 3');
    const altered = { ...rows[0], actor: 'user:other', tenantId: 'demo', at: rows[0].at.toISOString() };
    const content = sha256Hex(auditContentText({ ...altered, actorRole: altered.actor_role }));
    const hash = sha256Hex(chainText(altered.prev_hash, 3, content));
    await tamper("update audit set actor = 'user:other', hash = $1 where seq = 3", [hash]);
    expect(await verifyAudit(compliance(), null)).toMatchObject({
      ok: false,
      problem: { seq: 4, code: 'link_broken' },
    });
  });

  it('the check of a broken log is itself written down, and breaks nothing more', async () => {
    await append(4);
    await tamper("update audit set actor = 'x' where seq = 2");
    const first = await verifyAudit(compliance(), null);
    expect((await verifyAudit(compliance(), null)).problem).toEqual(first.problem);
  });
});

describe('the witness outside of the database', () => {
  let api: ServedApi;
  afterEach(() => api?.close());

  async function witness(keepHead?: (head: SignedHead) => Promise<void>): Promise<void> {
    const activities = createSweepActivities({
      db: database.db,
      now: nowIso,
      objects: api.objects,
      signer: openSigner(api.signingKeyPem),
      witnessLockMs: 60_000,
      ...(keepHead === undefined ? {} : { keepHead }),
      onSweepError: (error) => {
        throw error;
      },
    });
    expect(await activities.witnessAudit()).toEqual({ witnessed: 1 });
  }
  const verify = () => api.call<Verification>(database.keys.compliance, 'GET', '/v1/audit/verify');

  beforeEach(async () => {
    api = await serveApi(engines, database);
    await append(6);
  });

  it('confirms an intact log', async () => {
    await witness();
    await append(2);
    const { status, body } = await verify();
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, witness: { seq: 6, ok: true } });
  });

  it('there being none yet is no failure', async () => {
    expect((await verify()).body).toMatchObject({ ok: true, witness: null });
  });

  it('catches a tail cut off, head moved back', async () => {
    await witness();
    await tamper('delete from audit where seq > 4');
    const { rows } = await database.admin.query('select hash from audit where seq = 4');
    await database.admin.query('update audit_heads set seq = 4, hash = $1', [rows[0].hash]);
    expect((await verify()).body).toMatchObject({ ok: false, problem: { seq: 5, code: 'witness_mismatch' } });
  });

  it.each([
    ['', 'select 1'],
    [', the witness row removed', 'delete from audit_witnesses'],
    [', the witness row rewritten', "update audit_witnesses set hash = repeat('b', 64), seq = 1"],
  ])('catches a chain that was computed anew from an altered row%s', async (_name, cover) => {
    await witness();
    await tamper("update audit set actor = 'user:somebody-else' where seq = 3");
    await rechain(3);
    await database.admin.query(cover);
    const { body } = await verify();
    expect(body).toMatchObject({
      ok: false,
      witness: { seq: 6, ok: false },
      problem: { seq: 6, code: 'witness_mismatch' },
    });
  });

  async function storeHead(signer: ReturnType<typeof openSigner>, at = nowIso()): Promise<void> {
    const { seq, hash } = await readAuditHead(compliance());
    const bytes = Buffer.from(JSON.stringify(signHead(signer, { tenantId: 'demo', seq, hash, at })));
    await api.objects.putLocked({
      ...{ key: 'demo/audit/head-999999999999.json', body: bytes, mediaType: 'application/json' },
      ...{ sha256: sha256Hex(bytes), lockedUntil: new Date(Date.now() + 60_000).toISOString() },
    });
  }

  it('is believed only with our signature: one that another key signed is found', async () => {
    await witness();
    await storeHead(openSigner(generateSigningKeyPem()));
    const { status, body } = await verify();
    expect([status, body.ok, body.problem]).toEqual([
      ...[200, false],
      { seq: 7, code: 'witness_forged', detail: expect.stringMatching(/names the key \w+, which is none of ours/) },
    ]);
  });

  it('is believed only in its place: an older one of ours under a later name is found', async () => {
    await witness();
    await storeHead(openSigner(api.signingKeyPem));
    expect((await verify()).body).toMatchObject({
      ok: false,
      problem: {
        code: 'witness_forged',
        detail: expect.stringMatching(/where the head of row 999999999999 should lie/),
      },
    });
  });

  it('still holds when the key that signed it was replaced', async () => {
    await witness();
    const [before, after] = [openSigner(api.signingKeyPem), openSigner(generateSigningKeyPem())];
    const retired = (validUntil: string) => keyRing(after, [{ publicKey: before.publicKeyPem, validUntil }]);
    const find = (keys: ReturnType<typeof keyRing>) =>
      witnessFinder({ objects: api.objects, keys, verify: verifySignature, readFile: null })(null, 'demo');
    expect(await find(retired(nowIso()))).toMatchObject({ store: { seq: 6 }, forged: null });
    // The key was taken out of use years before it signed this.
    expect(await find(retired('2020-01-01T00:00:00.000Z'))).toMatchObject({
      ...{ store: null, forged: { code: 'witness_forged', detail: expect.stringMatching(/not in use then/) } },
    });
  });

  it('in the outside file catches a chain that was computed anew where the store has no head', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'floorwalker-heads-')), 'heads.ndjson');
    const signer = openSigner(api.signingKeyPem);
    const keys = keyRing(signer, []);
    const find = witnessFinder({
      ...{ objects: api.objects, keys, verify: verifySignature, readFile: () => readHeadLines(path) },
    });
    const check = async () => verifyAudit(compliance(), await find(null, 'demo'));
    const { seq, hash } = await readAuditHead(compliance());
    await appendHead(path, signHead(signer, { tenantId: 'demo', seq, hash, at: nowIso() }));
    await appendHead(path, signHead(signer, { tenantId: 'rival', seq: 1, hash: 'x', at: nowIso() }));
    expect(await check()).toMatchObject({ ok: true, witness: null, outsideFile: { heads: 1, seq: 6, ok: true } });
    await tamper("update audit set actor = 'user:somebody-else' where seq = 3");
    await rechain(3);
    const finding = await check();
    expect(finding).toMatchObject({
      ok: false,
      outsideFile: { ok: false },
      problem: { code: 'witness_mismatch', seq: 6 },
    });
    await appendFile(path, 'half a li');
    expect((await find(null, 'demo')).forged).toMatchObject({ code: 'witness_forged' });
  });

  it('is put into the outside file with each sweep', async () => {
    const heads: SignedHead[] = [];
    await witness(async (head) => void heads.push(head));
    const keys = keyRing(openSigner(api.signingKeyPem), []);
    expect(heads).toHaveLength(1);
    expect(headProblem(heads[0]!, { tenantId: 'demo', keys, verify: verifySignature })).toBeNull();
  });

  it('is taken out as lines that hold offline, and no longer when the log was altered', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'floorwalker-export-'));
    const keyFile = join(folder, 'key.pem');
    await writeFile(keyFile, openSigner(api.signingKeyPem).publicKeyPem);
    const checked = async (): Promise<string> => {
      const { status, body } = await api.call<string>(database.keys.compliance, 'GET', '/v1/audit/export');
      expect(status).toBe(200);
      const file = join(folder, 'export.ndjson');
      await writeFile(file, body);
      const said: string[] = [];
      const code = await runVerifyAudit({ file, keyFile, headFiles: [], write: (text) => said.push(text) });
      return `${code} ${said.join('')}`;
    };
    await append(1_200);
    expect(await checked()).toMatch(/^0 demo: 1207 rows, .*\nOK: every row holds\.\n$/);
    await tamper("update audit set actor = 'user:somebody-else' where seq = 3");
    expect(await checked()).toMatch(/^1 .*NOT OK: row 3: row_altered/s);
    await tamper('delete from audit where seq = 900');
    await tamper("update audit set actor = 'user:demo-soc_lead' where seq = 3");
    expect(await checked()).toMatch(/^1 .*NOT OK: row 900: row_missing/s);
  });

  it('names the request of each row, and why somebody says that they look', async () => {
    const path = '/v1/audit?action=audit.read';
    const headers = { 'x-access-reason': 'case 4711' };
    const { headers: answer } = await api.call(database.keys.compliance, 'GET', '/v1/audit', undefined, headers);
    const { body } = await api.call<{ items: AuditEntry[] }>(database.keys.compliance, 'GET', path);
    expect(body.items).toMatchObject([
      { actorRole: 'compliance', requestId: answer.get('x-request-id'), details: { reason: 'case 4711' } },
    ]);
    expect(await verifyAudit(compliance(), null)).toMatchObject({ ok: true });
  });

  it('is found by who, what, about what and when', async () => {
    const found = async (query: string) => {
      const { status, body } = await api.call<{ items: AuditEntry[]; nextCursor: string | null }>(
        ...([database.keys.compliance, 'GET', `/v1/audit?${query}`] as const),
      );
      expect(status).toBe(200);
      return { seqs: body.items.map(({ seq }) => seq), more: body.nextCursor !== null };
    };
    expect(await found('subject=incident:2')).toEqual({ seqs: [3], more: false });
    expect(await found('actor=user:demo-soc_lead&limit=2')).toEqual({ seqs: [6, 5], more: true });
    expect(await found('actor=user:demo-soc_lead&limit=2&cursor=5')).toEqual({ seqs: [4, 3], more: true });
    expect((await found('action=incident.&actor=user:demo-soc_lead')).seqs).toEqual([6, 5, 4, 3, 2, 1]);
    expect((await found('action=hold.placed')).seqs).toEqual([]);
    expect((await found(`actor=user:demo-soc_lead&toAt=2020-01-01T00:00:00Z`)).seqs).toEqual([]);
    expect((await found(`actor=user:demo-soc_lead&fromAt=2020-01-01T00:00:00Z`)).seqs).toHaveLength(6);
    const beside = await readAuditRow(compliance(), 3);
    expect([beside.before?.seq, beside.row.seq, beside.after?.seq]).toEqual([2, 3, 4]);
    expect([beside.row.prevHash, beside.after?.prevHash]).toEqual([beside.before?.hash, beside.row.hash]);
    expect((await readAuditRow(compliance(), 1)).before).toBeNull();
  });
});
