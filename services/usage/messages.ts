/**
 * Every message that was sent, once, with its units (segments, started minutes, mails) and the price that was valid then:
 * of the prices whose prefix begins the recipient's number the most exact one, and of those the newest.
 */
export const pricedMessages = `
  select n.store_id, n.incident_id, n.id, n.kind, n.channel, n.step, n.state, n.sent_at, n.segments, n.call_seconds, price.price_micro, price.currency,
    case n.channel when 'sms' then n.segments when 'voice' then ceil(n.call_seconds / 60.0)::int else 1 end as units
  from notifications n
  left join people p on p.tenant_id = n.tenant_id and p.id = n.person_id
  left join lateral (
    select m.price_micro, m.currency from message_prices m
    where m.tenant_id = n.tenant_id and m.channel = n.channel and m.valid_from <= n.sent_at
      and (m.prefix = '' or starts_with(p.phone_e164, m.prefix))
    order by length(m.prefix) desc, m.valid_from desc limit 1) price on true
  where n.tenant_id = $1 and n.sent_at is not null`;

export interface Amount {
  currency: string;
  costMicro: number;
}

/** `NOT_METERED`: the carrier has not said yet how long the call was, or how many segments the text had. */
export type CostReason = 'NO_PRICE' | 'NOT_METERED';
