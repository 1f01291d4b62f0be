import { Button, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api, expectData } from '../../api/client.ts';
import page from '../../pages/page.module.css';
import { dateTime, relativeTime, useNowMs } from '../../time.ts';
import { Chip } from '../../ui/chip.tsx';
import { Empty, Failure, Loading, Problem } from '../../ui/notices.tsx';
import { readable } from '../../words.ts';
import { adminKeys, deliveriesQuery } from '../queries.ts';
import { deliveryStates } from '../words.ts';
import classes from './outgoing.module.css';

type Delivery = Schemas['WebhookDelivery'];
type Filter = Delivery['state'] | 'all';

/** What was sent and what waits, newest first. */
export function Deliveries({ webhookId, dead }: { webhookId: string; dead: number }) {
  const [filter, setFilter] = useState<Filter>('all');
  const deliveries = useInfiniteQuery(deliveriesQuery(webhookId, filter === 'all' ? null : filter));
  const items = deliveries.data?.pages.flatMap((part) => part.items) ?? [];
  return (
    <section aria-labelledby="deliveries" className={classes.deliveries}>
      <div className={classes.head}>
        <h2 id="deliveries" className={classes.title}>
          Deliveries
        </h2>
        <SegmentedControl
          aria-label="Which deliveries"
          size="sm"
          data={[
            { value: 'all', label: 'All' },
            { value: 'pending', label: 'Waiting' },
            { value: 'delivered', label: 'Delivered' },
            { value: 'dead', label: dead > 0 ? `Dead letters (${dead})` : 'Dead letters' },
          ]}
          value={filter}
          onChange={(value) => setFilter(value as Filter)}
        />
      </div>
      {deliveries.isPending && <Loading label="Loading the deliveries" />}
      {deliveries.isError && items.length === 0 && (
        <Failure error={deliveries.error} onRetry={() => void deliveries.refetch()} />
      )}
      {deliveries.isSuccess && items.length === 0 && (
        <Empty title={filter === 'dead' ? 'No dead letters' : 'Nothing here'}>
          {filter === 'all' ? 'The next event, or a test, shows up here.' : 'No delivery is in this state.'}
        </Empty>
      )}
      {items.length > 0 && (
        <>
          <ul className={page.card} data-testid="deliveries">
            {items.map((delivery) => (
              <Row key={delivery.id} webhookId={webhookId} delivery={delivery} />
            ))}
          </ul>
          {deliveries.hasNextPage && (
            <div className={page.more}>
              <Button
                variant="default"
                loading={deliveries.isFetchingNextPage}
                onClick={() => void deliveries.fetchNextPage()}
              >
                Show older ones
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}

function Row({ webhookId, delivery }: { webhookId: string; delivery: Delivery }) {
  const client = useQueryClient();
  const nowMs = useNowMs();
  const again = useMutation({
    mutationFn: () =>
      expectData(
        api.POST('/v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver', {
          params: { path: { webhookId, deliveryId: delivery.id } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: adminKeys.webhooks }),
  });
  const { label, tone } = deliveryStates[delivery.state];
  return (
    <li className={classes.delivery} data-state={delivery.state}>
      <div className={classes.what}>
        <b className="mono">{delivery.type}</b>
        <p className={classes.dim}>
          {delivery.incidentId ? (
            <Link to="/incidents/$incidentId" params={{ incidentId: delivery.incidentId }}>
              {delivery.incidentId}
            </Link>
          ) : (
            'no incident'
          )}
        </p>
      </div>
      <div className={classes.dim}>
        {dateTime(delivery.occurredAt)}
        <p>{attemptsOf(delivery, nowMs)}</p>
      </div>
      <div className={classes.chips}>
        <Chip tone={tone}>{label}</Chip>
      </div>
      <Button variant="default" size="xs" loading={again.isPending} onClick={() => again.mutate()}>
        {delivery.state === 'pending' ? 'Send now' : 'Send again'}
      </Button>
      {again.isError && (
        <div className={classes.wide}>
          <Problem error={again.error} />
        </div>
      )}
    </li>
  );
}

/** "3 attempts, the last answered 503; next in 4 min". */
function attemptsOf(delivery: Delivery, nowMs: number): string {
  const { attempts, lastStatus, lastFailure, nextAttemptAt, responseMs, state } = delivery;
  const isDue = nextAttemptAt !== null && Date.parse(nextAttemptAt) <= nowMs;
  const next =
    state === 'pending' && nextAttemptAt ? (isDue ? 'due now' : `next ${relativeTime(nextAttemptAt, nowMs)}`) : '';
  if (attempts === 0) return ['not tried yet', next].filter(Boolean).join('; ');
  const tries = attempts === 1 ? 'one attempt' : `${attempts} attempts`;
  const answer =
    lastStatus !== null
      ? `answered ${lastStatus}${responseMs === null ? '' : ` in ${responseMs} ms`}`
      : lastFailure
        ? readable(lastFailure).toLowerCase()
        : 'no answer';
  return [`${tries}, ${attempts > 1 ? 'the last ' : ''}${answer}`, next].filter(Boolean).join('; ');
}
