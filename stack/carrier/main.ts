/**
 * The carrier simulator as a process of its own, so that it can be killed and restarted like a real dependency.
 * Options come as flags or as one JSON object (`--config`); the auth token may also come as TWILIO_AUTH_TOKEN, which no process list shows.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { knobsSchema } from './knobs.ts';
import { startCarrier } from './server.ts';

const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    port: { type: 'string' },
    'data-dir': { type: 'string' },
    'account-sid': { type: 'string' },
    'auth-token': { type: 'string' },
    'webhook-base-url': { type: 'string' },
    /** One number, or several with commas between them. */
    'public-number': { type: 'string' },
  },
});

const config = z.object({
  port: z.coerce.number().int().min(0).max(65_535),
  dataDir: z.string().min(1),
  accountSid: z.string().min(1),
  authToken: z.string().min(1),
  webhookBaseUrl: z.url(),
  publicNumber: z.string().min(1).optional(),
  publicNumbers: z.array(z.string().min(1)).default([]),
  webhookRetryForMs: z.number().int().positive().optional(),
  knobs: knobsSchema.optional(),
});

const fromFlags = {
  port: values.port,
  dataDir: values['data-dir'],
  accountSid: values['account-sid'],
  authToken: values['auth-token'] ?? process.env['TWILIO_AUTH_TOKEN'],
  webhookBaseUrl: values['webhook-base-url'],
  publicNumbers: values['public-number']?.split(',').map((number) => number.trim()),
};
const given = Object.fromEntries(Object.entries(fromFlags).filter(([, value]) => value !== undefined));

const parsed = config.safeParse({ ...given, ...(values.config ? (JSON.parse(values.config) as object) : {}) });
if (!parsed.success) {
  console.error(`The carrier simulator cannot start:\n${z.prettifyError(parsed.error)}`);
  process.exit(2);
}

const { publicNumber, publicNumbers, webhookRetryForMs, knobs, ...options } = parsed.data;
const numbers = [...(publicNumber === undefined ? [] : [publicNumber]), ...publicNumbers];
const carrier = await startCarrier({
  ...options,
  publicNumber: numbers[0] ?? '',
  publicNumbers: numbers.slice(1),
  ...(webhookRetryForMs === undefined ? {} : { webhookRetryForMs }),
  ...(knobs === undefined ? {} : { knobs }),
  log: (line) => console.error(`carrier: ${line}`),
}).catch((error: unknown) => {
  console.error(`The carrier simulator cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
console.log(JSON.stringify({ ready: true, url: carrier.url, port: carrier.port }));

const stop = () => {
  carrier.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error('carrier: stopping failed:', error);
      process.exit(1);
    },
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
