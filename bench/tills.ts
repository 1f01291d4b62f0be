import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { setApplicationPassword } from '../adapters/postgres/migrate.ts';
import type { Policy } from '../domain/policy.ts';
import type { components } from '../schemas/generated/openapi.ts';
import { demoEstate, type Estate } from '../stack/estate.ts';
import type { Installation } from '../stack/installation.ts';
import type { Running } from '../stack/start.ts';
import { simulateDay } from '../stack/store-day/day.ts';
import { storeDayEstate } from '../stack/store-day/estate.ts';
import type { StoreDay } from '../stack/store-day/types.ts';
import { measureFloor } from './lib/floor.ts';
import { benchPolicy, withInstallation } from './lib/machine.ts';
import { say } from './lib/measure.ts';
import { machine, percentile, publish, round } from './lib/results.ts';
import { liveDay } from './lib/tills-day.ts';
import { measurePrompts } from './lib/tills-prompt.ts';
import { measureCsv, measureJson } from './lib/tills-rates.ts';
import { scoreTills } from './lib/tills-score.ts';

const storeId = 'supermarket';
const timeZone = 'Europe/London';
const seed = 1;
const baskets = 3_000;
const baselineDays = 5;
const promptStore = { storeId: 'prompts', selfCheckouts: 8, windowMs: 2_000 };
const prompts = { count: 200, perSecond: 5 };

/** The till is asked first and the shopper second: a person is sent only when neither settles it. */
const tillsPolicy: Policy = {
  ...benchPolicy,
  posWindow: { beforeMs: 1_000, afterMs: 2_000, feedStaleAfterMs: 10_000 },
  mergeWindowMs: 1,
  pageWithinMs: 7 * 86_400_000,
  prompt: { waitMs: 25_000, message: 'Please scan the last item again.' },
};

function tillsEstate(keys: Installation['keys']): Estate {
  const estate = demoEstate(keys, tillsPolicy);
  estate.stores.push(storeDayEstate({ id: storeId, name: 'Supermarket', timeZone }));
  const { storeId: id, selfCheckouts } = promptStore;
  estate.stores.push(storeDayEstate({ id, name: 'Prompts', timeZone, lanes: 0, selfCheckouts }));
  for (const key of estate.keys) key.storeIds = null;
  return estate;
}

const dayBefore = (back: number): string => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);

/** What the receipt is worth: a supermarket's day with planted fraud and honest mistakes, judged against the truth. */
export async function runTillsBench(): Promise<void> {
  await withInstallation({ only: ['carrier', 'worker', 'api'], estate: tillsEstate }, async (running) => {
    const adminUrl = running.application.databaseAdminUrl;
    const pool = new pg.Pool({ connectionString: adminUrl, max: 2 });
    const databaseUrl = await setApplicationPassword(adminUrl, running.installation.applicationPassword);
    const { tenantId } = running.application.estate;
    const { address } = await running.engines.temporal;
    try {
      say('floor: no-op workflows and bare inserts');
      const floor = await measureFloor(address, adminUrl);
      say(`prompts: ${prompts.count} items without a receipt at ${prompts.perSecond}/s`);
      const { windowToPromptMs, detectionToPromptMs } = await measurePrompts(running, promptStore, prompts);
      say(`intake: ${baselineDays} honest days, as JSON and as CSV`);
      const past = Array.from({ length: baselineDays }, (_, index) =>
        // A terminal is replaced once, and not every day.
        simulateDay({
          ...{ seed, date: dayBefore(2 + index), timeZone, storeId, baskets },
          ...{ fraud: false, faults: { terminalReplaced: false } },
        }),
      );
      // Made without a pause: connections that the API closed meanwhile have to be seen before one is used again.
      await delay(100);
      const json = await measureJson(running, past[0]!);
      const csv = await Promise.all(past.slice(1, 2).map((day) => measureCsv(running, day)));
      for (const day of past.slice(2)) await measureJson(running, day);
      // The cameras were there yesterday as well; a day is enough to know them by.
      await sendCrossings(running, past[0]!);
      const batchSeconds: number[] = [];
      for (const day of [...past].reverse()) batchSeconds.push(await analyse(running, day));
      say(`the day: ${baskets} baskets with planted fraud, on the store's own clock`);
      const day = simulateDay({ seed, date: dayBefore(1), timeZone, storeId, baskets, heartbeatEveryMs: 2_000 });
      const lived = await liveDay(
        databaseUrl,
        tenantId,
        day,
        (change) => replaceTerminal(pool, change),
        (at) => say(at),
      );
      const dayBatchSeconds = await analyse(running, day);
      const findings = await readFindings(running, day);
      const score = scoreTills(day.truth, { findings, incidents: lived.incidents });
      process.stdout.write(`${table(score)}\n`);
      for (const id of score.approached.transactionIds) say(`wrongly approached: ${id}`);
      await publish({
        name: 'tills',
        at: new Date().toISOString(),
        machine: machine(),
        command: 'npm run bench -- tills',
        figures: {
          linesPerSecond: round(json.perSecond, 0),
          csvLinesPerSecond: round(csv[0]!.perSecond, 0),
          windowToPromptP50Ms: round(percentile(windowToPromptMs, 0.5), 0),
          windowToPromptP95Ms: round(percentile(windowToPromptMs, 0.95), 0),
          detectionToPromptP95Ms: round(percentile(detectionToPromptMs, 0.95), 0),
          dayBatchSeconds: round(dayBatchSeconds, 1),
          precision: round(score.before.precision ?? 0, 3),
          recall: round(score.before.recall ?? 0, 3),
          precisionAfterReceipt: round(score.after.precision ?? 0, 3),
          recallAfterReceipt: round(score.after.recall ?? 0, 3),
          paidShoppers: score.approached.paidShoppers,
          wronglyApproached: score.approached.wronglyApproached,
          wronglyApproachedShare: round(score.approached.wronglyApproachedShare, 4),
          fraudsApproached: score.approached.fraudsApproached,
          detections: day.detections.length,
          match: lived.incidents.filter(({ posVerdict }) => posVerdict === 'MATCH').length,
          mismatch: lived.incidents.filter(({ posVerdict }) => posVerdict === 'MISMATCH').length,
          unknown: lived.incidents.filter(({ posVerdict }) => posVerdict === 'UNKNOWN').length,
          prompted: lived.incidents.filter(({ prompted }) => prompted).length,
        },
        floor,
      });
    } finally {
      await pool.end();
    }
  });
}

