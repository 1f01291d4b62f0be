import type { Queryable } from '../../adapters/postgres/database.ts';
import type { MessageFacts } from '../../domain/messages/compose.ts';
import type { Ending } from '../../domain/messages/replies.ts';
import type { Verdict } from '../../domain/types.ts';
import { actorNames } from '../access/names.ts';
import { iso, isoOrNull, readOnly, type ServiceContext, write } from '../context.ts';

/** An incident that somebody was told of, as far as an answer to them needs it. */
export interface AnswerableIncident {
  incidentId: string;
  storeId: string;
  /** Above one after a reopening. */
  run: number;
  place: MessageFacts;
  closed: boolean;
  /** How it ended, or stands. */
  ending: Ending;
}

/** How long a closed incident is still explained to somebody who answers late. */
const explainedForDays = 30;

interface AnswerableRow {
  [column: string]: unknown;
  id: string;
  store_id: string;
  code: string;
  label: string;
  store_name: string;
  time_zone: string;
  drill: boolean;
  runs: number;
  state: string;
  pos_verdict: string;
  verdict: Verdict | null;
  decided_by: string | null;
  closed_at: Date | null;
  corrected_at: Date | null;
  corrected_by: string | null;
}

/** In a storm hundreds are open at once. */
const answerableAtOnce = 200;

const answerable = `select i.id, i.store_id, i.code, coalesce(z.label, c.name) as label, s.name as store_name, s.time_zone, i.drill, i.runs,
    i.state, i.pos_verdict, i.verdict, i.decided_by, i.closed_at, i.corrected_at,
    (select e.actor from incident_events e where e.tenant_id = i.tenant_id and e.incident_id = i.id and e.kind = 'correction_recorded' order by e.id desc limit 1) as corrected_by
  from incidents i
  join stores s on s.tenant_id = i.tenant_id and s.id = i.store_id
  join cameras c on c.tenant_id = i.tenant_id and c.store_id = i.store_id and c.id = i.camera_id
  left join zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id`;

/**
 * Incidents that this person had been told of when they wrote, the newest first: those that are open, those of the code
 * that they named, and the last one, however it ended; without `others` only those of the code. One that was withheld
 * from them is none, and neither is one that they heard of only later: an old answer must not decide it.
 */
export function findAnswerable(
  ctx: ServiceContext,
  { personId, writtenAt, code, others }: { personId: string; writtenAt: string; code: string | null; others: boolean },
): Promise<AnswerableIncident[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<AnswerableRow>(
      // First who was told, once, and only then each incident: a planner without figures does the first anew for each row.
      // Somebody may have been told of thousands, of which hardly any is open; whoever names one spares us reading them.
      `with coded as materialized (
         select id from incidents where tenant_id = $1 and code = $7
       ), told as materialized (
         select incident_id, max(intended_at) as told_at from (
           select * from notifications where tenant_id = $1 and person_id = $2 and $8
           union all
           select n.* from coded join notifications n on n.tenant_id = $1 and n.incident_id = coded.id and n.person_id = $2 where not $8
         ) messages
         where kind in ('alert', 'help', 'help_call') and state not in ('withheld', 'nobody_on_shift')
           and intended_at > $3::timestamptz - make_interval(days => $4) and intended_at <= $5
         group by incident_id
       ), wanted as (
         -- "Or" keeps each list from being read anew for every row.
         select * from told
         where incident_id in (select id from coded) or told_at = (select max(told_at) from told)
           or incident_id in (select id from incidents where tenant_id = $1 and state <> 'closed')
         order by told_at desc limit $6)
       select found.* from wanted
       cross join lateral (${answerable} where i.tenant_id = $1 and i.id = wanted.incident_id offset 0) found
       order by wanted.told_at desc`,
      [ctx.actor.tenantId, personId, ctx.now(), explainedForDays, writtenAt, answerableAtOnce, code, others],
    );
    return describe(tx, ctx, rows);
  });
}

/** One incident as it stands now, for whoever answers in a call. */
export function readAnswerable(ctx: ServiceContext, incidentId: string): Promise<AnswerableIncident | undefined> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<AnswerableRow>(`${answerable} where i.tenant_id = $1 and i.id = $2`, [
      ctx.actor.tenantId,
      incidentId,
    ]);
    return (await describe(tx, ctx, rows))[0];
  });
}

async function describe(tx: Queryable, ctx: ServiceContext, rows: AnswerableRow[]): Promise<AnswerableIncident[]> {
  if (rows.length === 0) return [];
  const nameOf = await actorNames(tx, ctx.actor.tenantId);
  return rows.map((row) => ({
    incidentId: row.id,
    storeId: row.store_id,
    run: row.runs,
    place: { laneLabel: row.label, storeName: row.store_name, code: row.code, drill: row.drill },
    closed: row.state === 'closed',
    ending: endingOf(row, nameOf, ctx.now()),
  }));
}

function endingOf(row: AnswerableRow, nameOf: (actorId: string) => string, now: string): Ending {
  // Corrected in the moment of its end: the receipt came while people were being told.
  const corrected = row.corrected_at !== null && row.closed_at !== null && iso(row.corrected_at) > iso(row.closed_at);
  const by = corrected ? row.corrected_by : row.decided_by;
  return {
    verdict: row.verdict,
    corrected,
    at: isoOrNull(corrected ? row.corrected_at : row.closed_at),
    by: by === null ? null : by.startsWith('system:') ? 'till' : { name: nameOf(by) },
    timeZone: row.time_zone,
    now,
  };
}

/** That somebody answered, and what became of it; the words themselves are not kept. */
export function recordReply(
  ctx: ServiceContext,
  input: { incidentId: string | null; messageSid: string; outcome: string },
): Promise<void> {
  return write(ctx, async (tx) => {
    tx.audit({
      action: 'reply.received',
      subject: input.incidentId === null ? `person:${ctx.actor.id}` : `incident:${input.incidentId}`,
      details: { messageSid: input.messageSid, outcome: input.outcome },
    });
  });
}
