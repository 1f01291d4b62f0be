import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { openLoad } from '../bench/lib/load.ts';
import { withInstallation } from '../bench/lib/machine.ts';
import { percentile } from '../bench/lib/results.ts';
import type { ProcessName } from '../stack/application.ts';
import { chaosEnvironment, chaosEstate, chaosPolicy } from './lib/estate.ts';
import { auditHolds, countOutbox, readIncidents, readNotifications, waitUntilQuiet } from './lib/facts.ts';
import { followJournal } from './lib/journal.ts';
import { type Facts, judge, limits } from './lib/judge.ts';
import { latenessMs } from './lib/outages.ts';
import { watchOverdue } from './lib/overdue.ts';
import { killByPlan } from './lib/parts.ts';
import { openPhones } from './lib/phones.ts';
import { planKills } from './lib/plan.ts';
import { openSource } from './lib/source.ts';
import { traceLate } from './lib/trace.ts';

export interface ChaosOptions {
  seed: number;
  kills: number;
  /** Mean time between two kills. */
  gapMs: number;
  incidentsPerSecond: number;
}

const processes: ProcessName[] = ['carrier', 'worker', 'second-worker', 'watchdog', 'media', 'api'];
const calmMs = 5_000;
const progressEveryMs = 10_000;
const shownOfEach = 8;

/** Kills parts of a working installation at random moments and counts what must not have happened. Resolves with the exit code. */
export async function runPeopleChaos(options: ChaosOptions): Promise<number> {
  let bad = false;
  return withInstallation(
    { only: processes, estate: chaosEstate, env: chaosEnvironment, keeps: () => bad },
    async (running, dataDir) => {
      const pool = new pg.Pool({ connectionString: running.application.databaseAdminUrl, max: 4 });
      // Connections break when Postgres is killed; the pool opens new ones.
      pool.on('error', () => undefined);
      pool.on('connect', (client) => client.on('error', () => undefined));
      try {
        const startedMs = Date.now();
        const stalls = monitorEventLoopDelay();
        stalls.enable();
        await openLoad(running).heartbeats();
        const source = openSource(running, options.seed, options.incidentsPerSecond);
        const phones = openPhones({
          carrierUrl: running.application.carrierUrl,
          pool,
          seed: options.seed,
          timeoutsMs: chaosPolicy.escalation.map(({ timeoutMs }) => timeoutMs),
          eventOf: (incidentId) => source.accepted.get(incidentId),
        });
        const journal = followJournal(dataDir, phones.onRecord);
        const overdue = watchOverdue(running.application.baseUrl);
        await delay(calmMs);
        const killing = await killByPlan(
          running,
          planKills(options.seed, options.kills, options.gapMs),
          ({ part, fromMs, toMs }) =>
            say(
              `${new Date(fromMs).toISOString().slice(11, 23)} ${part} was killed and ready again after ${toMs - fromMs} ms`,
            ),
        );
        const progress = setInterval(
          () =>
            say(
              `${killing.kills()} of ${options.kills} kills, ${source.accepted.size} incidents (${source.pending()} not accepted yet), ${phones.pages.length} pages, ${phones.answered()} answers`,
            ),
          progressEveryMs,
        );
        await killing.done.finally(() => clearInterval(progress));
        await delay(calmMs);
        await source.stop();
        say('the last kill is over; waiting until everything is quiet');
        await waitUntilQuiet(running, pool);
        await phones.stop();
        await journal.stop();
        await overdue.stop();
        const facts: Facts = {
          promised: [...source.accepted.keys()],
          incidents: await readIncidents(running, pool),
          notifications: await readNotifications(pool),
          pages: phones.pages,
          answers: phones.answers,
          samples: overdue.samples,
          outages: killing.outages,
          outboxLeft: await countOutbox(pool),
          auditOk: await auditHolds(running),
          rungs: chaosPolicy.escalation.length,
          graceMs: chaosPolicy.evidence.graceMs,
        };
        bad = report(facts, {
          ...options,
          kills: killing.kills(),
          seconds: Math.round((Date.now() - startedMs) / 1_000),
          longestStallMs: Math.round(stalls.max / 1e6),
        });
        for (const line of await traceLate(running, lateCases(facts))) say(line);
        return bad ? 1 : 0;
      } finally {
        await pool.end();
      }
    },
  );
}

/** The first few escalations that were late, each from its due time until somebody was asked. */
function lateCases({ notifications, outages, incidents }: Facts) {
  const workflowIds = new Map(incidents.map(({ id, workflowId }) => [id, workflowId]));
  return notifications
    .flatMap(({ incidentId, kind, dueMs, intendedMs }) => {
      const workflowId = workflowIds.get(incidentId);
      if (kind !== 'alert' || dueMs === null || workflowId === undefined) return [];
      const lateMs = latenessMs(outages, dueMs, intendedMs, limits.chainMs);
      return lateMs > limits.escalationMs ? [{ workflowId, fromMs: dueMs - 1_000, toMs: intendedMs + 1_000 }] : [];
    })
    .slice(0, shownOfEach);
}

const say = (text: string) => process.stderr.write(`  ${text}\n`);

/** Prints what is wrong in words, then everything as one line of JSON; true when anything is wrong. */
function report(
  facts: Facts,
  run: { seed: number; kills: number; seconds: number; longestStallMs: number; incidentsPerSecond: number },
): boolean {
  const judgement = judge(facts);
  const counts: Record<string, number> = {};
  for (const [name, cases] of Object.entries(judgement) as [string, string[]][]) {
    counts[name] = cases.length;
    for (const one of cases.slice(0, shownOfEach)) say(`${name}: ${one}`);
    if (cases.length > shownOfEach) say(`${name}: and ${cases.length - shownOfEach} more`);
  }
  const lateness = facts.notifications.flatMap(({ kind, dueMs, intendedMs }) =>
    kind === 'alert' && dueMs !== null ? [latenessMs(facts.outages, dueMs, intendedMs, limits.chainMs)] : [],
  );
  const recoveries = facts.outages.map(({ fromMs, toMs }) => toMs - fromMs);
  const figures = {
    kills: run.kills,
    incidents: facts.incidents.length,
    seed: run.seed,
    seconds: run.seconds,
    // Of this process, which does little: a machine that does not let it run is not one to judge by.
    longestStallMs: run.longestStallMs,
    pages: facts.pages.length,
    answers: [...facts.answers.values()].reduce((sum, given) => sum + given.size, 0),
    escalations: lateness.length,
    escalationLatenessP99Ms: Math.round(percentile(lateness, 0.99)),
    recoveryP50Ms: Math.round(percentile(recoveries, 0.5)),
    recoveryMaxMs: Math.max(...recoveries),
  };
  process.stdout.write(`${JSON.stringify({ ...counts, ...figures })}\n`);
  return Object.values(counts).some((count) => count > 0);
}
