import { type Environment, runCommand } from './command.ts';

export interface AptContext {
  env: Environment;
  signal?: AbortSignal | undefined;
}

const aptTimeoutMs = 15 * 60_000;
let previous: Promise<void> = Promise.resolve();

/** Installs Debian packages as root; calls follow one another, since apt-get refuses to run twice at once. */
export function installDebianPackages(packages: readonly string[], context: AptContext): Promise<void> {
  const installed = previous.then(() => install(packages, context));
  previous = installed.catch(() => undefined);
  return installed;
}

async function install(packages: readonly string[], context: AptContext): Promise<void> {
  const env = { ...context.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const options = { env, timeoutMs: aptTimeoutMs, signal: context.signal };
  const patience = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2'];
  await runCommand('apt-get', [...patience, 'update'], options);
  await runCommand('apt-get', [...patience, 'install', '-y', '--no-install-recommends', ...packages], options);
}