async function api<T>(
  running: Running,
  method: string,
  path: string,
  body?: unknown,
  as: 'soc_lead' | 'device' = 'soc_lead',
): Promise<T> {
  const response = await fetch(new URL(path, running.application.baseUrl), {
    method,
    headers: {
      authorization: `Bearer ${running.installation.keys[as]}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function sendCrossings(running: Running, day: StoreDay): Promise<void> {
  for (let from = 0; from < day.crossings.length; from += 500)
    await api(running, 'POST', '/v1/crossings', day.crossings.slice(from, from + 500), 'device');
}

async function analyse(running: Running, day: StoreDay): Promise<number> {
  const startedMs = performance.now();
  await api(running, 'POST', '/v1/pos/analyses', { storeId: day.storeId, day: day.date });
  return (performance.now() - startedMs) / 1_000;
}

async function readFindings(running: Running, day: StoreDay) {
  const findings = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ storeId: day.storeId, fromDay: day.date, toDay: day.date, limit: '200' });
    if (cursor !== null) query.set('cursor', cursor);
    const page: components['schemas']['PosExceptionPage'] = await api(running, 'GET', `/v1/pos/exceptions?${query}`);
    for (const { ruleId, terminalId, transactionId, at } of page.items)
      findings.push({ ruleId, terminalId, transactionId, at });
    cursor = page.nextCursor;
  } while (cursor !== null);
  return findings;
}

async function replaceTerminal(pool: pg.Pool, change: StoreDay['terminalChanges'][number]): Promise<void> {
  await pool.query('update terminals set replaced_by = $3, replaced_at = $4 where store_id = $1 and id = $2', [
    ...[storeId, change.fromTerminalId, change.toTerminalId, change.at],
  ]);
  await pool.query('update zones set terminal_id = $3 where store_id = $1 and id = $2', [
    ...[storeId, change.zoneId, change.toTerminalId],
  ]);
}

/** One row for each rule: what was planted, what was found, before and after the receipt was asked. */
function table({ before, after }: ReturnType<typeof scoreTills>): string {
  const share = (value: number | null) => (value === null ? '–' : value.toFixed(2)).padStart(6);
  const rows = before.rules.map((rule) => {
    const later = after.rules.find(({ ruleId }) => ruleId === rule.ruleId);
    return `  ${rule.ruleId.padEnd(26)} ${String(rule.planted).padStart(4)} planted  precision${share(rule.precision)} →${share(later?.precision ?? null)}  recall${share(rule.recall)} →${share(later?.recall ?? null)}`;
  });
  return ['', ...rows].join('\n');
}
