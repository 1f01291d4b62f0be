import { z } from 'zod';
import { parseE164 } from '../adapters/phone/e164.ts';

/** A value that never shows itself in logs or errors. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[redacted]';
  }
  toJSON(): string {
    return '[redacted]';
  }
}

const secret = (what: string) =>
  z
    .string({ error: `set it to ${what}` })
    .min(16, 'must be at least 16 signs')
    .transform((value) => new Secret(value));
const url = (example: string) => z.url({ error: `must be a URL such as ${example}` });
const port = z.coerce.number().int().min(1).max(65535);

/** Numbers with commas between them. The problem names the place in the list, as the value itself is not to be logged. */
function readNumbers(value: string, context: z.RefinementCtx): string[] {
  const given = value.split(',').map((number) => number.trim());
  const numbers = given.map((number, index) => {
    const parsed = parseE164(number);
    if (!parsed.ok || parsed.number !== number) {
      const reason = parsed.ok ? 'it has signs between its digits' : parsed.reason;
      const message = `must be E.164, such as +15005550006; number ${index + 1} is not: ${reason}`;
      context.addIssue({ code: 'custom', message });
    }
    return number;
  });
  return [...new Set(numbers)];
}

const retiredKeys = z.array(
  z.object({ publicKey: z.string().regex(/^-----BEGIN PUBLIC KEY-----/), validUntil: z.iso.datetime() }),
);

function readRetiredKeys(value: string, context: z.RefinementCtx): z.infer<typeof retiredKeys> {
  try {
    return retiredKeys.parse(JSON.parse(value));
  } catch {
    context.addIssue({ code: 'custom', message: 'must be the JSON that `floorwalker rotate-key` printed' });
    return z.NEVER;
  }
}

