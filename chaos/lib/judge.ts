import { latenessMs, type Outage } from './outages.ts';

/** What Postgres says when everything is quiet. */
export interface IncidentFact {
  id: string;
  workflowId: string;
  state: string;
  verdict: string | null;
  acceptedMs: number;
  closedMs: number | null;
  hasWorkflow: boolean;
  workflowRuns: boolean;
  closings: number;
}

export interface NotificationFact {
  id: string;
  incidentId: string;
  kind: string;
  step: number;
  round: number;
  personId: string | null;
  state: string;
  intendedMs: number;
  dueMs: number | null;
}

/** What the carrier's own journal says: the independent witness. */
export interface Page {
  sid: string;
  notificationId: string;
  acceptedMs: number;
}

export interface Sample {
  atMs: number;
  overdue: number;
}

export interface Facts {
  /** Incidents of detections that were answered 202. */
  promised: readonly string[];
  incidents: readonly IncidentFact[];
  notifications: readonly NotificationFact[];
  pages: readonly Page[];
  /** What people answered, by incident. */
  answers: ReadonlyMap<string, ReadonlySet<string>>;
  samples: readonly Sample[];
  outages: readonly Outage[];
  outboxLeft: number;
  auditOk: boolean;
  /** How many rungs the chain has, and how long the proof may hold an escalation up. */
  rungs: number;
  graceMs: number;
}

export interface Judgement {
  lost: string[];
  doubled: string[];
  afterAnswer: string[];
  lateFirstText: string[];
  lateEscalations: string[];
  overdueUnseen: string[];
  unfinished: string[];
  wrongVerdicts: string[];
  auditBroken: string[];
}

export const limits = {
  firstTextMs: 10_000,
  escalationMs: 2_000,
  /** Healthy time that several kills in a row may cost one incident, all together. */
  chainMs: 20_000,
  /** A POST that left before the verdict may reach the carrier until its time-out. */
  underWayMs: 3_000,
  /** The metric shows what is later than this; it is asked every second. */
  overdueMetricMs: 2_000,
  sampleMs: 1_500,
} as const;

