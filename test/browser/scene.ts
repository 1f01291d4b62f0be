import { randomUUID } from 'node:crypto';
import type { Policy } from '../../domain/policy.ts';
import type { Behaviour } from '../../domain/types.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import type { TestEngines } from '../engines.setup.ts';
import { plantRecording } from '../harness/recording.ts';
import { scriptedFinder } from '../harness/scripted-finder.ts';
import { fastPolicy, type SystemOptions, startTestSystem, type TestSystem } from '../harness/system.ts';
import { builtConsole } from './browser.ts';

type Schemas = components['schemas'];

const place = { storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner' } as const;
const recordedSeconds = 150;

/** Each incident has its own stretch of the recording, so that no till line of one lies near another. */
const apartMs = 10_000;

/** Clips within seconds, but people have a minute: nobody is asked next while a test looks at the page. */
const unhurried = {
  ...fastPolicy,
  lateAfterMs: 10 * 60_000,
  // The till's lines are planted minutes after their time, which must not be taken for a till that lags.
  posWindow: { ...fastPolicy.posWindow, feedStaleAfterMs: 10 * 60_000 },
  escalation: [
    { role: 'store_staff', timeoutMs: 60_000 },
    { role: 'store_manager', timeoutMs: 60_000 },
  ],
} satisfies SystemOptions['policy'];

export interface Scene {
  system: TestSystem;
  /** A shopper's item crosses between two that were rung; resolves once the detection is accepted. */
  missedScan(): Promise<{ incidentId: string; code: string }>;
  /** Something that needs no till, seen now. */
  seen(eventType: Behaviour): Promise<{ incidentId: string; code: string }>;
  read(incidentId: string): Promise<Schemas['IncidentDetail']>;
}

/** The whole system with the console in front and a camera that has recorded all along. */
export async function openScene(engines: TestEngines, change: Partial<Policy> = {}): Promise<Scene> {
  const system = await startTestSystem(engines, {
    policy: { ...unhurried, ...change },
    consoleDir: await builtConsole(),
    finder: scriptedFinder,
  });
  const startMs = Date.now() - recordedSeconds * 1_000;
  await plantRecording({
    ffmpegPath: engines.ffmpegPath,
    ringDir: system.ringDir,
    cameraId: place.cameraId,
    fromAt: new Date(startMs).toISOString(),
    seconds: recordedSeconds,
  });
  const read = async (incidentId: string) =>
    (await system.api<Schemas['IncidentDetail']>('soc_operator', 'GET', `/v1/incidents/${incidentId}`)).body;
  const ring = (line: number, occurredAt: string, more: Record<string, unknown>) => ({
    ...{ storeId: place.storeId, terminalId: 'sco-3', transactionId: 'receipt-1' },
    ...{ line, occurredAt, type: 'scan' },
    ...more,
  });
  const report = async (detection: Record<string, unknown>) => {
    const { status, body } = await system.api<Schemas['DetectionReceipt']>('device', 'POST', '/v1/detections', {
      ...place,
      eventId: randomUUID(),
      confidence: 0.9,
      model: { id: 'scan-zone-counter', version: '1', thresholds: { minConfidence: 0.5 } },
      ...detection,
    });
    if (status !== 202) throw new Error(`the detection was answered with ${status}: ${JSON.stringify(body)}`);
    return { incidentId: body.incidentId, code: (await read(body.incidentId)).code };
  };
  let incidents = 0;
  return {
    system,
    read,
    seen: (eventType) => report({ eventType, detectedAt: new Date().toISOString() }),
    async missedScan() {
      incidents += 1;
      const line = incidents * 10;
      const atMs = startMs + incidents * apartMs;
      const nearIso = (ms: number) => new Date(atMs + ms).toISOString();
      for (const item of [
        ring(line, nearIso(-3_000), { plu: '4017', description: 'Apple', amountMinor: 45, currency: 'GBP' }),
        ring(line + 1, nearIso(3_000), { plu: '4011', description: 'Banana', amountMinor: 19, currency: 'GBP' }),
        ring(line + 2, new Date().toISOString(), { type: 'heartbeat' }),
      ])
        await system.api('device', 'POST', '/v1/pos/events', item);
      const box = (ms: number, x: number) => ({ at: nearIso(ms), x, y: 0.4, width: 0.15, height: 0.3 });
      return report({
        eventType: 'missed_scan',
        detectedAt: nearIso(0),
        boxes: [box(-400, 0.3), box(0, 0.4), box(400, 0.5)],
      });
    },
  };
}
