import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { openLoad } from '../bench/lib/load.ts';
import { withInstallation } from '../bench/lib/machine.ts';
import type { Policy } from '../domain/policy.ts';
import type { ProcessName } from '../stack/application.ts';
import { demoEstate, type Estate, oneClock } from '../stack/estate.ts';
import type { Installation } from '../stack/installation.ts';
import type { Running } from '../stack/start.ts';
import { chaosEnvironment, chaosPolicy } from './lib/estate.ts';
import { type EvidenceJudgement, judgeEvidence } from './lib/evidence-facts.ts';
import { openEvidenceLoad, sweepNow } from './lib/evidence-load.ts';
import { auditHolds } from './lib/facts.ts';
import { killByPlan } from './lib/parts.ts';
import { evidenceParts, planKills } from './lib/plan.ts';
import type { ChaosOptions } from './people.ts';

const processes: ProcessName[] = [
  'carrier',
  'worker',
  'second-worker',
  'watchdog',
  'records',
  'media',
  'api',
  'till',
  'camera',
];
/** One camera and one media worker: a clip every two seconds keeps both busy. */
const incidentsPerSecond = 0.5;
const calmMs = 5_000;
const settledWithinMs = 240_000;
const shownOfEach = 8;
const day = 24 * 3_600_000;

/** What is not confirmed is due for deletion within seconds, so that sweeps delete while parts die. */
const policy: Policy = {
  ...chaosPolicy,
  evidence: { ...chaosPolicy.evidence, giveUpAfterMs: 60_000 },
  redaction: { ...chaosPolicy.redaction, rule: 'optional' },
  retentionMs: { ...chaosPolicy.retentionMs, false_positive: 20_000, paid: 20_000, unreviewed: 20_000, confirmed: day },
};

const estate = (keys: Installation['keys']): Estate => oneClock(demoEstate(keys, policy));

/** Kills what evidence goes through at random moments, and counts what must not have happened. Resolves with the exit code. */
export async function runEvidenceChaos(options: ChaosOptions): Promise<number> {
  let bad = false;
  return withInstallation({ only: processes, estate, env: chaosEnvironment, keeps: () => bad }, async (running) => {
    const pool = new pg.Pool({ connectionString: running.application.databaseAdminUrl, max: 4 });
    // Connections break when Postgres is killed; the pool opens new ones.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    try {
      const startedMs = Date.now();
      await openLoad(running).heartbeats();
      const load = openEvidenceLoad(running, pool, options.seed, incidentsPerSecond);
      await delay(calmMs);
      const plan = planKills(options.seed, options.kills, options.gapMs, evidenceParts);
      const killing = await killByPlan(running, plan, ({ part, fromMs, toMs }) =>
        say(
          `${new Date(fromMs).toISOString().slice(11, 23)} ${part} was killed and ready again after ${toMs - fromMs} ms`,
        ),
      );
      await killing.done;
      await delay(calmMs);
      say('the last kill is over; waiting for what is being asked for');
      await load.stop();
      say('waiting until everything has settled');
      // The lane goes on playing and misses an item now and then; what comes from here on is not waited for.
      const beforeAt = new Date();
      await settle(running, pool, beforeAt);
      const { judgement, figures } = await judgeEvidence(running, pool, {
        auditOk: await auditHolds(running),
        beforeAt,
      });
      const seconds = Math.round((Date.now() - startedMs) / 1_000);
      bad = report(judgement, { kills: killing.kills(), seed: options.seed, seconds, ...load.counts, ...figures });
      return bad ? 1 : 0;
    } finally {
      await pool.end();
    }
  });
}

/** Until nothing is asked for any more, and one sweep more, for what the last ones left because somebody died. */
async function settle(running: Running, pool: pg.Pool, beforeAt: Date): Promise<void> {
  const untilMs = Date.now() + settledWithinMs;
  for (let quiet = 0; quiet < 2 && Date.now() < untilMs; ) {
    const { rows } = await pool.query<{ left: number }>(
      `select ((select count(*) from incidents where received_at < $1 and (state <> 'closed' or evidence_state = 'requested'))
         + (select count(*) from packets where state = 'requested') + (select count(*) from redactions where state = 'requested')
         + (select count(*) from deletions where state = 'intended')
         + (select count(*) from workflow_histories h join incidents i on i.tenant_id = h.tenant_id and i.id = h.incident_id
            where h.state = 'due' and h.attempts > 0 and i.purged_at is not null))::int as left`,
      [beforeAt],
    );
    const { left } = rows[0]!;
    say(`${left} still under way`);
    quiet = left === 0 ? quiet + 1 : 0;
    // A deletion that somebody died over is finished by a later sweep; so is one that waits for a lock to end.
    await sweepNow(running);
    await delay(calmMs);
  }
}

const say = (text: string) => process.stderr.write(`  ${text}\n`);

/** Prints what is wrong in words, then everything as one line of JSON; true when anything is wrong. */
function report(judgement: EvidenceJudgement, figures: Record<string, number>): boolean {
  const counts: Record<string, number> = {};
  for (const [name, cases] of Object.entries(judgement) as [string, string[]][]) {
    counts[name] = cases.length;
    for (const one of cases.slice(0, shownOfEach)) say(`${name}: ${one}`);
    if (cases.length > shownOfEach) say(`${name}: and ${cases.length - shownOfEach} more`);
  }
  process.stdout.write(`${JSON.stringify({ ...counts, ...figures })}\n`);
  return Object.values(counts).some((count) => count > 0);
}
