import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPolicy, type Policy, quietNothing } from '../../domain/policy.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { demoPhones } from '../../stack/estate.ts';
import { type Installation, type Killable, startInstallation, stillRunning } from '../harness/installation.ts';
import { eventually } from '../harness/system.ts';

type Schemas = components['schemas'];

/** Nobody else is texted while a process is away, and every detection is an incident of its own. */
const policy: Policy = {
  ...defaultPolicy,
  posWindow: { beforeMs: 500, afterMs: 500, feedStaleAfterMs: 3_600_000 },
  mergeWindowMs: 1,
  noise: quietNothing,
  evidence: { preRollMs: 500, postRollMs: 500, graceMs: 1_000, giveUpAfterMs: 60_000 },
  escalation: [
    { role: 'store_staff', timeoutMs: 120_000 },
    { role: 'store_manager', timeoutMs: 120_000 },
  ],
};

let floorwalker: Installation;
const recoveries: Record<string, number> = {};

beforeAll(async () => {
  floorwalker = await startInstallation(policy);
  const heartbeat = {
    ...{ storeId: 'high-street', terminalId: 'sco-3', transactionId: 'none', line: 1, type: 'heartbeat' },
    occurredAt: new Date().toISOString(),
  };
  expect((await floorwalker.api('device', 'POST', '/v1/pos/events', heartbeat)).status).toBe(202);
}, 120_000);

afterAll(async () => {
  await floorwalker?.stop();
  await floorwalker?.remove();
  process.stderr.write(`ready again after kill -9, ms: ${JSON.stringify(recoveries)}\n`);
}, 60_000);

