import { readOnly, type ServiceContext, write } from '../context.ts';

/** SIDs of our calls since then: a call that is looked up after a lost answer is none of these. */
export function placedCallSids(ctx: ServiceContext, input: { sinceAt: string }): Promise<string[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ carrier_sid: string }>(
      `select carrier_sid from notifications where tenant_id = $1 and channel = 'voice' and carrier_sid is not null and intended_at > $2::timestamptz - interval '1 hour'`,
      [ctx.actor.tenantId, input.sinceAt],
    );
    return rows.map((row) => row.carrier_sid);
  });
}

/** The carrier says that this person has said STOP; from now on they are reached over their other channels. */
export function noteOptOutOfRecipient(ctx: ServiceContext, input: { notificationId: string }): Promise<void> {
  return write(ctx, async (tx) => {
    const [person] = await tx.query<{ id: string }>(
      `update people p set sms_opted_out_at = $3 from notifications n
       where n.tenant_id = $1 and n.id = $2 and p.tenant_id = n.tenant_id and p.id = n.person_id and p.sms_opted_out_at is null returning p.id`,
      [ctx.actor.tenantId, input.notificationId, tx.at],
    );
    if (!person) return tx.noAudit('nothing changed');
    tx.audit({
      action: 'person.opted_out',
      subject: `person:${person.id}`,
      details: { because: 'CARRIER_REFUSED', notificationId: input.notificationId },
    });
  });
}
