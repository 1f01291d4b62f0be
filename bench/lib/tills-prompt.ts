import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { components } from '../../schemas/generated/openapi.ts';
import { startDevices } from '../../stack/devices/simulator.ts';
import type { Running } from '../../stack/start.ts';
import { cameraId, selfCheckoutId, zoneId } from '../../stack/store-day/tills.ts';
import { atRate } from './load.ts';

export interface PromptTimes {
  /** From the end of the till's window to the words at the terminal, of items that were reported while it was open. */
  windowToPromptMs: number[];
  /** From the post to the words, of items that were reported when it was over. */
  detectionToPromptMs: number[];
}

/** Reported this long before the window's end, so that the workflow has to wait for it; or after it. */
const earlyMs = 400;
const lateMs = 100;
const beatEveryMs = 2_000;
const givenUpMs = 30_000;
/** The first ones load the workflow's code and fill caches. */
const warmUp = 20;

/**
 * How long a self-checkout's own question takes, over the whole way: HTTP, workflow, till, broker, screen. Each till has a
 * receipt open, its feed is alive, and nothing was rung for the item.
 */
export async function measurePrompts(
  running: Running,
  store: { storeId: string; selfCheckouts: number; windowMs: number },
  { count, perSecond }: { count: number; perSecond: number },
): Promise<PromptTimes> {
  const { storeId, windowMs } = store;
  const targets = Array.from({ length: store.selfCheckouts }, (_, index) => selfCheckoutId(index));
  const devices = await startDevices({
    ...{ mqttUrl: await running.engines.mqttUrl, tenantId: running.application.estate.tenantId, storeId, targets },
    onProblem: (problem) => process.stderr.write(`the terminals' simulator: ${problem}\n`),
  });
  const ring = (type: 'heartbeat' | 'scan') => {
    const occurredAt = new Date().toISOString();
    const line = { storeId, transactionId: `${type}-${randomUUID()}`, line: 1, type, occurredAt };
    return post(
      running,
      '/v1/pos/events',
      targets.map((terminalId) => ({ ...line, terminalId })),
    );
  };
  const beat = setInterval(() => {
    ring('heartbeat').catch((error: Error) => process.stderr.write(`a heartbeat was lost: ${error.message}\n`));
  }, beatEveryMs);
  try {
    await ring('scan');
    await delay(windowMs + 1_000);
    const posted: { incidentId: string; fromMs: number; early: boolean }[] = [];
    await atRate(perSecond, warmUp + count, async (index) => {
      const terminalId = targets[index % targets.length]!;
      const early = index % 2 === 0;
      const postedMs = Date.now();
      const closesMs = early ? postedMs + earlyMs : postedMs - lateMs;
      const { incidentId } = await post<components['schemas']['DetectionReceipt']>(running, '/v1/detections', {
        ...{ eventId: randomUUID(), storeId, cameraId: cameraId(terminalId), zoneId: zoneId(terminalId) },
        ...{ eventType: 'missed_scan', confidence: 0.9, model: { id: 'bench', version: '1' } },
        detectedAt: new Date(closesMs - windowMs).toISOString(),
      });
      if (index >= warmUp) posted.push({ incidentId, early, fromMs: Math.max(closesMs, postedMs) });
    });
    const shownMs = () =>
      new Map(devices.carriedOut.map(({ commandId, at }) => [commandId.split(':')[0]!, Date.parse(at)]));
    const untilMs = Date.now() + givenUpMs;
    while (posted.some(({ incidentId }) => !shownMs().has(incidentId)) && Date.now() < untilMs) await delay(100);
    const shown = shownMs();
    const took = (wanted: boolean) =>
      posted
        .filter(({ early }) => early === wanted)
        .map(({ incidentId, fromMs }) => {
          const atMs = shown.get(incidentId);
          if (atMs === undefined) throw new Error(`the incident ${incidentId} was never asked about at its till`);
          return atMs - fromMs;
        });
    return { windowToPromptMs: took(true), detectionToPromptMs: took(false) };
  } finally {
    clearInterval(beat);
    await devices.close();
  }
}

async function post<T>(running: Running, path: string, body: unknown): Promise<T> {
  const response = await fetch(new URL(path, running.application.baseUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${running.installation.keys.device}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
