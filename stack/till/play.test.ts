import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PosEvent } from '../../domain/types.ts';
import { playTape } from './play.ts';
import { parseTape } from './tape.ts';

const tape = parseTape(
  JSON.stringify({
    tillTape: [
      { t_s: 6.4, type: 'scan', plu: '4011', description: 'Banana', priceMinor: 19 },
      { t_s: 1.45, type: 'scan', plu: '4017', description: 'Apple Granny Smith', priceMinor: 45 },
      { t_s: 2.6, type: 'void', plu: '4060', priceMinor: 20 },
    ],
  }),
);
const mediaStartAt = '2026-05-04T10:00:00.250Z';

beforeEach(() => vi.useFakeTimers({ now: Date.parse(mediaStartAt) }));
afterEach(() => vi.useRealTimers());

const play = (
  options: { startAt?: string; signal?: AbortSignal; publish?: (event: PosEvent) => Promise<void> } = {},
) => {
  const published: (PosEvent & { publishedAt: string })[] = [];
  const done = playTape({
    tape,
    mediaStartAt: options.startAt ?? mediaStartAt,
    storeId: 'store-1',
    terminalId: 'lane-3',
    signal: options.signal ?? new AbortController().signal,
    publish:
      options.publish ??
      (async (event) => {
        published.push({ ...event, publishedAt: new Date().toISOString() });
      }),
  });
  const lines = () => published.filter(({ type }) => type !== 'heartbeat');
  const heartbeats = () => published.filter(({ type }) => type === 'heartbeat');
  return { done, published, lines, heartbeats };
};

test('publishes each line at its instant of the recording and closes with a tender', async () => {
  const { done, lines } = play();
  await vi.advanceTimersByTimeAsync(1_449);
  expect(lines()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(lines()).toHaveLength(1);
  await vi.runAllTimersAsync();
  await done;
  expect(lines().map(({ type, occurredAt, line, amountMinor }) => [type, occurredAt, line, amountMinor])).toEqual([
    ['scan', '2026-05-04T10:00:01.700Z', 1, 45],
    ['void', '2026-05-04T10:00:02.850Z', 2, -20],
    ['scan', '2026-05-04T10:00:06.650Z', 3, 19],
    ['tender', '2026-05-04T10:00:06.850Z', 4, 44],
  ]);
  for (const { occurredAt, publishedAt } of lines()) expect(publishedAt).toBe(occurredAt);
  expect(new Set(lines().map(({ transactionId }) => transactionId)).size).toBe(1);
});

test('beats every two seconds while it plays, and not after', async () => {
  const { done, heartbeats } = play();
  await vi.runAllTimersAsync();
  await done;
  const seconds = heartbeats().map(({ publishedAt }) => (Date.parse(publishedAt) - Date.parse(mediaStartAt)) / 1000);
  expect(seconds).toEqual([0, 2, 4, 6]);
  expect(vi.getTimerCount()).toBe(0);
});

test('every event follows the schema and has a key of its own', async () => {
  const ajv = addFormats.default(new Ajv2020());
  const schema = new URL('../../schemas/events/pos-event.schema.json', import.meta.url);
  const validate = ajv.compile(JSON.parse(await readFile(schema, 'utf8')));
  const { done, published } = play();
  await vi.runAllTimersAsync();
  await done;
  for (const { publishedAt, ...event } of published) {
    expect(validate(event), JSON.stringify({ event, publishedAt, errors: validate.errors })).toBe(true);
  }
  expect(new Set(published.map(({ transactionId, line }) => `${transactionId}/${line}`)).size).toBe(published.length);
});

test('the same playback gives the same lines, another one others', async () => {
  const keys = async (startAt: string) => {
    const { done, lines } = play({ startAt });
    await vi.runAllTimersAsync();
    await done;
    return lines().map(({ transactionId, line, occurredAt }) => `${transactionId}/${line}@${occurredAt}`);
  };
  const first = await keys(mediaStartAt);
  expect(await keys(mediaStartAt)).toEqual(first);
  expect(await keys('2026-05-04T11:00:00.000Z')).not.toEqual(first);
});

test('lines whose instant has passed come at once with their true instant', async () => {
  const { lines } = play({ startAt: '2026-05-04T09:59:58.000Z' });
  await vi.advanceTimersByTimeAsync(0);
  expect(lines().map(({ occurredAt }) => occurredAt)).toEqual(['2026-05-04T09:59:59.450Z']);
});

test('stops at once when told to, leaving no timer', async () => {
  const stopping = new AbortController();
  const { done, lines } = play({ signal: stopping.signal });
  await vi.advanceTimersByTimeAsync(2_000);
  stopping.abort();
  await done;
  expect(lines()).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('a line that cannot be published ends the playing with its error', async () => {
  const publish = async (event: PosEvent) => {
    if (event.type === 'scan') throw new Error('broker gone');
  };
  const { done } = play({ publish });
  const failed = expect(done).rejects.toThrow('broker gone');
  await vi.advanceTimersByTimeAsync(2_000);
  await failed;
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['{', /not JSON/],
  ['{}', /tillTape: /],
  ['{"tillTape":[]}', /tillTape: has no lines/],
  ['{"tillTape":[{"t_s":-1,"type":"scan"}]}', /tillTape\.0\.t_s: /],
  [
    '{"tillTape":[{"t_s":1,"type":"scan"},{"t_s":"2","type":"sold","plu":"40 11"}]}',
    /1\.t_s: [\s\S]*1\.type: [\s\S]*1\.plu: must be/,
  ],
  ['{"tillTape":[{"t_s":1,"type":"scan","priceMinor":0.45}]}', /tillTape\.0\.priceMinor: /],
])('refuses the tape %s', (json, message) => {
  expect(() => parseTape(json)).toThrow(message);
});
