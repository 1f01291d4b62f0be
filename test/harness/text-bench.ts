import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type {
  AlertStepInput,
  FirstContactResult,
  IncidentActivities,
  SettledStepOutcome,
  StepOutcome,
} from '../../activities/contracts.ts';
import { createIncidentActivities } from '../../activities/incident.ts';
import { createNotifyActivities } from '../../activities/notify.ts';
import { generateSigningKeyPem, openSigner } from '../../adapters/crypto/signer.ts';
import { createCarrierClient } from '../../adapters/twilio/client.ts';
import type { Carrier } from '../../adapters/twilio/types.ts';
import { signWebhook } from '../../stack/carrier/signature.ts';
import { demoPhones } from '../../stack/estate.ts';
import type { WatchdogDependencies } from '../../workers/watchdog.ts';
import type { TestEngines } from '../engines.setup.ts';
import { inActivity } from './in-activity.ts';
import { testSending } from './sending.ts';
import { carrierAccount, eventually, fastPolicy, startTestSystem, type TestSystem } from './system.ts';

export const settleMs = 1_000;
const carrierTimeoutMs = 400;

interface NotificationRow {
  id: string;
  state: string;
  carrier_sid: string | null;
  failure: string | null;
  claimed_at: Date;
}

/** The text activities on a real database and carrier, called as the workflow would, without a worker. */
export interface TextBench {
  system: TestSystem;
  carrier: Carrier;
  /** The activities as they are, to be called in any order. */
  incidents: IncidentActivities;
  /** Posts a status callback, signed with this token. */
  callback(notificationId: string, params: Record<string, string>, token?: string): Promise<Response>;
  /** An open incident whose first person has not been told yet. */
  openIncident(): Promise<{ incidentId: string; code: string }>;
  /** One attempt of the local activity. */
  firstContact(incidentId: string, carrier?: Partial<Carrier>): Promise<StepOutcome | null>;
  /** Attempts of the notify activity until it settles, with the pauses that it asks for. */
  alertStep(
    input: Pick<AlertStepInput, 'incidentId'> & Partial<AlertStepInput>,
    options?: { carrier?: Partial<Carrier>; giveUpAfterMs?: number },
  ): Promise<SettledStepOutcome>;
  /** What the watchdog is given. */
  watch(carrier?: Partial<Carrier>): WatchdogDependencies;
  knobs(knobs: Record<string, unknown>): Promise<void>;
  textsAbout(code: string, number?: string): Promise<number>;
  rows(incidentId: string): Promise<NotificationRow[]>;
  close(): Promise<void>;
}

/** Failing is what these activities are here for. */
const logger = new DefaultLogger('ERROR', () => undefined);

export const died = new Error('the process died here');

