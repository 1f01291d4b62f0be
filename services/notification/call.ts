import type { Actor, Locale, Role } from '../../domain/types.ts';
import { personOnPhone } from '../access/authenticate.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

/** Who is called about what, as our own record has it; a webhook's address only names the record. */
export interface CallMatter {
  incidentId: string;
  about: 'alert' | 'help';
  locale: Locale;
  person: Actor;
  phone: string;
  /** Null while we have not noted yet which call it became. */
  carrierSid: string | null;
}

export function findCallMatter(ctx: ServiceContext, notificationId: string): Promise<CallMatter | null> {
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<{
      incident_id: string;
      kind: string;
      locale: Locale;
      carrier_sid: string | null;
      id: string;
      display_name: string;
      role: Role;
      tenant_id: string;
      phone_e164: string;
    }>(
      `select n.incident_id, n.kind, n.locale, n.carrier_sid, p.id, p.display_name, p.role, p.tenant_id, p.phone_e164
       from notifications n join people p on p.tenant_id = n.tenant_id and p.id = n.person_id
       where n.tenant_id = $1 and n.id = $2 and n.channel = 'voice' and n.kind in ('alert', 'help', 'help_call', 'correction') and n.state not in ('withheld', 'nobody_on_shift')
         and p.phone_e164 is not null and p.deactivated_at is null`,
      [ctx.actor.tenantId, notificationId],
    );
    if (!row) return null;
    return {
      incidentId: row.incident_id,
      // Of a corrected incident the call says that it is closed, and as what.
      about: row.kind === 'alert' || row.kind === 'correction' ? 'alert' : 'help',
      locale: row.locale,
      person: personOnPhone(row),
      phone: row.phone_e164,
      carrierSid: row.carrier_sid,
    };
  });
}

export interface CallResult {
  notificationId: string;
  sid: string;
  status: 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';
  /** What the carrier heard: a person, a machine, a fax, or it could not tell. */
  answeredBy: string | null;
  durationSeconds: number | null;
}

/** A call that ended. Answered by nobody leaves an outbox row, so that the workflow moves on; the same end again changes nothing. */
export function recordCall(ctx: ServiceContext, input: CallResult): Promise<{ incidentId: string } | null> {
  const answered = wasAnswered(input);
  return write(ctx, async (tx) => {
    const [row] = await tx.query<{
      store_id: string;
      incident_id: string;
      kind: string;
      step: number;
      round: number;
      person_id: string;
    }>(
      `update notifications set state = $3, answered_by = $5, call_seconds = $6, failure = $7, settled_at = $8
       where tenant_id = $1 and id = $2 and state = 'sent' and channel = 'voice' and carrier_sid = $4
       returning store_id, incident_id, kind, step, round, person_id`,
      [
        ctx.actor.tenantId,
        input.notificationId,
        answered ? 'delivered' : 'undelivered',
        input.sid,
        input.answeredBy,
        input.durationSeconds,
        answered ? null : failureOf(input),
        tx.at,
      ],
    );
    if (!row) {
      tx.noAudit('nothing changed');
      return null;
    }
    const details = { answeredBy: input.answeredBy, status: input.status, seconds: input.durationSeconds };
    await addTimelineEntry(tx, {
      tenantId: ctx.actor.tenantId,
      storeId: row.store_id,
      incidentId: row.incident_id,
      kind: answered ? 'call_answered' : 'call_unanswered',
      actor: ctx.actor.id,
      params: { step: row.step, personId: row.person_id, ...details },
    });
    tx.audit({
      action: answered ? 'notification.delivered' : 'notification.undelivered',
      subject: `incident:${row.incident_id}`,
      details: { notificationId: input.notificationId, ...details },
    });
    if (!answered && row.kind === 'alert')
      await tx.query(
        "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'undelivered', $4)",
        [ctx.actor.tenantId, row.store_id, row.incident_id, JSON.stringify({ step: row.step, round: row.round })],
      );
    return { incidentId: row.incident_id };
  });
}

/** Where the carrier could not tell, somebody is there until we know better. */
const wasAnswered = ({ status, answeredBy }: CallResult): boolean =>
  status === 'completed' && answeredBy !== null && !isMachine(answeredBy);

/** `machine_start`, `machine_end_beep` and their like, and a fax. */
export const isMachine = (answeredBy: string | null | undefined): boolean =>
  answeredBy?.startsWith('machine') === true || answeredBy === 'fax';

const failureOf = ({ status, answeredBy }: CallResult): string =>
  status === 'completed' ? (isMachine(answeredBy) ? 'machine' : 'no-answer') : status;
