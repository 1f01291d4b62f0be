import { type ServiceContext, write } from '../context.ts';

/** Somebody says STOP or START; false when that was so before. The carrier has answered them already. */
export function recordOptOut(
  ctx: ServiceContext,
  input: { personId: string; texts: 'stop' | 'start'; messageSid: string },
): Promise<boolean> {
  return write(ctx, async (tx) => {
    const changed = await tx.query(
      `update people set sms_opted_out_at = case when $3 then $4::timestamptz end
       where tenant_id = $1 and id = $2 and (sms_opted_out_at is not null) <> $3 returning id`,
      [ctx.actor.tenantId, input.personId, input.texts === 'stop', tx.at],
    );
    if (changed.length === 0) {
      tx.noAudit('nothing changed');
      return false;
    }
    tx.audit({
      action: input.texts === 'stop' ? 'person.opted_out' : 'person.opted_in',
      subject: `person:${input.personId}`,
      details: { because: 'PERSON_ASKED', messageSid: input.messageSid },
    });
    return true;
  });
}
