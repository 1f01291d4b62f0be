import { alwaysPasses } from '../../domain/attention.ts';
import { unlimitedPerShift } from '../../domain/policy.ts';
import { type Candidate, chooseRecipient, type Routing } from '../../domain/routing.ts';
import type { Channel, Locale, NotificationKind, Role } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';
import type { IncidentFacts } from '../incident/facts.ts';

/** Somebody who is going to be reached, and everything that the message needs to know of them. */
export interface Recipient {
  personId: string;
  locale: Locale;
  channel: Channel;
  phone: string | null;
  email: string | null;
  /** Null: the step has no shift, as in a correction. */
  shiftEndsAt: string | null;
}

interface PersonRow {
  [column: string]: unknown;
  id: string;
  locale: Locale;
  channels: Channel[];
  phone_e164: string | null;
  email: string | null;
  sms_opted_out_at: Date | null;
}

interface CandidateRow extends PersonRow {
  unreachable: boolean;
  distance: number;
  starts_at: Date;
  ends_at: Date;
  quiet_from: string | null;
  quiet_to: string | null;
  local_time: string;
  alerts_this_shift: number;
  alerts_in_budget: number;
  asked: boolean;
}

export interface StepNeed {
  kind: NotificationKind;
  step: number;
  round: number;
  excludePersonId: string | null;
}

/** Whoever was disturbed this often in one shift is as tired as anybody: no more is counted to compare them. */
const comparedPerShift = 200;

/** Whom the step reaches now, by the roster, the person's own channels and the policy's budgets. */
export async function findRecipient(
  tx: WriteTransaction,
  incident: IncidentFacts,
  need: StepNeed,
): Promise<Routing & { recipient?: Recipient }> {
  const { policy, severity } = incident;
  const rung = need.kind === 'notice' ? { attempt: 0 } : policy.escalation[need.step];
  const roles = await rolesOf(tx, incident, need);
  if (!rung || roles.length === 0) return { kind: 'nobody' };
  const help = need.kind === 'help' || need.kind === 'help_call';
  const budget = policy.noise.budgets[severity];
  const rows = await tx.query<CandidateRow>(budget ? onShiftWithBudgetSql : onShiftSql, [
    ...[incident.tenantId, incident.storeId, roles, tx.at, need.excludePersonId, incident.incidentId],
    Math.max(policy.noise.perShift < unlimitedPerShift ? policy.noise.perShift : 0, comparedPerShift),
    ...(budget ? [severity, budget.windowMs] : []),
  ]);
  // A hand-over is for somebody else: the one whose shift has ended is not on this list any more.
  const candidates = rows.map((row) => toCandidate(row, need.kind));
  const routing = chooseRecipient(policy.noise, candidates, {
    severity,
    urgent: help || alwaysPasses({ behaviour: incident.behaviour, severity }),
    attempt: rung.attempt ?? 0,
    localTime: rows[0]?.local_time ?? '00:00',
  });
  if (routing.kind !== 'reach') return routing;
  const row = rows.find(({ id }) => id === routing.candidate.personId)!;
  return {
    ...routing,
    recipient: { ...addressOf(row), channel: routing.channel, shiftEndsAt: row.ends_at.toISOString() },
  };
}

async function rolesOf(tx: WriteTransaction, incident: IncidentFacts, { kind, step }: StepNeed): Promise<Role[]> {
  if (kind !== 'notice') return incident.policy.escalation.slice(step, step + 1).map(({ role }) => role);
  const [row] = await tx.query<{ approvers: Role[] }>(
    'select approvers from runbook_steps where tenant_id = $1 and incident_id = $2 and position = $3',
    [incident.tenantId, incident.incidentId, step],
  );
  return row?.approvers ?? [];
}

/** Somebody by name, who is told whatever the hour: a correction is owed to them. */
export async function findPerson(tx: WriteTransaction, tenantId: string, personId: string): Promise<Recipient | null> {
  const [row] = await tx.query<PersonRow>(
    'select id, locale, channels, phone_e164, email, sms_opted_out_at from people where tenant_id = $1 and id = $2 and deactivated_at is null',
    [tenantId, personId],
  );
  if (!row) return null;
  // Written words first: a correction is to be kept and shown.
  const usable = usableChannels(row, ['sms', 'email', 'voice']);
  const channel = usable[0];
  return channel === undefined ? null : { ...addressOf(row), channel, shiftEndsAt: null };
}

