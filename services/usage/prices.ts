import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { instantFrom } from '../../domain/time.ts';
import type { Channel } from '../../domain/types.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';

export interface MessagePrice {
  channel: Channel;
  /** The first signs of the recipient's number, such as `+44`; empty: every country. */
  prefix: string;
  /** Millionths of the currency's unit, for a segment, a started minute or a mail. */
  priceMicro: number;
  currency: string;
  validFrom: string;
}

export function readPrices(ctx: ServiceContext): Promise<MessagePrice[]> {
  requirePermission(ctx.actor, 'usage.read');
  return readOnly(ctx, (tx) => selectPrices(tx, ctx.actor.tenantId));
}

/** Replaces the whole list. Costs are computed when they are asked for, so an older price has to stay in it. */
export function replacePrices(ctx: ServiceContext, prices: readonly MessagePrice[]): Promise<MessagePrice[]> {
  requirePermission(ctx.actor, 'price.manage');
  if (ctx.actor.storeIds !== null)
    throw new DomainError('FORBIDDEN', 'Prices are set with a key that is not limited to stores.');
  const seen = new Set<string>();
  const checked = prices.map((price, index) => {
    const validFrom = instantFrom(`items.${index}.validFrom`, price.validFrom);
    const key = `${price.channel} ${price.prefix} ${validFrom}`;
    if (seen.has(key))
      throw invalidField(`items.${index}`, 'is there twice: one price for a channel, prefix and moment');
    if (price.channel === 'email' && price.prefix !== '')
      throw invalidField(`items.${index}.prefix`, 'must be empty for email, which has no number');
    seen.add(key);
    return { ...price, validFrom };
  });
  return write(ctx, async (tx) => {
    const before = await selectPrices(tx, ctx.actor.tenantId);
    await tx.query('delete from message_prices where tenant_id = $1', [ctx.actor.tenantId]);
    await tx.query(
      `insert into message_prices (tenant_id, channel, prefix, price_micro, currency, valid_from)
       select $1, p.channel, p.prefix, p."priceMicro", p.currency, p."validFrom"
       from jsonb_to_recordset($2::jsonb) as p (channel text, prefix text, "priceMicro" bigint, currency text, "validFrom" timestamptz)`,
      [ctx.actor.tenantId, JSON.stringify(checked)],
    );
    const after = await selectPrices(tx, ctx.actor.tenantId);
    if (JSON.stringify(before) === JSON.stringify(after)) tx.noAudit('nothing changed');
    else
      tx.audit({
        action: 'usage.prices_replaced',
        subject: `tenant:${ctx.actor.tenantId}`,
        details: { before: before.length, after },
      });
    return after;
  });
}

async function selectPrices(tx: Queryable, tenantId: string): Promise<MessagePrice[]> {
  const rows = await tx.query<{
    channel: Channel;
    prefix: string;
    price_micro: number;
    currency: string;
    valid_from: Date;
  }>(
    'select channel, prefix, price_micro, currency, valid_from from message_prices where tenant_id = $1 order by channel, prefix, valid_from',
    [tenantId],
  );
  return rows.map((row) => ({
    channel: row.channel,
    prefix: row.prefix,
    priceMicro: row.price_micro,
    currency: row.currency,
    validFrom: row.valid_from.toISOString(),
  }));
}
