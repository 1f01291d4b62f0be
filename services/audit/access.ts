import { found, type ServiceContext, sha256Hex, write } from '../context.ts';

/** What somebody looked at that shows no recording itself. */
export type Consulted = 'evidence' | 'custody' | 'redactions' | 'packets' | 'packet' | 'history' | 'shares';

/** That somebody read what is on record about evidence. */
export function recordConsultation(ctx: ServiceContext, input: { incidentId: string; what: Consulted }): Promise<void> {
  return write(ctx, async (tx) => {
    tx.audit({
      ...{ action: 'evidence.consulted', subject: `incident:${input.incidentId}` },
      details: { what: input.what },
    });
  });
}

/** That somebody read the log itself. */
export function recordLogRead(ctx: ServiceContext, filter: Record<string, string>): Promise<void> {
  return write(ctx, async (tx) => {
    tx.audit({ action: 'audit.read', subject: `tenant:${ctx.actor.tenantId}`, details: filter });
  });
}

/** That somebody tried what they may not, or what is not theirs to see. */
export function recordRefusal(
  ctx: ServiceContext,
  input: { subject: string; operation: string; code: string },
): Promise<void> {
  return write(ctx, async (tx) => {
    const { subject, operation, code } = input;
    tx.audit({ action: 'access.refused', subject, details: { operation, code } });
  });
}

/** The same of a recipient whose link does not open: used up, on another device, taken back, over. */
export function recordHandoverRefusal(ctx: ServiceContext, input: { operation: string; code: string }): Promise<void> {
  return write(ctx, async (tx) => {
    const [row] = await tx.query<{ incident_id: string; packet_id: string }>(
      "select incident_id, packet_id from packet_handovers where tenant_id = $1 and 'link:' || id = $2",
      [ctx.actor.tenantId, ctx.actor.id],
    );
    const { incident_id: incidentId, packet_id: packetId } = found(row, 'the hand-over of this link');
    tx.audit({ action: 'access.refused', subject: `incident:${incidentId}`, details: { ...input, packetId } });
  });
}

/** The same of a link in a text that is over or was taken back; of one that nobody knows there is no log to put it into. */
export async function recordLinkRefusal(asked: Omit<ServiceContext, 'actor'>, token: string): Promise<void> {
  const [link] = await asked.db.query<{ tenant_id: string; store_id: string; incident_id: string; person_id: string }>(
    'select tenant_id, store_id, incident_id, person_id from find_evidence_link($1)',
    [sha256Hex(token)],
  );
  if (!link) return;
  const { tenant_id: tenantId, store_id: storeId, incident_id: incidentId, person_id: personId } = link;
  const actor = { id: `link:${personId}`, displayName: 'Link', role: 'link' as const, tenantId, storeIds: [storeId] };
  await recordRefusal(
    { ...asked, actor },
    { subject: `incident:${incidentId}`, operation: 'GET /e/{token}', code: 'NOT_FOUND' },
  );
}
