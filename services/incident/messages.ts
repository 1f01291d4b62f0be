import type { Queryable } from '../../adapters/postgres/database.ts';
import type { Channel, NotificationKind, NotificationState, Reason } from '../../domain/types.ts';
import { iso, isoOrNull } from '../context.ts';

export interface MessageView {
  id: string;
  step: number;
  round: number;
  kind: NotificationKind;
  personName: string;
  channel: Channel;
  state: NotificationState;
  body: string;
  createdAt: string;
  sentAt: string | null;
  /** Why it was withheld. */
  reasons: Reason[];
  answeredBy: string | null;
  callSeconds: number | null;
}

export interface ReviewView {
  id: string;
  kind: 'second_review' | 'appeal';
  state: 'open' | 'upheld' | 'overturned' | 'rejected';
  openedAt: string;
  openedBy: string;
  statement: string | null;
  decidedAt: string | null;
  decidedBy: string | null;
  reasonCode: string | null;
  /** Of an appeal: what whoever objects can follow it by. */
  number: string | null;
}

type NameOf = (actorId: string) => string;

/** Everything that was sent about an incident, or was not, in order. */
export async function readMessages(
  tx: Queryable,
  tenantId: string,
  incidentId: string,
  nameOf: NameOf,
): Promise<MessageView[]> {
  const rows = await tx.query<{
    id: string;
    step: number;
    round: number;
    kind: NotificationKind;
    person_id: string | null;
    channel: Channel;
    state: NotificationState;
    body: string;
    intended_at: Date;
    sent_at: Date | null;
    reasons: Reason[];
    answered_by: string | null;
    call_seconds: number | null;
  }>(
    `select id, step, round, kind, person_id, channel, state, body, intended_at, sent_at, reasons, answered_by, call_seconds from notifications
     where tenant_id = $1 and incident_id = $2 order by intended_at, step, round`,
    [tenantId, incidentId],
  );
  return rows.map((row) => ({
    id: row.id,
    step: row.step,
    round: row.round,
    kind: row.kind,
    personName: row.person_id === null ? 'nobody' : nameOf(`phone:${row.person_id}`),
    channel: row.channel,
    state: row.state,
    body: row.body,
    createdAt: iso(row.intended_at),
    sentAt: isoOrNull(row.sent_at),
    reasons: row.reasons.map((reason) => named(reason, nameOf)),
    answeredBy: row.answered_by,
    callSeconds: row.call_seconds,
  }));
}

const named = (reason: Reason, nameOf: NameOf): Reason =>
  typeof reason.params['personId'] === 'string'
    ? { ...reason, params: { ...reason.params, personName: nameOf(`phone:${reason.params['personId']}`) } }
    : reason;

export async function readReviews(
  tx: Queryable,
  tenantId: string,
  incidentId: string,
  nameOf: NameOf,
): Promise<ReviewView[]> {
  const rows = await tx.query<{
    id: string;
    kind: ReviewView['kind'];
    state: ReviewView['state'];
    opened_at: Date;
    opened_by: string;
    statement: string | null;
    decided_at: Date | null;
    decided_by: string | null;
    reason_code: string | null;
    public_number: string | null;
  }>(
    'select id, kind, state, opened_at, opened_by, statement, decided_at, decided_by, reason_code, public_number from incident_reviews where tenant_id = $1 and incident_id = $2 order by opened_at, id',
    [tenantId, incidentId],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    state: row.state,
    openedAt: iso(row.opened_at),
    openedBy: nameOf(row.opened_by),
    statement: row.statement,
    decidedAt: isoOrNull(row.decided_at),
    decidedBy: row.decided_by === null ? null : nameOf(row.decided_by),
    reasonCode: row.reason_code,
    number: row.public_number,
  }));
}
