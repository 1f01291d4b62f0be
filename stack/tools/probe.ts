import { dirname, join } from 'node:path';
import { type Environment, isExecutable, runCommand } from './command.ts';
import { ToolName } from './manifest.ts';

/** A binary that runs and can do what Floorwalker needs of it. */
export interface Probed {
  version: string;
  /** Further binaries beside the main one, by name. */
  companions: Readonly<Record<string, string>>;
}

const probeTimeoutMs = 30_000;

/** Runs the binary at `path` and checks its abilities; throws with the reason when it will not do. */
export async function probeTool(name: ToolName, path: string, env: Environment): Promise<Probed> {
  if (!isExecutable(path)) throw new Error(`${path} is not an executable file`);
  const ask = (...args: string[]) => runCommand(path, args, { env, timeoutMs: probeTimeoutMs });
  switch (name) {
    case ToolName.temporal:
      return probeTemporal(ask);
    case ToolName.minio:
      return probeMinio(ask);
    case ToolName.ffmpeg:
      return probeFfmpeg(path, ask, env);
    case ToolName.kafka:
      return {
        version: requireMatch(await ask('kafka.Kafka', '--version'), /\b4\.\d+\.\d+/, 'Kafka 4'),
        companions: {},
      };
    case ToolName.chromium:
      return {
        version: requireMatch(await ask('--version'), /\d+\.\d+\.\d+\.\d+/, 'a Chromium version'),
        companions: {},
      };
  }
}

type Ask = (...args: string[]) => Promise<string>;

const neededTemporalFlags = ['--db-filename', '--metrics-port', '--ui-port', '--sqlite-pragma'];

async function probeTemporal(ask: Ask): Promise<Probed> {
  const words = await ask('--version');
  const version = requireMatch(words, /version (\S+ \(Server [\d.]+)/, 'a Temporal CLI version');
  const help = await ask('server', 'start-dev', '--help');
  const absent = neededTemporalFlags.filter((flag) => !help.includes(flag));
  if (absent.length > 0) throw new Error(`temporal ${version}) has no ${absent.join(', ')}`);
  return { version: `${version})`, companions: {} };
}

async function probeMinio(ask: Ask): Promise<Probed> {
  const version = requireMatch(await ask('--version'), /RELEASE\.[\dTZ-]+|DEVELOPMENT\.\S+/, 'a MinIO version');
  return { version, companions: {} };
}

async function probeFfmpeg(path: string, ask: Ask, env: Environment): Promise<Probed> {
  const version = requireMatch(await ask('-hide_banner', '-version'), /version (\S+)/, 'an ffmpeg version');
  const ffprobe = join(dirname(path), 'ffprobe');
  if (!isExecutable(ffprobe)) throw new Error('there is no ffprobe beside it');
  await runCommand(ffprobe, ['-hide_banner', '-version'], { env, timeoutMs: probeTimeoutMs });
  if (!(await ask('-hide_banner', '-encoders')).includes('libx264')) throw new Error('it has no libx264 encoder');
  return { version, companions: { ffprobe } };
}

function requireMatch(words: string, pattern: RegExp, what: string): string {
  const match = pattern.exec(words);
  if (!match) throw new Error(`it does not name ${what}`);
  return match[1] ?? match[0];
}
