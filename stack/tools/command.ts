import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { setPriority } from 'node:os';
import { delimiter, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandOptions {
  env: Environment;
  cwd?: string;
  uid?: number;
  gid?: number;
  timeoutMs?: number;
  /** 0 is normal, 19 yields to everything else. */
  niceness?: number;
  signal?: AbortSignal | undefined;
  onLine?: (line: string) => void;
}

/** A command that could not be started, was stopped, or ended with another status than 0. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const keptCharacters = 20_000;

/** Runs a command in its own process group and resolves with its standard output; throws CommandError otherwise. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env as NodeJS.ProcessEnv,
      uid: options.uid,
      gid: options.gid,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const name = `${command} ${args[0] ?? ''}`.trim();
    let stdout = '';
    let stderr = '';
    let endedBy: string | undefined;

    const killGroup = (reason: string) => {
      endedBy = reason;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group ended between the decision and the signal; 'close' follows.
      }
    };
    const onAbort = () => killGroup('was interrupted');
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => killGroup(`did not end within ${options.timeoutMs} ms`), options.timeoutMs);
    if (options.signal?.aborted) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.niceness !== undefined && child.pid !== undefined) setPriority(child.pid, options.niceness);

    const lines = lineSplitter(options.onLine);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout = (stdout + chunk.toString()).slice(-keptCharacters);
      lines(chunk.toString());
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-keptCharacters);
      lines(chunk.toString());
    });
    const settle = (failure: string | undefined) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      if (failure === undefined) resolve(stdout);
      else reject(new CommandError(failure));
    };
    child.on('error', (error) => settle(`${name} could not be started: ${error.message}`));
    child.on('close', (code, signal) => {
      if (endedBy) settle(`${name} ${endedBy}`);
      else if (code === 0) settle(undefined);
      else settle(`${name} ended with ${signal ?? `status ${code}`}: ${lastWords(stderr || stdout)}`);
    });
  });
}

/** Absolute path of an executable on `PATH`, or undefined. */
export function findOnPath(command: string, env: Environment): string | undefined {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, command);
    if (isExecutable(candidate)) return candidate;
  }
  return undefined;
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function lineSplitter(onLine: ((line: string) => void) | undefined): (text: string) => void {
  if (!onLine) return () => undefined;
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}

function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-3).join(' | ').slice(-600);
}
