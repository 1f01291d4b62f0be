import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { Aedes } from 'aedes';
import { loadSecrets } from './secrets.ts';

// The development broker: MQTT 5 and 3.1.1 on the loopback address. Sessions and retained messages live in memory;
// production runs mosquitto or EMQX by MQTT_URL.
const { values } = parseArgs({ options: { port: { type: 'string' }, secrets: { type: 'string' } } });
if (!values.port || !values.secrets) throw new Error('usage: broker-main.ts --port N --secrets FILE');

const { mqttUser, mqttPassword } = await loadSecrets(values.secrets);
const megabyte = 1024 ** 2;

const broker = await Aedes.createBroker({
  // Room for a message that is too large for us, so that it ends in the dead-letter topic and not in a disconnect.
  maximumPacketSize: 8 * megabyte,
  sessionExpiryIntervalLimit: 7 * 24 * 3600,
  pendingSessionsLimit: 10_000,
  queueLimit: 1_000,
  authenticate: (_client, username, password, done) => {
    done(null, username === mqttUser && password !== undefined && same(password, Buffer.from(mqttPassword)));
  },
});

const server = createServer((socket) => broker.handle(socket));
server.listen({ host: '127.0.0.1', port: Number(values.port) }, () => console.log('broker ready'));
server.on('error', (error) => {
  console.error(`the broker cannot listen on port ${values.port}: ${error.message}`);
  process.exit(1);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    broker.close();
  });
}

function same(given: Readonly<Buffer>, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
