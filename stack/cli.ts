import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface WorkerOptions {
  records?: true;
  watchdog?: true;
  media?: string;
  tills?: string;
  folder?: string;
  mapping?: string;
}

/** Runs one command of the `floorwalker` executable and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('floorwalker')
    .description('Turns a detection in a shop into one durable, provable, humane incident.')
    .enablePositionalOptions();

  program
    .command('doctor')
    .description('say what each engine is, where it was found and why; exit 1 when something needed is missing')
    .option('--data <dir>', 'data directory', process.env['FLOORWALKER_DATA'] ?? '.floorwalker')
    .action(async (options: { data: string }) => {
      const { runDoctor } = await import('./doctor.ts');
      exitCode = await runDoctor({
        env: process.env,
        dataDir: options.data,
        write: (text) => process.stdout.write(text),
      });
    });

  program
    .command('start')
    .description('start everything on this machine: engines, API, workers, a camera, a till, phones')
    .option('--data <dir>', 'data directory', process.env['FLOORWALKER_DATA'] || '.floorwalker')
    .option(
      '--port <n>',
      'port of console and API; the carrier simulator takes the next one',
      portOf,
      portOf(process.env['FLOORWALKER_PORT'] || '8420'),
    )
    .option('--footage <file>', 'play this recording as the camera instead of the rendered lane')
    .option('--tape <file>', 'what the till rang during that recording')
    .option('--watch', 'restart our processes when a source file changes')
    .option('--once', 'play one whole story on fresh data, print its report as one line of JSON, and end')
    .action(
      async ({
        data,
        once,
        ...options
      }: {
        data: string;
        port: number;
        footage?: string;
        tape?: string;
        watch?: boolean;
        once?: boolean;
      }) => {
        const { runOnce, runStart } = await import('./run.ts');
        exitCode = once
          ? await runOnce({ ...options, env: process.env })
          : await runStart({ ...options, dataDir: data, env: process.env });
      },
    );

  program
    .command('api')
    .description('HTTP API, console, webhooks and MQTT intake')
    .action(async () => {
      const { runApi } = await import('../api/main.ts');
      await runApi();
    });

  program
    .command('worker')
    .description(
      'workflows and their activities; with --watchdog what the engine is late with, with --records packets, shares and sweeps, with --media the clips of one store, with --tills its day files',
    )
    .option('--watchdog', 'tell people what the engine is late to tell them')
    .option('--records', 'make packets, send shares, keep histories, delete what is due')
    .option('--media <tenant/store>', 'cut and store the clips of this store, where its recordings lie')
    .option('--tills <tenant/store>', 'hand the day files that are put into --folder to the API')
    .option('--folder <dir>', 'with --tills: where the tills put their files')
    .option('--mapping <id>', 'with --tills: the declared mapping by which they are read; CSV needs one')
    .action(async ({ records, watchdog, media, ...tills }: WorkerOptions) => {
      if (tills.tills !== undefined) return watchTills(tills.tills, tills.folder, tills.mapping);
      if (watchdog) {
        const { runWatchdog } = await import('../workers/watchdog-worker.ts');
        return runWatchdog();
      }
      if (records) {
        const { runRecordsWorker } = await import('../workers/records-worker.ts');
        return runRecordsWorker();
      }
      if (media === undefined) {
        const { runIncidentWorker } = await import('../workers/incident-worker.ts');
        return runIncidentWorker();
      }
      const [tenantId, storeId] = media.split('/');
      if (!tenantId || !storeId) throw new Error('--media takes TENANT/STORE');
      const { runMediaWorker } = await import('../workers/media-worker.ts');
      return runMediaWorker({ tenantId, storeId });
    });

  program
    .command('camera')
    .description('record one camera, watch its zones, report what it sees')
    .requiredOption('--config <file>', 'the camera: source, zones, till (JSON)')
    .action(async ({ config }: { config: string }) => {
      const { runCameraProcess } = await import('../workers/camera.ts');
      await runCameraProcess(config);
    });

  program
    .command('migrate')
    .description('bring the schema of DATABASE_ADMIN_URL up to date')
    .action(async () => {
      const { migrate } = await import('../adapters/postgres/migrate.ts');
      const adminUrl = process.env['DATABASE_ADMIN_URL'];
      if (!adminUrl) throw new Error('DATABASE_ADMIN_URL is not set: give the address of the database with its owner');
      for (const name of await migrate(adminUrl)) console.log(`applied ${name}`);
    });

  program
    .command('verify-packet')
    .description(
      'check an evidence packet, a zip or its unpacked folder; 0 only when every hash and the signature hold',
    )
    .argument('<file>', 'the zip or the folder')
    .option('--key <file>', 'public key of the company that sent it (PEM)')
    .option('--tsa <file>', 'certificate of the time-stamping authority (PEM)')
    .action(async (file: string, options: { key?: string; tsa?: string }) => {
      const { runVerifyPacket } = await import('./verify-packet.ts');
      exitCode = await runVerifyPacket({
        file,
        ...(options.key === undefined ? {} : { keyFile: options.key }),
        ...(options.tsa === undefined ? {} : { tsaFile: options.tsa }),
        write: (text) => process.stdout.write(text),
      });
    });

  program
    .command('replay-history')
    .description('replay an exported workflow history; 0 only when this code would do the same again')
    .argument('<file>', 'the raw or the decoded export of one run')
    .option('--bundle <file>', 'the workflow code of another version; default: that of this checkout')
    .action(async (file: string, options: { bundle?: string }) => {
      const { runReplayHistory } = await import('./replay-history.ts');
      exitCode = await runReplayHistory({
        file,
        ...(options.bundle === undefined ? {} : { bundleFile: options.bundle }),
        write: (text) => process.stdout.write(text),
      });
    });

  program
    .command('verify-audit')
    .description('check an export of the audit log, offline; 0 only when every row and its signed end hold')
    .argument('<file>', 'what GET /v1/audit/export gave')
    .option('--key <file>', 'public keys of the company that it is from (PEM, one after the other)')
    .option('--head <file...>', 'signed heads that were kept elsewhere: the outside file, or an object of the store')
    .action(async (file: string, options: { key?: string; head?: string[] }) => {
      const { runVerifyAudit } = await import('./verify-audit.ts');
      exitCode = await runVerifyAudit({
        ...{ file, headFiles: options.head ?? [], write: (text) => process.stdout.write(text) },
        ...(options.key === undefined ? {} : { keyFile: options.key }),
      });
    });

  program
    .command('rotate-key')
    .description('replace the signing key; what the old one signed goes on being checked with its public half')
    .option('--data <dir>', 'data directory', process.env['FLOORWALKER_DATA'] || '.floorwalker')
    .action(async ({ data }: { data: string }) => {
      const { runRotateKey } = await import('./rotate-key.ts');
      const nowAt = new Date().toISOString();
      await runRotateKey({ dataDir: data, env: process.env, nowAt, write: (text) => process.stdout.write(text) });
    });

  program
    .command('reconcile')
    .description(
      'compare the evidence bucket with the database now; 0 only when nothing is left for somebody to look at',
    )
    .option('--deep', 'read every file and take its hash', false)
    .action(async ({ deep }: { deep: boolean }) => {
      const { runReconcile } = await import('./reconcile.ts');
      exitCode = await runReconcile({ deep, write: (text) => process.stdout.write(text) });
    });

  program
    .command('verify-deletions')
    .description('check the signatures of deletion records, as GET /v1/deletions gives them; needs nothing else')
    .argument('<file>', 'JSON of one page, or one record a line')
    .option('--key <file>', 'public key of the company that deleted (PEM)')
    .action(async (file: string, options: { key?: string }) => {
      const { runVerifyDeletions } = await import('./verify-deletions.ts');
      exitCode = await runVerifyDeletions({
        file,
        ...(options.key === undefined ? {} : { keyFile: options.key }),
        write: (text) => process.stdout.write(text),
      });
    });

  program
    .command('simulate')
    .description('play years in simulated time and count what must not happen; 0 only when nothing did')
    .argument('<name>', 'retention')
    .option('--seed <n>', 'what happens when', countOf, 1)
    .option('--years <n>', 'how long', countOf, 10)
    .option('--incidents <n>', 'how many', countOf, 1_500)
    .option('--crashes <n>', 'how many sweeps die on the way', countOf, 1_000)
    .action(async (name: string, options: { seed: number; years: number; incidents: number; crashes: number }) => {
      const { runSimulation } = await import('../simulate/index.ts');
      exitCode = await runSimulation(name, options);
    });

  program
    .command('bench')
    .description('measure, print and store in bench/results; "all" runs every bench')
    .argument('<name>', 'audit | latency | packet | people | redaction | tills | all')
    .action(async (name: string) => {
      const { runBench } = await import('../bench/index.ts');
      exitCode = await runBench(name);
    });

  program
    .command('chaos')
    .description(
      'kill parts of a working installation at random and count what must not happen; 0 only when nothing did',
    )
    .argument('<name>', 'people | evidence')
    .option('--seed <n>', 'what is killed when, and who answers how', countOf, 1)
    .option('--kills <n>', 'how many kills', countOf, 200)
    .option('--gap <ms>', 'mean time between two kills', countOf, 6_500)
    .option('--rate <n>', 'incidents a second', countOf, 5)
    .action(async (name: string, options: { seed: number; kills: number; gap: number; rate: number }) => {
      const { runChaos } = await import('../chaos/index.ts');
      const { seed, kills, gap, rate } = options;
      exitCode = await runChaos(name, { seed, kills, gapMs: gap, incidentsPerSecond: rate });
    });

  program
    .command('test')
    .description('run every test: unit, replay and, on real engines, integration, workflow and end to end')
    .argument('[args...]', 'passed on to vitest')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (vitestArgs: string[]) => {
      exitCode = await runVitest(vitestArgs);
    });

  await program.parseAsync(args, { from: 'user' });
  return exitCode;
}

async function watchTills(store: string, folder: string | undefined, mappingId: string | undefined): Promise<void> {
  const [tenantId, storeId] = store.split('/');
  if (!tenantId || !storeId) throw new Error('--tills takes TENANT/STORE');
  if (folder === undefined)
    throw new Error('--tills needs --folder, the directory that the tills put their files into');
  const { runTillFolder } = await import('../workers/till-folder.ts');
  // The tenant is that of the device's key; it is asked for so that a command line says which shop it is about.
  await runTillFolder({ storeId, folder, mappingId });
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_534)
    throw new InvalidArgumentError('must be a port between 1 and 65534');
  return port;
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return count;
}

function runVitest(args: readonly string[]): Promise<number> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...args], { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches vitest directly; a SIGTERM of ours has to be handed on, so that the engines are stopped.
  const handOn = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', handOn);
  process.on('SIGINT', () => undefined);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGTERM', handOn);
      resolve(code ?? 1);
    });
  });
}
