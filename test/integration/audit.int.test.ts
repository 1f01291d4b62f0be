import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createIncidentActivities } from '../../activities/incident.ts';
import { openSigner } from '../../adapters/crypto/signer.ts';
import { createCarrierClient } from '../../adapters/twilio/client.ts';
import { auditContentText, chainText, genesisHash } from '../../domain/audit-chain.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { listAudit, readAuditHead, verifyAudit } from '../../services/audit/read.ts';
import { sha256Hex, write } from '../../services/context.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { testSending } from '../harness/sending.ts';
import { actorOf, contextOf, nowIso, plantRival, type ServedApi, serveApi } from './support.ts';

type Verification = components['schemas']['AuditVerification'];

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
    const content = { ...row, tenantId: 'demo', at: row.at.toISOString(), actorRole: row.actor_role };
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
    ['row put between', 'update audit set seq = seq + 1 where seq = 6', 6, 'row_missing'],
    [
      'two rows swapped',
      'update audit set seq = case seq when 2 then 3 else 2 end where seq in (2, 3)',
      2,
      'link_broken',
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

  async function witness(): Promise<void> {
    const activities = createIncidentActivities({
      db: database.db,
      now: nowIso,
      objects: api.objects,
      signer: openSigner(api.signingKeyPem),
      witnessLockMs: 60_000,
      carrier: createCarrierClient({
        accountSid: `AC${'0'.repeat(32)}`,
        authToken: 'x',
        from: '+15005550006',
        timeoutMs: 1,
      }),
      publicUrl: api.baseUrl,
      settleMs: 1,
      ...testSending,
      links: { publicUrl: api.baseUrl, linkSecret: 'x' },
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

  it('is believed only with our signature', async () => {
    await witness();
    const key = 'demo/audit/head-999999999999.json';
    const statement = { kind: 'floorwalker.audit-head.v1', tenantId: 'demo', seq: 1, hash: 'x', at: nowIso() };
    const bytes = Buffer.from(JSON.stringify({ statement, signature: Buffer.from('forged').toString('base64') }));
    await api.objects.putLocked({
      key,
      body: bytes,
      mediaType: 'application/json',
      sha256: sha256Hex(bytes),
      lockedUntil: new Date(Date.now() + 60_000).toISOString(),
    });
    const { status, body } = await verify();
    expect(status).toBe(502);
    expect(body).toMatchObject({
      code: 'DEPENDENCY_PERMANENT',
      detail: expect.stringMatching(/does not carry our signature/),
    });
  });
});
