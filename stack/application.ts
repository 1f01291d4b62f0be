import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate, setApplicationPassword } from '../adapters/postgres/migrate.ts';
import type { Policy } from '../domain/policy.ts';
import type { CameraConfig } from '../workers/camera.ts';
import type { EngineStart } from './engines/index.ts';
import type { ProcessLedger } from './engines/ledger.ts';
import { demoEstate, type Estate, plantEstate } from './estate.ts';
import type { Installation } from './installation.ts';
import { type SupervisedProcess, superviseProcess } from './supervise.ts';
import type { Environment } from './tools/command.ts';
import type { OnProgress } from './tools/progress.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));
const executable = join(root, 'bin', 'floorwalker.mjs');

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
  ledger: ProcessLedger;
  onProgress: OnProgress;
}

export interface Application {
  baseUrl: string;
  databaseAdminUrl: string;
  estate: Estate;
  processes: SupervisedProcess[];
  /** In the reverse order of starting, so that nothing is left talking to something gone. */
  stop(): Promise<void>;
}

/** Starts our own processes on engines that are coming up: each as soon as what it needs is there. */
export async function startApplication(options: ApplicationOptions): Promise<Application> {
  const { engines, installation, ledger, dataDir, onProgress } = options;
  const processes: SupervisedProcess[] = [];
  const stop = async () => {
    for (const supervised of [...processes].reverse()) await supervised.stop();
  };
  const run = async (
    name: string,
    args: readonly string[],
    env: Environment,
    ready: { readyLine?: string; readyUrl?: string },
  ) => {
    const supervised = superviseProcess({
      name,
      command: process.execPath,
      args,
      env: { ...options.env, ...env },
      cwd: root,
      logFile: join(dataDir, 'logs', `${name}.log`),
      restart: true,
      ledger,
      stopTimeoutMs: 25_000,
      readyTimeoutMs: 60_000,
      ...ready,
    });
    processes.push(supervised);
    onProgress({ subject: name, state: 'working', message: 'starting' });
    await supervised.start();
    onProgress({ subject: name, state: 'done', message: 'ready' });
    return supervised;
  };
  try {
    return await bringUp(options, run, processes, stop);
  } catch (error) {
    await stop();
    throw error;
  }

  async function bringUp(
    { port, policy }: ApplicationOptions,
    start: typeof run,
    started: SupervisedProcess[],
    stopAll: () => Promise<void>,
  ): Promise<Application> {
    const baseUrl = `http://127.0.0.1:${port}`;
    const estate = demoEstate(installation.keys, policy);
    const carrierUrl = `http://127.0.0.1:${port + 1}`;
    const carrier = start(
      'carrier',
      [
        '--import',
        'tsx',
        join(root, 'stack', 'carrier', 'main.ts'),
        '--port',
        String(port + 1),
        '--data-dir',
        join(dataDir, 'carrier'),
        '--account-sid',
        installation.twilioAccountSid,
        '--webhook-base-url',
        baseUrl,
        '--public-number',
        installation.twilioFrom,
      ],
      { TWILIO_AUTH_TOKEN: installation.twilioAuthToken },
      { readyLine: '"ready":true' },
    ).then(() => registerPhones(carrierUrl, estate));
    const adminUrl = await engines.database;
    const ran = await migrate(adminUrl);
    onProgress({
      subject: 'schema',
      state: 'done',
      message: ran.length === 0 ? 'up to date' : `${ran.length} migrations`,
    });
    const databaseUrl = await setApplicationPassword(adminUrl, installation.applicationPassword);
    await plantEstate(adminUrl, estate);
    const [temporal, s3, mqttUrl, ffmpeg] = await Promise.all([
      engines.temporal,
      engines.s3,
      engines.mqttUrl,
      options.ffmpeg,
      carrier,
    ]);
    const env: Environment = {
      FLOORWALKER_MODE: 'development',
      FLOORWALKER_DATA: dataDir,
      FLOORWALKER_PORT: String(port),
      FLOORWALKER_LINK_SECRET: installation.linkSecret,
      FLOORWALKER_SIGNING_KEY: installation.signingKeyPem,
      FLOORWALKER_API_URL: baseUrl,
      FLOORWALKER_DEVICE_KEY: installation.keys.device,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporal.address,
      S3_ENDPOINT: s3.endpoint,
      S3_ACCESS_KEY: s3.accessKey,
      S3_SECRET_KEY: s3.secretKey,
      MQTT_URL: mqttUrl,
      TWILIO_ACCOUNT_SID: installation.twilioAccountSid,
      TWILIO_AUTH_TOKEN: installation.twilioAuthToken,
      TWILIO_FROM: installation.twilioFrom,
      TWILIO_API_BASE_URL: carrierUrl,
      PUBLIC_URL: baseUrl,
      FFMPEG_PATH: ffmpeg.ffmpegPath,
      FFPROBE_PATH: ffmpeg.ffprobePath,
    };
    const storeId = estate.stores[0]!.id;
    await Promise.all([
      start('worker', ['--max-old-space-size=1024', executable, 'worker'], env, { readyLine: '"msg":"ready"' }),
      start('media', [executable, 'worker', '--media', `${estate.tenantId}/${storeId}`], env, {
        readyLine: '"msg":"ready"',
      }),
      start('api', [executable, 'api'], env, { readyUrl: `${baseUrl}/healthz` }),
    ]);
    const { camera, tapePath } = await options.scene;
    const configPath = join(dataDir, 'camera.json');
    await writeFile(configPath, JSON.stringify(camera, null, 2));
    await start(
      'till',
      [
        '--import',
        'tsx',
        join(root, 'stack', 'till', 'main.ts'),
        '--mqtt-url',
        mqttUrl,
        '--tenant',
        camera.tenantId,
        '--store',
        camera.storeId,
        '--terminal',
        camera.zones[0]!.terminalId ?? 'sco-3',
        '--camera',
        camera.cameraId,
        '--tape',
        tapePath,
      ],
      {},
      { readyLine: 'ready' },
    );
    await start('camera', [executable, 'camera', '--config', configPath], env, { readyLine: '"state":"recording"' });
    return { baseUrl, databaseAdminUrl: adminUrl, estate, processes: started, stop: stopAll };
  }
}

