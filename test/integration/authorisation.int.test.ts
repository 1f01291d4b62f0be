import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import type { IncidentEngine } from '../../adapters/temporal/engine.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import type { AuditAction } from '../../services/audit/actions.ts';
import { sha256Hex } from '../../services/context.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { recordEvidence } from '../../services/evidence/record.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { packetFacts } from '../harness/packet.ts';
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
  plantKey,
  plantRival,
  type ServedApi,
  serveApi,
  withSouthStore,
} from './support.ts';

/** Says yes to everything: this file is about who may ask, and a real engine would only make it slow. */
const willing: IncidentEngine = {
  start: async () => undefined,
  signal: async () => true,
  update: async <Reply>() => ({ state: 'acknowledged', verdict: null, version: 1 }) as Reply,
  startCorrection: async () => undefined,
  orderSteps: async () => undefined,
  buildPacket: async () => undefined,
  send: async () => undefined,
  startRedaction: async () => undefined,
  secureAgain: async () => undefined,
  assertReady: async () => undefined,
  close: async () => undefined,
};

/** Who asks. `south` is a SOC lead, and `southDevice` a device, of another store; `rival` the administrator of another company. */
const callers = [
  'nobody',
  'store_staff',
  'store_manager',
  'regional',
  'soc_operator',
  'soc_lead',
  'compliance',
  'admin',
  'device',
  'south',
  'southDevice',
  'rival',
] as const;
type Caller = (typeof callers)[number];

