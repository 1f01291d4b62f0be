import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { generateSigningKeyPem, keyRing, openSigner, verifySignature } from '../../adapters/crypto/signer.ts';
import { type ObjectStore, openEvidenceStore } from '../../adapters/objects/evidence-store.ts';
import { openPacketStore } from '../../adapters/objects/packet-store.ts';
import { renderPdf } from '../../adapters/pdf/render.ts';
import { dayFileReaders } from '../../adapters/pos/readers.ts';
import { engineOf } from '../../adapters/temporal/engine.ts';
import { verifyTwilioSignature } from '../../adapters/twilio/signature.ts';
import { menuTwiml, messageTwiml, sayTwiml } from '../../adapters/twilio/twiml.ts';
import { openZip } from '../../adapters/zip/write.ts';
import { createApp } from '../../api/app.ts';
import type { ApiDependencies } from '../../api/deps.ts';
import { createDispatcher } from '../../api/dispatcher.ts';
import { createLiveEvents } from '../../api/live.ts';
import { witnessFinder } from '../../api/witness.ts';
import { signHead } from '../../domain/audit-head.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import type { Actor, Detection, Role } from '../../domain/types.ts';
import type { ServiceContext } from '../../services/context.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { demoEstate, type Estate, type EstateStore, plantEstate } from '../../stack/estate.ts';
import { correctionWorkflowType, incidentQueue, incidentWorkflowType } from '../../workflows/contracts.ts';
import { evidenceWorkflowType } from '../../workflows/evidence-contracts.ts';
import { packetWorkflowType } from '../../workflows/packet-contracts.ts';
import { redactionWorkflowType } from '../../workflows/redaction-contracts.ts';
import { runbookWorkflowType } from '../../workflows/runbook-contracts.ts';
import { sharingNames } from '../../workflows/share-contracts.ts';
import type { TestEngines } from '../engines.setup.ts';
import type { TestDatabase } from '../harness/database.ts';

export const nowIso = () => new Date().toISOString();
export const agoIso = (ms: number) => new Date(Date.now() - ms).toISOString();

/** A second shop of the demo tenant, so that there is something to be kept apart from. */
export const southStore: EstateStore = {
  id: 'south',
  name: 'South Side',
  timeZone: 'Europe/London',
  cameras: [{ id: 'south-cam', name: 'South' }],
  terminals: ['south-1'],
  zones: [{ id: 'belt', cameraId: 'south-cam', label: 'Till 1', terminalId: 'south-1' }],
};
export const withSouthStore = (estate: Estate): Estate => ({ ...estate, stores: [...estate.stores, southStore] });

export const rivalTenantId = 'rival';

/** Another company on the same server, with a store, camera and till of the very same names. */
export async function plantRival(database: TestDatabase): Promise<Record<Role, string>> {
  const keys = Object.fromEntries(
    Object.keys(database.keys).map((role) => [role, `rival-${role}-${randomBytes(8).toString('hex')}`]),
  ) as Record<Role, string>;
  const estate = demoEstate(keys, defaultPolicy);
  const people = estate.people.map((person, index) => ({ ...person, phone: `+44770090020${index}` }));
  await plantEstate(database.adminUrl, { ...estate, tenantId: rivalTenantId, tenantName: 'Rival Foods', people });
  return keys;
}

/** An API key beyond those of the estate, such as one that is limited to some stores. */
export async function plantKey(
  database: TestDatabase,
  key: { role: Role; storeIds: string[] | null; tenantId?: string; expiresAt?: string },
): Promise<string> {
  const text = `extra-${key.role}-${randomBytes(12).toString('hex')}`;
  await database.admin.query(
    'insert into api_keys (id, tenant_id, key_sha256, role, display_name, store_ids, expires_at) values ($1, $2, $3, $4, $5, $6, $7)',
    [
      `extra-${randomUUID()}`,
      key.tenantId ?? database.estate.tenantId,
      createHash('sha256').update(text).digest('hex'),
      key.role,
      `Extra ${key.role}`,
      key.storeIds,
      key.expiresAt ?? null,
    ],
  );
  return text;
}

export const actorOf = (role: Actor['role'], change: Partial<Actor> = {}): Actor => ({
  id: `user:demo-${role}`,
  displayName: role,
  role,
  tenantId: 'demo',
  storeIds: null,
  ...change,
});

export const contextOf = (database: TestDatabase, actor: Actor, now: () => string = nowIso): ServiceContext => ({
  db: database.db,
  actor,
  now,
});

export const detection = (change: Partial<Detection> = {}): Detection => ({
  eventId: randomUUID(),
  storeId: 'high-street',
  cameraId: 'sco-3-cam',
  zoneId: 'scanner',
  eventType: 'missed_scan',
  detectedAt: agoIso(2_000),
  confidence: 0.9,
  model: { id: 'scan-zone-counter', version: '1' },
  ...change,
});

