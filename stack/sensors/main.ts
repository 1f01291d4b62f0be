/** The sensor simulator as a process: lives, beats, and says each line of its standard input, a JSON object, as an event. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { sensorKinds } from '../../domain/sensors.ts';
import { startSensor } from './simulator.ts';

const fail = (message: string): never => {
  console.error(`The sensor simulator cannot start: ${message}`);
  process.exit(2);
};

const options = (() => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { 'mqtt-url': text, tenant: text, store: text, sensor: text, kind: text, 'beat-ms': text },
  });
  const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes');
  const flags = z.object({
    'mqtt-url': z.url(),
    tenant: id,
    store: id,
    sensor: id,
    kind: z.enum(sensorKinds),
    'beat-ms': z.coerce.number().int().min(100).default(30_000),
  });
  // From the environment it is in no process list, with its password.
  const parsed = flags.safeParse({ 'mqtt-url': process.env['MQTT_URL'], ...values });
  return parsed.success ? parsed.data : fail(`\n${z.prettifyError(parsed.error)}`);
})();

const sensor = await startSensor({
  ...{ mqttUrl: options['mqtt-url'], tenantId: options.tenant, storeId: options.store, sensorId: options.sensor },
  ...{ kind: options.kind, beatMs: options['beat-ms'] },
  onProblem: (problem) => console.error(`sensor: ${problem}`),
}).catch((error: Error) => fail(error.message));
console.log(JSON.stringify({ ready: true, sensor: options.sensor }));

async function sayLine(line: string): Promise<void> {
  if (line.trim() === '') return;
  try {
    const event = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
    console.log(JSON.stringify(await sensor.say(event)));
  } catch (error) {
    console.error(`sensor: ${line} was not sent: ${error instanceof Error ? error.message : String(error)}`);
  }
}
createInterface({ input: process.stdin }).on('line', (line) => void sayLine(line));

const stop = () => {
  sensor.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error('sensor: stopping failed:', error);
      process.exit(1);
    },
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
