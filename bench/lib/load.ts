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

export interface Load {
  heartbeats(): Promise<void>;
  post(lane: number): Promise<Posted>;
  decide(incidentId: string): Promise<void>;
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
      const beats = Array.from({ length: benchLanes }, (_, lane) => ({
        storeId: 'high-street',
        terminalId: `lane-${lane + 1}`,
        transactionId: `beat-${Date.now()}`,
        line: 0,
        type: 'heartbeat',
        occurredAt,
      }));
      await call(keys.device, 'POST', '/v1/pos/events', beats);
    },
    async post(lane) {
      const name = `lane-${(lane % benchLanes) + 1}`;
      const postedAtMs = Date.now();
      const startedMs = performance.now();
      const receipt = await call<Schemas['DetectionReceipt']>(keys.device, 'POST', '/v1/detections', {
        eventId: randomUUID(),
        storeId: 'high-street',
        cameraId: `${name}-cam`,
        zoneId: name,
        eventType: 'missed_scan',
        detectedAt: new Date(postedAtMs - detectedAgoMs).toISOString(),
        confidence: 0.9,
        model: { id: 'bench', version: '1' },
      });
      return { incidentId: receipt.incidentId, postedAtMs, acceptedMs: performance.now() - startedMs };
    },
    async decide(incidentId) {
      // As any client: the same key again until it is answered.
      const key = `bench-${randomUUID()}`;
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
        if (answer.ok) return;
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