/** The status that each caller gets, in that order, for something of the store high-street of the tenant demo. */
const expected: Record<string, string> = {
  //                     none staf mana regi oper lead comp admi devi sout soDe rival
  createSession: '201  201  201  201  201  201  201  201  201  201  201  201',
  getSession: '401  200  200  200  200  200  200  200  200  200  200  200',
  deleteSession: '401  204  204  204  204  204  204  204  204  204  204  204',
  createDetection: '401  403  403  403  403  403  403  202  202  403  403  202',
  createCrossings: '401  403  403  403  403  403  403  202  202  403  403  202',
  createSensorEvents: '401  403  403  403  403  403  403  202  202  403  403  202',
  reportSensorStatus: '401  403  403  403  403  403  403  202  202  403  403  202',
  listSensors: '401  200  200  200  200  200  200  200  403  200  403  200',
  registerSensor: '401  403  403  200  403  200  403  200  403  403  403  200',
  createPosEvents: '401  403  403  403  403  403  403  202  202  403  403  202',
  importPosLog: '401  403  403  403  403  403  403  200  200  403  403  200',
  importDayFile: '401  403  403  403  403  403  403  200  200  403  403  200',
  listPosImports: '401  200  200  200  200  200  200  200  403  200  403  200',
  getPosImport: '401  200  200  200  200  200  200  200  403  404  403  404',
  listQuarantine: '401  200  200  200  200  200  200  200  403  200  403  200',
  listPosMappings: '401  200  200  200  200  200  200  200  403  200  403  200',
  putPosMapping: '401  403  403  403  403  403  403  200  403  403  403  200',
  explainMoment: '401  200  200  200  200  200  200  200  403  403  403  200',
  analyseTillDay: '401  403  200  200  200  200  200  200  403  403  403  200',
  listTillAnalyses: '401  403  200  200  200  200  200  200  403  200  403  200',
  listPosExceptions: '401  403  200  200  200  200  200  200  403  200  403  200',
  dismissPosException: '401  403  200  200  200  200  200  200  403  404  403  404',
  getTillRules: '401  403  200  200  200  200  200  200  403  403  403  200',
  setTillRules: '401  403  403  200  403  200  403  200  403  403  403  200',
  getTillReceipt: '401  403  200  200  200  200  200  200  403  403  403  404',
  revealOperator: '401  403  200  200  403  200  200  403  403  403  403  403',
  getTillMeasures: '401  403  200  200  200  200  200  200  403  403  403  200',
  listIncidents: '401  200  200  200  200  200  200  200  403  200  403  200',
  getIncident: '401  200  200  200  200  200  200  200  403  404  403  404',
  getTimeline: '401  200  200  200  200  200  200  200  403  404  403  404',
  getExplanation: '401  200  200  200  200  200  200  200  403  404  403  404',
  getEvidence: '401  200  200  200  200  200  200  200  403  404  403  404',
  // Nothing has failed and nothing is kept back, so that whoever may is told so.
  retryEvidence: '401  403  409  409  409  409  409  409  403  404  403  404',
  restoreArtifact: '401  403  403  409  403  409  409  409  403  404  403  404',
  getArtifact: '401  200  200  200  200  200  200  200  403  404  403  404',
  getCustody: '401  200  200  200  200  200  200  200  403  404  403  404',
  acknowledgeIncident: '401  200  200  200  200  200  403  200  403  404  403  404',
  decideIncident: '401  200  200  200  200  200  403  200  403  404  403  404',
  claimIncident: '401  200  200  200  200  200  403  200  403  404  403  404',
  releaseIncident: '401  200  200  200  200  200  403  200  403  404  403  404',
  describeOutcome: '401  200  200  200  200  200  403  200  403  404  403  404',
  releaseTerminal: '401  200  200  200  200  200  403  200  403  404  403  404',
  // The incident is open, so that whoever may correct, reopen or appeal a closed one is told so.
  correctIncident: '401  403  409  409  409  409  409  409  403  404  403  404',
  reopenIncident: '401  403  403  409  409  409  403  409  403  404  403  404',
  reviewIncident: '401  403  403  409  403  409  409  409  403  404  403  404',
  openAppeal: '401  403  409  409  403  409  409  409  403  404  403  404',
  decideAppeal: '401  403  403  404  403  404  404  404  403  404  403  404',
  unmergeDetection: '401  200  200  200  200  200  403  200  403  404  403  404',
  addNote: '401  201  201  201  201  201  201  201  403  404  403  404',
  listRedactions: '401  200  200  200  200  200  200  200  403  404  403  404',
  requestRedaction: '401  403  202  202  202  202  202  202  403  404  403  404',
  drawRedaction: '401  403  202  202  202  202  202  202  403  404  403  404',
  approveUnredacted: '401  403  403  200  403  200  200  200  403  404  403  404',
  withdrawUnredacted: '401  403  403  200  403  200  200  200  403  404  403  404',
  listHolds: '401  200  200  200  200  200  200  200  403  404  403  404',
  placeHold: '401  403  403  201  403  201  201  201  403  404  403  404',
  releaseHold: '401  403  403  200  403  200  200  200  403  404  403  404',
  listSteps: '401  200  200  200  200  200  200  200  403  404  403  404',
  commandStep: '401  200  200  200  200  200  403  200  403  404  403  404',
  openReports: '401  200  200  200  200  200  200  200  403  404  403  404',
  listPackets: '401  403  403  200  403  200  200  200  403  404  403  404',
  requestPacket: '401  403  403  202  403  202  202  202  403  404  403  404',
  getPacket: '401  403  403  200  403  200  200  200  403  404  403  404',
  getPacketContent: '401  403  403  200  403  200  200  200  403  404  403  404',
  signPacketStatement: '401  403  403  202  403  202  202  202  403  404  403  404',
  handOverPacket: '401  403  403  201  403  201  201  201  403  404  403  404',
  revokeHandover: '401  403  403  200  403  200  200  200  403  404  403  404',
  listRecipients: '401  403  403  200  403  200  200  200  403  200  403  200',
  createRecipient: '401  403  403  403  403  403  201  201  403  403  403  201',
  getRecipient: '401  403  403  200  403  200  200  200  403  200  403  404',
  updateRecipient: '401  403  403  403  403  403  200  200  403  403  403  404',
  rotateRecipientCredential: '401  403  403  403  403  403  200  200  403  403  403  404',
  getEvidenceQuality: '401  200  200  200  200  200  200  200  403  404  403  404',
  listShares: '401  403  403  200  403  200  200  200  403  404  403  404',
  requestShare: '401  403  403  201  403  201  201  201  403  404  403  404',
  getShare: '401  403  403  200  403  200  200  200  403  404  403  404',
  approveShare: '401  403  403  200  403  200  200  200  403  404  403  404',
  retryShare: '401  403  403  202  403  202  202  202  403  404  403  404',
  withdrawShare: '401  403  403  200  403  200  200  200  403  404  403  404',
  listDrills: '401  200  200  200  200  200  200  200  403  200  403  200',
  startDrill: '401  403  202  202  403  202  403  202  403  403  403  202',
  getIncidentCost: '401  403  403  200  403  200  200  200  403  404  403  404',
  getRetentionCalendar: '401  200  200  200  200  200  200  200  403  200  403  200',
  listRetainedIncidents: '401  200  200  200  200  200  200  200  403  200  403  200',
  getRetentionSchedule: '401  200  200  200  200  200  200  200  403  200  403  200',
  printRetentionSchedule: '401  200  200  200  200  200  200  200  403  200  403  200',
  listDeletions: '401  403  403  403  403  403  200  200  403  403  403  200',
  getStorage: '401  200  200  200  200  200  200  200  200  200  200  200',
  getReconciliation: '401  403  403  403  403  403  200  200  403  403  403  200',
  orderReconciliation: '401  403  403  403  403  403  202  202  403  403  403  202',
  getUsage: '401  403  403  200  403  200  200  200  403  200  403  200',
  getPrices: '401  403  403  200  403  200  200  200  403  200  403  200',
  replacePrices: '401  403  403  403  403  403  403  200  403  403  403  200',
  listWebhooks: '401  403  403  403  403  403  403  200  403  403  403  200',
  createWebhook: '401  403  403  403  403  403  403  201  403  403  403  201',
  getWebhook: '401  403  403  403  403  403  403  200  403  403  403  404',
  updateWebhook: '401  403  403  403  403  403  403  200  403  403  403  404',
  deleteWebhook: '401  403  403  403  403  403  403  204  403  403  403  404',
  rotateWebhookSecret: '401  403  403  403  403  403  403  200  403  403  403  404',
  pingWebhook: '401  403  403  403  403  403  403  202  403  403  403  404',
  listWebhookDeliveries: '401  403  403  403  403  403  403  200  403  403  403  404',
  redeliverWebhook: '401  403  403  403  403  403  403  202  403  403  403  404',
  stream: '401  200  200  200  200  200  200  200  403  200  403  200',
  listStores: '401  200  200  200  200  200  200  200  403  200  403  200',
  listCameras: '401  200  200  200  200  200  200  200  403  200  403  200',
  getCameraSetup: '401  200  200  200  200  200  200  200  403  404  403  200',
  setCameraNeighbours: '401  403  403  200  403  200  403  200  403  403  403  200',
  setCameraClock: '401  403  403  200  403  200  403  200  403  403  403  200',
  reportCameraHealth: '401  403  403  403  403  403  403  403  204  403  403  403',
  listPeople: '401  200  200  200  200  200  200  200  403  200  403  200',
  createPerson: '401  403  201  201  403  201  403  201  403  403  403  201',
  updatePerson: '401  403  200  200  403  200  403  200  403  404  403  404',
  deactivatePerson: '401  403  204  204  403  204  403  204  403  404  403  404',
  listShifts: '401  200  200  200  200  200  200  200  403  200  403  200',
  createShift: '401  403  201  201  403  201  403  201  403  403  403  400',
  updateShift: '401  403  200  200  403  200  403  200  403  404  403  404',
  deleteShift: '401  403  204  204  403  204  403  204  403  404  403  404',
  importShifts: '401  403  200  200  403  200  403  200  403  403  403  200',
  listGaps: '401  200  200  200  200  200  200  200  403  403  403  200',
  listHolidays: '401  200  200  200  200  200  200  200  403  200  403  200',
  putHoliday: '401  403  200  200  403  200  403  200  403  403  403  200',
  deleteHoliday: '401  403  204  204  403  204  403  204  403  403  403  204',
  listPolicies: '401  200  200  200  200  200  200  200  403  200  403  200',
  createPolicy: '401  403  403  201  403  201  403  201  403  403  403  201',
  getPolicySchema: '401  200  200  200  200  200  200  200  403  200  403  200',
  validatePolicy: '401  403  403  200  403  200  403  200  403  200  403  200',
  getPolicy: '401  200  200  200  200  200  200  200  403  200  403  404',
  getPolicyVersion: '401  200  200  200  200  200  200  200  403  200  403  404',
  savePolicyDraft: '401  403  403  200  403  200  403  200  403  403  403  404',
  submitPolicy: '401  403  403  200  403  200  403  200  403  403  403  404',
  activatePolicy: '401  403  403  403  403  200  200  200  403  403  403  404',
  withdrawPolicy: '401  403  403  200  403  200  403  200  403  403  403  404',
  rollbackPolicy: '401  403  403  200  403  200  403  200  403  403  403  404',
  simulatePolicy: '401  403  403  200  403  200  403  200  403  200  403  404',
  getStorePolicy: '401  200  200  200  200  200  200  200  403  404  403  200',
  assignStorePolicy: '401  403  403  200  403  200  403  200  403  403  403  200',
  getRiskGroup: '401  200  200  200  200  200  200  200  403  200  403  404',
  setRiskGroup: '401  403  403  200  403  200  403  200  403  403  403  200',
  getHistory: '401  403  403  403  403  403  200  200  403  403  403  404',
  getRawHistory: '401  403  403  403  403  403  200  200  403  403  403  404',
  getDecodedHistory: '401  403  403  403  403  403  200  200  403  403  403  404',
  listSubjectRequests: '401  403  403  403  403  403  200  200  403  403  403  200',
  recordSubjectRequest: '401  403  403  403  403  403  201  201  403  403  403  201',
  getSubjectRequest: '401  403  403  403  403  403  200  200  403  403  403  404',
  checkIdentity: '401  403  403  403  403  403  200  200  403  403  403  404',
  extendSubjectRequest: '401  403  403  403  403  403  200  200  403  403  403  404',
  markSubjectIncident: '401  403  403  403  403  403  200  200  403  403  403  404',
  decideSubjectRequest: '401  403  403  403  403  403  200  200  403  403  403  404',
  withdrawSubjectRequest: '401  403  403  403  403  403  200  200  403  403  403  404',
  liftRestriction: '401  403  403  403  403  403  200  200  403  403  403  404',
  getLetter: '401  403  403  403  403  403  200  200  403  403  403  404',
  exportSubjectData: '401  403  403  403  403  403  200  200  403  403  403  404',
  listNotices: '401  200  200  200  200  200  200  200  403  200  403  200',
  recordNotice: '401  403  403  403  403  403  201  201  403  403  403  201',
  endNotice: '401  403  403  403  403  403  204  204  403  403  403  404',
  listConsents: '401  403  403  403  403  403  200  200  403  403  403  200',
  recordConsent: '401  403  403  403  403  403  201  201  403  403  403  404',
  withdrawConsent: '401  403  403  403  403  403  204  204  403  403  403  404',
  listOptOuts: '401  200  200  200  200  200  200  200  403  200  403  200',
  setOptOut: '401  403  403  403  403  403  204  204  403  403  403  204',
  removeOptOut: '401  403  403  403  403  403  204  204  403  403  403  404',
  getDataFlows: '401  200  200  200  200  200  200  200  403  200  403  200',
  listAudit: '401  403  403  403  403  403  200  200  403  403  403  200',
  getAuditRow: '401  403  403  403  403  403  200  200  403  403  403  200',
  exportAudit: '401  403  403  403  403  403  200  200  403  403  403  200',
  verifyAudit: '401  403  403  403  403  403  200  200  403  403  403  200',
};

