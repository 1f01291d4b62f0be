import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { addDays, dateOf, isDate } from '../../domain/roster/local-time.ts';
import { findAnomalies } from '../../domain/till/anomalies.ts';
import { createArticleLearner } from '../../domain/till/articles.ts';
import { concludeDay, examineLane, nothingSeen } from '../../domain/till/exceptions.ts';
import type { Finding } from '../../domain/till/lane.ts';
import { completeMeasures, type DayMeasure, type Measures, measureLane } from '../../domain/till/measures.ts';
import {
  found,
  isoOrNull,
  readOnly,
  type ServiceContext,
  sha256Hex,
  type WriteTransaction,
  write,
} from '../context.ts';
import { zoneRules } from '../roster/zone-rules.ts';
import { type DaySpan, knownToMs, readLaneDay, readResumed } from './lane-day.ts';
import { settingsOf } from './till-rules.ts';

/** How many days before are asked what is usual. */
const baselineDays = 28;

export interface PosAnalysis {
  storeId: string;
  day: string;
  run: number;
  state: 'running' | 'done' | 'failed';
  rulesVersion: number;
  startedAt: string;
  finishedAt: string | null;
  counts: { terminals?: number; transactions?: number; lines?: number; findings?: number; withdrawn?: number };
  failure: string | null;
}

interface Begun {
  run: number;
  span: DaySpan;
  rulesVersion: number;
}

/**
 * Looks through a recorded day of a store, till by till. Doing it again gives the same findings under the same ids; what a
 * late line explains is withdrawn, and what somebody dismissed stays dismissed.
 */
export async function analyseDay(ctx: ServiceContext, input: { storeId: string; day: string }): Promise<PosAnalysis> {
  requirePermission(ctx.actor, 'till.review', input.storeId);
  if (!isDate(input.day)) throw invalidField('day', 'must be a date such as 2026-03-01');
  const begun = await begin(ctx, input);
  try {
    const { findings, today, lines } = await examine(ctx, input.storeId, begun.span);
    return await finish(ctx, input.storeId, begun, { findings, today, lines });
  } catch (error) {
    const failure = error instanceof DomainError ? error.code : 'INTERNAL';
    // The first failure is the one to tell; a database that is away cannot note it either.
    await noteFailure(ctx, input.storeId, begun, failure).catch(() => undefined);
    throw error;
  }
}

function begin(ctx: ServiceContext, { storeId, day }: { storeId: string; day: string }): Promise<Begun> {
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const [row] = await tx.query<{ time_zone: string }>(
      'select time_zone from stores where tenant_id = $1 and id = $2',
      [tenantId, storeId],
    );
    const { time_zone: zone } = found(row, `The store ${storeId}`);
    if (day > dateOf(zoneRules.toLocal(tx.at, zone)))
      throw invalidField('day', `has not begun yet in ${storeId}, whose clock is that of ${zone}`);
    const { version } = await settingsOf(tx, tenantId, storeId);
    const [analysis] = await tx.query<{ run: number }>(
      `insert into pos_analyses (tenant_id, store_id, day, run, state, rules_version, started_at) values ($1, $2, $3, 1, 'running', $4, $5)
       on conflict (tenant_id, store_id, day) do update set run = pos_analyses.run + 1, state = 'running', rules_version = excluded.rules_version,
         started_at = excluded.started_at, finished_at = null, failure = null
       returning run`,
      [tenantId, storeId, day, version, tx.at],
    );
    const fromAt = zoneRules.toInstant(`${day}T00:00`, zone);
    const toAt = zoneRules.toInstant(`${addDays(day, 1)}T00:00`, zone);
    return { run: analysis!.run, rulesVersion: version, span: { day, fromAt, toAt } };
  });
}

