import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { plantEstate } from '../../stack/estate.ts';
import { eventually, fastPolicy, startTestSystem, type TestSystem } from '../harness/system.ts';

type Receipt = components['schemas']['DetectionReceipt'];

const count = 500;
const concurrency = 24;
const storeIds = Array.from({ length: 10 }, (_, index) => `branch-${index}`);
/** The handsets of these are switched off: their managers answer. */
const deadStores: readonly string[] = storeIds.slice(0, 2);
const staffPhone = (index: number) => `+4477009003${index}1`;
const managerPhone = (index: number) => `+4477009003${index}2`;
const wantedOf = { '1': 'paid', '2': 'staff_error', '4': 'confirmed' } as const;
const digits = ['1', '2', '4'] as const;

interface Handset {
  number: string;
  messages: { sid: string; direction: string; body: string; status: string }[];
}

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem(inject('engines'), {
    media: false,
    policy: {
      ...fastPolicy,
      posWindow: { beforeMs: 1_000, afterMs: 1_000, feedStaleAfterMs: 3_600_000 },
      mergeWindowMs: 1,
      evidence: { preRollMs: 1_000, postRollMs: 1_000, graceMs: 500, giveUpAfterMs: 120_000 },
      escalation: [
        { role: 'store_staff', timeoutMs: 10_000 },
        { role: 'store_manager', timeoutMs: 600_000 },
      ],
    },
  });
  const { database } = system;
  await plantEstate(database.adminUrl, {
    ...database.estate,
    stores: storeIds.map((id) => ({
      ...{ id, name: id, timeZone: 'Europe/London', terminals: ['till'] },
      cameras: [{ id: 'cam', name: 'Lane' }],
      zones: [{ id: 'zone', cameraId: 'cam', label: 'Lane 1', terminalId: 'till' }],
    })),
    people: storeIds.flatMap((storeId, index) => [
      { id: `staff-${index}`, displayName: 'Staff', role: 'store_staff', phone: staffPhone(index), storeId },
      { id: `manager-${index}`, displayName: 'Manager', role: 'store_manager', phone: managerPhone(index), storeId },
    ]),
  });
  await database.admin.query('update api_keys set store_ids = null');
  await system.carrierControl('/control', {
    method: 'POST',
    body: JSON.stringify({
      ...{ dropCallbacks: 0.2, duplicateCallbacks: 0.2, reorder: 0.2, seed: 4 },
      undeliverable: deadStores.map((_, index) => staffPhone(index)),
    }),
  });
  const occurredAt = new Date().toISOString();
  const beats = storeIds.map((storeId) => ({
    ...{ storeId, terminalId: 'till', transactionId: randomUUID(), line: 0, type: 'heartbeat', occurredAt },
  }));
  expect((await system.api('device', 'POST', '/v1/pos/events', beats)).status).toBe(202);
}, 300_000);
afterAll(() => system?.close());

const handsets = async (): Promise<Handset[]> =>
  ((await system.carrierControl('/phones')) as { phones: Handset[] }).phones;

/** Apart from one another, however fast they are posted: each is an incident of its own. */
let lastSeenAtMs = 0;
const nextSeenAt = (): string => {
  lastSeenAtMs = Math.max(lastSeenAtMs + 5, Date.now() - 4_000);
  return new Date(lastSeenAtMs).toISOString();
};

async function detect(index: number): Promise<string> {
  const detection = {
    ...{ eventId: `callbacks-${index}`, storeId: storeIds[index % storeIds.length], cameraId: 'cam', zoneId: 'zone' },
    detectedAt: nextSeenAt(),
    ...{ eventType: 'missed_scan', confidence: 0.9, model: { id: 'test', version: '1' } },
  };
  for (;;) {
    const { status, body } = await system.api<Receipt>('device', 'POST', '/v1/detections', detection);
    if (status === 202) return body.incidentId;
    // Told to come again, as on a machine that has other things to do: a camera does.
    expect(status).toBe(503);
    await delay(500);
  }
}

