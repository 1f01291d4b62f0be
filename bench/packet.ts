import { execFile } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type ObjectStore, openEvidenceStore } from '../adapters/objects/evidence-store.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import type { ServiceContext } from '../services/context.ts';
import { ingestDetection } from '../services/detection/ingest.ts';
import { recordEvidence } from '../services/evidence/record.ts';
import type { Running } from '../stack/start.ts';
import { detectionAt, laneOf } from './lib/load.ts';
import { withInstallation } from './lib/machine.ts';
import { say } from './lib/measure.ts';
import { machine, percentile, publish, round } from './lib/results.ts';

const run = promisify(execFile);

/** Five minutes of three cameras at 2 Mbit/s: what the recorder wrote, a second a file, and a working copy of each. */
const cameras = 3;
const seconds = 300;
const bytesPerSecond = 250_000;
const packets = 5;
const putsAtOnce = 4;

interface File {
  id: string;
  kind: 'clip' | 'segment';
  mediaType: string;
  sizeBytes: number;
}

const files: File[] = Array.from({ length: cameras }, (_camera, camera) => [
  { id: `clip-${camera + 1}`, kind: 'clip', mediaType: 'video/mp4', sizeBytes: seconds * bytesPerSecond } as const,
  ...Array.from(
    { length: seconds },
    (_second, second): File => ({
      ...{ id: `segment-${camera + 1}-${String(second + 1).padStart(3, '0')}`, kind: 'segment' },
      ...{ mediaType: 'video/mp2t', sizeBytes: bytesPerSecond },
    }),
  ),
]).flat();