const detection = (agoMs = 2_000) => ({
  eventId: randomUUID(),
  ...{ storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner', eventType: 'missed_scan' },
  detectedAt: new Date(Date.now() - agoMs).toISOString(),
  confidence: 0.9,
  model: { id: 'scan-zone-counter', version: '1' },
});

/** As a device does: the same detection again until it is accepted. */
async function post(body: ReturnType<typeof detection>): Promise<string> {
  return eventually(async () => {
    const answer = await floorwalker
      .api<Schemas['DetectionReceipt']>('device', 'POST', '/v1/detections', body)
      .catch(() => undefined);
    return answer?.status === 202 && answer.body.incidentId;
  }, 40_000);
}

const incidentOf = async (incidentId: string) =>
  (await floorwalker.api<Schemas['IncidentDetail']>('soc_operator', 'GET', `/v1/incidents/${incidentId}`)).body;

async function codeOf(incidentId: string): Promise<string> {
  const { rows } = await floorwalker.pool.query<{ code: string }>('select code from incidents where id = $1', [
    incidentId,
  ]);
  return rows[0]!.code;
}

/** Alerts about this incident, by phone. */
async function alertsOf(code: string): Promise<{ staff: number; manager: number }> {
  const count = async (number: string) =>
    (await floorwalker.phone(number).texts()).filter(({ body }) => body.startsWith(`Floorwalker ${code}: please check`))
      .length;
  return { staff: await count(demoPhones.staff), manager: await count(demoPhones.manager) };
}

const texted = (code: string, withinMs = 30_000) => eventually(async () => (await alertsOf(code)).staff > 0, withinMs);

/** Closed with the answer, one text, nothing left anywhere, and the audit log holds. */
async function expectSettled(incidentId: string, verdict: string): Promise<void> {
  const closed = await eventually(async () => {
    const incident = await incidentOf(incidentId).catch(() => undefined);
    return incident?.state === 'closed' && incident.evidenceState !== 'requested' && incident;
  }, 40_000);
  expect(closed).toMatchObject({ verdict, textsSent: 1 });
  expect(await alertsOf(closed.code)).toEqual({ staff: 1, manager: 0 });
  await expectNothingLeft();
}

async function expectNothingLeft(): Promise<void> {
  await eventually(async () => {
    const { rows } = await floorwalker.pool.query<{ count: number }>(
      "select ((select count(*) from outbox) + (select count(*) from notifications where state = 'intended'))::int as count",
    );
    return rows[0]?.count === 0;
  }, 45_000);
  const audit = await floorwalker.api<Schemas['AuditVerification']>('compliance', 'GET', '/v1/audit/verify');
  expect(audit.body).toMatchObject({ ok: true, problem: null });
}

const reply = (body: string) => floorwalker.phone(demoPhones.staff).reply(body);

describe('kill -9 between the text and its answer', () => {
  it.each<Killable>(['worker', 'api', 'postgres', 'temporal'])(
    'of %s, which comes back',
    async (name) => {
      const incidentId = await post(detection());
      const code = await codeOf(incidentId);
      await texted(code);
      recoveries[name] = await floorwalker.kill(name).backAfterMs;
      await reply(`${code} 4`);
      await expectSettled(incidentId, 'confirmed');
    },
    90_000,
  );

  it.each<Killable>(['worker', 'temporal'])(
    'of %s, while the person answers',
    async (name) => {
      const incidentId = await post(detection());
      const code = await codeOf(incidentId);
      await texted(code);
      const { backAfterMs } = floorwalker.kill(name);
      await reply(`${code} 1`);
      await backAfterMs;
      await expectSettled(incidentId, 'paid');
    },
    90_000,
  );
});

describe('kill -9 of the media worker', () => {
  it('the evidence is settled all the same, once its silence is noticed', async () => {
    const incidentId = await post(detection(-500));
    // By now it waits for the post-roll.
    await new Promise((resolve) => setTimeout(resolve, 300));
    recoveries['media'] = await floorwalker.kill('media').backAfterMs;
    const code = await codeOf(incidentId);
    await texted(code);
    await reply(`${code} 4`);
    await expectSettled(incidentId, 'confirmed');
    expect((await incidentOf(incidentId)).evidenceState).toBe('failed');
  }, 90_000);
});

describe('kill -9 before the text', () => {
  it('a detection that is accepted while the worker is down leads to one text', async () => {
    const { backAfterMs } = floorwalker.kill('worker');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const incidentId = await post(detection());
    const code = await codeOf(incidentId);
    expect(await alertsOf(code)).toEqual({ staff: 0, manager: 0 });
    await backAfterMs;
    await texted(code);
    await reply(`${code} 2`);
    await expectSettled(incidentId, 'staff_error');
  }, 90_000);

  it('a worker that dies while the carrier takes the text does not send it twice', async () => {
    const turn = (knobs: Record<string, number>) =>
      floorwalker.carrierControl('/control', { method: 'POST', body: JSON.stringify(knobs) });
    // Without receipts only the carrier's own list can say that it has the text.
    await turn({ acceptLatencyMs: 1_000, dropCallbacks: 1 });
    const incidentId = await post(detection());
    const code = await codeOf(incidentId);
    await eventually(async () => {
      const { rowCount } = await floorwalker.pool.query(
        "select 1 from notifications where incident_id = $1 and state = 'intended'",
        [incidentId],
      );
      return rowCount === 1;
    });
    await floorwalker.kill('worker').backAfterMs;
    await texted(code);
    await eventually(async () => (await incidentOf(incidentId)).textsSent === 1, 30_000);
    await turn({ acceptLatencyMs: 0, dropCallbacks: 0 });
    await reply(`${code} 4`);
    await expectSettled(incidentId, 'confirmed');
  }, 90_000);

  it('an API that dies in a burst of 20 detections loses none and doubles none', async () => {
    const burst = Array.from({ length: 20 }, (_, index) => detection(2_000 + index * 20));
    let accepted = 0;
    let killed: Promise<number> | undefined;
    const incidentIds = await Promise.all(
      burst.map(async (body) => {
        const incidentId = await post(body);
        accepted += 1;
        if (accepted === 5) killed = floorwalker.kill('api').backAfterMs;
        return incidentId;
      }),
    );
    expect(await killed).toBeGreaterThan(0);
    expect(new Set(incidentIds).size).toBe(20);
    const codes = await Promise.all(incidentIds.map(codeOf));
    for (const code of codes) await texted(code);
    for (const code of codes) await reply(`${code} 1`);
    for (const [index, incidentId] of incidentIds.entries()) {
      await eventually(async () => (await incidentOf(incidentId)).state === 'closed', 30_000);
      expect(await alertsOf(codes[index]!)).toEqual({ staff: 1, manager: 0 });
    }
    await expectNothingLeft();
  }, 120_000);
});

describe('stopping and starting again', () => {
  it('leaves no process behind, and an open incident goes on', async () => {
    const incidentId = await post(detection());
    const code = await codeOf(incidentId);
    await texted(code);
    const before = await floorwalker.identities();
    expect(before.length).toBe(8);
    await floorwalker.stop();
    expect(stillRunning(before)).toEqual([]);
    await floorwalker.startAgain();
    expect((await incidentOf(incidentId)).state).toBe('alerting');
    await reply(`${code} 4`);
    await expectSettled(incidentId, 'confirmed');
  }, 120_000);
});