/** Everybody answers each alert once, the same incident always with the same digit. */
function answerEverything(): { digitOf: Map<string, (typeof digits)[number]>; stop(): Promise<void> } {
  const digitOf = new Map<string, (typeof digits)[number]>();
  const answered = new Set<string>();
  let running = true;
  const done = (async () => {
    while (running) {
      for (const { number, messages } of await handsets())
        for (const { sid, direction, body, status } of messages) {
          const code = /Floorwalker (\w{3}): please check/.exec(body)?.[1];
          if (direction !== 'to_phone' || code === undefined || status !== 'delivered' || answered.has(sid)) continue;
          answered.add(sid);
          const digit = digitOf.get(code) ?? digits[digitOf.size % digits.length]!;
          digitOf.set(code, digit);
          await system.carrierControl(`/phones/${encodeURIComponent(number)}/messages`, {
            method: 'POST',
            body: JSON.stringify({ body: `${digit} ${code}` }),
          });
        }
      await delay(500);
    }
  })();
  return {
    digitOf,
    async stop() {
      running = false;
      await done;
    },
  };
}

const everythingIsClosed = () =>
  eventually(async () => {
    const { rows } = await system.database.admin.query<{ left: number }>(
      "select ((select count(*) from incidents where state <> 'closed') + (select count(*) from notifications where state = 'intended') + (select count(*) from outbox))::int as left",
    );
    return rows[0]?.left === 0;
  }, 300_000);

describe('callbacks of which a fifth is lost, a fifth comes twice and a fifth out of order', () => {
  it('leave 500 incidents with the verdict that their phone gave, once, and no text in a state that it is not in', async () => {
    const people = answerEverything();
    const incidentIds: string[] = [];
    let next = 0;
    const lane = async () => {
      while (next < count) {
        const index = next;
        next += 1;
        incidentIds.push(await detect(index));
      }
    };
    try {
      await Promise.all(Array.from({ length: concurrency }, lane));
      await everythingIsClosed();
    } finally {
      await people.stop();
    }
    expect(new Set(incidentIds).size).toBe(count);
    const { admin } = system.database;
    // The carrier gives up a callback that it cannot place; by then each has been placed, dropped or repeated.
    await delay(1_500);

    const { rows: incidents } = await admin.query<{ id: string; code: string; verdict: string; decisions: number }>(
      `select i.id, i.code, i.verdict,
         (select count(*)::int from incident_events e where e.tenant_id = i.tenant_id and e.incident_id = i.id and e.kind = 'verdict_given') as decisions
       from incidents i`,
    );
    expect(incidents).toHaveLength(count);
    const wrong = incidents.filter(({ code, verdict, decisions }) => {
      const digit = people.digitOf.get(code);
      return digit === undefined || verdict !== wantedOf[digit] || decisions !== 1;
    });
    expect(wrong).toEqual([]);

    const carried = new Map(
      (await handsets()).flatMap(({ messages }) => messages.map((text) => [text.sid, text.status])),
    );
    const { rows: texts } = await admin.query<{ id: string; state: string; carrier_sid: string }>(
      'select id, state, carrier_sid from notifications',
    );
    // What the callback would have said may be lost; what it did not say must not be believed.
    const allowed: Record<string, readonly string[]> = {
      delivered: ['delivered', 'sent'],
      undelivered: ['undelivered', 'sent'],
    };
    const misjudged = texts.flatMap(({ id, state, carrier_sid }) => {
      const truth = carried.get(carrier_sid) ?? 'unknown to the carrier';
      return allowed[truth]?.includes(state) ? [] : [{ id, state, truth }];
    });
    expect(misjudged).toEqual([]);
    const lost = texts.filter(({ state }) => state === 'sent').length;
    const known = texts.filter(({ state }) => state === 'delivered').length;
    const dead = texts.filter(({ state }) => state === 'undelivered').length;
    // All of it has happened, and the losses are the carrier's fifth and not ours.
    expect(dead).toBeGreaterThan(0);
    expect(known).toBeGreaterThan(count / 2);
    expect(lost / texts.length).toBeGreaterThan(0.1);
    expect(lost / texts.length).toBeLessThan(0.35);
    const { webhooks } = (await system.carrierControl('/counts')) as { webhooks: { dropped: number; failed: number } };
    expect(webhooks.dropped).toBeGreaterThan(count / 5);
    // The second of two alike is refused, and does nothing.
    expect(webhooks.failed).toBeGreaterThan(0);
    // A machine that is too busy to answer in time is asked again; nothing else may have gone wrong.
    const isTemporary = (error: unknown) => error instanceof DomainError && error.code === 'DEPENDENCY_TEMPORARY';
    expect(system.errors.filter(({ error }) => !isTemporary(error))).toEqual([]);
    const { body } = await system.api('compliance', 'GET', '/v1/audit/verify');
    expect(body).toMatchObject({ ok: true });
  }, 400_000);
});