/** How long a packet takes from the order until it can be fetched, against copying and hashing the same files. */
export async function runPacketBench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'floorwalker-packet-'));
  try {
    await withInstallation({ only: ['carrier', 'records', 'worker', 'api'] }, async (running) => {
      const { databaseAdminUrl } = running.application;
      const pool = new pg.Pool({ connectionString: databaseAdminUrl, max: 2 });
      try {
        const incidentId = await plant(running, pool, join(folder, 'files'));
        const megabytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1e6;
        say(`${files.length} files, ${round(megabytes, 0)} MB; a first packet that is not counted`);
        await measurePacket(running, pool, incidentId);
        const [packetSeconds, floorSeconds]: [number[], number[]] = [[], []];
        for (let turn = 0; turn < packets; turn += 1) {
          floorSeconds.push(await copyAndHash(folder));
          packetSeconds.push(await measurePacket(running, pool, incidentId));
          say(`packet ${round(packetSeconds.at(-1)!, 2)} s, cp and sha256sum ${round(floorSeconds.at(-1)!, 2)} s`);
        }
        const [median, floor] = [percentile(packetSeconds, 0.5), percentile(floorSeconds, 0.5)];
        await publish({
          name: 'packet',
          at: new Date().toISOString(),
          machine: machine(),
          command: 'npm run bench -- packet',
          figures: {
            packetSeconds: round(median, 2),
            packetSecondsMost: round(Math.max(...packetSeconds), 2),
            packetMegabytes: round(megabytes, 0),
            packetMegabytesPerSecond: round(megabytes / median, 0),
            packetWorkerMegabytes: round(await peakMegabytes(running), 0),
            packetToCopyAndHash: round(median / floor, 2),
          },
          floor: { copyAndHashSeconds: round(floor, 2) },
        });
      } finally {
        await pool.end();
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A closed, confirmed incident whose recordings lie in the store, and beside it on disk for the floor. */
async function plant(running: Running, pool: pg.Pool, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const objects = openEvidenceStore({
    ...(await running.engines.s3),
    ...{ bucket: 'floorwalker-evidence', region: 'us-east-1' },
  });
  await objects.ensureBucket();
  const db = openDatabase({
    ...{ url: running.application.databaseAdminUrl, maxConnections: 2, applicationName: 'bench' },
    onError: (error) => say(`the database: ${error.message}`),
  });
  try {
    const ctx: ServiceContext = {
      ...{ db, now: () => new Date().toISOString() },
      actor: { id: 'system:bench', displayName: 'Bench', role: 'system', tenantId: 'demo', storeIds: null },
    };
    const receipt = await ingestDetection(ctx, { ...detectionAt(laneOf(0)), eventType: 'missed_scan' });
    if (!('incidentId' in receipt)) throw new Error('the bench could not open its incident');
    const { incidentId } = receipt;
    // Nobody is to be texted about it.
    await pool.query('delete from outbox where incident_id = $1', [incidentId]);
    say(`storing ${files.length} files`);
    const artifacts = await inTurns(files, putsAtOnce, (file) => store(objects, folder, incidentId, file));
    await recordEvidence(ctx, { incidentId, result: { state: 'ready', gaps: [], failure: null, artifacts } });
    await pool.query(
      `update incidents set state = 'closed', verdict = 'confirmed', closed_at = now(), decided_by = 'user:bench', purge_after = now() + interval '1 day',
         policy = jsonb_set(policy, '{redaction,rule}', '"optional"') where id = $1`,
      [incidentId],
    );
    return incidentId;
  } finally {
    await db.close();
  }
}

async function store(objects: ObjectStore, folder: string, incidentId: string, file: File) {
  const body = randomBytes(file.sizeBytes);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const name = `${file.id}.${file.kind === 'clip' ? 'mp4' : 'ts'}`;
  const objectKey = `demo/high-street/${incidentId}/${name}`;
  const at = new Date();
  const lockedUntil = new Date(at.getTime() + 3_600_000).toISOString();
  const { version } = await objects.putLocked({ key: objectKey, body, sha256, mediaType: file.mediaType, lockedUntil });
  await writeFile(join(folder, name), body);
  const moment = { fromAt: at.toISOString(), toAt: at.toISOString(), lockedUntil };
  return { ...file, ...moment, objectKey, objectVersion: version, sha256 };
}

async function inTurns<In, Out>(all: readonly In[], atOnce: number, work: (one: In) => Promise<Out>): Promise<Out[]> {
  const done: Out[] = [];
  const waiting = [...all.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) done[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}

/** From the order, as the console sends it, until the packet is on record as ready. */
async function measurePacket(running: Running, pool: pg.Pool, incidentId: string): Promise<number> {
  const startedMs = performance.now();
  const response = await fetch(new URL(`/v1/incidents/${incidentId}/packets`, running.application.baseUrl), {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${running.installation.keys.compliance}`, 'content-type': 'application/json' },
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ purpose: 'insurer' }),
  });
  if (response.status !== 202) throw new Error(`the packet was refused: ${await response.text()}`);
  const { id } = (await response.json()) as { id: string };
  for (;;) {
    const { rows } = await pool.query<{ state: string; failure: unknown }>(
      'select state, failure from packets where id = $1',
      [id],
    );
    const [packet] = rows;
    if (packet?.state === 'ready') return (performance.now() - startedMs) / 1_000;
    if (packet?.state !== 'requested') throw new Error(`the packet failed: ${JSON.stringify(packet?.failure)}`);
    await delay(50);
  }
}

/** The least that has to be done to have the same files twice and know that they are the same. */
async function copyAndHash(folder: string): Promise<number> {
  const copy = join(folder, 'copy');
  await rm(copy, { recursive: true, force: true });
  const startedMs = performance.now();
  await run('cp', ['-r', join(folder, 'files'), copy]);
  const names = await readdir(copy);
  await run('sha256sum', ['--', ...names], { cwd: copy, maxBuffer: 10_000_000 });
  return (performance.now() - startedMs) / 1_000;
}

/** The most memory that a worker ever had. */
async function peakMegabytes(running: Running): Promise<number> {
  const peaks = running.application.processes
    .filter(({ name }) => name === 'records')
    .map(async ({ pid }) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_000;
    });
  return Math.max(...(await Promise.all(peaks)));
}