const engines = inject('engines');
const document = parse(readFileSync(new URL('../../schemas/openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, { operationId?: string; parameters?: { $ref?: string }[] }>>;
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, operation]) =>
    operation.operationId === undefined ? [] : [{ path, method: method.toUpperCase(), id: operation.operationId }],
  ),
);

let database: TestDatabase;
let api: ServedApi;
let keys: Record<Caller, string | null>;
const clip = Buffer.from('a clip');

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
  api = await serveApi(engines, database, { engine: willing });
  keys = {
    ...database.keys,
    nobody: null,
    south: await plantKey(database, { role: 'soc_lead', storeIds: ['south'] }),
    southDevice: await plantKey(database, { role: 'device', storeIds: ['south'] }),
    rival: (await plantRival(database)).admin,
  };
  await database.admin.query(
    "insert into risk_groups (tenant_id, id, name, policy_id) values ('demo', 'night', 'Night', 'default')",
  );
});
afterAll(async () => {
  await api?.close();
  await database?.drop();
});

interface Target {
  personId: string;
  shiftId: string;
  incidentId: string;
  mergedEventId: string;
  policyId?: string;
}

/** An incident of high-street with a merged detection and a clip; made anew where an answer changes it. */
async function target(): Promise<Target> {
  const incidentId = await openIncident(database);
  await planFor(database, incidentId, [runbookOf([runbookStep('sign')])]);
  await database.admin.query(
    "insert into terminal_holds (tenant_id, store_id, incident_id, terminal_id, kind, message, ordered_at, until_at) values ('demo', 'high-street', $1, 'sco-3', 'block', 'x', now(), now() + interval '1 minute')",
    [incidentId],
  );
  const ctx = contextOf(database, actorOf('system'));
  const { rows } = await database.admin.query<{ detected_at: Date }>(
    'select detected_at from incidents where id = $1',
    [incidentId],
  );
  const merged = await ingestDetection(
    ctx,
    detection({ detectedAt: new Date(rows[0]!.detected_at.getTime() + 300).toISOString() }),
  );
  if (merged.disposition !== 'merged') throw new Error(merged.disposition);
  const key = `demo/high-street/${incidentId}/clip.mp4`;
  const stored = { key, body: clip, mediaType: 'video/mp4', sha256: sha256Hex(clip), lockedUntil: agoIso(-2_000) };
  const { version } = await api.objects.putLocked(stored);
  const artifact = {
    ...{ id: 'clip', kind: 'clip' as const, mediaType: 'video/mp4', objectKey: key, objectVersion: version },
    ...{
      sizeBytes: clip.length,
      sha256: stored.sha256,
      fromAt: nowIso(),
      toAt: nowIso(),
      lockedUntil: stored.lockedUntil,
    },
  };
  await recordEvidence(ctx, { incidentId, result: { state: 'ready', gaps: [], failure: null, artifacts: [artifact] } });
  return { incidentId, mergedEventId: merged.eventId, ...(await plantRoster()) };
}

