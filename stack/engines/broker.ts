import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type EngineContext, plainEnvironment, type RunningEngine, runEngine } from './context.ts';

export interface BrokerEngine extends RunningEngine {
  /** With user and password. */
  mqttUrl: string;
}

/** Starts the MQTT broker in a process of its own; `secretsFile` holds the account it admits. */
export async function startBroker(port: number, secretsFile: string, context: EngineContext): Promise<BrokerEngine> {
  const main = fileURLToPath(new URL('./broker-main.ts', import.meta.url));
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const engine = await runEngine(
    'MQTT broker',
    {
      name: 'broker',
      command: process.execPath,
      args: ['--import', tsx, main, '--port', String(port), '--secrets', secretsFile],
      env: plainEnvironment(context.env),
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      readyLine: 'broker ready',
      stopTimeoutMs: 5_000,
    },
    context,
  );
  const { mqttUser, mqttPassword } = context.secrets;
  return Object.assign(engine, { mqttUrl: `mqtt://${mqttUser}:${mqttPassword}@127.0.0.1:${port}` });
}