export async function openTextBench(engines: TestEngines): Promise<TextBench> {
  const policy = { ...fastPolicy, mergeWindowMs: 1 };
  const system = await startTestSystem(engines, { worker: false, policy });
  const { database } = system;
  const now = () => new Date().toISOString();
  const real = createCarrierClient({
    ...{ accountSid: carrierAccount.accountSid, from: carrierAccount.publicNumber },
    ...{ authToken: system.carrierToken, apiBaseUrl: system.carrierUrl, timeoutMs: carrierTimeoutMs },
  });
  const dependencies = (carrier: Partial<Carrier> = {}) => ({
    ...{ db: database.db, now, settleMs, objects: system.objects, witnessLockMs: 60_000 },
    carrier: { ...real, ...carrier },
    ...testSending,
    publicUrl: system.baseUrl,
    links: { publicUrl: system.baseUrl, linkSecret: 'a secret of the tests only' },
    signer: openSigner(generateSigningKeyPem()),
    onSweepError: (error: unknown) => system.errors.push({ error, about: 'sweep' }),
  });
  const { tenantId } = database.estate;
  /** The till speaks just now, however long the tests before took; one that is silent testifies against nobody. */
  const tillBeats = async () => {
    const place = { storeId: 'high-street', terminalId: 'sco-3', transactionId: randomUUID(), line: 1 };
    const answer = await system.api('device', 'POST', '/v1/pos/events', {
      ...{ ...place, type: 'heartbeat', occurredAt: now() },
    });
    if (answer.status !== 202) throw new Error(`the till was answered ${answer.status}`);
  };
  let opened = 0;

  return {
    system,
    carrier: real,
    incidents: inActivity(createIncidentActivities(dependencies())),
    callback(notificationId, params, token = system.carrierToken) {
      const url = `${system.baseUrl}/webhooks/twilio/status?tenant=${tenantId}&notification=${notificationId}`;
      return fetch(url, {
        method: 'POST',
        headers: { 'x-twilio-signature': signWebhook(token, url, params) },
        body: new URLSearchParams(params),
      });
    },
    async openIncident() {
      await tillBeats();
      opened += 1;
      const answer = await system.api<{ incidentId: string }>('device', 'POST', '/v1/detections', {
        eventId: randomUUID(),
        ...{ storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner', eventType: 'missed_scan' },
        detectedAt: new Date(Date.now() - 3_000 - opened * 10).toISOString(),
        confidence: 0.9,
        model: { id: 'scan-zone-counter', version: '1' },
      });
      const { incidentId } = answer.body;
      const { rows } = await database.admin.query<{ code: string }>('select code from incidents where id = $1', [
        incidentId,
      ]);
      return { incidentId, code: rows[0]!.code };
    },
    async firstContact(incidentId, carrier) {
      const { firstContact } = createIncidentActivities(dependencies(carrier));
      const incident = {
        ...{ tenantId, storeId: 'high-street', incidentId, behaviour: 'missed_scan' as const },
        ...{ detectedAt: now(), policy },
      };
      const run = (): Promise<FirstContactResult> => firstContact({ incident });
      return (await new MockActivityEnvironment({}, { logger }).run<[], FirstContactResult, typeof run>(run)).firstStep;
    },
    async alertStep(input, { carrier, giveUpAfterMs = 20_000 } = {}) {
      const { alertStep } = createNotifyActivities({ ...dependencies(carrier), giveUpAfterMs });
      const scheduledTimestampMs = Date.now();
      for (let attempt = 1; ; attempt += 1) {
        try {
          const environment = new MockActivityEnvironment({ attempt, scheduledTimestampMs }, { logger });
          return await environment.run(() => alertStep({ tenantId, step: 0, kind: 'alert', ...input }));
        } catch (error) {
          if (!(error instanceof ApplicationFailure) || error.nonRetryable || attempt > 20) throw error;
          await sleep(Math.min(3_000, Number(error.nextRetryDelay ?? 200)));
        }
      }
    },
    watch: (carrier) => ({
      ...dependencies(carrier),
      giveUpAfterMs: 40_000,
      onError: (error, about) => system.errors.push({ error, about }),
    }),
    async knobs(knobs) {
      await system.carrierControl('/control', { method: 'POST', body: JSON.stringify(knobs) });
    },
    async textsAbout(code, number = demoPhones.staff) {
      const texts = await system.phone(number).texts();
      return texts.filter(({ body }) => body.startsWith(`Floorwalker ${code}:`)).length;
    },
    async rows(incidentId) {
      const { rows } = await database.admin.query<NotificationRow>(
        'select id, state, carrier_sid, failure, claimed_at from notifications where incident_id = $1 order by kind, step',
        [incidentId],
      );
      return rows;
    },
    close: () => system.close(),
  };
}

/** Waits until the row of the first text is in one of these states. */
export const untilState = (bench: TextBench, incidentId: string, ...states: string[]) =>
  eventually(async () => {
    const [row] = await bench.rows(incidentId);
    return row !== undefined && states.includes(row.state) && row;
  });