const [packetId, handoverId] = [`pkt_${'0'.repeat(20)}`, `hov_${'0'.repeat(20)}`];
/** A built packet of an incident, given to somebody; one for an insurer can be handed over, an internal one signed. */
async function ensurePacket({ incidentId }: Target, operationId: string): Promise<void> {
  const key = `demo/high-street/${incidentId}/packets/${packetId}.zip`;
  const stored = {
    key,
    body: clip,
    mediaType: 'application/zip',
    sha256: sha256Hex(clip),
    lockedUntil: agoIso(-2_000),
  };
  const { version } = await api.objects.putLocked(stored);
  const run = (sql: string, values: unknown[]) => database.admin.query(sql, values);
  await run("update incidents set state = 'closed', verdict = 'confirmed' where id = $1", [incidentId]);
  await run('delete from packet_handovers where packet_id = $1', [packetId]);
  await run('delete from packets where id = $1', [packetId]);
  await run(
    `insert into packets (tenant_id, store_id, incident_id, id, version, purpose, state, input, input_sha256, requested_by, requested_at, object_key, object_version, size_bytes, sha256)
     values ('demo', 'high-street', $1, $2, 999, $3, 'ready', $4, '', 'user:x', now(), $5, $6, $7, $8)`,
    [
      ...[incidentId, packetId, operationId === 'signPacketStatement' ? 'internal' : 'insurer'],
      ...[JSON.stringify(packetFacts()), key, version, clip.length, stored.sha256],
    ],
  );
  await run(
    "insert into packet_handovers (tenant_id, store_id, incident_id, packet_id, id, organisation, token_sha256, created_by, created_at, expires_at) values ('demo', 'high-street', $1, $2, $3, 'x', 'x', 'x', now(), now())",
    [incidentId, packetId, handoverId],
  );
}

const emptyPosLog = '<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/"></POSLog>';
/** A string is XML and is sent as it is. */
const sent = (body: unknown): { type: string; text: string } =>
  typeof body === 'string'
    ? { type: 'application/xml', text: body }
    : { type: 'application/json', text: JSON.stringify(body) };

