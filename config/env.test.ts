import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, environmentSchema, loadConfig, Secret } from './env.ts';

const secrets = {
  FLOORWALKER_LINK_SECRET: 'link-secret-0123456789',
  FLOORWALKER_SIGNING_KEY: '-----BEGIN PRIVATE KEY-----\\nsigning-key\\n-----END PRIVATE KEY-----\\n',
  S3_SECRET_KEY: 's3-secret-key-0123456789',
  TWILIO_AUTH_TOKEN: 'twilio-token-0123456789',
  TWILIO_AUTH_TOKEN_PREVIOUS: 'older-twilio-token-0123456789',
};
const valid = {
  ...secrets,
  DATABASE_URL: 'postgres://floorwalker_app:db-password-x7@db/floorwalker',
  DATABASE_ADMIN_URL: 'postgres://owner:admin-password-x7@db/floorwalker',
  MQTT_URL: 'mqtts://floorwalker:mqtt-password-x7@broker:8883',
  TEMPORAL_ADDRESS: 'temporal:7233',
  S3_ENDPOINT: 'http://objects:9000',
  S3_ACCESS_KEY: 'floorwalker',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_FROM: '+15005550006',
  PUBLIC_URL: 'https://shops.example.com/',
};

const problems = (environment: Record<string, string | undefined>): string[] => {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
};
const namesOf = (found: string[]) => found.map((problem) => problem.split(':')[0]);

describe('the environment', () => {
  it('is read once, with defaults that only listen here', () => {
    expect(loadConfig(valid)).toMatchObject({
      FLOORWALKER_MODE: 'production',
      FLOORWALKER_HOST: '127.0.0.1',
      FLOORWALKER_PORT: 8420,
      TEMPORAL_NAMESPACE: 'default',
      PUBLIC_URL: 'https://shops.example.com',
    });
  });

  it('takes one number or a pool of them', () => {
    expect(loadConfig(valid).TWILIO_FROM).toEqual(['+15005550006']);
    const pool = loadConfig({ ...valid, TWILIO_FROM: '+15005550006, +447700900000,+15005550006' });
    expect(pool.TWILIO_FROM).toEqual(['+15005550006', '+447700900000']);
    expect(problems({ ...valid, TWILIO_FROM: '+15005550006,+4477' })[0]).toMatch(
      /number 2 is not: its length|too short/,
    );
  });

  it('takes a mail server and a sender, both or neither', () => {
    const mail = {
      SMTP_URL: 'smtps://shop:mail-password-x7@mail.example.com',
      SMTP_FROM: 'Alerts <alerts@example.com>',
    };
    expect(loadConfig({ ...valid, ...mail })).toMatchObject(mail);
    expect(inspect(loadConfig({ ...valid, ...mail }))).not.toContain('mail-password-x7');
    expect(namesOf(problems({ ...valid, SMTP_URL: mail.SMTP_URL }))).toEqual(['SMTP_FROM']);
    expect(namesOf(problems({ ...valid, SMTP_FROM: mail.SMTP_FROM }))).toEqual(['SMTP_URL']);
    expect(namesOf(problems({ ...valid, ...mail, SMTP_URL: 'https://mail.example.com' }))).toEqual(['SMTP_URL']);
    for (const from of ['alerts', 'a@x.com, b@x.com', 'A <a@x.com>\r\nBcc: b@x.com'])
      expect(namesOf(problems({ ...valid, ...mail, SMTP_FROM: from })), from).toEqual(['SMTP_FROM']);
  });

  it('paces senders and rings for a while by default', () => {
    expect(loadConfig(valid)).toMatchObject({ TWILIO_MESSAGES_PER_SECOND: 10, FLOORWALKER_RING_SECONDS: 25 });
    expect(loadConfig({ ...valid, TWILIO_MESSAGES_PER_SECOND: '0.5' }).TWILIO_MESSAGES_PER_SECOND).toBe(0.5);
  });

  it('turns the \\n of a key in one line into newlines', () => {
    expect(loadConfig(valid).FLOORWALKER_SIGNING_KEY.reveal()).toBe(
      '-----BEGIN PRIVATE KEY-----\nsigning-key\n-----END PRIVATE KEY-----\n',
    );
  });

  it('has all its problems told at once, each with a name and a remedy', () => {
    const found = problems({});
    expect(namesOf(found).toSorted()).toEqual(
      [
        'DATABASE_URL',
        'FLOORWALKER_LINK_SECRET',
        'FLOORWALKER_SIGNING_KEY',
        'PUBLIC_URL',
        'S3_ACCESS_KEY',
        'S3_ENDPOINT',
        'S3_SECRET_KEY',
        'TEMPORAL_ADDRESS',
        'TWILIO_ACCOUNT_SID',
        'TWILIO_AUTH_TOKEN',
        'TWILIO_FROM',
      ].toSorted(),
    );
    for (const problem of found) expect(problem).toMatch(/^[A-Z0-9_]+: (set it to|must be) \S/);
  });

  it('counts an empty variable as unset', () => {
    expect(namesOf(problems({ ...valid, PUBLIC_URL: '' }))).toEqual(['PUBLIC_URL']);
    expect(loadConfig({ ...valid, FLOORWALKER_PORT: '', MQTT_URL: '' })).toMatchObject({ FLOORWALKER_PORT: 8420 });
  });

  it.each([
    ['FLOORWALKER_MODE', 'staging'],
    ['FLOORWALKER_PORT', '0'],
    ['FLOORWALKER_PORT', '65536'],
    ['FLOORWALKER_PORT', 'eighty'],
    ['FLOORWALKER_LOG_LEVEL', 'loud'],
    ['FLOORWALKER_LINK_SECRET', 'short'],
    ['DATABASE_URL', 'db'],
    ['TEMPORAL_ADDRESS', 'temporal'],
    ['TEMPORAL_ADDRESS', 'http://temporal:7233'],
    ['S3_ENDPOINT', 'minio'],
    ['TWILIO_ACCOUNT_SID', 'AC1'],
    ['TWILIO_FROM', '07700 900000'],
    ['TWILIO_FROM', '+44 7700 900000'],
    ['TWILIO_FROM', '+15005550006,+1500'],
    ['TWILIO_FROM', '+15005550006,'],
    ['TWILIO_MESSAGES_PER_SECOND', '0'],
    ['TWILIO_MESSAGES_PER_SECOND', 'fast'],
    ['FLOORWALKER_RING_SECONDS', '4'],
    ['FLOORWALKER_RING_SECONDS', '2.5'],
  ])('refuses %s=%s', (name, value) => {
    expect(namesOf(problems({ ...valid, [name]: value }))).toEqual([name]);
  });

  it.each([
    ['TWILIO_API_BASE_URL', 'http://127.0.0.1:8421'],
    ['PUBLIC_URL', 'http://shops.example.com'],
    ['S3_ACCESS_KEY', 'minioadmin'],
    ['DATABASE_URL', 'postgres://floorwalker_app:floorwalker@db/floorwalker'],
  ])('in production refuses %s=%s, in development takes it', (name, value) => {
    expect(namesOf(problems({ ...valid, [name]: value }))).toEqual([name]);
    expect(problems({ ...valid, [name]: value, FLOORWALKER_MODE: 'development' })).toEqual([]);
  });
});

