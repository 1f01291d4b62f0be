/** The device simulator as a process: the screens, signs, intercom and door of one store. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startDevices } from './simulator.ts';

const fail = (message: string): never => {
  console.error(`The device simulator cannot start: ${message}`);
  process.exit(2);
};

const options = (() => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { 'mqtt-url': text, tenant: text, store: text, devices: text } });
  const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes');
  const devices = z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(id).min(1));
  // From the environment it is in no process list, with its password.
  const parsed = z
    .object({ 'mqtt-url': z.url(), tenant: id, store: id, devices })
    .safeParse({ 'mqtt-url': process.env['MQTT_URL'], ...values });
  return parsed.success ? parsed.data : fail(`\n${z.prettifyError(parsed.error)}`);
})();

const simulator = await startDevices({
  mqttUrl: options['mqtt-url'],
  tenantId: options.tenant,
  storeId: options.store,
  targets: options.devices,
  onProblem: (problem) => console.error(`devices: ${problem}`),
}).catch((error: Error) => fail(error.message));
console.log(JSON.stringify({ ready: true, devices: options.devices }));

const stop = () => {
  simulator.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error('devices: stopping failed:', error);
      process.exit(1);
    },
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
