import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import page from '../pages/page.module.css';
import { calendarDate } from '../time.ts';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import { NewRequest } from './new-request.tsx';
import { requestsQuery } from './queries.ts';
import classes from './rights.module.css';
import { groundLabels, kindLabels, stateLabels } from './words.ts';

/** What people who were recorded have asked for; what is due first stands first. */
export function RequestsPage() {
  const [state, setState] = useState<'open' | 'all'>('open');
  const [adding, setAdding] = useState(false);
  const requests = useQuery(requestsQuery(state));
  const navigate = useNavigate();
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Requests of people</h1>
          <p className={page.lead}>Whoever was recorded may ask. The law gives a month to answer.</p>
        </div>
        <div className={classes.tools}>
          <SegmentedControl
            aria-label="Which requests"
            data={[
              { value: 'open', label: 'Open' },
              { value: 'all', label: 'All' },
            ]}
            value={state}
            onChange={(value) => setState(value === 'all' ? 'all' : 'open')}
          />
          <Button onClick={() => setAdding(true)} disabled={adding}>
            Take down a request
          </Button>
        </div>
      </div>
      {adding && (
        <NewRequest
          onCancel={() => setAdding(false)}
          onDone={(requestId) => void navigate({ to: '/manage/rights/$requestId', params: { requestId } })}
        />
      )}
      {requests.isPending && <Loading label="Loading the requests" />}
      {requests.isError && <Failure error={requests.error} onRetry={() => void requests.refetch()} />}
      {requests.data?.items.length === 0 && (
        <Empty title={state === 'open' ? 'Nobody waits for an answer' : 'Nobody has asked yet'}>
          A request that arrives by letter, mail or in the shop is taken down here.
        </Empty>
      )}
      {requests.data && requests.data.items.length > 0 && <Requests items={requests.data.items} />}
    </>
  );
}

function Requests({ items }: { items: Schemas['SubjectRequestSummary'][] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
    <section className={`${page.card} ${page.scroll}`} tabIndex={0} aria-label="Requests">
      <table className={page.table} data-testid="requests">
        <thead>
          <tr>
            <th scope="col">Request</th>
            <th scope="col">What</th>
            <th scope="col">Store</th>
            <th scope="col">Received</th>
            <th scope="col">Answer by</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <td>
                <Link to="/manage/rights/$requestId" params={{ requestId: item.id }} className={`mono ${classes.link}`}>
                  {item.id}
                </Link>
              </td>
              <td>{kindLabels[item.kind]}</td>
              <td>{item.storeName}</td>
              <td>{calendarDate(item.receivedAt, item.timeZone)}</td>
              <td>
                {calendarDate(item.dueAt, item.timeZone)}
                {item.overdue && <span className={classes.late}>late</span>}
              </td>
              <td>
                {stateLabels[item.state]}
                {item.ground && <span className={classes.dim}>{groundLabels[item.ground]}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
