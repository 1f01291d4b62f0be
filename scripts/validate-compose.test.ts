import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { breaches, type Service, type Services } from './validate-compose.rules.ts';

const compose = await readFile(new URL('../docker-compose.yml', import.meta.url), 'utf8');
const services = (): Services => (parse(compose, { merge: true }) as { services: Services }).services;
/** As Compose writes a variable; spelt out it would look like a template to the linter. */
const variable = (text: string) => `$\{${text}}`;
const changed = (name: string, change: Partial<Service>): string[] => {
  const all = services();
  return breaches({ ...all, [name]: { ...all[name], ...change } });
};

test('the install keeps every rule', () => {
  expect(breaches(services())).toEqual([]);
});

test.each<[string, string, Partial<Service>, RegExp]>([
  ['a literal password', 'postgres', { environment: { POSTGRES_PASSWORD: 'postgres' } }, /POSTGRES_PASSWORD must be/],
  [
    'a default password',
    'postgres',
    { environment: { POSTGRES_PASSWORD: variable('POSTGRES_PASSWORD:-postgres') } },
    /must be/,
  ],
  [
    'a required password without a word',
    'postgres',
    { environment: { POSTGRES_PASSWORD: variable('POSTGRES_PASSWORD:?') } },
    /must be/,
  ],
  [
    'a password in a URL',
    'api',
    { environment: { DATABASE_URL: 'postgres://app:secret@postgres/db' } },
    /literal password/,
  ],
  [
    'a default in a URL',
    'api',
    { environment: { MQTT_URL: `mqtt://app:${variable('MQTT_PASSWORD:-mqtt')}@mosquitto` } },
    /literal password/,
  ],
  ['no healthcheck', 'worker', { healthcheck: {} }, /worker: has no healthcheck/],
  ['a disabled healthcheck', 'temporal', { healthcheck: { disable: true } }, /temporal: has no healthcheck/],
  ['another published port', 'postgres', { ports: ['5432:5432'] }, /postgres: publishes port 5432/],
  ['another port of the API', 'api', { ports: [`${variable('PORT:-9000')}:9000`] }, /api: publishes port 9000/],
  ['a floating image', 'mosquitto', { image: 'eclipse-mosquitto' }, /no fixed tag/],
  ['the latest image', 'mosquitto', { image: 'registry.example:5000/eclipse-mosquitto:latest' }, /no fixed tag/],
  ['a writable image of ours', 'api', { read_only: false }, /read_only/],
  ['capabilities', 'worker', { cap_drop: [] }, /drop all capabilities/],
  ['new privileges', 'objects', { security_opt: [] }, /may gain privileges/],
  [
    'waiting for a start only',
    'api',
    { depends_on: { postgres: { condition: 'service_started' } } },
    /not service_healthy/,
  ],
  ['no restart', 'api', { restart: 'no' }, /restart is no/],
  ['no memory limit', 'objects', { deploy: {} }, /no memory limit/],
])('finds %s', (_what, name, change, breach) => {
  expect(changed(name, change).join('\n')).toMatch(breach);
});
