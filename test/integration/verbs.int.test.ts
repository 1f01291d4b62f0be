import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { generateSigningKeyPem, openSigner } from '../../adapters/crypto/signer.ts';
import { readCsvDay } from '../../adapters/pos/csv-day.ts';
import { readPosLog } from '../../adapters/pos/poslog.ts';
import { parsePosEvents } from '../../api/intake.ts';
import { signHead } from '../../domain/audit-head.ts';
import type { IncidentStatus } from '../../domain/incident-state.ts';
import type { Actor } from '../../domain/types.ts';
import { createSession, endSession } from '../../services/access/authenticate.ts';
import {
  recordConsultation,
  recordHandoverRefusal,
  recordLogRead,
  recordRefusal,
} from '../../services/audit/access.ts';
import { chainAudit } from '../../services/audit/chain.ts';
import { exportAudit } from '../../services/audit/export.ts';
import { verifyAudit } from '../../services/audit/verify.ts';
import { recordWitness } from '../../services/audit/witness.ts';
import type { ServiceContext } from '../../services/context.ts';
import { ingestCrossings } from '../../services/detection/crossings.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { startDrill } from '../../services/drill/start.ts';
import { setCameraClock, setCameraNeighbours } from '../../services/estate/cameras.ts';
import { reportCameraHealth } from '../../services/estate/read.ts';
import { planOtherCameras, recordOtherCamera } from '../../services/evidence/cameras.ts';
import { requireLinkDevice } from '../../services/evidence/link-device.ts';
import { recordEvidence, recordLocks } from '../../services/evidence/record.ts';
import { recordRedaction } from '../../services/evidence/record-redaction.ts';
import {
  addManualBoxes,
  approveUnredacted,
  requestRedaction,
  withdrawUnredacted,
} from '../../services/evidence/redaction.ts';
import { restoreArtifact } from '../../services/evidence/restore.ts';
import { giveUpEvidence, retryEvidence } from '../../services/evidence/retry.ts';
import { openArtifact, openLinkPage, recordIntegrityFailure } from '../../services/evidence/view.ts';
import { claimDueHistory, postponeHistory } from '../../services/history/due.ts';
import { openHistory, readHistory } from '../../services/history/read.ts';
import { giveUpHistory, recordHistory } from '../../services/history/record.ts';
import { endHolds, placeHold, releaseHold } from '../../services/hold/manage.ts';
import { addNote } from '../../services/incident/add-note.ts';
import { decideAppeal, openAppeal } from '../../services/incident/appeal.ts';
import { claimIncident, releaseClaim } from '../../services/incident/claim.ts';
import { correctByPerson, correctIncident } from '../../services/incident/correct.ts';
import { makeFirstContact, makeLateFirstContact, recheckTill } from '../../services/incident/first-contact.ts';
import { describeOutcome } from '../../services/incident/outcome.ts';
import { recordOutcome, recordProgress } from '../../services/incident/record.ts';
import { reopenIncident } from '../../services/incident/reopen.ts';
import { giveSecondReview } from '../../services/incident/second-review.ts';
import { recordCall } from '../../services/notification/call.ts';
import { noteOptOutOfRecipient } from '../../services/notification/carrier-facts.ts';
import { noteAnswerHeard } from '../../services/notification/heard.ts';
import { intendNotification } from '../../services/notification/intend.ts';
import { recordOptOut } from '../../services/notification/opt-out.ts';
import { intendOverdue } from '../../services/notification/overdue.ts';
import { recordReply } from '../../services/notification/reply.ts';
import {
  markFailed,
  markSent,
  reclaimIntent,
  recordDelivery,
  releaseIntent,
} from '../../services/notification/settle.ts';
import { keepDecision, settleOutbox, settleStart, splitDetection } from '../../services/outbox/drain.ts';
import {
  claimHandover,
  fetchHandedOver,
  handOver,
  handoverActor,
  readHandover,
  recordHandOver,
  revokeHandover,
} from '../../services/packets/hand-over.ts';
import { openPacket } from '../../services/packets/read.ts';
import { requestPacket, signStatement } from '../../services/packets/request.ts';
import { keepTimestamp, settlePacket } from '../../services/packets/settle.ts';
import { assignStorePolicy, setRiskGroup } from '../../services/policy/assign.ts';
import {
  activatePolicy,
  createPolicy,
  rollbackPolicy,
  saveDraft,
  submitPolicy,
  withdrawPolicy,
} from '../../services/policy/lifecycle.ts';
import { analyseDay } from '../../services/pos/analyse.ts';
import { measureClocks } from '../../services/pos/clock.ts';
import { importDayFile } from '../../services/pos/day-file.ts';
import { dismissException } from '../../services/pos/exceptions.ts';
import { listQuarantine, wipeQuarantine } from '../../services/pos/imports.ts';
import { ingestPosEvents, storePosLines } from '../../services/pos/ingest.ts';
import { putMapping } from '../../services/pos/mapping.ts';
import { revealOperator } from '../../services/pos/operators.ts';
import { finishPrompt } from '../../services/pos/prompt.ts';
import {
  beginHold,
  beginRelease,
  finishHold,
  finishRelease,
  releaseTerminal,
} from '../../services/pos/terminal-hold.ts';
import { setTillRules } from '../../services/pos/till-rules.ts';
import { intendOrphanDeletion, removeOrphan } from '../../services/reconciliation/orphan.ts';
import { recordFoundLock } from '../../services/reconciliation/run.ts';
import {
  claimReconciliation,
  finishReconciliation,
  noteProgress,
  orderReconciliation,
} from '../../services/reconciliation/settle.ts';
import { appraiseIncidents } from '../../services/retention/appraise.ts';
import { removeLeftover, switchToCold } from '../../services/retention/cold.ts';
import { carryOutDeletion, intendDeletion } from '../../services/retention/purge.ts';
import { noteLocks } from '../../services/retention/upkeep.ts';
import { recordConsent, withdrawConsent } from '../../services/rights/consents.ts';
import { decideSubjectRequest, liftRestriction } from '../../services/rights/decide.ts';
import { endNotice, recordNotice } from '../../services/rights/notices.ts';
import { removeOptOut, setOptOut } from '../../services/rights/opt-outs.ts';
import { openSubjectExport, readSubjectRequest } from '../../services/rights/read.ts';
import {
  checkIdentity,
  extendRequest,
  markIncident,
  recordSubjectRequest,
  wipeAnsweredRequests,
  withdrawRequest,
} from '../../services/rights/requests.ts';
import { deleteHoliday, putHoliday } from '../../services/roster/holidays.ts';
import { importShifts } from '../../services/roster/import.ts';
import { createPerson, deactivatePerson, updatePerson } from '../../services/roster/people.ts';
import { createShift, deleteShift, updateShift } from '../../services/roster/shifts.ts';
import { commandStep } from '../../services/runbook/command.ts';
import { beginStep, finishStep } from '../../services/runbook/execute.ts';
import { openReports } from '../../services/runbook/report.ts';
import { ingestSensorEvents } from '../../services/sensors/ingest.ts';
import { registerSensor } from '../../services/sensors/register.ts';
import { releaseSensorEvent } from '../../services/sensors/release.ts';
import { settleEvent } from '../../services/sensors/settle.ts';
import { reportSensorStatus } from '../../services/sensors/status.ts';
import { beginNotice, settleNotice } from '../../services/sharing/notices.ts';
import { createRecipient, rotateCredential, updateRecipient } from '../../services/sharing/recipients.ts';
import { approveShare, requestShare, retryShare } from '../../services/sharing/request.ts';
import { beginAttempt, settleAttempt, stillWanted } from '../../services/sharing/send.ts';
import { withdrawShare } from '../../services/sharing/withdraw.ts';
import { noteStorage } from '../../services/system/storage.ts';
import { replacePrices } from '../../services/usage/prices.ts';
import { pingWebhook, redeliverWebhook } from '../../services/webhook/deliveries.ts';
import { createWebhook, deleteWebhook, rotateWebhookSecret, updateWebhook } from '../../services/webhook/manage.ts';
import { claimDeliveries, pruneDeliveries, settleDelivery } from '../../services/webhook/send.ts';
import { openStrictStore } from '../../simulate/strict-store.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { testSharing } from '../harness/sharing.ts';
import { planFor, runbookOf, runbookStep } from './runbook-support.ts';
import { plantShare, sharedIds } from './sharing-rows.ts';
import {
  actorOf,
  agoIso,
  contextOf,
  countRows,
  detection,
  nowIso,
  openIncident,
  plantRival,
  withSouthStore,
} from './support.ts';