/** Every variable, once; .env.example is checked against this table by a test. */
export const environmentSchema = z.object({
  FLOORWALKER_MODE: z.enum(['development', 'production']).default('production'),
  FLOORWALKER_HOST: z.string().default('127.0.0.1'),
  FLOORWALKER_PORT: port.default(8420),
  /** Where a worker answers /healthz; unset: nowhere. */
  FLOORWALKER_HEALTH_PORT: port.optional(),
  FLOORWALKER_DATA: z.string().default('.floorwalker'),
  FLOORWALKER_MODELS: z.string().optional(),
  FLOORWALKER_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** How long a phone rings before the call counts as unanswered. */
  FLOORWALKER_RING_SECONDS: z.coerce.number().int().min(5).max(120).default(25),
  FLOORWALKER_LINK_SECRET: secret('32 random bytes, for the links in texts and the secrets of webhooks'),
  FLOORWALKER_SIGNING_KEY: z
    .string({
      error: 'set it to an Ed25519 private key (PKCS 8 PEM, newlines as \\n), for deletion records and audit heads',
    })
    .transform((value) => new Secret(value.replaceAll('\\n', '\n'))),
  /** Public keys that signed before the one above, as `floorwalker rotate-key` prints them. */
  FLOORWALKER_RETIRED_KEYS: z.string().transform(readRetiredKeys).default([]),
  /** Gets a line with each signed head of the audit log; best on another machine's disk. Unset: there is none. */
  FLOORWALKER_WITNESS_FILE: z.string().optional(),
  /** Encrypts what the workflow engine keeps of incidents; earlier ones follow after commas, to read what they encrypted. */
  FLOORWALKER_PAYLOAD_KEY: z
    .string()
    .regex(
      /^[^\s,]{32,}(?:,[^\s,]{32,})*$/,
      'must be at least 32 signs without a space; earlier keys follow after commas',
    )
    .transform((value) => new Secret(value))
    .optional(),
  /** A time-stamping server (RFC 3161) that stamps evidence packets; unset: none are. */
  FLOORWALKER_TSA_URL: url('https://tsa.example.com/tsr').optional(),
  DATABASE_URL: url('postgres://floorwalker_app:…@db/floorwalker'),
  DATABASE_ADMIN_URL: url('postgres://owner:…@db/floorwalker').optional(),
  TEMPORAL_ADDRESS: z
    .string({ error: 'must be host:port of the Temporal frontend' })
    .regex(/^[^/]+:\d+$/, 'must be host:port of the Temporal frontend'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  S3_ENDPOINT: url('http://minio:9000'),
  S3_ACCESS_KEY: z.string({ error: 'set it to the access key of the evidence bucket' }).min(3),
  S3_SECRET_KEY: secret('the secret key of the evidence bucket'),
  S3_BUCKET: z.string().default('floorwalker-evidence'),
  S3_REGION: z.string().default('us-east-1'),
  /** Unset: nothing is moved to a cold tier. */
  S3_COLD_STORAGE_CLASS: z
    .string()
    .regex(/^[A-Z_]{1,40}$/, 'must be a storage class of the store, such as STANDARD_IA')
    .optional(),
  MQTT_URL: url('mqtts://user:…@broker:8883').optional(),
  /** Unset: no intake over Kafka. */
  KAFKA_BROKERS: z
    .string()
    .regex(/^[^\s,/]+:\d+(?:\s*,\s*[^\s,/]+:\d+)*$/, 'must be host:port, or several with commas')
    .transform((value) => value.split(',').map((broker) => broker.trim()))
    .optional(),
  KAFKA_GROUP: z.string().max(200).default('floorwalker'),
  KAFKA_TLS: z.enum(['true', 'false']).default('false'),
  /** SCRAM-SHA-512; both or neither. */
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: secret('the password of KAFKA_USERNAME').optional(),
  TWILIO_ACCOUNT_SID: z
    .string({ error: 'set it to your Twilio account SID' })
    .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hex digits'),
  TWILIO_AUTH_TOKEN: secret('your Twilio auth token'),
  /** The token before a rotation, still accepted on webhooks. */
  TWILIO_AUTH_TOKEN_PREVIOUS: secret('the token before the rotation').optional(),
  TWILIO_FROM: z
    .string({ error: 'set it to the number that texts and calls come from, in E.164, or to several with commas' })
    .transform(readNumbers),
  /** Of each sending number; carriers refuse or queue what comes faster. */
  TWILIO_MESSAGES_PER_SECOND: z.coerce.number().positive('must be more than 0').max(1_000).default(10),
  TWILIO_API_BASE_URL: url('http://127.0.0.1:8421').optional(),
  /** Where mails are handed over; unset: nobody is mailed. */
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be a URL such as smtps://user:…@mail.example.com:465' })
    .optional(),
  SMTP_FROM: z
    .string()
    .regex(
      /^(?:[^<>\r\n]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      'must be an address such as alerts@example.com or Shop alerts <alerts@example.com>',
    )
    .optional(),
  PUBLIC_URL: url('https://shops.example.com').transform((value) => value.replace(/\/$/, '')),
  FFMPEG_PATH: z.string().default('ffmpeg'),
  FFPROBE_PATH: z.string().default('ffprobe'),
});

export type Config = Readonly<z.infer<typeof environmentSchema>>;

/** Names only, so that the message can be logged as it is. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(
      `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/** Parses the environment once; an empty variable counts as unset, and all problems are reported together. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => name in environmentSchema.shape && value !== undefined && value !== '',
    ),
  );
  const parsed = environmentSchema.safeParse(given);
  const problems = parsed.success
    ? [...pairProblems(parsed.data), ...productionProblems(parsed.data)]
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(withoutSecretsWhenPrinted(parsed.data as Config));
}

/** Connection URLs carry passwords but have to stay strings, so the whole prints itself without them. */
function withoutSecretsWhenPrinted(config: Config): Config {
  const printable = () =>
    Object.fromEntries(
      Object.entries(config).map(([name, value]) => [
        name,
        value instanceof Secret ? String(value) : String(value).replace(/(:\/\/[^/@]*:)[^@]*@/, '$1[redacted]@'),
      ]),
    );
  for (const name of ['toJSON', Symbol.for('nodejs.util.inspect.custom')])
    Object.defineProperty(config, name, { value: printable });
  return config;
}

/** Variables that make sense together only. */
function pairProblems(config: Config): string[] {
  return [...mailProblems(config), ...kafkaProblems(config)];
}

function kafkaProblems(config: Config): string[] {
  if ((config.KAFKA_USERNAME === undefined) === (config.KAFKA_PASSWORD === undefined)) return [];
  return config.KAFKA_PASSWORD === undefined
    ? ['KAFKA_PASSWORD: set it to the password of KAFKA_USERNAME']
    : ['KAFKA_USERNAME: set it to whose password KAFKA_PASSWORD is'];
}

function mailProblems(config: Config): string[] {
  if ((config.SMTP_URL === undefined) === (config.SMTP_FROM === undefined)) return [];
  return config.SMTP_FROM === undefined
    ? ['SMTP_FROM: set it to the address that mails come from, since SMTP_URL is set']
    : ['SMTP_URL: set it to the mail server, since SMTP_FROM is set'];
}

/** Production refuses whatever only development may have. */
function productionProblems(config: Config): string[] {
  if (config.FLOORWALKER_MODE === 'development') return [];
  const problems: string[] = [];
  if (config.TWILIO_API_BASE_URL !== undefined)
    problems.push('TWILIO_API_BASE_URL: points to a simulator; unset it in production');
  if (!config.PUBLIC_URL.startsWith('https://'))
    problems.push('PUBLIC_URL: must be https in production, since links and webhooks carry evidence');
  if (/^(minioadmin|floorwalker-development)/.test(config.S3_ACCESS_KEY))
    problems.push('S3_ACCESS_KEY: is a development key');
  if (/:(postgres|password|floorwalker)@/.test(config.DATABASE_URL))
    problems.push('DATABASE_URL: has a default password');
  return problems;
}
