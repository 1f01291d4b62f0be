import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { api, expectOk } from '../api/client.ts';
import { storesQuery } from '../api/queries.ts';
import page from '../pages/page.module.css';
import { calendarDate } from '../time.ts';
import { Failure, Loading, Problem } from '../ui/notices.tsx';
import { readable } from '../words.ts';
import { NewConsent, NewNotice, NewOptOut } from './privacy-forms.tsx';
import { consentsQuery, flowsQuery, noticesQuery, optOutsQuery, rightsKeys } from './queries.ts';
import classes from './rights.module.css';
import { featureLabels, noticeKinds } from './words.ts';

/** What people were told, what colleagues agreed to, what is switched off where, and every way that data take. */
export function PrivacyPage() {
  const [adding, setAdding] = useState<'notice' | 'consent' | 'opt-out' | null>(null);
  const close = () => setAdding(null);
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Privacy</h1>
          <p className={page.lead}>What people were told, what was agreed to, and where data go.</p>
        </div>
        <div className={classes.tools}>
          <Button variant="default" size="sm" onClick={() => setAdding('notice')}>
            Put up a notice
          </Button>
          <Button variant="default" size="sm" onClick={() => setAdding('consent')}>
            Note a consent
          </Button>
          <Button variant="default" size="sm" onClick={() => setAdding('opt-out')}>
            Switch something off
          </Button>
        </div>
      </div>
      {adding === 'notice' && <NewNotice onClose={close} />}
      {adding === 'consent' && <NewConsent onClose={close} />}
      {adding === 'opt-out' && <NewOptOut onClose={close} />}
      <Notices />
      <OptOuts />
      <Consents />
      <Flows />
    </>
  );
}

function useRemoval(key: readonly string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (send: () => Promise<void>) => send(),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  });
}

function useStoreName() {
  const stores = useQuery(storesQuery);
  return (storeId: string) => stores.data?.items.find(({ id }) => id === storeId)?.name ?? storeId;
}

function Notices() {
  const notices = useQuery(noticesQuery);
  const storeName = useStoreName();
  const end = useRemoval(rightsKeys.notices);
  if (notices.isPending) return <Loading label="Loading the notices" />;
  if (!notices.data) return <Failure error={notices.error} onRetry={() => void notices.refetch()} />;
  return (
    <Table
      title="Notices"
      head={['Store', 'What', 'Version', 'Up from', 'Until', '']}
      isEmpty={notices.data.items.length === 0}
    >
      {notices.data.items.map((notice) => (
        <tr key={notice.id}>
          <td>{storeName(notice.storeId)}</td>
          <td>
            {noticeKinds[notice.kind]} ({notice.language})
          </td>
          <td>{notice.version}</td>
          <td>{calendarDate(notice.fromAt)}</td>
          <td>{notice.toAt === null ? 'is up' : calendarDate(notice.toAt)}</td>
          <td>
            {notice.toAt === null && (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Take it down: ${noticeKinds[notice.kind]} ${notice.version}, ${storeName(notice.storeId)}`}
                onClick={() =>
                  end.mutate(() =>
                    expectOk(api.DELETE('/v1/notices/{noticeId}', { params: { path: { noticeId: notice.id } } })),
                  )
                }
              >
                Take it down
              </Button>
            )}
          </td>
        </tr>
      ))}
      {end.isError && <ProblemRow error={end.error} columns={6} />}
    </Table>
  );
}

function OptOuts() {
  const optOuts = useQuery(optOutsQuery);
  const storeName = useStoreName();
  const remove = useRemoval(rightsKeys.optOuts);
  if (!optOuts.data) return null;
  return (
    <Table
      title="Switched off"
      head={['Store', 'What', 'Law of', 'Why', 'Since', '']}
      isEmpty={optOuts.data.items.length === 0}
    >
      {optOuts.data.items.map(({ storeId, what, jurisdiction, reason, setAt }) => (
        <tr key={`${storeId}/${what}`}>
          <td>{storeName(storeId)}</td>
          <td>{readable(what)}</td>
          <td>{jurisdiction}</td>
          <td>{reason}</td>
          <td>{calendarDate(setAt)}</td>
          <td>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Switch on: ${readable(what)} in ${storeName(storeId)}`}
              onClick={() =>
                remove.mutate(() =>
                  expectOk(api.DELETE('/v1/stores/{storeId}/opt-outs/{what}', { params: { path: { storeId, what } } })),
                )
              }
            >
              Switch on
            </Button>
          </td>
        </tr>
      ))}
      {remove.isError && <ProblemRow error={remove.error} columns={6} />}
    </Table>
  );
}

function Consents() {
  const consents = useQuery(consentsQuery);
  const withdraw = useRemoval(rightsKeys.consents);
  if (!consents.data) return null;
  return (
    <Table
      title="Consents of colleagues"
      head={['Who', 'To what', 'Words', 'Given', 'Withdrawn']}
      isEmpty={consents.data.items.length === 0}
    >
      {consents.data.items.map((consent) => (
        <tr key={consent.id}>
          <td>{consent.personName}</td>
          <td>{featureLabels[consent.feature]}</td>
          <td>{consent.noticeVersion}</td>
          <td>{calendarDate(consent.givenAt)}</td>
          <td>
            {consent.withdrawnAt !== null ? (
              calendarDate(consent.withdrawnAt)
            ) : (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Withdraw: ${consent.personName}, ${featureLabels[consent.feature]}`}
                onClick={() =>
                  withdraw.mutate(() =>
                    expectOk(api.DELETE('/v1/consents/{consentId}', { params: { path: { consentId: consent.id } } })),
                  )
                }
              >
                Withdraw
              </Button>
            )}
          </td>
        </tr>
      ))}
      {withdraw.isError && <ProblemRow error={withdraw.error} columns={5} />}
    </Table>
  );
}

function Flows() {
  const flows = useQuery(flowsQuery);
  if (!flows.data) return null;
  const { policy, flows: ways } = flows.data;
  return (
    <Table
      title={`Where data go (times by policy ${policy.id}, version ${policy.version})`}
      head={['What', 'Whose', 'Way', 'For what', 'Ground', 'Leaves the company', 'Kept']}
      isEmpty={false}
    >
      {ways.map((flow: Schemas['DataFlows']['flows'][number]) => (
        <tr key={flow.id}>
          <td>{flow.what}</td>
          <td>{flow.whose}</td>
          <td>
            {flow.from} → {flow.to}
          </td>
          <td>{flow.purpose}</td>
          <td>{flow.ground}</td>
          <td>{flow.leaves}</td>
          <td>{flow.kept}</td>
        </tr>
      ))}
    </Table>
  );
}

function Table({
  title,
  head,
  isEmpty,
  children,
}: {
  title: string;
  head: readonly string[];
  isEmpty: boolean;
  children: React.ReactNode;
}) {
  return (
    <section className={`${page.card} ${classes.section}`} aria-label={title}>
      <h2 className={classes.title}>{title}</h2>
      {isEmpty ? (
        <p className={classes.dim}>Nothing yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
        <section className={page.scroll} tabIndex={0} aria-label={`${title}, table`}>
          <table className={page.table}>
            <thead>
              <tr>
                {head.map((label) => (
                  <th key={label} scope="col">
                    {label === '' ? <span className="visually-hidden">Change</span> : label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{children}</tbody>
          </table>
        </section>
      )}
    </section>
  );
}

function ProblemRow({ error, columns }: { error: unknown; columns: number }) {
  return (
    <tr>
      <td colSpan={columns}>
        <Problem error={error} />
      </td>
    </tr>
  );
}
