import { requirePermission } from '../../domain/permissions.ts';
import type { Channel, NotificationKind, NotificationState } from '../../domain/types.ts';
import { readOnly, type ServiceContext } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { type Amount, type CostReason, pricedMessages } from './messages.ts';
import { sumOf } from './read.ts';

export interface MessageCost {
  notificationId: string;
  kind: NotificationKind;
  channel: Channel;
  step: number;
  state: NotificationState;
  sentAt: string;
  segments: number | null;
  callSeconds: number | null;
  /** Segments, started minutes, or one mail. */
  units: number | null;
  priceMicro: number | null;
  costMicro: number | null;
  currency: string | null;
  /** Why the cost is not known. */
  reason: CostReason | null;
}

export interface IncidentCost {
  incidentId: string;
  messages: MessageCost[];
  totals: Amount[];
  unpricedMessages: number;
}

/** What each message about an incident cost, and all of them together. */
export function readIncidentCost(ctx: ServiceContext, incidentId: string): Promise<IncidentCost> {
  requirePermission(ctx.actor, 'usage.read');
  return readOnly(ctx, async (tx) => {
    await loadIncident(tx, ctx.actor.tenantId, incidentId);
    const rows = await tx.query<{
      id: string;
      kind: NotificationKind;
      channel: Channel;
      step: number;
      state: NotificationState;
      sent_at: Date;
      segments: number | null;
      call_seconds: number | null;
      units: number | null;
      price_micro: number | null;
      currency: string | null;
    }>(`${pricedMessages} and n.incident_id = $2 order by n.sent_at, n.id`, [ctx.actor.tenantId, incidentId]);
    const messages = rows.map((row): MessageCost => {
      const reason: CostReason | null =
        row.units === null ? 'NOT_METERED' : row.price_micro === null ? 'NO_PRICE' : null;
      return {
        notificationId: row.id,
        kind: row.kind,
        channel: row.channel,
        step: row.step,
        state: row.state,
        sentAt: row.sent_at.toISOString(),
        segments: row.segments,
        callSeconds: row.call_seconds,
        units: row.units,
        priceMicro: row.price_micro,
        costMicro: row.units === null || row.price_micro === null ? null : row.units * row.price_micro,
        currency: row.currency,
        reason,
      };
    });
    return {
      incidentId,
      messages,
      totals: sumOf(
        messages.flatMap(({ currency, costMicro }) =>
          currency === null || costMicro === null ? [] : [{ currency, costMicro }],
        ),
      ),
      unpricedMessages: messages.filter(({ reason }) => reason !== null).length,
    };
  });
}