const engines = inject('engines');
const links = { publicUrl: 'https://shops.example.com', linkSecret: 'a secret of the tests only' };
const signer = openSigner(generateSigningKeyPem());
const signing = { keys: [], signHead: (head: Parameters<typeof signHead>[1]) => signHead(signer, head) };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
  await plantRival(database);
});
afterAll(() => database?.drop());

const as = (role: Actor['role'], change: Partial<Actor> = {}, now?: () => string): ServiceContext =>
  contextOf(database, actorOf(role, change), now);
const system = () => as('system', { id: 'system:test' });
const eventsAgo = agoIso(120_000);
const line = (transactionId: string, occurredAt: string) => ({
  ...{ storeId: 'high-street', terminalId: 'sco-3', transactionId, line: 1, type: 'scan' as const, occurredAt },
});

const tillColumns = { terminalId: 'till', transactionId: 'receipt', line: 'pos', type: 'kind', occurredAt: 'at' };
const dayFileTools = {
  readers: { csv: readCsvDay, poslog: readPosLog },
  parseLine: (value: unknown) => parsePosEvents([value])[0]!,
  onReceipts: async () => undefined,
};
async function* csvOf(...lines: string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(lines.join('\n'));
}

const backDoor = { sensorId: 'door-1', kind: 'door' as const };
const doorSaid = (what: 'forced' | 'opened', occurredAt: string) => ({
  ...{ storeId: 'high-street', eventId: what, what, occurredAt, ...backDoor },
});
const doorOpened = doorSaid('opened', eventsAgo);

