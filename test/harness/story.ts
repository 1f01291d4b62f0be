import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Policy } from '../../domain/policy.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { demoPhones } from '../../stack/estate.ts';
import type { TestEngines } from '../engines.setup.ts';
import type { Phone } from './phone.ts';
import { eventually, fastPolicy, startTestSystem, type TestSystem } from './system.ts';

type Schemas = components['schemas'];
export type Incident = Schemas['IncidentDetail'];

/** An hour for each person: nobody else is texted while a story takes its time. */
export const unhurried: Partial<Policy> = {
  escalation: [
    { role: 'store_staff', timeoutMs: 3_600_000 },
    { role: 'store_manager', timeoutMs: 3_600_000 },
  ],
};

/** The actors of a story: a camera that sees, a till that rings, two people with phones. */
export interface Stage {
  system: TestSystem;
  camera: { sees(options?: { at?: string; eventType?: string }): Promise<{ incidentId: string; code: string }> };
  till: {
    beats(): Promise<void>;
    rings(occurredAt: string): Promise<void>;
  };
  sam: Phone;
  alex: Phone;
  incident(incidentId: string): Promise<Incident>;
  closed(incidentId: string): Promise<Incident>;
  timeline(incidentId: string): Promise<string[]>;
  /** No text that was not expected, nothing unsettled, no error in a log, and an audit log that holds. */
  endsWell(): Promise<void>;
  close(): Promise<void>;
}

export const agoIso = (ms: number) => new Date(Date.now() - ms).toISOString();

export async function openStage(engines: TestEngines, policy: Partial<Policy> = {}): Promise<Stage> {
  const system = await startTestSystem(engines, { policy: { ...fastPolicy, mergeWindowMs: 1, ...policy } });
  const sam = system.phone(demoPhones.staff);
  const alex = system.phone(demoPhones.manager);
  const ring = async (line: Record<string, unknown>) => {
    const place = { storeId: 'high-street', terminalId: 'sco-3', transactionId: randomUUID(), line: 1 };
    const answer = await system.api('device', 'POST', '/v1/pos/events', { ...place, ...line });
    expect(answer.status).toBe(202);
  };
  const incident: Stage['incident'] = async (incidentId) =>
    (await system.api<Incident>('soc_operator', 'GET', `/v1/incidents/${incidentId}`)).body;
  const { admin } = system.database;

  return {
    ...{ system, sam, alex, incident },
    camera: {
      async sees({ at = agoIso(3_000), eventType = 'missed_scan' } = {}) {
        const { status, body } = await system.api<Schemas['DetectionReceipt']>('device', 'POST', '/v1/detections', {
          eventId: randomUUID(),
          ...{ storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner', eventType },
          detectedAt: at,
          confidence: 0.9,
          model: { id: 'scan-zone-counter', version: '1' },
        });
        expect(status).toBe(202);
        return { incidentId: body.incidentId, code: (await incident(body.incidentId)).code };
      },
    },
    till: {
      beats: () => ring({ type: 'heartbeat', occurredAt: agoIso(0) }),
      rings: (occurredAt) => ring({ type: 'scan', occurredAt, plu: '4017', description: 'Apple' }),
    },
    closed: (incidentId) =>
      eventually(async () => {
        const now = await incident(incidentId);
        return now.state === 'closed' && now;
      }),
    async timeline(incidentId) {
      const { rows } = await admin.query<{ kind: string }>(
        'select kind from incident_events where incident_id = $1 order by id',
        [incidentId],
      );
      return rows.map(({ kind }) => kind);
    },
    async endsWell() {
      await eventually(async () => {
        const { rows } = await admin.query<{ left: number }>(
          "select ((select count(*) from outbox) + (select count(*) from notifications where state = 'intended') + (select count(*) from incidents where state <> 'closed'))::int as left",
        );
        return rows[0]?.left === 0;
      });
      expect([...(await sam.unexpected()), ...(await alex.unexpected())]).toEqual([]);
      expect(system.errors).toEqual([]);
      const { body } = await system.api('compliance', 'GET', '/v1/audit/verify');
      expect(body).toMatchObject({ ok: true, problem: null });
    },
    close: () => system.close(),
  };
}