/** Two passes, each a till at a time, so that memory holds one till's day: what articles look like and cost, then the rules. */
async function examine(ctx: ServiceContext, storeId: string, span: DaySpan) {
  const { tenantId } = ctx.actor;
  const { terminals, resumed, rules, history } = await readOnly(ctx, async (tx) => ({
    terminals: await tx.query<{ id: string }>(
      'select id from terminals where tenant_id = $1 and store_id = $2 order by id',
      [tenantId, storeId],
    ),
    resumed: await readResumed(tx, { tenantId, storeId }, span),
    rules: (await settingsOf(tx, tenantId, storeId)).rules,
    history: await readHistory(tx, tenantId, storeId, span.day),
  }));
  const laneOf = (terminalId: string) =>
    readOnly(ctx, (tx) => readLaneDay(tx, { tenantId, storeId, terminalId }, span, resumed));
  const learner = createArticleLearner();
  for (const { id } of terminals) learner.observe(await laneOf(id));
  const articles = learner.finish();
  const seen = nothingSeen();
  const today: DayMeasure[] = [];
  let lines = 0;
  for (const { id: terminalId } of terminals) {
    const lane = await laneOf(terminalId);
    const known = { day: span.day, terminalId, knownToMs: knownToMs(span, ctx.now()), articles };
    examineLane({ ...known, baskets: lane.baskets, crossings: lane.crossings }, rules, seen);
    today.push(...measureLane({ day: span.day, terminalId, baskets: lane.baskets }, articles.cheapUnitMinor));
    lines += lane.lines;
  }
  const named = concludeDay(seen, today, history, rules);
  return { findings: [...named, ...findAnomalies(today, history, span.fromAt)], today, lines };
}

async function readHistory(
  tx: Pick<WriteTransaction, 'query'>,
  tenantId: string,
  storeId: string,
  day: string,
): Promise<DayMeasure[]> {
  const rows = await tx.query<{ day: string; terminal_id: string; operator: string; measures: Partial<Measures> }>(
    `select day::text as day, terminal_id, operator, measures from pos_day_measures
     where tenant_id = $1 and store_id = $2 and day >= $3 and day < $4 order by day, terminal_id, operator`,
    [tenantId, storeId, addDays(day, -baselineDays), day],
  );
  return rows.map((row) => ({
    ...{ day: row.day, terminalId: row.terminal_id, operator: row.operator === '' ? null : row.operator },
    measures: completeMeasures(row.measures),
  }));
}

function finish(
  ctx: ServiceContext,
  storeId: string,
  { run, span }: Begun,
  { findings, today, lines }: { findings: Finding[]; today: DayMeasure[]; lines: number },
): Promise<PosAnalysis> {
  const { tenantId } = ctx.actor;
  const { day } = span;
  return write(ctx, async (tx) => {
    await requireNewestRun(tx, tenantId, storeId, day, run);
    const withdrawn = await replaceFindings(tx, tenantId, storeId, day, findings);
    await replaceMeasures(tx, tenantId, storeId, day, today);
    const counts = {
      terminals: new Set(today.map(({ terminalId }) => terminalId)).size,
      transactions: today.reduce((sum, { measures }) => sum + measures.transactions, 0),
      ...{ lines, findings: findings.length, withdrawn },
    };
    const [row] = await tx.query<AnalysisRow>(
      `update pos_analyses set state = 'done', finished_at = $4, counts = $5 where tenant_id = $1 and store_id = $2 and day = $3 returning ${analysisColumns}`,
      [tenantId, storeId, day, tx.at, JSON.stringify(counts)],
    );
    tx.audit({ action: 'till.analysed', subject: `store:${storeId}`, details: { day, run, ...counts } });
    return analysisOf(row!);
  });
}

/** Somebody who began later has read what is newer; an older run must not write over it. */
async function requireNewestRun(tx: WriteTransaction, tenantId: string, storeId: string, day: string, run: number) {
  const [row] = await tx.query<{ run: number }>(
    'select run from pos_analyses where tenant_id = $1 and store_id = $2 and day = $3 for update',
    [tenantId, storeId, day],
  );
  if (row?.run !== run)
    throw new DomainError(
      'CONFLICT',
      `${day} of ${storeId} is being looked at by a later request; its result will count.`,
    );
}

const findingId = (tenantId: string, storeId: string, day: string, finding: Finding): string => {
  const about = finding.transactionId ?? `whole day of ${finding.operator ?? ''}`;
  return `exc_${sha256Hex(JSON.stringify([tenantId, storeId, day, finding.ruleId, finding.terminalId, about])).slice(0, 20)}`;
};