describe('secrets', () => {
  const hidden = [...Object.values(secrets), 'signing-key', 'db-password-x7', 'admin-password-x7', 'mqtt-password-x7'];

  it('never show themselves, however the configuration is printed', () => {
    const config = loadConfig(valid);
    const printed = [
      JSON.stringify(config),
      JSON.stringify({ nested: { config } }),
      inspect(config, { depth: 9, showHidden: true }),
      inspect({ nested: [config] }, { depth: 9 }),
      `${config.S3_SECRET_KEY}`,
      inspect(config.S3_SECRET_KEY, { showHidden: true }),
      JSON.stringify(Object.values(config).filter((value) => value instanceof Secret)),
    ].join('\n');
    expect(hidden.filter((secret) => printed.includes(secret))).toEqual([]);
    expect(printed).toContain('postgres://floorwalker_app:[redacted]@db/floorwalker');
  });

  it('are there for whoever asks, and the configuration cannot be changed', () => {
    const config = loadConfig(valid);
    expect(config.S3_SECRET_KEY.reveal()).toBe(secrets.S3_SECRET_KEY);
    expect(config.DATABASE_URL).toBe(valid.DATABASE_URL);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('are not quoted when they are refused', () => {
    const wrong = Object.fromEntries(Object.keys(valid).map((name) => [name, `hunter2 ${name}`]));
    expect(problems(wrong).join('\n')).not.toContain('hunter2');
  });
});

describe('.env.example', () => {
  const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]!);

  it('lists every variable that anything reads, and no other', () => {
    const camera =
      /const environmentSchema = z\.object\(\{([\s\S]*?)\n\}\);/.exec(read('workers/camera.ts'))?.[1] ?? '';
    const names = new Set([
      ...Object.keys(environmentSchema.shape),
      ...all(camera, /^ {2}([A-Z][A-Z0-9_]+):/gm),
      ...all(read('docker-compose.yml'), /\$\{([A-Z][A-Z0-9_]*)/g),
      ...all(read('stack/tools/manifest.ts'), /pathVariable: '([A-Z_]+)'/g),
    ]);
    const listed = all(read('.env.example'), /^([A-Z][A-Z0-9_]*)=/gm);
    expect(listed.toSorted()).toEqual([...names].toSorted());
    expect(names.has('FLOORWALKER_DEVICE_KEY') && names.has('MINIO_KMS_SECRET_KEY')).toBe(true);
  });

  it('holds no value, and says what each is for', () => {
    const lines = read('.env.example').split('\n');
    expect(lines.filter((line) => /^[A-Z0-9_]+=./.test(line))).toEqual([]);
    const unexplained = lines.filter((line, index) => {
      if (!/^[A-Z]/.test(line)) return false;
      const block = lines.slice(0, index).findLastIndex((earlier) => !/^[A-Z]/.test(earlier));
      return !lines[block]?.startsWith('#');
    });
    expect(unexplained).toEqual([]);
  });
});
