import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Policy } from '../domain/policy.ts';
import { type Application, type ApplicationOptions, startApplication } from './application.ts';
import { buildConsole } from './console-build.ts';
import { beginEngines, type EngineStart, engineTools, externalEngines } from './engines/index.ts';
import { openLedger } from './engines/ledger.ts';
import { isPortFree } from './engines/ports.ts';
import { type Installation, loadInstallation, writeCredentials } from './installation.ts';
import { prepareScene, type Scene } from './scene.ts';
import type { Environment } from './tools/command.ts';
import { provisionTools } from './tools/find.ts';
import type { OnProgress } from './tools/progress.ts';

export interface StartOptions {
  dataDir: string;
  port: number;
  env: Environment;
  footage?: string;
  tape?: string;
  loop: boolean;
  policy?: Policy;
  estate?: ApplicationOptions['estate'];
  only?: ApplicationOptions['only'];
  watch?: boolean;
  /** Build the console first, if it has changed. Default true; benches look at nothing. */
  withConsole?: boolean;
  onProgress: OnProgress;
  signal: AbortSignal;
}

export interface Running {
  application: Application;
  engines: EngineStart;
  installation: Installation;
  /** Rejects when the run has no camera. */
  scene: Promise<Scene>;
  ffmpeg: Promise<{ ffmpegPath: string; ffprobePath: string }>;
  /** Our processes first, then the engines. */
  stop(): Promise<void>;
}

/** Everything on one machine: tools, engines, our processes, a camera and a till. Nothing waits for what it does not need. */
export async function startAll(options: StartOptions): Promise<Running> {
  const { env, onProgress, port } = options;
  const dataDir = resolve(options.dataDir);
  await requireInputs(options);
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const external = externalEngines(env);
  const tools = provisionTools([...engineTools(external), 'ffmpeg'], { env, onProgress, signal });
  const engines = await beginEngines({ dataDir, tools, external, env, onProgress });
  const console = options.withConsole === false ? Promise.resolve() : buildConsole(onProgress);
  console.catch(() => undefined);
  try {
    const ledger = openLedger(join(dataDir, 'processes.json'));
    await ledger.stopLeftovers();
    await requirePorts(port);
    const installation = await loadInstallation(dataDir);
    await writeCredentials(dataDir, `http://127.0.0.1:${port}`, installation.keys);
    const ffmpeg = tools.ffmpeg.then((tool) => ({ ffmpegPath: tool.path, ffprobePath: tool.companions['ffprobe']! }));
    const filmed = !options.only || options.only.includes('camera');
    const scene = filmed
      ? ffmpeg.then(({ ffmpegPath }) => prepareScene({ ...options, dataDir, ffmpegPath, signal }))
      : Promise.reject<Scene>(new Error('there is no camera in this run'));
    for (const pending of [ffmpeg, scene]) pending.catch(() => undefined);
    const application = await startApplication({
      dataDir,
      port,
      env,
      engines,
      installation,
      ffmpeg,
      scene,
      ledger,
      onProgress,
      ...(options.policy === undefined ? {} : { policy: options.policy }),
      ...(options.estate === undefined ? {} : { estate: options.estate }),
      ...(options.only === undefined ? {} : { only: options.only }),
      ...(options.watch === undefined ? {} : { watch: options.watch }),
    });
    await console;
    return {
      application,
      engines,
      installation,
      scene,
      ffmpeg,
      async stop() {
        await application.stop();
        await engines.stop();
      },
    };
  } catch (error) {
    failing.abort(error);
    await engines.stop();
    throw error;
  }
}

/** Asked only after what an earlier run had left is stopped, since that may be what holds them. */
async function requirePorts(port: number): Promise<void> {
  for (const wanted of [port, port + 1]) {
    if (await isPortFree(wanted)) continue;
    throw new Error(
      `port ${wanted} is in use. Stop what uses it, or choose another with --port (two in a row are needed: ${port} and ${port + 1}).`,
    );
  }
}

async function requireInputs({ footage, tape }: StartOptions): Promise<void> {
  if ((footage === undefined) !== (tape === undefined))
    throw new Error('--footage and --tape belong together: a recording and what its till rang.');
  for (const file of [footage, tape]) {
    if (file === undefined) continue;
    await access(file).catch((error: unknown) => {
      throw new Error(`${file} cannot be read; give the path of a file that exists`, { cause: error });
    });
  }
}