async function replaceFindings(
  tx: WriteTransaction,
  tenantId: string,
  storeId: string,
  day: string,
  findings: readonly Finding[],
): Promise<number> {
  const rows = findings.map((finding) => ({
    ...finding,
    ...{ id: findingId(tenantId, storeId, day, finding), shadow: finding.ruleId === 'anomaly' },
  }));
  await tx.query(
    `insert into pos_exceptions (tenant_id, store_id, id, rule_id, day, terminal_id, operator, transaction_id, at, amount_minor, score, params, reasons, lines, shadow, first_found_at)
     select $1, $2, f.id, f."ruleId", $3, f."terminalId", f.operator, f."transactionId", f.at, f."amountMinor", f.score, f.params, f.reasons,
       array(select jsonb_array_elements_text(f.lines)), f.shadow, $5
     from jsonb_to_recordset($4::jsonb) as f (id text, "ruleId" text, "terminalId" text, operator text, "transactionId" text, at timestamptz, "amountMinor" bigint,
       score double precision, params jsonb, reasons jsonb, lines jsonb, shadow boolean)
     on conflict (tenant_id, id) do update set operator = excluded.operator, at = excluded.at, amount_minor = excluded.amount_minor, score = excluded.score,
       params = excluded.params, reasons = excluded.reasons, lines = excluded.lines, withdrawn_at = null`,
    [tenantId, storeId, day, JSON.stringify(rows), tx.at],
  );
  const withdrawn = await tx.query(
    `update pos_exceptions set withdrawn_at = $5 where tenant_id = $1 and store_id = $2 and day = $3 and withdrawn_at is null and not (id = any ($4)) returning id`,
    [tenantId, storeId, day, rows.map(({ id }) => id), tx.at],
  );
  return withdrawn.length;
}

async function replaceMeasures(
  tx: WriteTransaction,
  tenantId: string,
  storeId: string,
  day: string,
  today: readonly DayMeasure[],
): Promise<void> {
  await tx.query('delete from pos_day_measures where tenant_id = $1 and store_id = $2 and day = $3', [
    tenantId,
    storeId,
    day,
  ]);
  const rows = today.map(({ terminalId, operator, measures }) => ({ terminalId, operator: operator ?? '', measures }));
  await tx.query(
    `insert into pos_day_measures (tenant_id, store_id, day, terminal_id, operator, measures)
     select $1, $2, $3, m."terminalId", m.operator, m.measures from jsonb_to_recordset($4::jsonb) as m ("terminalId" text, operator text, measures jsonb)`,
    [tenantId, storeId, day, JSON.stringify(rows)],
  );
}

function noteFailure(ctx: ServiceContext, storeId: string, { run, span }: Begun, failure: string): Promise<void> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    await tx.query(
      "update pos_analyses set state = 'failed', finished_at = $5, failure = $6 where tenant_id = $1 and store_id = $2 and day = $3 and run = $4",
      [ctx.actor.tenantId, storeId, span.day, run, tx.at, failure],
    );
  });
}

interface AnalysisRow {
  [column: string]: unknown;
  store_id: string;
  day: string;
  run: number;
  state: PosAnalysis['state'];
  rules_version: number;
  started_at: Date;
  finished_at: Date | null;
  counts: PosAnalysis['counts'];
  failure: string | null;
}

const analysisColumns =
  'store_id, day::text as day, run, state, rules_version, started_at, finished_at, counts, failure';

const analysisOf = (row: AnalysisRow): PosAnalysis => ({
  ...{ storeId: row.store_id, day: row.day, run: row.run, state: row.state, rulesVersion: row.rules_version },
  ...{ startedAt: row.started_at.toISOString(), finishedAt: isoOrNull(row.finished_at) },
  ...{ counts: row.counts, failure: row.failure },
});

/** The days that were looked at, newest first. */
export function listAnalyses(ctx: ServiceContext, filter: { storeId?: string; limit: number }): Promise<PosAnalysis[]> {
  requirePermission(ctx.actor, 'till.review', filter.storeId);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<AnalysisRow>(
      `select ${analysisColumns} from pos_analyses where tenant_id = $1 and ($2::text is null or store_id = $2) order by day desc, store_id limit $3`,
      [ctx.actor.tenantId, filter.storeId ?? null, filter.limit],
    );
    return rows.map(analysisOf);
  });
}
