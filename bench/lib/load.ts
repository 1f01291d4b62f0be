import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { components } from '../../schemas/generated/openapi.ts';
import type { Running } from '../../stack/start.ts';
import { benchLanes } from './machine.ts';

type Schemas = components['schemas'];

/** How old a detection is when it is posted: past the till's window. */
const detectedAgoMs = 1_500;

export interface Posted {
  incidentId: string;
  postedAtMs: number;
  acceptedMs: number;
}

/** Where a detection happens. */
export interface Spot {
  storeId: string;
  cameraId: string;
  zoneId: string;
}

export const laneOf = (index: number): Spot => {
  const name = `lane-${(index % benchLanes) + 1}`;
  return { storeId: 'high-street', cameraId: `${name}-cam`, zoneId: name };
};

/** One detection that the till's window no longer holds up; the same event id makes it a duplicate. */
export const detectionAt = (spot: Spot, eventId: string = randomUUID()) => ({
  eventId,
  ...spot,
  eventType: 'missed_scan',
  detectedAt: new Date(Date.now() - detectedAgoMs).toISOString(),
  confidence: 0.9,
  model: { id: 'bench', version: '1' },
});

export interface Load {
  /** Every till of the estate says that it is there. */
  heartbeats(): Promise<void>;
  post(at: Spot, eventId?: string): Promise<Posted>;
  /** Resolves with how long the verdict took to be answered. */
  decide(incidentId: string): Promise<number>;
  incident(incidentId: string): Promise<Schemas['IncidentDetail']>;
  /** When the carrier took each text, by its SID. */
  carrierTimes(): Promise<Map<string, number>>;
}

export function openLoad(running: Running): Load {
  const { baseUrl, carrierUrl } = running.application;
  const { keys } = running.installation;
  const call = async <T>(key: string, method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    async heartbeats() {
      const occurredAt = new Date().toISOString();
      const beats = running.application.estate.stores.flatMap(({ id, terminals }) =>
        terminals.map((terminalId) => ({
          ...{ storeId: id, terminalId, transactionId: `beat-${Date.now()}`, line: 0, type: 'heartbeat', occurredAt },
        })),
      );
      await call(keys.device, 'POST', '/v1/pos/events', beats);
    },
    async post(at, eventId) {
      const detection = detectionAt(at, eventId);
      const postedAtMs = Date.now();
      const startedMs = performance.now();
      const receipt = await call<Schemas['DetectionReceipt']>(keys.device, 'POST', '/v1/detections', detection);
      return { incidentId: receipt.incidentId, postedAtMs, acceptedMs: performance.now() - startedMs };
    },
    async decide(incidentId) {
      // As any client: the same key again until it is answered.
      const key = `bench-${randomUUID()}`;
      const startedMs = performance.now();
      for (let attempt = 1; ; attempt += 1) {
        const answer = await fetch(new URL(`/v1/incidents/${incidentId}/verdict`, baseUrl), {
          method: 'POST',
          headers: {
            authorization: `Bearer ${keys.soc_operator}`,
            'content-type': 'application/json',
            'idempotency-key': key,
          },
          body: JSON.stringify({ verdict: 'false_positive' }),
        });
        if (answer.ok) {
          await answer.body?.cancel();
          return performance.now() - startedMs;
        }
        if (answer.status !== 503 || attempt === 10)
          throw new Error(`the verdict was answered ${answer.status}: ${await answer.text()}`);
        await delay(1_000);
      }
    },
    incident: (incidentId) => call(keys.soc_operator, 'GET', `/v1/incidents/${incidentId}`),
    async carrierTimes() {
      const response = await fetch(new URL('/phones', carrierUrl), { headers: { 'x-floorwalker-simulator': '1' } });
      const { phones } = (await response.json()) as { phones: { messages: { sid: string; at: string }[] }[] };
      return new Map(phones.flatMap((phone) => phone.messages.map(({ sid, at }) => [sid, Date.parse(at)] as const)));
    },
  };
}

/** Calls `work` at a steady rate, whatever each call takes. */
export async function atRate(perSecond: number, count: number, work: (index: number) => Promise<void>): Promise<void> {
  const startedMs = performance.now();
  const calls: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const dueMs = startedMs + (index * 1_000) / perSecond;
    await delay(Math.max(0, dueMs - performance.now()));
    calls.push(work(index));
  }
  await Promise.all(calls);
}

/** Keeps `concurrency` calls under way for `durationMs`; resolves with how many finished, and in how long. */
export async function closedLoop(
  concurrency: number,
  durationMs: number,
  work: (index: number) => Promise<void>,
): Promise<{ finished: number; seconds: number }> {
  const startedMs = performance.now();
  let index = 0;
  let finished = 0;
  const lane = async () => {
    while (performance.now() - startedMs < durationMs) {
      index += 1;
      await work(index);
      finished += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { finished, seconds: (performance.now() - startedMs) / 1_000 };
}
