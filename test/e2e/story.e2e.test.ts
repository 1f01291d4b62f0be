import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { components } from '../../schemas/generated/openapi.ts';
import { demoPhones } from '../../stack/estate.ts';
import { plantRecording } from '../harness/recording.ts';
import { eventually, startTestSystem, type TestSystem } from '../harness/system.ts';

type Schemas = components['schemas'];

let system: TestSystem;
const engines = inject('engines');

beforeAll(async () => {
  system = await startTestSystem(engines);
}, 120_000);
afterAll(() => system?.close());

const agoIso = (ms: number) => new Date(Date.now() - ms).toISOString();

const detection = (detectedAt: string) => ({
  eventId: randomUUID(),
  storeId: 'high-street',
  cameraId: 'sco-3-cam',
  zoneId: 'scanner',
  eventType: 'missed_scan',
  detectedAt,
  confidence: 0.9,
  model: { id: 'scan-zone-counter', version: '1' },
});

const line = (occurredAt: string, more: Record<string, unknown> = {}) => ({
  storeId: 'high-street',
  terminalId: 'sco-3',
  transactionId: randomUUID(),
  line: 1,
  type: 'scan',
  occurredAt,
  plu: '4017',
  description: 'Apple',
  ...more,
});

describe('one missed scan', () => {
  it('travels from detection to a closed incident with its clip', async () => {
    const detectedAt = agoIso(3_000);
    await plantRecording({
      ffmpegPath: engines.ffmpegPath,
      ringDir: system.ringDir,
      cameraId: 'sco-3-cam',
      fromAt: agoIso(10_000),
      seconds: 12,
    });
    await system.api('device', 'POST', '/v1/pos/events', line(agoIso(0), { type: 'heartbeat' }));
    const accepted = await system.api<Schemas['DetectionReceipt']>(
      'device',
      'POST',
      '/v1/detections',
      detection(detectedAt),
    );
    expect(accepted.status).toBe(202);
    const { incidentId } = accepted.body;

    const text = await system.phone(demoPhones.staff).expectText(/please check SCO 3, High Street/);
    expect(text.body.length).toBeLessThanOrEqual(160);
    const ready = await eventually(async () => {
      const { body } = await system.api<Schemas['IncidentDetail']>(
        'soc_operator',
        'GET',
        `/v1/incidents/${incidentId}`,
      );
      return body.evidenceState === 'ready' && body;
    });
    expect(ready.posVerdict).toBe('MISMATCH');
    await system.phone(demoPhones.staff).reply('4');
    const closed = await eventually(async () => {
      const { body } = await system.api<Schemas['IncidentDetail']>(
        'soc_operator',
        'GET',
        `/v1/incidents/${incidentId}`,
      );
      return body.state === 'closed' && body;
    });
    expect(closed).toMatchObject({ verdict: 'confirmed', textsSent: 1, legalHold: false });
    const clip = await system.api('compliance', 'GET', closed.clip?.url ?? '');
    expect(clip.status).toBe(200);
    const verified = await system.api('compliance', 'GET', '/v1/audit/verify');
    expect(verified.body).toMatchObject({ ok: true, problem: null });
    expect(system.errors).toEqual([]);
  });
});