export const southDetection = (change: Partial<Detection> = {}): Detection =>
  detection({ storeId: 'south', cameraId: 'south-cam', zoneId: 'belt', ...change });

let opened = 0;
/** An incident of its own, without a workflow; each lies a minute before the one before, so that none merges. */
export async function openIncident(
  database: TestDatabase,
  change: Partial<Detection> = {},
  tenantId = 'demo',
): Promise<string> {
  opened += 1;
  const ctx = contextOf(database, actorOf('device', { id: 'device:test', tenantId }));
  const make = change.storeId === 'south' ? southDetection : detection;
  const receipt = await ingestDetection(ctx, make({ detectedAt: agoIso(60_000 * opened), ...change }));
  if (receipt.disposition !== 'started') throw new Error(`the test's detection was ${receipt.disposition}`);
  return receipt.incidentId;
}

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface ServedApi {
  baseUrl: string;
  deps: ApiDependencies;
  objects: ObjectStore;
  signingKeyPem: string;
  errors: unknown[];
  call<Body = Record<string, unknown>>(
    key: string | null,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
  close(): Promise<void>;
}

/** The API alone on a real database and object store. Its workflow engine is out of reach unless one is given. */
export async function serveApi(
  engines: TestEngines,
  database: TestDatabase,
  change: Partial<ApiDependencies> = {},
): Promise<ServedApi> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const baseUrl = `http://127.0.0.1:${address.port}`;
  const bucket = `test-${randomBytes(6).toString('hex')}`;
  const objects = openEvidenceStore({ ...engines.s3, bucket, region: 'us-east-1' });
  await objects.ensureBucket();
  const signingKeyPem = generateSigningKeyPem();
  const signer = openSigner(signingKeyPem);
  const keys = keyRing(signer, []);
  const errors: unknown[] = [];
  const log = (error: unknown) => errors.push(error);
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  const unreachable = engineOf(new Client({ connection }), connection, {
    incidentQueue,
    incidentWorkflowType,
    correctionWorkflowType,
    redactionWorkflowType,
    evidenceWorkflowType,
    runbookWorkflowType,
    packetWorkflowType,
    sharing: sharingNames,
  });
  const engine = change.engine ?? unreachable;
  const live = createLiveEvents();
  const deps: ApiDependencies = {
    mode: 'development',
    checksAnswers: true,
    db: database.db,
    engine,
    dispatcher: createDispatcher({ db: database.db, engine, now: nowIso, onError: log }),
    objects,
    live,
    now: nowIso,
    publicUrl: baseUrl,
    carrierTokens: ['a token of the tests only'],
    webhookSecretKey: 'a key of the tests only',
    verifySignature: verifyTwilioSignature,
    messageTwiml,
    menuTwiml,
    sayTwiml,
    findWitnesses: witnessFinder({ objects, keys, verify: verifySignature, readFile: null }),
    signing: { keys, signHead: (head) => signHead(signer, head) },
    consoleDir: null,
    packets: {
      store: openPacketStore({ ...engines.s3, bucket, region: 'us-east-1' }),
      producerVersion: '0.0.0-test',
      signingPublicKeyPem: signer.publicKeyPem,
    },
    rights: { openZip, renderPdf },
    dayFileReaders,
    simulator: null,
    brokerReady: () => true,
    log,
    ...change,
  };
  server.on('request', createApp(deps));
  return {
    ...{ baseUrl, deps, objects, signingKeyPem, errors },
    call: (key, method, path, body, headers = {}) =>
      request(baseUrl, method, path, body, {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      }),
    async close() {
      live.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await unreachable.close();
    },
  };
}

/** A string is sent as it is, anything else as JSON; JSON answers are parsed. */
export async function request<Body>(
  baseUrl: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer<Body>> {
  const response = await fetch(new URL(path, baseUrl), {
    method,
    redirect: 'manual',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as Body };
}

/** Drained beside the answer, so its count may fall while a test looks; whatever fills it leaves rows elsewhere too. */
const drained = ['outbox'];

/** Rows of every table that holds facts: what a refused request must leave as it was. */
export async function countRows(
  database: TestDatabase,
  except: readonly string[] = [],
): Promise<Record<string, number>> {
  const { rows } = await database.admin.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by relname",
  );
  const one = rows
    .filter(({ name }) => ![...drained, ...except].includes(name))
    .map(({ name }) => `select '${name}' as name, count(*)::int as count from ${name}`);
  const counted = await database.admin.query<{ name: string; count: number }>(one.join(' union all '));
  return Object.fromEntries(counted.rows.map(({ name, count }) => [name, count]));
}
