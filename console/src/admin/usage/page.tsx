import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { storesQuery } from '../../api/queries.ts';
import { fileSize } from '../../format.ts';
import page from '../../pages/page.module.css';
import { useNowMs } from '../../time.ts';
import { Failure, Loading } from '../../ui/notices.tsx';
import { usageQuery } from '../queries.ts';
import { count, microMoney } from '../words.ts';
import { addDays } from '../zone.ts';
import classes from './page.module.css';
import { Prices } from './prices.tsx';

type Figures = Schemas['UsageFigures'];
type Period = 'this' | 'last' | 'own';

const columns: readonly { label: string; of: (figures: Figures) => string }[] = [
  { label: 'Detections', of: ({ detections }) => count(detections) },
  { label: 'Incidents', of: ({ incidents }) => count(incidents) },
  {
    label: 'Texts',
    of: ({ texts, segments }) => `${count(texts)}${segments > texts ? ` (${count(segments)} parts)` : ''}`,
  },
  {
    label: 'Calls',
    of: ({ calls, callMinutes }) => `${count(calls)}${calls > 0 ? ` (${count(callMinutes)} min)` : ''}`,
  },
  { label: 'Mails', of: ({ emails }) => count(emails) },
  { label: 'Webhooks', of: ({ webhookDeliveries }) => count(webhookDeliveries) },
  { label: 'Actions (about)', of: ({ temporalActionsEstimate }) => count(temporalActionsEstimate) },
  { label: 'Evidence', of: ({ evidenceBytes }) => fileSize(evidenceBytes) },
  { label: 'Evidence × days', of: ({ evidenceByteDays }) => fileSize(Math.round(evidenceByteDays)) },
];

/** What was used in a period, by store, and what it cost. */
export function UsagePage() {
  const nowMs = useNowMs();
  const stores = useQuery(storesQuery);
  const [period, setPeriod] = useState<Period>('this');
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const [own, setOwn] = useState({ from: addDays(today, -6), to: today });
  const { from, to } = range(period, own, today);
  const usage = useQuery({ ...usageQuery(from, to), enabled: from < to });
  const nameOf = (storeId: string) => stores.data?.items.find(({ id }) => id === storeId)?.name ?? storeId;
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Usage</h1>
          <p className={page.lead}>What was used and what it cost. Periods are days of UTC.</p>
        </div>
        <div className={classes.tools}>
          {period === 'own' && (
            <>
              <TextInput
                type="date"
                aria-label="First day"
                value={own.from}
                max={own.to}
                onChange={(event) => setOwn({ ...own, from: event.currentTarget.value })}
              />
              <TextInput
                type="date"
                aria-label="Last day"
                value={own.to}
                max={today}
                onChange={(event) => setOwn({ ...own, to: event.currentTarget.value })}
              />
            </>
          )}
          <Select
            aria-label="Period"
            data={[
              { value: 'this', label: 'This month' },
              { value: 'last', label: 'Last month' },
              { value: 'own', label: 'Own dates' },
            ]}
            value={period}
            onChange={(value) => setPeriod((value ?? 'this') as Period)}
            allowDeselect={false}
          />
        </div>
      </div>
      {usage.isPending && from < to && <Loading label="Loading the usage" />}
      {usage.isError && <Failure error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.data && (
        <div className={`${page.card} ${page.scroll}`}>
          <table className={`${page.table} ${classes.table}`} data-testid="usage">
            <caption className="visually-hidden">Usage by store</caption>
            <thead>
              <tr>
                <th scope="col">Store</th>
                {columns.map(({ label }) => (
                  <th key={label} scope="col" className={classes.number}>
                    {label}
                  </th>
                ))}
                <th scope="col" className={classes.number}>
                  Cost of messages
                </th>
              </tr>
            </thead>
            <tbody>
              {usage.data.stores.map((store) => (
                <Row
                  key={store.storeId}
                  name={
                    <Link to="/" search={{ tab: 'all', store: store.storeId }}>
                      {nameOf(store.storeId)}
                    </Link>
                  }
                  figures={store}
                />
              ))}
              <Row name="Total" figures={usage.data.total} isTotal />
            </tbody>
          </table>
        </div>
      )}
      <Prices />
    </>
  );
}

function Row({ name, figures, isTotal = false }: { name: ReactNode; figures: Figures; isTotal?: boolean }) {
  return (
    <tr data-total={isTotal || undefined}>
      <th scope="row">{name}</th>
      {columns.map(({ label, of }) => (
        <td key={label} className={classes.number}>
          {of(figures)}
        </td>
      ))}
      <td className={classes.number}>
        <Cost figures={figures} />
      </td>
    </tr>
  );
}

/** Only what is known: a message without a price is never counted as free. */
function Cost({ figures: { costs, unpricedMessages, texts, calls, emails } }: { figures: Figures }) {
  if (texts + calls + emails === 0) return <span className={classes.dim}>nothing sent</span>;
  const sums = costs.map(({ currency, costMicro }) => microMoney(costMicro, currency, 4));
  if (sums.length === 0) return <span className={classes.unpriced}>no price set</span>;
  return (
    <>
      {sums.join(' + ')}
      {unpricedMessages > 0 && <span className={classes.unpriced}>{count(unpricedMessages)} without a price</span>}
    </>
  );
}

const midnight = (date: string): string => `${date}T00:00:00.000Z`;

function range(period: Period, own: { from: string; to: string }, today: string): { from: string; to: string } {
  const first = `${today.slice(0, 7)}-01`;
  // Whole days, so that the question stays the same while the clock goes on.
  if (period === 'this') return { from: midnight(first), to: midnight(addDays(today, 1)) };
  if (period === 'last') return { from: midnight(`${addDays(first, -1).slice(0, 7)}-01`), to: midnight(first) };
  if (own.from === '' || own.to === '') return { from: '', to: '' };
  return { from: midnight(own.from), to: midnight(addDays(own.to, 1)) };
}
