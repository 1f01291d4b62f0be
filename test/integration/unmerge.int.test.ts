import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { components } from '../../schemas/generated/openapi.ts';
import { fastPolicy, startTestSystem, type TestSystem } from '../harness/system.ts';

type Schemas = components['schemas'];

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem(inject('engines'), { worker: false, policy: { ...fastPolicy, mergeWindowMs: 5_000 } });
});
afterAll(() => system?.close());

const post = (eventId: string, detectedAt: string) =>
  system.api<Schemas['DetectionReceipt']>('device', 'POST', '/v1/detections', {
    ...{ eventId, detectedAt, storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner' },
    ...{ eventType: 'missed_scan', confidence: 0.9, model: { id: 'test', version: '1' } },
  });

describe('un-merge', () => {
  it('gives a merged detection an incident and a workflow of its own, once', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const opened = await post(first, new Date().toISOString());
    const merged = await post(second, new Date().toISOString());
    expect(merged.body).toMatchObject({ disposition: 'merged', incidentId: opened.body.incidentId });

    const path = `/v1/incidents/${opened.body.incidentId}/unmerge`;
    const { status, body } = await system.api<Schemas['Unmerged']>('soc_operator', 'POST', path, { eventId: second });
    expect(status).toBe(200);
    expect(body.newIncidentId).not.toBe(opened.body.incidentId);
    for (const [incidentId, eventId] of [
      [opened.body.incidentId, first],
      [body.newIncidentId, second],
    ] as const) {
      const incident = await system.api<Schemas['IncidentDetail']>(
        'soc_operator',
        'GET',
        `/v1/incidents/${incidentId}`,
      );
      expect(incident.body).toMatchObject({ detectionCount: 1, detections: [{ eventId, mergeReason: null }] });
      const handle = system.client.workflow.getHandle(`incident:demo:high-street:${incidentId}`);
      expect((await handle.describe()).status.name).toBe('RUNNING');
    }
    expect((await system.api('soc_operator', 'POST', path, { eventId: second })).status).toBe(404);
    expect((await system.api('soc_operator', 'POST', path, { eventId: first })).status).toBe(409);
    expect((await system.api('compliance', 'POST', path, { eventId: second })).status).toBe(403);
  });
});

describe('what-if', () => {
  it('explains a moment at the till and changes nothing', async () => {
    const at = new Date(Date.now() - 5_000);
    const line = {
      storeId: 'high-street',
      terminalId: 'sco-3',
      transactionId: randomUUID(),
      line: 1,
      type: 'scan',
      plu: '4017',
    };
    await system.api('device', 'POST', '/v1/pos/events', {
      ...line,
      occurredAt: new Date(at.getTime() + 400).toISOString(),
    });
    const ask = (more: object) =>
      system.api<Schemas['WhatIf']>('soc_operator', 'POST', '/v1/pos/what-if', {
        storeId: 'high-street',
        terminalId: 'sco-3',
        at: at.toISOString(),
        ...more,
      });
    expect((await ask({})).body).toMatchObject({ verdict: 'MATCH', matchedLineId: `${line.transactionId}/1` });
    const neighbour = new Date(at.getTime() + 350).toISOString();
    expect((await ask({ neighboursAt: [neighbour] })).body).toMatchObject({
      verdict: 'MISMATCH',
      reasons: [{ code: 'NO_RECEIPT_LINE' }],
    });
    expect((await ask({ terminalId: 'sco-99' })).status).toBe(404);
  });
});