/** A body that is right for each operation, so that only the caller decides. */
const bodies: Record<string, (on: Target, key: string | null) => unknown> = {
  createSession: (_on, key) => ({ apiKey: key ?? database.keys.admin }),
  createDetection: () => detection(),
  createCrossings: () => ({
    ...{ storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner', id: 'x-1', at: nowIso() },
  }),
  createSensorEvents: () => ({
    ...{ storeId: 'high-street', sensorId: 'door-1', eventId: randomUUID(), kind: 'door', what: 'closed' },
    occurredAt: nowIso(),
  }),
  reportSensorStatus: () => ({ storeId: 'high-street', sensorId: 'door-1', state: 'heartbeat', session: 's' }),
  registerSensor: () => ({ storeId: 'high-street', kind: 'door', zoneId: 'scanner', label: 'Back door' }),
  createPosEvents: () => ({
    ...{
      storeId: 'high-street',
      terminalId: 'sco-3',
      transactionId: 'T',
      line: 1,
      type: 'heartbeat',
      occurredAt: nowIso(),
    },
  }),
  importPosLog: () => emptyPosLog,
  importDayFile: () => emptyPosLog,
  putPosMapping: () => ({ stores: { '48': 'high-street' } }),
  explainMoment: () => ({ storeId: 'high-street', terminalId: 'sco-3', at: nowIso() }),
  analyseTillDay: () => ({ storeId: 'high-street', day: '2026-03-02' }),
  dismissPosException: () => ({ reason: 'looked at it' }),
  setTillRules: () => ({ changed: {} }),
  revealOperator: () => ({ storeId: 'high-street', operator: 'op_000000000000', reason: 'a complaint' }),
  decideIncident: () => ({ verdict: 'paid' }),
  setCameraNeighbours: () => ({ neighbours: [] }),
  setCameraClock: () => ({ offsetMs: 0, errorMs: 50, method: 'a clock held before it' }),
  unmergeDetection: ({ mergedEventId }) => ({ eventId: mergedEventId }),
  addNote: () => ({ text: 'looked at it' }),
  releaseTerminal: () => ({ reason: 'they have paid' }),
  describeOutcome: () => ({ intervention: 'none', currency: 'GBP' }),
  correctIncident: () => ({ verdict: 'paid', reasonCode: 'receipt_seen' }),
  reopenIncident: () => ({ reasonCode: 'new_evidence' }),
  reviewIncident: () => ({ agrees: true, reasonCode: 'verdict_stands' }),
  openAppeal: () => ({ statement: 'I paid.' }),
  decideAppeal: () => ({ granted: false, reasonCode: 'verdict_stands' }),
  requestPacket: () => ({ purpose: 'internal' }),
  handOverPacket: () => ({ organisation: 'North Insurance' }),
  createRecipient: () => ({ kind: 'insurer', name: 'North Insurance', url: 'https://example.com/' }),
  updateRecipient: () => ({ throttlePerMinute: 5 }),
  requestShare: () => ({ packetId: sharedIds.packetId, recipientId: sharedIds.recipientId }),
  approveShare: () => ({ decision: 'approved' }),
  withdrawShare: () => ({ because: 'superseded' }),
  startDrill: () => ({ storeId: 'high-street', cameraId: 'sco-3-cam', eventType: 'missed_scan' }),
  drawRedaction: () => ({ basedOn: 0, manual: [] }),
  approveUnredacted: () => ({ reason: 'court order' }),
  placeHold: () => ({ reason: 'court order' }),
  releaseHold: () => ({ reason: 'settled' }),
  createPerson: () => ({ displayName: 'Somebody', role: 'store_staff', homeStoreId: 'high-street' }),
  updatePerson: () => ({ locale: 'de' }),
  createShift: ({ personId }) => ({
    ...{ storeId: 'high-street', personId, startsAt: '2095-01-01T06:00:00Z', endsAt: '2095-01-01T14:00:00Z' },
  }),
  updateShift: () => ({ endsAt: '2095-01-02T12:00:00Z' }),
  importShifts: () => ({ format: 'csv', source: 'rota', storeId: 'high-street', content: 'person,starts,ends' }),
  putHoliday: () => ({ storeId: 'high-street', date: '2095-12-25', name: 'Holiday' }),
  createPolicy: () => ({ source: `id: p-${randomUUID()}\noperatingModel: soc_led` }),
  validatePolicy: () => ({ source: 'operatingModel: soc_led' }),
  savePolicyDraft: () => ({ source: 'operatingModel: soc_led' }),
  submitPolicy: () => ({ version: 1 }),
  activatePolicy: () => ({ version: 1 }),
  withdrawPolicy: () => ({ version: 1 }),
  rollbackPolicy: () => ({ version: 1 }),
  simulatePolicy: () => ({ version: 1, fromAt: agoIso(60_000), toAt: nowIso() }),
  assignStorePolicy: () => ({ policyId: 'default', riskGroup: null }),
  setRiskGroup: () => ({ name: 'Late', policyId: 'default' }),
  recordSubjectRequest: () => ({
    ...{ kind: 'access', storeId: 'high-street', fromAt: agoIso(3_600_000), toAt: agoIso(3_000_000) },
    ...{ contact: 'Mo Shopper', description: 'a red coat' },
  }),
  checkIdentity: () => ({ result: 'confirmed', method: 'in_person' }),
  extendSubjectRequest: () => ({ reason: 'many recordings' }),
  markSubjectIncident: () => ({ mark: 'shows' }),
  decideSubjectRequest: () => ({}),
  recordNotice: () => ({
    ...{ storeId: 'high-street', kind: 'signage', version: '1', language: 'en', text: 'Cameras here.' },
    fromAt: nowIso(),
  }),
  recordConsent: ({ personId }) => ({ personId, feature: 'own_phone', noticeVersion: '1' }),
  setOptOut: () => ({ jurisdiction: 'Somewhere', reason: 'its law' }),
  replacePrices: () => ({ items: [] }),
  createWebhook: () => ({ url: 'https://example.com/' }),
  updateWebhook: () => ({ description: 'changed' }),
  reportCameraHealth: () => ({ storeId: 'high-street', state: 'recording', at: nowIso() }),
};

const week = 'from=2095-01-01T00:00:00Z&to=2095-01-08T00:00:00Z';
const queries: Record<string, string> = {
  listRetainedIncidents: 'day=2026-03-02',
  importPosLog: 'storeId=high-street',
  importDayFile: 'storeId=high-street&fileName=day.xml',
  listShifts: week,
  liftRestriction: 'reason=agreed',
  listGaps: `${week}&storeId=high-street`,
  deleteHoliday: 'date=2095-12-25&storeId=high-street',
  getTillMeasures: 'storeId=high-street&from=2026-03-02&to=2026-03-08',
};

let planted = 0;
/** Somebody of high-street with a shift to come, and a holiday of it in both companies. */
async function plantRoster(): Promise<Pick<Target, 'personId' | 'shiftId'>> {
  planted += 1;
  const [personId, shiftId] = [`person-${planted}`, `shift-${planted}`];
  const run = (sql: string, values: unknown[] = []) => database.admin.query(sql, values);
  await run(
    "insert into people (tenant_id, id, display_name, role, home_store_id) values ('demo', $1, $1, 'store_staff', 'high-street')",
    [personId],
  );
  await run(
    "insert into shifts (tenant_id, id, store_id, person_id, starts_at, ends_at) values ('demo', $1, 'high-street', $2, '2095-01-02T06:00:00Z', '2095-01-02T14:00:00Z')",
    [shiftId, personId],
  );
  await run(
    "insert into holidays (tenant_id, id, store_id, on_date, name) select id, '2095-12-25:high-street', 'high-street', '2095-12-25', 'Holiday' from tenants on conflict do nothing",
  );
  return { personId, shiftId };
}

/** With a share of it, in the state that the operation takes. */
async function shareTarget(operationId: string): Promise<Target> {
  const on = await target();
  const run = (sql: string, values: unknown[]) => database.admin.query(sql, values);
  const state = { requestShare: 'none', retryShare: 'failed' }[operationId] ?? 'requested';
  await plantShare(run, { ...{ incidentId: on.incidentId, clipSha256: sha256Hex(clip) }, state: state as 'requested' });
  return on;
}

let shared: Target | undefined;
/** One for all questions that change nothing about it. */
async function targetFor(operation: Operation): Promise<Target> {
  if (/recipientId|shareId/.test(operation.path) || operation.id === 'requestShare') return shareTarget(operation.id);
  if (operation.method !== 'GET' && operation.path.includes('{incidentId}')) {
    const own = await target();
    if (operation.path.includes('{holdId}'))
      await database.admin.query(
        "insert into holds (tenant_id, store_id, incident_id, id, reason, placed_by) values ('demo', 'high-street', $1, $2, 'x', 'x')",
        [own.incidentId, `hold_${own.incidentId}`],
      );
    return own;
  }
  shared ??= await target();
  if (
    ['recordConsent', 'updatePerson', 'deactivatePerson', 'updateShift', 'deleteShift', 'deleteHoliday'].includes(
      operation.id,
    )
  )
    return { ...shared, ...(await plantRoster()) };
  if (operation.path.includes('{policyId}')) return { ...shared, policyId: await plantPolicy(operation.id) };
  return shared;
}

/** A policy of its own, in the state that the operation takes. */
async function plantPolicy(operationId: string): Promise<string> {
  const policyId = `p-${randomUUID()}`;
  const states: Record<string, string> = { activatePolicy: 'review', rollbackPolicy: 'active' };
  await database.admin.query(
    "insert into policies (tenant_id, id, version, body, state, created_by) values ('demo', $1, 1, $2, $3, 'user:somebody')",
    [policyId, JSON.stringify({ ...defaultPolicy, id: policyId }), states[operationId] ?? 'draft'],
  );
  return policyId;
}

const posImportId = `imp_${'0'.repeat(20)}`;
async function ensurePosImport(): Promise<void> {
  await database.admin.query(
    "insert into pos_imports (tenant_id, store_id, id, format, file_name, started_by, started_at, progress_at) values ('demo', 'high-street', $1, 'csv', 'day.csv', 'x', now(), now()) on conflict do nothing",
    [posImportId],
  );
}

const webhookId = `whk_${'0'.repeat(20)}`;
/** There again for whoever asks next, since one of the operations deletes it. */
async function ensureWebhook(): Promise<void> {
  await database.admin.query(
    "insert into webhook_endpoints (tenant_id, id, url, description, event_types, include_drills, created_by, created_at) values ('demo', $1, 'https://example.com/', '', '{incident.closed}', false, 'x', now()) on conflict do nothing",
    [webhookId],
  );
  await database.admin.query(
    "insert into webhook_deliveries (tenant_id, endpoint_id, id, sequence, type, occurred_at, data, next_attempt_at) values ('demo', $1, 'evt_1', 0, 'ping', now(), '{}', now()) on conflict do nothing",
    [webhookId],
  );
}

const exceptionId = `exc_${'0'.repeat(20)}`;
/** A cashier, a receipt, and an exception that nobody has dismissed. */
async function ensureTill(): Promise<void> {
  await database.admin.query(
    "insert into pos_operators (tenant_id, store_id, operator, operator_id, first_seen_at) values ('demo', 'high-street', 'op_000000000000', '17', now()) on conflict do nothing",
  );
  await database.admin.query(
    "insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at) values ('demo', 'high-street', 'sco-3', 'R-1', 1, 'scan', '2026-03-02T12:00:00Z') on conflict do nothing",
  );
  await database.admin.query(
    `insert into pos_exceptions (tenant_id, store_id, id, rule_id, day, terminal_id, at, amount_minor, score, params, reasons, lines, shadow, first_found_at)
     values ('demo', 'high-street', $1, 'post_void', '2026-03-02', 'sco-3', '2026-03-02T12:00:00Z', 1, 0.5, '{}', '[]', '{}', false, now())
     on conflict (tenant_id, id) do update set dismissed_at = null, dismissed_by = null, dismissed_reason = null`,
    [exceptionId],
  );
}

async function ensureSensor(): Promise<void> {
  await database.admin.query(
    "insert into sensors (tenant_id, store_id, id, kind, zone_id, label, silent_after_ms) select id, 'high-street', 'door-1', 'door', 'scanner', 'Door', 1000 from tenants on conflict do nothing",
  );
}

const [requestId, noticeId, consentId] = [`dsr_${'0'.repeat(20)}`, 'ntc_1', 'cns_1'];
/** A request, a notice, a consent and an opt-out, as the operation takes them. */
async function ensureRights(operationId: string, { incidentId }: Target): Promise<void> {
  const run = (sql: string, values: unknown[] = []) => database.admin.query(sql, values);
  const isOpen = !['liftRestriction', 'getLetter', 'exportSubjectData'].includes(operationId);
  await run('delete from use_restrictions where request_id = $1', [requestId]);
  await run('delete from subject_request_incidents where request_id = $1', [requestId]);
  await run('delete from subject_requests where id = $1', [requestId]);
  // Far from every incident, so that nothing has to be looked at first.
  await run(
    `insert into subject_requests (tenant_id, store_id, id, kind, state, contact, description, from_at, to_at, identity, identity_method, identity_by, identity_at, received_at, recorded_by, due_at, decided_by, decided_at, letter)
     values ('demo', 'high-street', $1, 'access', $2, 'x', 'x', '2020-01-01', '2020-01-02', 'confirmed', 'in_person', 'x', now(), now(), 'x', now() + interval '1 month', $3, $4, $5)`,
    [requestId, isOpen ? 'open' : 'granted', ...(isOpen ? [null, null, null] : ['x', nowIso(), 'Demo\n\nWords'])],
  );
  if (operationId === 'liftRestriction')
    await run(
      "insert into use_restrictions (tenant_id, store_id, incident_id, request_id, because, placed_by, placed_at) values ('demo', 'high-street', $1, $2, 'restriction', 'x', now())",
      [incidentId, requestId],
    );
  if (operationId === 'endNotice') {
    await run('delete from notices');
    await run(
      "insert into notices (tenant_id, store_id, id, kind, version, language, text_sha256, text, from_at, recorded_by, recorded_at) values ('demo', 'high-street', $1, 'signage', '1', 'en', $2, 'x', now() - interval '1 day', 'x', now())",
      [noticeId, 'a'.repeat(64)],
    );
  }
  if (operationId === 'withdrawConsent') {
    await run('delete from staff_consents');
    await run(
      "insert into staff_consents (tenant_id, id, person_id, feature, notice_version, given_at, recorded_by) values ('demo', $1, 'sam', 'own_phone', '1', now(), 'x')",
      [consentId],
    );
  }
  if (operationId === 'removeOptOut') {
    await run("delete from store_opt_outs where tenant_id = 'rival'");
    await run(
      "insert into store_opt_outs (tenant_id, store_id, what, jurisdiction, reason, set_by, set_at) values ('demo', 'high-street', 'loitering', 'x', 'x', 'x', now()) on conflict do nothing",
    );
  }
}

/** The history of the incident's only run, as it was kept. */
async function ensureHistory({ incidentId }: Target): Promise<void> {
  const history = { kind: 'floorwalker.workflow-history.v1', events: [], sdk: null, actions: 0 };
  const body = Buffer.from(JSON.stringify(history));
  const key = `demo/high-street/${incidentId}/history/run-1.json`;
  const sha256 = sha256Hex(body);
  const { version } = await api.objects.putLocked({
    ...{ key, body, sha256, mediaType: 'application/json', lockedUntil: agoIso(-2_000) },
  });
  await database.admin.query(
    `insert into workflow_histories (tenant_id, store_id, incident_id, run, workflow_id, state, due_at, closed_at, settled_at, events, raw_sha256, decoded_sha256)
     values ('demo', 'high-street', $1, 1, 'w', 'exported', now(), now(), now(), 0, $2, $2) on conflict do nothing`,
    [incidentId, sha256],
  );
  for (const [id, kind] of [
    ['history-1', 'history'],
    ['history-1-decoded', 'history_decoded'],
  ])
    await database.admin.query(
      `insert into evidence_artifacts (tenant_id, store_id, incident_id, id, kind, media_type, object_key, object_version, size_bytes, sha256, locked_until)
       values ('demo', 'high-street', $1, $2, $3, 'application/json', $4, $5, $6, $7, now()) on conflict do nothing`,
      [incidentId, id, kind, key, version, body.length, sha256],
    );
}

/** What has to be there before it can be taken back. */
const undoes: Record<string, string> = { withdrawUnredacted: 'unredacted-release' };

type Operation = (typeof operations)[number];

/** Puts there what the operation asks for, as it was before anybody asked. */
async function prepare(operation: Operation, on: Target): Promise<void> {
  if (operation.path.includes('{webhookId}')) await ensureWebhook();
  if (operation.path.includes('{importId}')) await ensurePosImport();
  if (operation.path.includes('{packetId}')) await ensurePacket(on, operation.id);
  if (operation.path.startsWith('/v1/pos/')) await ensureTill();
  if (operation.path.startsWith('/v1/sensors')) await ensureSensor();
  if (operation.path.includes('/history')) await ensureHistory(on);
  if (/subject-requests|notices|consents|opt-outs/.test(operation.path)) await ensureRights(operation.id, on);
  const undone = undoes[operation.id];
  if (undone) {
    const path = `/v1/incidents/${on.incidentId}/${undone}`;
    await api.call(database.keys.compliance, 'PUT', path, { reason: 'court order' });
  }
}

async function ask(operation: Operation, key: string | null, on: Target): Promise<number> {
  const path = operation.path
    .replace('{incidentId}', on.incidentId)
    .replace('{artifactId}', 'clip')
    .replace('{holdId}', `hold_${on.incidentId}`)
    .replace('{requestId}', requestId!)
    .replace('{noticeId}', noticeId!)
    .replace('{consentId}', consentId!)
    .replace('{run}', '1')
    .replace('{what}', 'loitering')
    .replace('{packetId}', packetId)
    .replace('{handoverId}', handoverId)
    .replace('{recipientId}', sharedIds.recipientId)
    .replace('{shareId}', sharedIds.shareId)
    .replace('{webhookId}', webhookId)
    .replace('{importId}', posImportId)
    .replace('{sensorId}', 'door-1')
    .replace('{mappingId}', 'tills')
    .replace('{deliveryId}', 'evt_1')
    .replace('{appealId}', `app_${'0'.repeat(20)}`)
    .replace('{stepId}', 'any.sign')
    .replace('{command}', 'approve')
    .replace('{personId}', on.personId)
    .replace('{shiftId}', on.shiftId)
    .replace('{cameraId}', 'sco-3-cam')
    .replace('{policyId}', on.policyId ?? '')
    .replace('{version}', '1')
    .replace('{seq}', '1')
    .replace('{exceptionId}', exceptionId)
    .replace('{terminalId}', 'sco-3')
    .replace('{transactionId}', 'R-1')
    .replace('{storeId}', 'high-street')
    .replace('{riskGroupId}', operation.method === 'PUT' ? 'late' : 'night');
  const stop = new AbortController();
  const body = bodies[operation.id]?.(on, key);
  const response = await fetch(new URL(`${path}?${queries[operation.id] ?? ''}`, api.baseUrl), {
    method: operation.method,
    signal: stop.signal,
    headers: {
      ...(key === null || operation.id === 'createSession' ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': sent(body).type }),
    },
    ...(body === undefined ? {} : { body: sent(body).text }),
  });
  // The stream never ends by itself.
  stop.abort();
  return response.status;
}

/** With everything there for them alone. */
async function askAlone(operation: Operation, key: string | null): Promise<number> {
  const on = await targetFor(operation);
  await prepare(operation, on);
  return ask(operation, key, on);
}

/** That somebody was refused is on record. */
const logged = ['audit', 'audit_intake', 'audit_heads'];

/** What each look at evidence, each change of what becomes of it and each look at the log leaves in the log. */
const leaves: Record<string, AuditAction> = {
  getEvidence: 'evidence.consulted',
  getArtifact: 'evidence.viewed',
  getCustody: 'evidence.consulted',
  listRedactions: 'evidence.consulted',
  requestRedaction: 'evidence.redaction_requested',
  drawRedaction: 'evidence.redaction_requested',
  approveUnredacted: 'evidence.unredacted_approved',
  withdrawUnredacted: 'evidence.unredacted_withdrawn',
  placeHold: 'hold.placed',
  releaseHold: 'hold.released',
  listPackets: 'evidence.consulted',
  requestPacket: 'packet.requested',
  getPacket: 'evidence.consulted',
  getPacketContent: 'packet.downloaded',
  signPacketStatement: 'packet.statement_signed',
  handOverPacket: 'packet.hand_over_opened',
  revokeHandover: 'packet.hand_over_revoked',
  listShares: 'evidence.consulted',
  requestShare: 'share.requested',
  getShare: 'evidence.consulted',
  approveShare: 'share.approved',
  retryShare: 'share.retried',
  withdrawShare: 'share.withdrawn',
  listAudit: 'audit.read',
  getAuditRow: 'audit.read',
  exportAudit: 'audit.exported',
  verifyAudit: 'audit.verified',
};
/** Tested with the story that they belong to, since they need more than one question. */
const leavesElsewhere = [
  'openReports',
  'retryEvidence',
  'restoreArtifact',
  'getHistory',
  'getRawHistory',
  'getDecodedHistory',
];

describe('the log', () => {
  it('is written by every route that shows or moves evidence', () => {
    const moving = /\/(evidence|custody|redactions|unredacted-release|reports|packets|shares|audit|history)\b/;
    const evident = operations
      .filter(({ path, id }) => moving.test(path) || ['placeHold', 'releaseHold'].includes(id))
      .map(({ id }) => id);
    expect([...Object.keys(leaves), ...leavesElsewhere].filter((id) => !evident.includes(id))).toEqual([]);
    expect(evident.filter((id) => leaves[id] === undefined && !leavesElsewhere.includes(id))).toEqual([]);
  });

  const loggedBy = async (key: string, action: AuditAction) => {
    const { rows } = await database.admin.query<{ actor_role: string; request_id: string | null; details: object }>(
      `select actor_role, request_id, details from audit where action = $2 and actor =
         (select case role when 'device' then 'device:' else 'user:' end || id from api_keys where key_sha256 = $1)`,
      [sha256Hex(key), action],
    );
    return rows;
  };

  it.each(operations.filter(({ id }) => leaves[id] !== undefined))(
    'has who did $id, and by which request',
    async (operation) => {
      const key = await plantKey(database, { role: 'compliance', storeIds: null });
      const status = await askAlone(operation, key);
      const rows = await loggedBy(key, leaves[operation.id]!);
      expect({ status: Math.floor(status / 100), rows }).toEqual({
        status: 2,
        rows: [
          {
            actor_role: 'compliance',
            request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
            details: expect.anything(),
          },
        ],
      });
    },
  );

  it.each(operations.filter(({ id }) => leaves[id] !== undefined))('has who was refused $id', async (operation) => {
    for (const [role, storeIds] of [
      ['device', null],
      ['regional', ['south']],
    ] as const) {
      const key = await plantKey(database, { role, storeIds: storeIds === null ? null : [...storeIds] });
      const status = await askAlone(operation, key);
      const rows = await loggedBy(key, 'access.refused');
      expect({ status: [403, 404].includes(status), rows }).toMatchObject({
        ...{
          status: true,
          rows: [{ actor_role: role, details: { code: status === 403 ? 'FORBIDDEN' : 'NOT_FOUND' } }],
        },
      });
      expect(rows[0]?.request_id).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('the table', () => {
  it('has a line for every route of the OpenAPI document, and for no other', () => {
    expect(Object.keys(expected).toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
  });

  it('has a column for every caller', () => {
    for (const line of Object.values(expected)) expect(line.split(/\s+/)).toHaveLength(callers.length);
  });
});

describe.each(operations)('$method $path', (operation) => {
  const line = expected[operation.id]?.split(/\s+/).map(Number) ?? [];
  const as = (answer: 'admitted' | 'refused') =>
    callers.filter((_caller, index) => line[index]! >= 400 === (answer === 'refused'));
  const table = (which: readonly Caller[]) => which.map((caller) => [caller, line[callers.indexOf(caller)]]);
  const togetherOn = (on: Target, which: readonly Caller[]) =>
    Promise.all(which.map(async (caller) => [caller, await ask(operation, keys[caller], on)]));

  it('answers those whom it admits as the table says', async () => {
    const admitted = as('admitted');
    if (operation.method === 'GET') {
      const on = await targetFor(operation);
      await prepare(operation, on);
      expect(await togetherOn(on, admitted)).toEqual(table(admitted));
      return;
    }
    const answers: unknown[] = [];
    for (const caller of admitted) answers.push([caller, await askAlone(operation, keys[caller])]);
    expect(answers).toEqual(table(admitted));
  });

  const refused = as('refused');
  if (refused.length === 0) return;
  it('answers those whom it refuses as the table says, and changes nothing for them', async () => {
    const on = await targetFor(operation);
    await prepare(operation, on);
    const before = await countRows(database, logged);
    expect(await togetherOn(on, refused)).toEqual(table(refused));
    expect(await countRows(database, logged)).toEqual(before);
  });
});

describe('keys', () => {
  it.each([
    ['expired', { expiresAt: agoIso(1_000) }],
    ['of no store', { storeIds: [] as string[] }],
  ])('that are %s show nothing', async (_name, change) => {
    const key = await plantKey(database, { role: 'soc_lead', storeIds: null, ...change });
    const { status, body } = await api.call<{ items?: unknown[] }>(key, 'GET', '/v1/incidents');
    expect(status === 401 || body.items?.length === 0).toBe(true);
  });

  it('that were revoked work no longer than a moment', async () => {
    const key = await plantKey(database, { role: 'soc_lead', storeIds: null });
    expect((await api.call(key, 'GET', '/v1/session')).status).toBe(200);
    await database.admin.query('update api_keys set revoked_at = now() where key_sha256 = $1', [sha256Hex(key)]);
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    expect((await api.call(key, 'GET', '/v1/session')).status).toBe(401);
  });

  it.each([['bearer'], ['BEARER']])('are read whatever the case of the scheme: %s', async (scheme) => {
    const { status } = await api.call(null, 'GET', '/v1/session', undefined, {
      authorization: `${scheme} ${database.keys.admin}`,
    });
    expect(status).toBe(200);
  });

  it('limited to a store list only what is in it', async () => {
    await openIncident(database, { storeId: 'south' });
    const { body } = await api.call<{ items: { storeId: string }[] }>(keys.south, 'GET', '/v1/incidents?limit=200');
    expect([...new Set(body.items.map(({ storeId }) => storeId))]).toEqual(['south']);
    const stores = await api.call<{ items: { id: string }[] }>(keys.south, 'GET', '/v1/stores');
    expect(stores.body.items.map(({ id }) => id)).toEqual(['south']);
    expect((await api.call(keys.south, 'GET', '/v1/incidents?storeId=high-street')).status).toBe(403);
  });

  it('limited to a store read no audit log of the whole company', async () => {
    const key = await plantKey(database, { role: 'compliance', storeIds: ['south'] });
    expect((await api.call(key, 'GET', '/v1/audit')).status).toBe(403);
  });
});

describe('a route that is not in the document', () => {
  it.each(['/v1/nothing', '/v1/incidents/inc_1', '/v1/badges'])('%s is not there', async (path) => {
    const { status, headers } = await api.call(database.keys.admin, 'GET', path);
    expect([400, 404]).toContain(status);
    expect(headers.get('content-type')).toMatch(/problem\+json/);
    expect((await api.call(null, 'GET', path)).status).toBe(401);
  });
});
