import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate, setApplicationPassword } from '../adapters/postgres/migrate.ts';
import { defaultPolicy, type Policy } from '../domain/policy.ts';
import type { CameraConfig } from '../workers/camera.ts';
import { demoDevices, demoRunbooks } from './devices/demo.ts';
import type { EngineStart } from './engines/index.ts';
import type { ProcessLedger } from './engines/ledger.ts';
import { demoEstate, type Estate, oneClock, plantEstate } from './estate.ts';
import type { Installation } from './installation.ts';
import { bundlePrograms, type Programs, sources } from './programs.ts';
import { root } from './root.ts';
import { type SupervisedProcess, superviseProcess } from './supervise.ts';
import type { Environment } from './tools/command.ts';
import type { OnProgress } from './tools/progress.ts';

export type ProcessName =
  | 'carrier'
  | 'worker'
  | 'second-worker'
  | 'watchdog'
  | 'records'
  | 'media'
  | 'api'
  | 'till'
  | 'camera'
  | 'devices';

export interface ApplicationOptions {
  dataDir: string;
  port: number;
  env: Environment;
  engines: EngineStart;
  installation: Installation;
  ffmpeg: Promise<{ ffmpegPath: string; ffprobePath: string }>;
  /** The camera's recording and the till's tape; resolves when they are there. */
  scene: Promise<{ camera: CameraConfig; tapePath: string }>;
  policy?: Policy;
  /** Default: the demo estate. */
  estate?: (keys: Installation['keys']) => Estate;
  /** Default: all. Tests and benches bring their own signals and leave camera and till out. */
  only?: readonly ProcessName[];
  /** Restart our processes when a source file changes. */
  watch?: boolean;
  ledger: ProcessLedger;
  onProgress: OnProgress;
}

export interface Application {
  baseUrl: string;
  carrierUrl: string;
  databaseAdminUrl: string;
  estate: Estate;
  processes: SupervisedProcess[];
  /** Sources of signals first, the carrier last, so that nothing is left talking to something gone. */
  stop(): Promise<void>;
}

const stopOrder: readonly ProcessName[] = [
  'camera',
  'till',
  'api',
  'media',
  'records',
  'watchdog',
  'second-worker',
  'worker',
  'devices',
  'carrier',
];

interface ProcessPlan {
  args: readonly string[];
  env?: Environment;
  readyLine?: string;
  readyUrl?: string;
  niceness?: number;
  restartNiceness?: number;
}

/** Whoever is to be reached comes before a picture that is encoded a little later. */
const behindMessages = 5;
/** There is another that does its work meanwhile. */
const behindEverybody = 10;
/** It does little, and somebody waits for all of it. */
const beforeMost = -5;
/** There is one API, and every camera, till and phone waits for it. */
const beforeEverybody = -10;

