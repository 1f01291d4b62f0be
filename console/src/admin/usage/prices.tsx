import { Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api } from '../../api/client.ts';
import page from '../../pages/page.module.css';
import { Failure, Loading, Problem } from '../../ui/notices.tsx';
import { useAccess } from '../access.ts';
import { expectForm, fieldError } from '../problems.ts';
import { adminKeys, pricesQuery } from '../queries.ts';
import type { Channel } from '../words.ts';
import { microMoney } from '../words.ts';
import classes from './prices.module.css';

type Price = Schemas['Price'];
/** As somebody types it: a price is a decimal number, its start a day. */
interface Typed {
  key: number;
  channel: Channel;
  prefix: string;
  price: string;
  currency: string;
  validFrom: string;
}

const units: Record<Channel, string> = { sms: 'Text, each part', voice: 'Call, each minute', email: 'Mail, each' };

/** What messages cost; nothing is guessed where no price is set. */
export function Prices() {
  const { may } = useAccess();
  const prices = useQuery(pricesQuery);
  const [isEditing, setEditing] = useState(false);
  return (
    <section aria-labelledby="prices" className={classes.section}>
      <div className={classes.head}>
        <div>
          <h2 id="prices" className={classes.title}>
            Prices
          </h2>
          <p className={classes.dim}>
            Costs are computed when they are asked for, so keep older prices: each counts from its day on. The longest
            beginning of a number that fits decides.
          </p>
        </div>
        {may('price.manage') && prices.data && !isEditing && (
          <Button variant="default" onClick={() => setEditing(true)}>
            Change the prices
          </Button>
        )}
      </div>
      {prices.isPending && <Loading label="Loading the prices" />}
      {prices.isError && <Failure error={prices.error} onRetry={() => void prices.refetch()} />}
      {prices.data && isEditing && <PriceEditor prices={prices.data.items} onClose={() => setEditing(false)} />}
      {prices.data && !isEditing && <PriceTable prices={prices.data.items} />}
    </section>
  );
}

function PriceTable({ prices }: { prices: readonly Price[] }) {
  if (prices.length === 0) return <p className={classes.none}>No price set. Messages are counted, not costed.</p>;
  return (
    <ul className={page.card} data-testid="prices">
      {prices.map((price) => (
        <li key={`${price.channel} ${price.prefix} ${price.validFrom}`} className={classes.price}>
          <span>{units[price.channel]}</span>
          <span className="tabular">{price.channel === 'email' ? '' : price.prefix || 'every country'}</span>
          <b className="tabular">{microMoney(price.priceMicro, price.currency, 6)}</b>
          <span className={classes.dim}>from {price.validFrom.slice(0, 10)}</span>
        </li>
      ))}
    </ul>
  );
}

function PriceEditor({ prices, onClose }: { prices: readonly Price[]; onClose: () => void }) {
  const client = useQueryClient();
  const [rows, setRows] = useState<Typed[]>(() => (prices.length > 0 ? prices.map(typed) : [blank(0)]));
  const change = (key: number, part: Partial<Typed>) =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const items = rows.map(priceOf);
  const isSound = items.every((item) => item !== null);
  const save = useMutation({
    mutationFn: () =>
      expectForm(api.PUT('/v1/usage/prices', { body: { items: items.filter((item) => item !== null) } })),
    onSuccess: async (list) => {
      client.setQueryData(pricesQuery.queryKey, list);
      await client.invalidateQueries({ queryKey: adminKeys.usage });
      onClose();
    },
  });
  const error = (index: number, field: string) => fieldError(save.error, `items.${index}.${field}`);
  return (
    <form
      className={`${page.card} ${classes.editor}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (isSound) save.mutate();
      }}
    >
      {rows.map((row, index) => (
        <fieldset key={row.key} className={classes.row}>
          <legend className="visually-hidden">Price {index + 1}</legend>
          <Select
            label="For"
            data={Object.entries(units).map(([value, label]) => ({ value, label }))}
            value={row.channel}
            onChange={(value) => change(row.key, { channel: (value ?? 'sms') as Channel, prefix: '' })}
            allowDeselect={false}
          />
          <TextInput
            label="Numbers that begin with"
            placeholder="every country"
            value={row.prefix}
            onChange={(event) => change(row.key, { prefix: event.currentTarget.value.replace(/\s/g, '') })}
            disabled={row.channel === 'email'}
            error={error(index, 'prefix')}
          />
          <TextInput
            label="Price"
            inputMode="decimal"
            placeholder="0.0405"
            value={row.price}
            onChange={(event) => change(row.key, { price: event.currentTarget.value })}
            error={
              error(index, 'priceMicro') ??
              (row.price !== '' && microOf(row.price) === null ? 'A number, at most six digits after the point' : null)
            }
          />
          <TextInput
            label="Currency"
            maxLength={3}
            value={row.currency}
            onChange={(event) => change(row.key, { currency: event.currentTarget.value.toUpperCase() })}
            error={error(index, 'currency')}
          />
          <TextInput
            type="date"
            label="From"
            value={row.validFrom}
            onChange={(event) => change(row.key, { validFrom: event.currentTarget.value })}
            error={error(index, 'validFrom')}
          />
          <Button
            variant="default"
            aria-label={`Remove price ${index + 1}`}
            onClick={() => setRows(rows.filter(({ key }) => key !== row.key))}
          >
            <IconTrash size={17} />
          </Button>
          {fieldError(save.error, `items.${index}`) && (
            <p className={classes.wrong}>{fieldError(save.error, `items.${index}`)}</p>
          )}
        </fieldset>
      ))}
      {save.isError && <Problem error={save.error} />}
      <div className={classes.buttons}>
        <Button
          variant="default"
          leftSection={<IconPlus size={17} />}
          onClick={() => setRows([...rows, blank(Math.max(0, ...rows.map(({ key }) => key + 1)))])}
        >
          Another price
        </Button>
        <span className={classes.push}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isSound}>
            Save all prices
          </Button>
        </span>
      </div>
    </form>
  );
}

const blank = (key: number): Typed => ({
  ...{ key, channel: 'sms', prefix: '', price: '', currency: 'GBP' },
  validFrom: `${new Date().toISOString().slice(0, 7)}-01`,
});

const typed = (price: Price, key: number): Typed => ({
  ...{ key, channel: price.channel, prefix: price.prefix, currency: price.currency },
  price: String(price.priceMicro / 1_000_000),
  validFrom: price.validFrom.slice(0, 10),
});

/** "0.0405" → 40500; null when it is no price. */
function microOf(text: string): number | null {
  const [, whole, fraction = ''] = /^(\d{1,4})(?:[.,](\d{1,6}))?$/.exec(text.trim()) ?? [];
  return whole === undefined ? null : Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}

function priceOf({ channel, prefix, price, currency, validFrom }: Typed): Price | null {
  const priceMicro = microOf(price);
  if (priceMicro === null || !/^[A-Z]{3}$/.test(currency) || validFrom === '') return null;
  return { channel, prefix, priceMicro, currency, validFrom: `${validFrom}T00:00:00.000Z` };
}