/** Everything that must not be so, by name; each entry says which incident and why. */
export function judge(facts: Facts): Judgement {
  const { outages } = facts;
  const incidents = new Map(facts.incidents.map((incident) => [incident.id, incident]));
  const notifications = new Map(facts.notifications.map((notification) => [notification.id, notification]));
  const isPage = ({ kind }: NotificationFact) => kind !== 'correction';
  const pages = facts.pages.flatMap((page) => {
    const notification = notifications.get(page.notificationId);
    const incident = notification && incidents.get(notification.incidentId);
    return notification && incident && isPage(notification) ? [{ ...page, notification, incident }] : [];
  });
  const firstPageMs = new Map<string, number>();
  for (const { incident, acceptedMs } of pages)
    firstPageMs.set(incident.id, Math.min(firstPageMs.get(incident.id) ?? Number.POSITIVE_INFINITY, acceptedMs));
  const escalations = facts.notifications.flatMap((notification) => {
    const { id, incidentId, kind, step, dueMs, intendedMs } = notification;
    if (kind !== 'alert' || dueMs === null) return [];
    const lateMs = latenessMs(outages, dueMs, intendedMs, limits.chainMs);
    return [{ id, incidentId, step, dueMs, intendedMs, lateMs }];
  });
  const afterKill = (atMs: number) => {
    const last = outages.filter(({ fromMs }) => fromMs < atMs).sort((a, b) => b.fromMs - a.fromMs)[0];
    return last ? `, ${Math.round((atMs - last.fromMs) / 100) / 10} s after the kill of ${last.part}` : '';
  };
  const strangers = facts.pages.filter(({ notificationId }) => !notifications.has(notificationId));
  return {
    lost: facts.promised.flatMap((id) => {
      const incident = incidents.get(id);
      if (!incident) return [`${id}: 202 and no incident`];
      return incident.hasWorkflow ? [] : [`${id}: 202 and no workflow`];
    }),
    doubled: [
      ...repeated(facts.pages.map(({ notificationId }) => notificationId)),
      ...repeated(
        pages.map(({ notification: { incidentId, kind, step, round, personId } }) =>
          [incidentId, kind, step, round, personId].join(' '),
        ),
      ),
      ...strangers.map(({ sid }) => `${sid}: at the carrier and not in our books`),
    ],
    afterAnswer: pages.flatMap(({ incident, notification, acceptedMs }) => {
      const afterMs = incident.closedMs === null ? 0 : acceptedMs - incident.closedMs;
      return afterMs > limits.underWayMs ? [`${incident.id} step ${notification.step}: ${afterMs} ms after`] : [];
    }),
    lateFirstText: facts.incidents.flatMap(({ id, acceptedMs }) => {
      const firstMs = firstPageMs.get(id);
      if (firstMs === undefined) return [`${id}: nobody was ever reached`];
      const lateMs = latenessMs(outages, acceptedMs, firstMs, limits.chainMs);
      return lateMs > limits.firstTextMs ? [`${id}: ${Math.round(lateMs)} ms${afterKill(firstMs)}`] : [];
    }),
    lateEscalations: [
      ...escalations.flatMap(({ incidentId, step, lateMs, intendedMs }) =>
        lateMs > limits.escalationMs
          ? [`${incidentId} step ${step}: ${Math.round(lateMs)} ms${afterKill(intendedMs)}`]
          : [],
      ),
      ...missingRungs(facts),
    ],
    overdueUnseen: escalations.flatMap(({ incidentId, step, dueMs, intendedMs, lateMs }) => {
      if (lateMs <= limits.escalationMs) return [];
      const fromMs = dueMs + facts.graceMs + limits.overdueMetricMs;
      const seen = facts.samples.filter(({ atMs }) => atMs > fromMs && atMs < intendedMs);
      if (seen.length === 0 && intendedMs - fromMs < limits.sampleMs) return [];
      return seen.some(({ overdue }) => overdue > 0) ? [] : [`${incidentId} step ${step}`];
    }),
    unfinished: [
      ...facts.incidents.flatMap(({ id, state, workflowRuns }) =>
        state === 'closed' && !workflowRuns ? [] : [`${id}: ${state}${workflowRuns ? ', its workflow runs' : ''}`],
      ),
      ...facts.notifications.flatMap(({ id, state }) => (state === 'intended' ? [`${id}: not settled`] : [])),
      ...(facts.outboxLeft > 0 ? [`${facts.outboxLeft} rows in the outbox`] : []),
    ],
    wrongVerdicts: facts.incidents.flatMap(({ id, verdict, closings }) => {
      if (closings > 1) return [`${id}: closed ${closings} times`];
      if (verdict === null || verdict === 'unreviewed') return [];
      return facts.answers.get(id)?.has(verdict) ? [] : [`${id}: ${verdict} was nobody's answer`];
    }),
    auditBroken: facts.auditOk ? [] : ['GET /v1/audit/verify says that the log does not hold'],
  };
}

/** An incident that nobody decided has been through its whole chain. */
function missingRungs({ incidents, notifications, rungs }: Facts): string[] {
  const reached = new Map<string, Set<number>>();
  for (const { incidentId, kind, step } of notifications)
    if (kind === 'alert') reached.set(incidentId, (reached.get(incidentId) ?? new Set()).add(step));
  return incidents.flatMap(({ id, verdict }) => {
    const steps = reached.get(id)?.size ?? 0;
    return verdict === 'unreviewed' && steps < rungs ? [`${id}: ${steps} of ${rungs} steps, and nobody answered`] : [];
  });
}

function repeated(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].flatMap(([name, count]) => (count > 1 ? [`${name}: ${count} times`] : []));
}