/** Starts our own processes on engines that are coming up: each as soon as what it needs is there. */
export async function startApplication(options: ApplicationOptions): Promise<Application> {
  const processes: SupervisedProcess[] = [];
  const stop = async () => {
    const order = (supervised: SupervisedProcess) => stopOrder.indexOf(supervised.name as ProcessName);
    for (const supervised of [...processes].sort((a, b) => order(a) - order(b))) await supervised.stop();
  };
  const start = async (name: ProcessName, plan: ProcessPlan): Promise<void> => {
    if (options.only && !options.only.includes(name)) return;
    const supervised = supervise(name, plan, options);
    processes.push(supervised);
    options.onProgress({ subject: name, state: 'working', message: 'starting' });
    await supervised.start();
    options.onProgress({ subject: name, state: 'done', message: 'ready' });
  };
  try {
    const baseUrl = `http://127.0.0.1:${options.port}`;
    const carrierUrl = `http://127.0.0.1:${options.port + 1}`;
    // A changed source must be seen by what watches it, so nothing is bundled then.
    const programs = options.watch ? sources : await bundlePrograms();
    const { keys } = options.installation;
    const estate =
      options.estate?.(keys) ??
      oneClock(demoEstate(keys, options.policy ?? { ...defaultPolicy, runbooks: demoRunbooks }));
    const carrier = start('carrier', carrierPlan(options, programs, baseUrl)).then(() =>
      registerPhones(carrierUrl, estate),
    );
    carrier.catch(() => undefined);
    const adminUrl = await options.engines.database;
    const databaseUrl = await prepareDatabase(options, adminUrl, estate);
    const env = await processEnvironment(options, { baseUrl, carrierUrl, databaseUrl });
    await carrier;
    const worker = {
      args: ['--max-old-space-size=1024', ...programs.floorwalker, 'worker'],
      env,
      readyLine: '"msg":"ready"',
      restartNiceness: behindEverybody,
    };
    await Promise.all([
      start('worker', worker),
      // When one dies the other goes on at once, warm, and nobody waits for a start.
      start('second-worker', worker),
      start('watchdog', {
        ...{ args: [...programs.floorwalker, 'worker', '--watchdog'], env, readyLine: '"msg":"ready"' },
        niceness: beforeMost,
      }),
      start('records', { ...worker, args: [...worker.args, '--records'], niceness: behindMessages }),
      ...estate.stores.slice(0, 1).map(({ id }) =>
        start('media', {
          args: [...programs.floorwalker, 'worker', '--media', `${estate.tenantId}/${id}`],
          env,
          readyLine: '"msg":"ready"',
          niceness: behindMessages,
        }),
      ),
      ...estate.stores.slice(0, 1).map(({ id }) => start('devices', devicesPlan(estate.tenantId, id, env))),
      start('api', {
        args: [...programs.floorwalker, 'api'],
        env,
        readyUrl: `${baseUrl}/healthz`,
        restartNiceness: beforeEverybody,
      }),
      // What the camera sees before the API is up waits in its spool.
      ...(!options.only || options.only.includes('camera') ? [startScene(options, programs, env, start)] : []),
    ]);
    return { baseUrl, carrierUrl, databaseAdminUrl: adminUrl, estate, processes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function supervise(name: ProcessName, plan: ProcessPlan, options: ApplicationOptions): SupervisedProcess {
  const { env, args, ...ready } = plan;
  return superviseProcess({
    name,
    command: process.execPath,
    args: options.watch ? ['--watch', '--watch-preserve-output', ...args] : args,
    env: { ...options.env, ...env },
    cwd: root,
    logFile: join(options.dataDir, 'logs', `${name}.log`),
    restart: true,
    ledger: options.ledger,
    stopTimeoutMs: 25_000,
    readyTimeoutMs: 60_000,
    ...ready,
  });
}

function carrierPlan(
  { port, dataDir, installation }: ApplicationOptions,
  programs: Programs,
  webhookBaseUrl: string,
): ProcessPlan {
  const config = {
    port: port + 1,
    dataDir: join(dataDir, 'carrier'),
    accountSid: installation.twilioAccountSid,
    webhookBaseUrl,
    publicNumber: installation.twilioFrom,
  };
  return {
    args: [...programs.carrier, '--config', JSON.stringify(config)],
    env: { TWILIO_AUTH_TOKEN: installation.twilioAuthToken },
    readyLine: '"ready":true',
  };
}

function devicesPlan(tenantId: string, storeId: string, env: Environment): ProcessPlan {
  return {
    args: [
      ...['--import', 'tsx', join(root, 'stack', 'devices', 'main.ts')],
      ...['--tenant', tenantId, '--store', storeId, '--devices', demoDevices.join(',')],
    ],
    env: { MQTT_URL: env['MQTT_URL'] },
    readyLine: '"ready":true',
  };
}

async function prepareDatabase(options: ApplicationOptions, adminUrl: string, estate: Estate): Promise<string> {
  const ran = await migrate(adminUrl);
  const message = ran.length === 0 ? 'up to date' : `${ran.length} migrations`;
  options.onProgress({ subject: 'schema', state: 'done', message });
  const databaseUrl = await setApplicationPassword(adminUrl, options.installation.applicationPassword);
  await plantEstate(adminUrl, estate);
  return databaseUrl;
}

async function processEnvironment(
  { engines, installation, dataDir, port, ffmpeg }: ApplicationOptions,
  urls: { baseUrl: string; carrierUrl: string; databaseUrl: string },
): Promise<Environment> {
  const [temporal, s3, mqttUrl, binaries] = await Promise.all([engines.temporal, engines.s3, engines.mqttUrl, ffmpeg]);
  return {
    FLOORWALKER_MODE: 'development',
    FLOORWALKER_DATA: dataDir,
    FLOORWALKER_PORT: String(port),
    FLOORWALKER_LINK_SECRET: installation.linkSecret,
    FLOORWALKER_PAYLOAD_KEY: installation.payloadKey,
    FLOORWALKER_SIGNING_KEY: installation.signingKeyPem,
    FLOORWALKER_RETIRED_KEYS: JSON.stringify(installation.retiredKeys ?? []),
    FLOORWALKER_WITNESS_FILE: join(dataDir, 'audit-heads.ndjson'),
    FLOORWALKER_API_URL: urls.baseUrl,
    FLOORWALKER_DEVICE_KEY: installation.keys.device,
    DATABASE_URL: urls.databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
    MQTT_URL: mqttUrl,
    TWILIO_ACCOUNT_SID: installation.twilioAccountSid,
    TWILIO_AUTH_TOKEN: installation.twilioAuthToken,
    TWILIO_FROM: installation.twilioFrom,
    TWILIO_API_BASE_URL: urls.carrierUrl,
    // The simulator keeps any pace; Twilio's numbers do not.
    TWILIO_MESSAGES_PER_SECOND: '200',
    PUBLIC_URL: urls.baseUrl,
    FFMPEG_PATH: binaries.ffmpegPath,
    FFPROBE_PATH: binaries.ffprobePath,
  };
}

/** The till first: it must be listening when the camera says that the film has begun. */
async function startScene(
  options: ApplicationOptions,
  programs: Programs,
  env: Environment,
  start: (name: ProcessName, plan: ProcessPlan) => Promise<void>,
): Promise<void> {
  const { camera, tapePath } = await options.scene;
  const configPath = join(options.dataDir, 'camera.json');
  await writeFile(configPath, JSON.stringify(camera, null, 2));
  const place = ['--tenant', camera.tenantId, '--store', camera.storeId, '--camera', camera.cameraId];
  const terminalId = camera.zones[0]?.terminalId;
  if (terminalId === undefined) throw new Error('the camera has no zone with a till, so there is no till to play');
  await start('till', {
    args: [
      ...['--import', 'tsx', join(root, 'stack', 'till', 'main.ts')],
      ...[...place, '--terminal', terminalId, '--tape', tapePath],
    ],
    env: { MQTT_URL: await options.engines.mqttUrl },
    readyLine: '"ready":true',
  });
  await start('camera', {
    args: [...programs.floorwalker, 'camera', '--config', configPath],
    env,
    readyLine: '"state":"recording"',
  });
}

async function registerPhones(carrierUrl: string, estate: Estate): Promise<void> {
  for (const person of estate.people) {
    const response = await fetch(new URL(`/phones/${encodeURIComponent(person.phone)}`, carrierUrl), {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-floorwalker-simulator': '1' },
      body: JSON.stringify({ label: person.displayName, role: person.role }),
    });
    if (!response.ok) {
      throw new Error(`the carrier simulator refused the phone of ${person.displayName}: HTTP ${response.status}`);
    }
  }
}