/** The same person again, for a message that was written down before. */
export async function readAddress(
  tx: WriteTransaction,
  tenantId: string,
  personId: string,
): Promise<{ phone: string | null; email: string | null }> {
  const [row] = await tx.query<{ phone_e164: string | null; email: string | null }>(
    'select phone_e164, email from people where tenant_id = $1 and id = $2',
    [tenantId, personId],
  );
  return { phone: row?.phone_e164 ?? null, email: row?.email ?? null };
}

const addressOf = (row: PersonRow) => ({
  personId: row.id,
  locale: row.locale,
  phone: row.phone_e164,
  email: row.email,
});

function usableChannels(row: PersonRow, order: readonly Channel[]): Channel[] {
  const works: Record<Channel, boolean> = {
    sms: row.phone_e164 !== null && row.sms_opted_out_at === null,
    voice: row.phone_e164 !== null,
    email: row.email !== null,
  };
  return order.filter((channel) => works[channel]);
}

function toCandidate(row: CandidateRow, kind: NotificationKind): Candidate {
  // A call for help goes out as text and call at once, whatever somebody prefers.
  const order: readonly Channel[] =
    kind === 'help' || kind === 'notice' ? ['sms', 'email'] : kind === 'help_call' ? ['voice'] : row.channels;
  return {
    personId: row.id,
    locale: row.locale,
    channels: usableChannels(row, order),
    unreachable: row.unreachable,
    distance: row.distance,
    shiftStartsAt: row.starts_at.toISOString(),
    shiftEndsAt: row.ends_at.toISOString(),
    quiet:
      row.quiet_from === null || row.quiet_to === null
        ? null
        : { from: row.quiet_from.slice(0, 5), to: row.quiet_to.slice(0, 5) },
    alertsThisShift: row.alerts_this_shift,
    alertsInBudget: row.alerts_in_budget,
    asked: row.asked,
  };
}

/**
 * On shift: at this store, in its region, or for the whole tenant. Shifts of one person that follow one another count as
 * one, so that nobody hands over to themselves.
 */
const onShift = (alertsInBudget: string) => `
  select distinct on (p.id) p.id, p.locale, p.channels, p.phone_e164, p.email, p.sms_opted_out_at, s.starts_at,
    coalesce((select bool_and(l.state in ('undelivered', 'failed')) and count(*) = 2 from (select n.state from notifications n where n.tenant_id = p.tenant_id and n.person_id = p.id
      and n.intended_at > $4::timestamptz - interval '1 hour' and n.state in ('delivered', 'undelivered', 'failed') order by n.intended_at desc limit 2) l), false) as unreachable,
    case when s.store_id is not null then 0 when s.region_id is not null then 1 else 2 end as distance,
    greatest(s.ends_at, (select max(f.ends_at) from shifts f where f.tenant_id = s.tenant_id and f.person_id = s.person_id and f.starts_at <= s.ends_at and f.ends_at > s.ends_at
      and (f.store_id = st.id or (f.store_id is null and (f.region_id is null or f.region_id = st.region_id))))) as ends_at,
    p.quiet_from::text, p.quiet_to::text, to_char($4::timestamptz at time zone st.time_zone, 'HH24:MI') as local_time,
    (select count(*)::int from (select from notifications n where n.tenant_id = p.tenant_id and n.person_id = p.id and n.kind = 'alert' and n.state <> 'withheld'
       and n.intended_at >= s.starts_at and n.incident_id <> $6 order by n.intended_at desc limit $7) counted) as alerts_this_shift,
    ${alertsInBudget} as alerts_in_budget,
    exists (select from notifications n where n.tenant_id = p.tenant_id and n.incident_id = $6 and n.person_id = p.id and n.state <> 'withheld') as asked
  from stores st
  join shifts s on s.tenant_id = st.tenant_id and (s.store_id = st.id or (s.store_id is null and (s.region_id is null or s.region_id = st.region_id)))
  join people p on p.tenant_id = s.tenant_id and p.id = s.person_id
  where st.tenant_id = $1 and st.id = $2 and p.role = any ($3) and s.starts_at <= $4 and s.ends_at > $4 and p.deactivated_at is null and p.id is distinct from $5
  order by p.id, s.store_id nulls last, s.region_id nulls last, s.starts_at desc`;

const onShiftSql = onShift('0');
const onShiftWithBudgetSql =
  onShift(`(select count(*)::int from notifications n join incidents i on i.tenant_id = n.tenant_id and i.id = n.incident_id
     where n.tenant_id = p.tenant_id and n.person_id = p.id and n.kind = 'alert' and n.state <> 'withheld' and n.incident_id <> $6
       and n.intended_at > $4::timestamptz - make_interval(secs => $9::bigint / 1000.0) and i.severity = $8)`);