// An hour ago, so that no item of the story's own moment is claimed by it.
const crossing = (id: string) => ({
  ...{ storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner', id, at: agoIso(3_600_000) },
});

/** Audit rows that a step added, as `action subject`. */
async function audited(step: () => Promise<unknown>): Promise<string[]> {
  const head = async () =>
    (
      await database.admin.query<{ seq: number }>(
        "select coalesce(max(seq), 0)::int as seq from audit where tenant_id = 'demo'",
      )
    ).rows[0]!.seq;
  const before = await head();
  await step();
  const { rows } = await database.admin.query<{ action: string }>(
    "select action from audit where tenant_id = 'demo' and seq > $1 order by seq",
    [before],
  );
  return rows.map(({ action }) => action);
}

let incidentId = '';
let appealId = '';
const whatCameOfIt = {
  ...{ intervention: 'none' as const, currency: 'GBP', lossMinor: 0, recoveredMinor: 0, preventedMinor: 0 },
  ...{ items: [], notes: null },
};
let token = '';
let shareIncidentId = '';
let shareId = '';
const { recipientId } = sharedIds;
const noticeOf = async (): Promise<{ noticeId: string }> => {
  const { rows } = await database.admin.query<{ id: string }>('select id from share_notices where share_id = $1', [
    shareId,
  ]);
  return { noticeId: rows[0]!.id };
};
let packetId = '';
let device = '';
let recipient: Actor | undefined;
const asRecipient = (): ServiceContext => contextOf(database, recipient!);
let notificationId = '';
let runbookIncidentId = '';
const firstStep = () => ({ incidentId: runbookIncidentId, stepId: 'any.sign', attempt: 1 });
let shiftId = '';
const oneDay = { startsAt: '2094-01-01T06:00:00Z', endsAt: '2094-01-01T14:00:00Z' };
const status: IncidentStatus = {
  state: 'alerting',
  posVerdict: 'MISMATCH',
  verdict: null,
  helpRequested: false,
  version: 1,
};
const by = { actorId: 'user:demo-soc_lead', role: 'soc_lead' };
const decision = { verdict: 'confirmed' as const, by, at: nowIso(), via: 'api' as const };
const merged = detection({ detectedAt: agoIso(119_800) });
const splitKey = `v1:demo:high-street:sco-3-cam:${merged.eventId}`;
const artifact = {
  ...{ id: 'clip', kind: 'clip' as const, mediaType: 'video/mp4', objectKey: 'k', objectVersion: 'v', sizeBytes: 3 },
  ...{ sha256: 'a'.repeat(64), fromAt: null, toAt: null, lockedUntil: agoIso(0) },
};
const ownCamera = { storeId: 'high-street', cameraId: 'sco-3-cam' };
const otherCameraId = 'aisle-cam';
const storeWithCopy = {
  restore: async () => ({ version: 'v-2', from: 'v-1' }),
  setLegalHold: async () => undefined,
};
const outcome = () => ({
  incidentId,
  status: { ...status, state: 'closed' as const, verdict: 'confirmed' as const, version: 2 },
  verdict: 'confirmed' as const,
  closedAt: nowIso(),
  cause: 'human_verdict' as const,
  decisions: [decision],
  acknowledgements: [],
  evidenceGivenUp: null,
});
const alert = async (step: number) => {
  const intent = await intendNotification(system(), links, { incidentId, kind: 'alert', step });
  if ('notificationId' in intent) notificationId = intent.notificationId;
};
const policySource = 'id: night\noperatingModel: soc_led';
const afterRetention = () => as('system', {}, () => '2090-01-01T00:00:00.000Z');

const strictStore = openStrictStore(() => '2090-01-01T00:00:00.000Z');
let holdId = '';
let deletionId: string | null = null;
let orphanId: string | null = null;
let reconciliationId = '';
const orphan = {
  ...{ key: 'demo/high-street/inc_gone/clip.mp4', version: 'v', sizeBytes: 3, deleteMarker: false, sha256: null },
  storedAt: '2001-01-01T00:00:00.000Z',
};
const coldFile = () => ({
  ...{ incidentId, storeId: 'high-street', artifactId: 'clip', key: 'k', version: 'v-2', sizeBytes: 3 },
  ...{
    sha256: 'a'.repeat(64),
    lockedUntil: agoIso(0),
    purgeAfter: agoIso(-1_000),
    toKey: '~cold/k',
    toVersion: 'cold',
  },
});

let requestId = '';
let noticeId = '';
let consentId = '';
const newRequest = (kind: 'access' | 'restriction') => ({
  ...{ kind, storeId: 'high-street', fromAt: agoIso(86_400_000), toAt: nowIso(), cameraIds: [] },
  ...{ contact: 'Mo Shopper', description: 'a red coat' },
});
const sign = {
  ...{ storeId: 'high-street', kind: 'signage' as const, version: '1', language: 'en', text: 'Cameras here.' },
};
const consent = { personId: 'sam', feature: 'own_phone' as const, noticeVersion: '1' };
const optOut = { storeId: 'high-street', what: 'loitering' };
const storedCopy = { objectKey: 'k', objectVersion: 'v', sizeBytes: 2, sha256: 'b'.repeat(64) };
const exportedHistory = () => ({
  ...{ incidentId, run: 77, workflowId: 'incident:x', runId: 'r', status: 'COMPLETED', events: 1, buildIds: ['b'] },
  ...{ startedAt: nowIso(), endedAt: nowIso(), lockedUntil: agoIso(0), raw: storedCopy, decoded: storedCopy },
});

const exceptionId = `exc_${'0'.repeat(20)}`;
let webhookId = '';
let deliveryId = '';
const webhookRules = { secretKey: 'a key of the tests only', mode: 'development' as const };
const webhookSettings = { description: '', eventTypes: null, storeIds: null, includeDrills: false };

/** The life of one incident, verb by verb: what each leaves in the audit log, and what the same call again leaves. */
const story: [verb: string, run: () => Promise<unknown>, rows: string[], again: string[] | 'not repeated'][] = [
  [
    'createSession',
    async () => ({ token } = await createSession({ db: database.db, now: nowIso }, database.keys.soc_lead)),
    ['session.created'],
    'not repeated',
  ],
  ['endSession', () => endSession({ db: database.db, now: nowIso }, token), ['session.ended'], 'not repeated'],
  [
    'reportCameraHealth',
    () =>
      reportCameraHealth(as('device'), {
        storeId: 'high-street',
        cameraId: 'sco-3-cam',
        state: 'recording',
        at: nowIso(),
      }),
    [],
    [],
  ],
  ['ingestPosEvents', () => ingestPosEvents(as('device'), [line('T-0', nowIso())]), [], []],
  [
    'storePosLines',
    () =>
      storePosLines(as('device'), [{ lineNumber: 1, event: line('T-f', nowIso()) }], {
        source: 'csv',
        importId: 'imp_1',
      }),
    [],
    [],
  ],
  ['ingestCrossings', () => ingestCrossings(as('device'), [crossing('x-0')]), [], []],
  [
    'registerSensor',
    () => registerSensor(as('admin'), { storeId: 'high-street', zoneId: 'scanner', ...backDoor, label: 'Back door' }),
    ['sensor.registered'],
    [],
  ],
  [
    'reportSensorStatus',
    () =>
      reportSensorStatus(as('device'), { storeId: 'high-street', sensorId: 'door-1', state: 'birth', session: 's' }),
    [],
    [],
  ],
  [
    'ingestSensorEvents',
    () => ingestSensorEvents(as('device'), [doorSaid('forced', agoIso(0))], { whole: true }),
    ['incident.opened'],
    'not repeated',
  ],
  ['measureClocks', () => measureClocks(system(), { storeId: 'high-street', at: nowIso() }), [], []],
  [
    'putMapping',
    () => putMapping(as('admin'), { mappingId: 'tills', mapping: { csv: { columns: tillColumns } } }),
    ['pos.mapping_declared'],
    [],
  ],
  [
    'importDayFile',
    () =>
      importDayFile(as('device'), dayFileTools, {
        ...{ storeId: 'high-street', mappingId: 'tills', format: 'csv', fileName: 'day.csv' },
        stream: csvOf('till,receipt,pos,kind,at', 'sco-3,T-9,1,scan,2026-11-01T10:00:00', 'sco-3,T-9,1,scan,yesterday'),
      }),
    ['pos.imported'],
    ['pos.imported'],
  ],
  [
    'listQuarantine',
    () => listQuarantine(as('admin'), { limit: 10 }),
    ['pos.quarantine_viewed'],
    ['pos.quarantine_viewed'],
  ],
  [
    'wipeQuarantine',
    () => wipeQuarantine(as('system', {}, () => '2090-01-01T00:00:00.000Z')),
    ['pos.quarantine_wiped'],
    [],
  ],
  [
    'ingestDetection',
    async () =>
      ({ incidentId } = await ingestDetection(as('device'), detection({ eventId: 'first', detectedAt: eventsAgo }))),
    ['incident.opened'],
    [],
  ],
  ['ingestDetection', () => ingestDetection(as('device'), merged), ['incident.merged'], []],
  ['makeLateFirstContact', () => makeLateFirstContact(system(), links, { incidentId, lateByMs: 60_000 }), [], []],
  [
    'makeFirstContact',
    () => makeFirstContact(system(), links, incidentId),
    ['incident.till_checked', 'notification.intended'],
    [],
  ],
  ['chainAudit', () => chainAudit(as('compliance')), [], []],
  ['recheckTill', () => recheckTill(system(), incidentId), [], []],
  [
    'splitDetection',
    () => splitDetection(system(), { incidentId, dedupKey: splitKey, because: 'INCIDENT_ALREADY_CLOSED' }),
    ['incident.opened', 'incident.split'],
    [],
  ],
  [
    'commandStep',
    async () => {
      if (runbookIncidentId === '') {
        const loitering = detection({ eventType: 'loitering', detectedAt: eventsAgo });
        ({ incidentId: runbookIncidentId } = await ingestDetection(as('device'), loitering));
        await planFor(database, runbookIncidentId, [runbookOf([runbookStep('sign')])]);
      }
      await commandStep(as('soc_lead'), { ...firstStep(), command: 'approve' });
    },
    ['incident.opened', 'runbook.planned', 'runbook.approved'],
    [],
  ],
  ['beginStep', () => beginStep(system(), firstStep()), [], []],
  [
    'settleEvent',
    async () => {
      await ingestSensorEvents(as('device'), [doorOpened], { whole: true });
      await settleEvent(as('device'), doorOpened);
    },
    ['incident.sensor_joined'],
    [],
  ],
  [
    'releaseSensorEvent',
    () => releaseSensorEvent(as('soc_lead'), { incidentId: runbookIncidentId, eventId: 'door-1:opened' }),
    ['incident.sensor_released'],
    'not repeated',
  ],
  [
    'finishPrompt',
    async () => {
      await database.admin.query(
        "insert into terminal_prompts (tenant_id, store_id, incident_id, terminal_id, intended_at, until_at, message) values ('demo', 'high-street', $1, 'sco-3', now(), now(), 'x') on conflict do nothing",
        [runbookIncidentId],
      );
      await finishPrompt(system(), { incidentId: runbookIncidentId, result: { outcome: 'acknowledged' } });
    },
    ['terminal.prompt_shown'],
    [],
  ],
  ['beginHold', () => beginHold(system(), runbookIncidentId), [], []],
  [
    'finishHold',
    async () => {
      await database.admin.query(
        "insert into terminal_holds (tenant_id, store_id, incident_id, terminal_id, kind, message, ordered_at, until_at) values ('demo', 'high-street', $1, 'sco-3', 'block', 'x', now(), now() + interval '1 minute') on conflict do nothing",
        [runbookIncidentId],
      );
      await finishHold(system(), { incidentId: runbookIncidentId, result: { outcome: 'acknowledged' } });
    },
    ['terminal.held'],
    [],
  ],
  [
    'releaseTerminal',
    () => releaseTerminal(as('store_manager'), { incidentId: runbookIncidentId, reason: 'They have paid.' }),
    ['terminal.release_ordered'],
    [],
  ],
  ['beginRelease', () => beginRelease(system(), { incidentId: runbookIncidentId, cause: 'closed' }), [], []],
  [
    'finishRelease',
    () => finishRelease(system(), { incidentId: runbookIncidentId, confirmed: true }),
    ['terminal.released'],
    [],
  ],
  [
    'finishStep',
    () => finishStep(system(), { ...firstStep(), result: { outcome: 'acknowledged' } }),
    ['runbook.step_settled'],
    [],
  ],
  ['openReports', () => openReports(as('compliance'), runbookIncidentId), [], []],
  [
    'startDrill',
    () =>
      startDrill(as('store_manager'), {
        ...{ drillId: 'drill-1', storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner' },
        eventType: 'missed_scan',
      }),
    ['drill.started', 'incident.opened'],
    [],
  ],
  ['settleStart', () => settleStart(system(), incidentId), [], []],
  ['settleOutbox', () => settleOutbox(system(), [1]), [], []],
  [
    'keepDecision',
    () => keepDecision(system(), { incidentId, storeId: 'high-street', updateId: 'u', command: {} }),
    [],
    'not repeated',
  ],
  ['noteAnswerHeard', () => noteAnswerHeard(system(), { incidentId, answer: 'paid' }), [], []],
  ['intendNotification', () => alert(0), [], []],
  ['reclaimIntent', () => reclaimIntent(system(), { notificationId, claimedAt: '2001-01-01T00:00:00Z' }), [], []],
  ['releaseIntent', () => releaseIntent(system(), { notificationId, claimedAt: '2001-01-01T00:00:00Z' }), [], []],
  ['intendOverdue', () => intendOverdue(system(), links, { incidentId, lateByMs: 1_000 }), [], []],
  ['markSent', () => markSent(system(), { notificationId, sid: 'SM-1', segments: 1 }), ['notification.sent'], []],
  [
    'recordDelivery',
    () => recordDelivery(system(), { notificationId, sid: 'SM-1', delivered: false, errorCode: '30003' }),
    ['notification.undelivered'],
    [],
  ],
  ['intendNotification', () => alert(1), ['notification.intended'], []],
  ['markFailed', () => markFailed(system(), { notificationId, failure: 'bad number' }), ['notification.failed'], []],
  [
    'recordCall',
    async () => {
      // As if it had been a call that the carrier took.
      await database.admin.query(
        "update notifications set channel = 'voice', state = 'sent', carrier_sid = 'CA-1' where id = $1 and state = 'failed'",
        [notificationId],
      );
      const end = { status: 'completed', answeredBy: 'human', durationSeconds: 9 } as const;
      await recordCall(system(), { notificationId, sid: 'CA-1', ...end });
    },
    ['notification.delivered'],
    [],
  ],
  ['intendNotification', () => alert(7), ['notification.nobody_on_shift'], []],
  [
    'recordOptOut',
    () => recordOptOut(as('store_staff'), { personId: 'sam', texts: 'stop', messageSid: 'SM-3' }),
    ['person.opted_out'],
    [],
  ],
  [
    'recordOptOut',
    () => recordOptOut(as('store_staff'), { personId: 'sam', texts: 'start', messageSid: 'SM-4' }),
    ['person.opted_in'],
    [],
  ],
  [
    'recordReply',
    () => recordReply(as('store_staff'), { incidentId, messageSid: 'SM-2', outcome: 'accepted' }),
    ['reply.received'],
    'not repeated',
  ],
  [
    'recordProgress',
    () => recordProgress(system(), { incidentId, status, facts: [{ kind: 'acknowledged', by, at: decision.at }] }),
    ['incident.acknowledged'],
    [],
  ],
  [
    'recordProgress',
    () =>
      recordProgress(system(), {
        incidentId,
        status,
        facts: [{ kind: 'decision', decision: { ...decision, verdict: 'help' } }],
      }),
    ['incident.help_requested'],
    [],
  ],
  [
    'recordProgress',
    () => recordProgress(system(), { incidentId, status, facts: [{ kind: 'escalation_exhausted' }] }),
    ['incident.sent_to_review'],
    [],
  ],
  [
    'recordEvidence',
    () =>
      recordEvidence(system(), {
        incidentId,
        result: { state: 'ready', gaps: [], failure: null, artifacts: [artifact] },
      }),
    ['evidence.acquired'],
    [],
  ],
  ['recordLocks', () => recordLocks(system(), { incidentId, lockedUntil: nowIso() }), [], []],
  [
    'openArtifact',
    () => openArtifact(as('soc_lead'), { incidentId, artifactId: 'clip', continued: false }),
    ['evidence.viewed'],
    'not repeated',
  ],
  [
    'openLinkPage',
    () => openLinkPage(as('link', { id: 'link:sam' }), incidentId),
    ['evidence.link_opened'],
    'not repeated',
  ],
  [
    'recordIntegrityFailure',
    () =>
      recordIntegrityFailure(as('soc_lead'), {
        incidentId,
        artifactId: 'clip',
        expectedSha256: 'a',
        actualSha256: null,
      }),
    ['evidence.integrity_failed'],
    'not repeated',
  ],
  [
    'restoreArtifact',
    () => restoreArtifact(as('soc_lead'), storeWithCopy, { incidentId, artifactId: 'clip' }),
    ['evidence.restored'],
    'not repeated',
  ],
  [
    'requireLinkDevice',
    async () => {
      const link = { tenantId: 'demo', storeId: 'high-street', incidentId, personId: 'sam', expiresAt: nowIso() };
      const asked = requireLinkDevice(as('link', { id: 'link:sam' }), {
        ...{ link: { ...link, deviceSha256: 'f'.repeat(64) }, token: 'none of ours', device: 'x'.repeat(20) },
      });
      await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
    ['evidence.link_refused'],
    'not repeated',
  ],
  [
    'setCameraNeighbours',
    async () => {
      await database.admin.query(
        "insert into cameras (tenant_id, store_id, id, name) values ('demo', 'high-street', $1, 'Aisle') on conflict do nothing",
        [otherCameraId],
      );
      const neighbours = [{ zoneId: null, cameraId: otherCameraId }];
      await setCameraNeighbours(as('soc_lead'), { ...ownCamera, neighbours });
    },
    ['camera.neighbours_set'],
    'not repeated',
  ],
  [
    'setCameraClock',
    () => setCameraClock(as('soc_lead'), { ...ownCamera, offsetMs: 10, errorMs: 5, method: 'held a clock before it' }),
    ['camera.clock_set'],
    'not repeated',
  ],
  ['planOtherCameras', () => planOtherCameras(system(), incidentId), [], []],
  [
    'giveUpEvidence',
    () => giveUpEvidence(system(), { incidentId, reason: { code: 'EVIDENCE_WORKER_GAVE_UP', params: { afterMs: 1 } } }),
    ['evidence.failed'],
    [],
  ],
  ['retryEvidence', () => retryEvidence(as('soc_lead'), { incidentId }), ['evidence.retry_ordered'], 'not repeated'],
  [
    'recordOtherCamera',
    () =>
      recordOtherCamera(system(), {
        ...{ incidentId, cameraId: otherCameraId },
        result: { state: 'ready', gaps: [], failure: null, artifacts: [] },
      }),
    ['evidence.acquired'],
    [],
  ],
  [
    'addNote',
    () => addNote(as('soc_lead'), { incidentId, text: 'looked', idempotencyKey: 'key-1' }),
    ['incident.note_added'],
    [],
  ],
  [
    'recordOutcome',
    () => recordOutcome(system(), outcome()),
    ['incident.decided', 'evidence.link_revoked', 'incident.closed'],
    [],
  ],
  [
    'requestPacket',
    async () =>
      ({ id: packetId } = await requestPacket(
        as('compliance'),
        { incidentId, purpose: 'internal', key: 'packet-1' },
        '0',
      )),
    ['packet.requested'],
    [],
  ],
  ['keepTimestamp', () => keepTimestamp(system(), { packetId, token: Buffer.from('token') }), [], []],
  [
    'settlePacket',
    async () => {
      // As if it had been asked for somebody outside: the incident here is still open.
      await database.admin.query("update packets set purpose = 'insurer' where id = $1 and state = 'requested'", [
        packetId,
      ]);
      const stored = { objectKey: 'k', objectVersion: 'v', sizeBytes: 1, sha256: 'a'.repeat(64) };
      const result = { outcome: 'ready' as const, ...stored, files: [], changes: null };
      await settlePacket(system(), { packetId, result });
    },
    ['packet.built'],
    [],
  ],
  ['openPacket', () => openPacket(as('compliance'), packetId), ['packet.downloaded'], ['packet.downloaded']],
  [
    'handOver',
    async () => {
      const made = await handOver(as('soc_lead'), { packetId, organisation: 'North Insurance', reference: null });
      recipient = await handoverActor(database.db, made.token);
    },
    ['packet.hand_over_opened'],
    'not repeated',
  ],
  ['readHandover', () => readHandover(asRecipient(), null), [], []],
  [
    'claimHandover',
    async () => ({ device } = await claimHandover(asRecipient())),
    ['packet.hand_over_claimed'],
    'not repeated',
  ],
  ['fetchHandedOver', () => fetchHandedOver(asRecipient(), device), ['packet.handed_over'], ['packet.handed_over']],
  [
    'recordHandOver',
    () => recordHandOver(asRecipient(), { device, receivedBy: 'PC 1', sha256: 'a'.repeat(64) }),
    ['packet.receipt_signed'],
    'not repeated',
  ],
  [
    'revokeHandover',
    () => revokeHandover(as('soc_lead'), { packetId, handoverId: asRecipient().actor.id.slice('link:'.length) }),
    ['packet.hand_over_revoked'],
    ['packet.hand_over_revoked'],
  ],
  [
    'signStatement',
    async () => {
      const asked = { incidentId, purpose: 'internal' as const, key: 'packet-2' };
      const { id } = await requestPacket(as('compliance'), asked, '0');
      const stored = { objectKey: 'k', objectVersion: 'v', sizeBytes: 1, sha256: 'a'.repeat(64) };
      await settlePacket(system(), { packetId: id, result: { outcome: 'ready', ...stored, files: [], changes: null } });
      await signStatement(as('compliance'), { packetId: id, key: 'sign-1' }, '0');
    },
    ['packet.requested', 'packet.built', 'packet.requested', 'packet.statement_signed'],
    [],
  ],
  [
    'requestRedaction',
    () => requestRedaction(as('soc_operator'), { incidentId }),
    ['evidence.redaction_requested'],
    [],
  ],
  [
    'recordRedaction',
    () =>
      recordRedaction(system(), {
        incidentId,
        version: 1,
        result: { state: 'unavailable', reason: { code: 'MODEL_MISSING', params: {} } },
      }),
    ['evidence.redaction_failed'],
    [],
  ],
  [
    'addManualBoxes',
    () => addManualBoxes(as('soc_operator'), { incidentId, basedOn: 1, manual: [] }),
    ['evidence.redaction_requested'],
    'not repeated',
  ],
  [
    'approveUnredacted',
    () => approveUnredacted(as('soc_lead'), { incidentId, reason: 'police' }),
    ['evidence.unredacted_approved'],
    'not repeated',
  ],
  [
    'withdrawUnredacted',
    () => withdrawUnredacted(as('soc_lead'), { incidentId }),
    ['evidence.unredacted_withdrawn'],
    'not repeated',
  ],
  [
    'placeHold',
    async () => ({ id: holdId } = await placeHold(as('compliance'), { incidentId, reason: 'police' })),
    ['hold.placed'],
    'not repeated',
  ],
  [
    'releaseHold',
    () => releaseHold(as('compliance'), { incidentId, holdId, reason: 'settled' }),
    ['hold.released'],
    'not repeated',
  ],
  [
    'placeHold',
    () => placeHold(as('compliance'), { incidentId, reason: 'for a while', endsAt: agoIso(-60_000) }),
    ['hold.placed'],
    'not repeated',
  ],
  [
    'endHolds',
    () =>
      endHolds(
        as('system', {}, () => agoIso(-61_000)),
        { incidentId },
      ),
    ['hold.ended'],
    [],
  ],
  ['ingestPosEvents', () => ingestPosEvents(as('device'), [line('T-late', eventsAgo)]), [], []],
  [
    'correctIncident',
    () => correctIncident(system(), { incidentId }),
    ['incident.till_checked', 'incident.corrected'],
    [],
  ],
  [
    'describeOutcome',
    () => describeOutcome(as('soc_operator'), { incidentId, outcome: whatCameOfIt }),
    ['incident.outcome_recorded'],
    ['incident.outcome_recorded'],
  ],
  [
    'openAppeal',
    async () => ({ appealId } = await openAppeal(as('compliance'), { incidentId, statement: 'I paid.' })),
    ['incident.appeal_opened'],
    'not repeated',
  ],
  [
    'decideAppeal',
    () => decideAppeal(as('regional'), { incidentId, appealId, granted: false, reasonCode: 'verdict_stands' }),
    ['incident.appeal_decided'],
    'not repeated',
  ],
  [
    'reopenIncident',
    () => reopenIncident(as('soc_operator'), { incidentId, reasonCode: 'new_evidence' }),
    ['incident.reopened'],
    'not repeated',
  ],
  ['claimIncident', () => claimIncident(as('soc_operator'), { incidentId }), ['incident.claimed'], []],
  ['releaseClaim', () => releaseClaim(as('soc_operator'), { incidentId }), ['incident.claim_released'], []],
  [
    'recordOutcome',
    () => recordOutcome(system(), { ...outcome(), decisions: [{ ...decision, at: agoIso(-1_000) }] }),
    ['incident.decided', 'incident.closed'],
    [],
  ],
  [
    'giveSecondReview',
    async () => {
      await database.admin.query(
        "insert into incident_reviews (tenant_id, store_id, incident_id, id, kind, state, opened_by, opened_at) values ('demo', 'high-street', $1, 'rev', 'second_review', 'open', 'system:incident', now())",
        [incidentId],
      );
      await giveSecondReview(as('regional'), { incidentId, agrees: true, reasonCode: 'verdict_stands' });
    },
    ['incident.second_review_given'],
    'not repeated',
  ],
  [
    'correctByPerson',
    () => correctByPerson(as('soc_lead'), { incidentId, verdict: 'staff_error', reasonCode: 'staff_error' }),
    ['incident.corrected'],
    'not repeated',
  ],
  [
    'createRecipient',
    async () => {
      shareIncidentId = await openIncident(database);
      const result = { state: 'ready' as const, gaps: [], failure: null, artifacts: [artifact] };
      await recordEvidence(system(), { incidentId: shareIncidentId, result });
      const run = (sql: string, values: unknown[]) => database.admin.query(sql, values);
      await plantShare(run, { incidentId: shareIncidentId, clipSha256: artifact.sha256, state: 'none' });
      const settings = { kind: 'police' as const, name: 'Police', url: 'http://127.0.0.1:9/', template: {} };
      await createRecipient(as('admin'), settings, webhookRules);
    },
    ['incident.opened', 'evidence.acquired', 'recipient.created'],
    'not repeated',
  ],
  [
    'updateRecipient',
    () => updateRecipient(as('admin'), { id: recipientId, change: { throttlePerMinute: 5 } }, webhookRules),
    ['recipient.updated'],
    [],
  ],
  [
    'rotateCredential',
    () => rotateCredential(as('admin'), { id: recipientId }, webhookRules),
    ['recipient.credential_rotated'],
    'not repeated',
  ],
  [
    'requestShare',
    async () => {
      const asked = { incidentId: shareIncidentId, packetId: sharedIds.packetId, recipientId, consent: null };
      ({ id: shareId } = await requestShare(as('compliance'), { ...asked, key: 'share-1' }));
    },
    ['share.requested'],
    [],
  ],
  ['approveShare', () => approveShare(as('soc_lead'), { shareId, decision: 'approved' }), ['share.approved'], []],
  ['retryShare', () => retryShare(as('soc_lead'), { shareId }), ['share.retried'], ['share.retried']],
  ['beginAttempt', () => beginAttempt(system(), { shareId, rules: testSharing.rules }), [], []],
  ['stillWanted', () => stillWanted(system(), { shareId }), [], []],
  [
    'settleAttempt',
    () => {
      const result = { outcome: 'delivered' as const, remoteId: 'C-1', receipt: 'A-1' };
      return settleAttempt(system(), { shareId, result, rules: testSharing.rules, random: 0.5 });
    },
    ['share.delivered'],
    [],
  ],
  ['withdrawShare', () => withdrawShare(as('soc_lead'), { shareId, because: 'superseded' }), ['share.withdrawn'], []],
  [
    'beginNotice',
    async () => beginNotice(system(), { ...(await noticeOf()), signer, rules: testSharing.rules }),
    [],
    [],
  ],
  [
    'settleNotice',
    async () => {
      const result = { outcome: 'delivered' as const, receipt: 'N-1' };
      await settleNotice(system(), { ...(await noticeOf()), result, rules: testSharing.rules, random: 0.5 });
    },
    ['share.notice_settled'],
    [],
  ],
  ['noteOptOutOfRecipient', () => noteOptOutOfRecipient(system(), { notificationId }), ['person.opted_out'], []],
  ['createPolicy', () => createPolicy(as('admin'), { source: policySource }), ['policy.drafted'], 'not repeated'],
  [
    'saveDraft',
    () => saveDraft(as('admin'), { id: 'night', source: policySource }),
    ['policy.drafted'],
    ['policy.drafted'],
  ],
  ['submitPolicy', () => submitPolicy(as('admin'), { id: 'night', version: 1 }), ['policy.submitted'], 'not repeated'],
  [
    'activatePolicy',
    () => activatePolicy(as('compliance'), { id: 'night', version: 1 }),
    ['policy.activated'],
    'not repeated',
  ],
  [
    'rollbackPolicy',
    () => rollbackPolicy(as('soc_lead'), { id: 'night', version: 1 }),
    ['policy.drafted'],
    ['policy.drafted'],
  ],
  [
    'withdrawPolicy',
    () => withdrawPolicy(as('soc_lead'), { id: 'night', version: 2 }),
    ['policy.withdrawn'],
    'not repeated',
  ],
  [
    'setRiskGroup',
    () => setRiskGroup(as('admin'), { id: 'late', name: 'Late', policyId: 'night' }),
    ['risk_group.set'],
    [],
  ],
  [
    'assignStorePolicy',
    () => assignStorePolicy(as('admin'), { storeId: 'south', policyId: null, riskGroup: 'late' }),
    ['policy.assigned'],
    [],
  ],
  [
    'replacePrices',
    () =>
      replacePrices(as('admin'), [
        { channel: 'sms', prefix: '', priceMicro: 1, currency: 'EUR', validFrom: '2026-01-01T00:00:00Z' },
      ]),
    ['usage.prices_replaced'],
    [],
  ],
  [
    'createWebhook',
    async () => {
      const settings = { ...webhookSettings, url: 'https://example.com/' };
      ({ id: webhookId } = await createWebhook(as('admin'), settings, webhookRules));
    },
    ['webhook.created'],
    'not repeated',
  ],
  [
    'updateWebhook',
    () => updateWebhook(as('admin'), { id: webhookId, change: { description: 'ours' } }, webhookRules),
    ['webhook.updated'],
    [],
  ],
  [
    'rotateWebhookSecret',
    () => rotateWebhookSecret(as('admin'), { id: webhookId }, webhookRules),
    ['webhook.secret_rotated'],
    'not repeated',
  ],
  [
    'pingWebhook',
    async () => ({ id: deliveryId } = await pingWebhook(as('admin'), { endpointId: webhookId })),
    ['webhook.pinged'],
    'not repeated',
  ],
  [
    'claimDeliveries',
    () => claimDeliveries(system(), { endpointId: webhookId, limit: 9, leaseMs: 9_000, secretKey: 'key' }),
    [],
    [],
  ],
  [
    'settleDelivery',
    () =>
      settleDelivery(system(), {
        ...{ endpointId: webhookId, id: deliveryId, attempt: 1, status: 410, failure: null },
        ...{ responseMs: 1, retryAfterMs: null, random: 0 },
      }),
    ['webhook.disabled'],
    [],
  ],
  [
    'updateWebhook',
    () => updateWebhook(as('admin'), { id: webhookId, change: { enabled: true } }, webhookRules),
    ['webhook.updated'],
    [],
  ],
  [
    'redeliverWebhook',
    () => redeliverWebhook(as('admin'), { endpointId: webhookId, id: deliveryId }),
    ['webhook.redelivered'],
    'not repeated',
  ],
  ['pruneDeliveries', () => pruneDeliveries(system()), [], []],
  ['deleteWebhook', () => deleteWebhook(as('admin'), { id: webhookId }), ['webhook.deleted'], 'not repeated'],
  [
    'recordWitness',
    () =>
      recordWitness(system(), {
        ...{ seq: 1, hash: '', at: nowIso(), keyId: '', objectKey: '', objectVersion: '', signature: '' },
      }),
    ['audit.witnessed'],
    'not repeated',
  ],
  [
    'createPerson',
    () => createPerson(as('admin'), { id: 'robin', displayName: 'Robin', role: 'store_staff' }),
    ['person.created'],
    'not repeated',
  ],
  ['updatePerson', () => updatePerson(as('admin'), { personId: 'robin', locale: 'fr' }), ['person.updated'], []],
  [
    'createShift',
    async () => ({ id: shiftId } = await createShift(as('admin'), { personId: 'robin', ...oneDay })),
    ['shift.created'],
    'not repeated',
  ],
  ['updateShift', () => updateShift(as('admin'), { shiftId, endsAt: '2094-01-01T12:00:00Z' }), ['shift.updated'], []],
  ['deleteShift', () => deleteShift(as('admin'), { shiftId }), ['shift.deleted'], 'not repeated'],
  [
    'importShifts',
    () =>
      importShifts(as('admin'), {
        ...{ format: 'csv', source: 'rota', storeId: 'high-street' },
        content: 'person,starts,ends\nrobin,2094-01-01 06:00,2094-01-01 14:00',
      }),
    ['roster.imported'],
    [],
  ],
  ['putHoliday', () => putHoliday(as('admin'), { date: '2094-01-01', name: 'New Year' }), ['holiday.set'], []],
  ['deleteHoliday', () => deleteHoliday(as('admin'), { date: '2094-01-01' }), ['holiday.removed'], 'not repeated'],
  ['deactivatePerson', () => deactivatePerson(as('admin'), { personId: 'robin' }), ['person.deactivated'], []],
  [
    'setTillRules',
    () => setTillRules(as('soc_lead'), { storeId: 'high-street', changed: { post_void: { enabled: false } } }),
    ['till_rules.set'],
    [],
  ],
  [
    'analyseDay',
    () => analyseDay(as('soc_lead'), { storeId: 'high-street', day: '2026-03-02' }),
    ['till.analysed'],
    ['till.analysed'],
  ],
  [
    'dismissException',
    async () => {
      await database.admin.query(
        `insert into pos_exceptions (tenant_id, store_id, id, rule_id, day, terminal_id, at, amount_minor, score, params, reasons, lines, shadow, first_found_at)
         values ('demo', 'high-street', $1, 'post_void', '2026-03-02', 'sco-3', now(), 1, 0.5, '{}', '[]', '{}', false, now()) on conflict do nothing`,
        [exceptionId],
      );
      await dismissException(as('soc_lead'), { id: exceptionId, reason: 'looked at it' });
    },
    ['pos_exception.dismissed'],
    [],
  ],
  [
    'revealOperator',
    async () => {
      await database.admin.query(
        "insert into pos_operators (tenant_id, store_id, operator, operator_id, first_seen_at) values ('demo', 'high-street', 'op_000000000000', '17', now()) on conflict do nothing",
      );
      await revealOperator(as('compliance'), {
        storeId: 'high-street',
        operator: 'op_000000000000',
        reason: 'court order',
      });
    },
    ['operator.revealed'],
    'not repeated',
  ],
  [
    'recordConsultation',
    () => recordConsultation(as('compliance'), { incidentId, what: 'custody' }),
    ['evidence.consulted'],
    'not repeated',
  ],
  [
    'claimDueHistory',
    async () => {
      await database.admin.query(
        "insert into workflow_histories (tenant_id, store_id, incident_id, run, workflow_id, due_at, closed_at) values ('demo', 'high-street', $1, 77, 'incident:x', now() - interval '1 day', now()), ('demo', 'high-street', $1, 78, 'incident:y', now() + interval '1 day', now()) on conflict do nothing",
        [incidentId],
      );
      await claimDueHistory(system());
    },
    [],
    [],
  ],
  ['postponeHistory', () => postponeHistory(system(), { incidentId, run: 77, dueAt: nowIso() }), [], []],
  ['recordHistory', () => recordHistory(system(), exportedHistory()), ['evidence.history_exported'], []],
  [
    'giveUpHistory',
    () => giveUpHistory(system(), { incidentId, run: 78, state: 'lost', code: 'ENGINE_FORGOT' }),
    ['evidence.history_lost'],
    [],
  ],
  [
    'readHistory',
    () => readHistory(as('compliance'), incidentId),
    ['evidence.history_viewed'],
    ['evidence.history_viewed'],
  ],
  [
    'openHistory',
    () => openHistory(as('compliance'), { incidentId, run: 77, copy: 'raw' }),
    ['evidence.history_viewed'],
    ['evidence.history_viewed'],
  ],
  [
    'recordSubjectRequest',
    async () => ({ requestId } = await recordSubjectRequest(as('compliance'), newRequest('access'))),
    ['subject_request.recorded'],
    'not repeated',
  ],
  [
    'withdrawRequest',
    () => withdrawRequest(as('compliance'), { requestId }),
    ['subject_request.withdrawn'],
    'not repeated',
  ],
  [
    'extendRequest',
    async () => {
      ({ requestId } = await recordSubjectRequest(as('compliance'), newRequest('restriction')));
      await extendRequest(as('compliance'), { requestId, reason: 'many recordings' });
    },
    ['subject_request.recorded', 'subject_request.extended'],
    'not repeated',
  ],
  [
    'checkIdentity',
    () => checkIdentity(as('compliance'), { requestId, result: 'confirmed', method: 'in_person' }),
    ['subject_request.identity_checked'],
    ['subject_request.identity_checked'],
  ],
  [
    'markIncident',
    async () => {
      const { candidates } = await readSubjectRequest(as('compliance'), requestId);
      for (const candidate of candidates)
        await markIncident(as('compliance'), {
          ...{ requestId, incidentId: candidate.incidentId },
          mark: candidate.incidentId === incidentId ? 'shows' : 'does_not_show',
        });
    },
    expect.arrayContaining(['subject_request.viewed', 'subject_request.marked']) as string[],
    'not repeated',
  ],
  [
    'decideSubjectRequest',
    () => decideSubjectRequest(as('compliance'), { requestId, choices: [{ incidentId, outcome: 'granted' }] }),
    ['evidence.restricted', 'subject_request.decided'],
    'not repeated',
  ],
  [
    'readSubjectRequest',
    () => readSubjectRequest(as('compliance'), requestId),
    ['subject_request.viewed'],
    ['subject_request.viewed'],
  ],
  [
    'liftRestriction',
    () => liftRestriction(as('compliance'), { requestId, incidentId, reason: 'they agreed' }),
    ['evidence.restriction_lifted'],
    'not repeated',
  ],
  [
    'openSubjectExport',
    async () => {
      ({ requestId } = await recordSubjectRequest(as('compliance'), newRequest('access')));
      await database.admin.query(
        "update subject_requests set identity = 'confirmed', identity_at = now(), state = 'granted', decided_at = now(), letter = 'x' where id = $1",
        [requestId],
      );
      await openSubjectExport(as('compliance'), requestId);
    },
    ['subject_request.recorded'],
    'not repeated',
  ],
  [
    'wipeAnsweredRequests',
    () => wipeAnsweredRequests(afterRetention()),
    ['subject_request.wiped', 'subject_request.wiped', 'subject_request.wiped'],
    [],
  ],
  [
    'recordNotice',
    async () => ({ noticeId } = await recordNotice(as('compliance'), { ...sign, fromAt: agoIso(1_000) })),
    ['notice.recorded'],
    'not repeated',
  ],
  ['endNotice', () => endNotice(as('compliance'), { noticeId }), ['notice.ended'], 'not repeated'],
  [
    'recordConsent',
    async () => ({ consentId } = await recordConsent(as('compliance'), consent)),
    ['consent.recorded'],
    'not repeated',
  ],
  ['withdrawConsent', () => withdrawConsent(as('compliance'), { consentId }), ['consent.withdrawn'], 'not repeated'],
  [
    'setOptOut',
    () => setOptOut(as('compliance'), { ...optOut, jurisdiction: 'Somewhere', reason: 'its law' }),
    ['store_opt_out.set'],
    ['store_opt_out.set'],
  ],
  ['removeOptOut', () => removeOptOut(as('compliance'), optOut), ['store_opt_out.removed'], 'not repeated'],
  ['recordLogRead', () => recordLogRead(as('compliance'), {}), ['audit.read'], 'not repeated'],
  [
    'recordRefusal',
    () =>
      recordRefusal(as('device'), { subject: 'incident:x', operation: 'GET /v1/incidents/{id}', code: 'FORBIDDEN' }),
    ['access.refused'],
    'not repeated',
  ],
  [
    'recordHandoverRefusal',
    () => recordHandoverRefusal(asRecipient(), { operation: 'GET /p/:token', code: 'NOT_FOUND' }),
    ['access.refused'],
    'not repeated',
  ],
  ['exportAudit', () => exportAudit(as('compliance'), signing), ['audit.exported'], 'not repeated'],
  ['verifyAudit', () => verifyAudit(as('compliance'), null), ['audit.verified'], 'not repeated'],
  ['noteStorage', () => noteStorage(system(), 'full'), ['storage.full'], []],
  ['noteStorage', () => noteStorage(system(), 'ok'), ['storage.recovered'], []],
  [
    'orderReconciliation',
    async () => ({ id: reconciliationId } = await orderReconciliation(as('compliance'))),
    ['reconciliation.started'],
    [],
  ],
  ['claimReconciliation', () => claimReconciliation(system(), { everyMs: 86_400_000 }), [], []],
  [
    'noteProgress',
    () =>
      noteProgress(system(), {
        id: reconciliationId,
        findings: [{ kind: 'object_missing', repaired: false, incidentId, key: 'k', version: 'v', details: {} }],
      }),
    ['evidence.discrepancy_found'],
    'not repeated',
  ],
  [
    'finishReconciliation',
    () => finishReconciliation(system(), { id: reconciliationId }),
    ['reconciliation.finished'],
    [],
  ],
  [
    'intendOrphanDeletion',
    async () => {
      orphanId = await intendOrphanDeletion(system(), orphan);
    },
    [],
    [],
  ],
  [
    'removeOrphan',
    () => removeOrphan(system(), { deletionId: orphanId!, object: orphan }, { store: strictStore, signer }),
    ['evidence.orphan_removed'],
    [],
  ],
  [
    'recordFoundLock',
    () => recordFoundLock(system(), { incidentId, artifactId: 'clip', version: 'v-2', lockedUntil: agoIso(0) }),
    [],
    [],
  ],
  [
    'noteLocks',
    () => noteLocks(system(), [{ incidentId, artifactId: 'clip', key: 'k', version: 'v-2', until: agoIso(0) }]),
    [],
    [],
  ],
  ['switchToCold', () => switchToCold(afterRetention(), coldFile()), ['evidence.moved_to_cold'], []],
  [
    'removeLeftover',
    async () => {
      const inspect = async () => ({ sizeBytes: 3, sha256: null, storedAt: agoIso(0), lockedUntil: null, held: false });
      await removeLeftover(afterRetention(), { ...coldFile() }, { store: { ...strictStore, inspect }, signer });
    },
    ['evidence.original_removed'],
    [],
  ],
  ['appraiseIncidents', () => appraiseIncidents(system(), 100), ['evidence.retention_changed'], []],
  [
    'intendDeletion',
    async () => {
      deletionId = await intendDeletion(afterRetention(), { incidentId });
    },
    ['evidence.deletion_intended'],
    [],
  ],
  [
    'carryOutDeletion',
    () => carryOutDeletion(afterRetention(), { deletionId: deletionId! }, { store: strictStore, signer }),
    ['evidence.purged'],
    [],
  ],
];

describe('every verb that writes', () => {
  it('has its place in this file', () => {
    const folder = fileURLToPath(new URL('../../services', import.meta.url));
    const verbs = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'context.ts')
      .flatMap((file) => {
        const parts = readFileSync(join(folder, file), 'utf8').split(/^export (?:async )?function (\w+)/m);
        return parts.flatMap((part, index) => (index % 2 === 1 && /\bwrite\(/.test(parts[index + 1]!) ? [part] : []));
      });
    expect(verbs.length).toBeGreaterThan(30);
    expect([...new Set(story.map(([verb]) => verb))].toSorted()).toEqual(verbs.toSorted());
  });

  it.each(story.map((step, index) => [index + 1, ...step] as const))(
    '%d. %s',
    async (_index, _verb, run, rows, again) => {
      expect(await audited(run)).toEqual(rows);
      if (again !== 'not repeated') expect(await audited(run)).toEqual(again);
    },
  );

  it('leaves a log that verifies, and an incident whose end is on its timeline', async () => {
    expect(await verifyAudit(as('compliance'), null)).toMatchObject({ ok: true });
    const { rows } = await database.admin.query<{ kind: string }>(
      'select kind from incident_events where incident_id = $1 order by id',
      [incidentId],
    );
    const kinds = rows.map(({ kind }) => kind);
    for (const kind of [
      'text_sent',
      'text_undelivered',
      'evidence_ready',
      'verdict_given',
      'closed',
      'correction_recorded',
      'purged',
    ])
      expect(
        kinds.filter((each) => each === kind),
        kind,
      ).not.toEqual([]);
  });
});

describe('an actor who may not', () => {
  let target = '';
  beforeAll(async () => {
    target = await openIncident(database);
    await recordEvidence(system(), {
      incidentId: target,
      result: { state: 'ready', gaps: [], failure: null, artifacts: [artifact] },
    });
  });

  const verbs: [string, (ctx: ServiceContext) => Promise<unknown>, Actor['role'][]][] = [
    ['addNote', (ctx) => addNote(ctx, { incidentId: target, text: 'x' }), ['device', 'link', 'system']],
    [
      'placeHold',
      (ctx) => placeHold(ctx, { incidentId: target, reason: 'x' }),
      ['device', 'link', 'system', 'store_staff', 'store_manager', 'soc_operator'],
    ],
    [
      'releaseHold',
      (ctx) => releaseHold(ctx, { incidentId: target, holdId: 'x', reason: 'x' }),
      ['device', 'link', 'system', 'store_staff', 'store_manager', 'soc_operator'],
    ],
    [
      'requestRedaction',
      (ctx) => requestRedaction(ctx, { incidentId: target }),
      ['device', 'link', 'system', 'store_staff'],
    ],
    [
      'addManualBoxes',
      (ctx) => addManualBoxes(ctx, { incidentId: target, basedOn: 0, manual: [] }),
      ['device', 'link', 'system', 'store_staff'],
    ],
    [
      'approveUnredacted',
      (ctx) => approveUnredacted(ctx, { incidentId: target, reason: 'x' }),
      ['device', 'link', 'system', 'store_staff', 'store_manager', 'soc_operator'],
    ],
    [
      'withdrawUnredacted',
      (ctx) => withdrawUnredacted(ctx, { incidentId: target }),
      ['device', 'link', 'system', 'store_staff', 'store_manager', 'soc_operator'],
    ],
    ['retryEvidence', (ctx) => retryEvidence(ctx, { incidentId: target }), ['device', 'link', 'system', 'store_staff']],
    [
      'restoreArtifact',
      (ctx) => restoreArtifact(ctx, storeWithCopy, { incidentId: target, artifactId: 'clip' }),
      ['device', 'link', 'system', 'store_staff', 'store_manager', 'soc_operator'],
    ],
    [
      'setCameraNeighbours',
      (ctx) => setCameraNeighbours(ctx, { ...ownCamera, neighbours: [] }),
      ['device', 'link', 'system', 'store_staff', 'store_manager', 'soc_operator', 'compliance'],
    ],
    [
      'setCameraClock',
      (ctx) => setCameraClock(ctx, { ...ownCamera, offsetMs: 0, errorMs: 1, method: 'x' }),
      ['device', 'link', 'system', 'store_staff', 'store_manager', 'soc_operator', 'compliance'],
    ],
    [
      'openArtifact',
      (ctx) => openArtifact(ctx, { incidentId: target, artifactId: 'clip', continued: false }),
      ['device'],
    ],
    [
      'ingestDetection',
      (ctx) => ingestDetection(ctx, detection()),
      ['store_staff', 'store_manager', 'regional', 'soc_operator', 'soc_lead', 'compliance', 'link'],
    ],
    [
      'ingestPosEvents',
      (ctx) => ingestPosEvents(ctx, [line('T-x', nowIso())]),
      ['store_staff', 'store_manager', 'regional', 'soc_operator', 'soc_lead', 'compliance', 'link'],
    ],
    [
      'ingestSensorEvents',
      (ctx) => ingestSensorEvents(ctx, [doorOpened], { whole: true }),
      ['store_staff', 'store_manager', 'regional', 'soc_operator', 'soc_lead', 'compliance', 'link'],
    ],
    [
      'ingestCrossings',
      (ctx) => ingestCrossings(ctx, [crossing('x-1')]),
      ['store_staff', 'store_manager', 'regional', 'soc_operator', 'soc_lead', 'compliance', 'link'],
    ],
    [
      'reportCameraHealth',
      (ctx) => reportCameraHealth(ctx, { storeId: 'high-street', cameraId: 'sco-3-cam', state: 'black', at: nowIso() }),
      ['admin', 'soc_lead', 'link'],
    ],
    [
      'exportAudit',
      (ctx) => exportAudit(ctx, signing),
      ['device', 'link', 'system', 'soc_lead', 'regional', 'store_staff'],
    ],
    [
      'verifyAudit',
      (ctx) => verifyAudit(ctx, null),
      ['device', 'link', 'system', 'soc_lead', 'regional', 'store_staff'],
    ],
  ];
  const code = async (run: () => Promise<unknown>): Promise<unknown> =>
    run().then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );

  it.each(verbs.flatMap(([verb, run, roles]) => roles.map((role) => [verb, role, run] as const)))(
    '%s as %s changes nothing',
    async (_verb, role, run) => {
      const before = await countRows(database);
      expect(await code(async () => run(as(role)))).toBe('FORBIDDEN');
      expect(await countRows(database)).toEqual(before);
    },
  );

  it.each(verbs.slice(0, 8).map(([verb, run]) => [verb, run] as const))(
    '%s from another tenant or store finds no such incident',
    async (_verb, run) => {
      const before = await countRows(database);
      expect(await code(async () => run(as('compliance', { tenantId: 'rival' })))).toBe('NOT_FOUND');
      expect(await code(async () => run(as('compliance', { storeIds: ['south'] })))).toBe('NOT_FOUND');
      expect(await code(async () => run(as('compliance', { storeIds: [] })))).toBe('NOT_FOUND');
      expect(await countRows(database)).toEqual(before);
    },
  );

  it.each(verbs.slice(8, 13).map(([verb, run]) => [verb, run] as const))(
    '%s by a device of another store is refused',
    async (_verb, run) => {
      const before = await countRows(database);
      expect(await code(async () => run(as('device', { storeIds: ['south'] })))).toBe('FORBIDDEN');
      expect(await countRows(database)).toEqual(before);
    },
  );
});