async function registerPhones(carrierUrl: string, estate: Estate): Promise<void> {
  for (const person of estate.people) {
    const response = await fetch(new URL(`/phones/${encodeURIComponent(person.phone)}`, carrierUrl), {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-floorwalker-simulator': '1' },
      body: JSON.stringify({ label: person.displayName, role: person.role }),
    });
    if (!response.ok)
      throw new Error(`the carrier simulator did not take the phone of ${person.displayName}: HTTP ${response.status}`);
  }
}

/** Builds the console when its sources changed since the last build; a few seconds, once. */
export async function buildConsole(onProgress: OnProgress): Promise<void> {
  const folder = join(root, 'console');
  const stampPath = join(folder, 'dist', '.sources');
  const stamp = await hashSources(
    [join(folder, 'src'), join(folder, 'public')],
    [
      join(folder, 'index.html'),
      join(folder, 'vite.config.ts'),
      join(root, 'package-lock.json'),
      join(root, 'schemas', 'generated', 'openapi.ts'),
    ],
  );
  if ((await readFile(stampPath, 'utf8').catch(() => '')) === stamp) return;
  onProgress({ subject: 'console', state: 'working', message: 'building' });
  const { build } = await import('vite');
  await build({ configFile: join(folder, 'vite.config.ts'), logLevel: 'error' });
  await writeFile(stampPath, stamp);
  onProgress({ subject: 'console', state: 'done', message: 'built' });
}

async function hashSources(folders: readonly string[], files: readonly string[]): Promise<string> {
  const listed = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  const hash = createHash('sha256');
  for (const file of [...listed.flat(), ...files].sort())
    hash.update(relative(root, file)).update(await readFile(file));
  return hash.digest('hex');
}
