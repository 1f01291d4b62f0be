import { Button, Select, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import page from '../pages/page.module.css';
import { calendarDate, dateTime } from '../time.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Failure, Loading } from '../ui/notices.tsx';
import { requestQuery, useRequestChange } from './queries.ts';
import { Recordings } from './recordings.tsx';
import classes from './rights.module.css';
import { groundLabels, kindLabels, methodLabels, stateLabels } from './words.ts';

type Request = Schemas['SubjectRequest'];
type Method = NonNullable<Request['identity']['method']>;

/** One request from taking it down to the letter. */
export function RequestPage() {
  const { requestId } = useParams({ from: '/app/manage/rights/$requestId' });
  const request = useQuery(requestQuery(requestId));
  if (request.isPending) return <Loading label="Loading the request" />;
  if (!request.data) return <Failure error={request.error} onRetry={() => void request.refetch()} />;
  const { data } = request;
  return (
    <>
      <div className={page.head}>
        <div>
          <p className={page.lead}>
            <Link to="/manage/rights" className={classes.link}>
              Requests of people
            </Link>
          </p>
          <h1 className={page.title}>{kindLabels[data.kind]}</h1>
          <p className={page.lead}>
            <span className="mono">{data.id}</span> · {data.storeName} · {stateLabels[data.state]}
            {data.ground && `: ${groundLabels[data.ground].toLowerCase()}`}
          </p>
        </div>
      </div>
      <Facts request={data} />
      <Recordings key={data.state} request={data} />
      {data.letter !== null && <Letter request={data} letter={data.letter} />}
    </>
  );
}

function Facts({ request }: { request: Request }) {
  const zone = request.timeZone;
  const isOpen = request.state === 'open';
  return (
    <section className={`${page.card} ${classes.section}`} aria-label="The request">
      <dl className={classes.facts}>
        <dt>Received</dt>
        <dd>
          {calendarDate(request.receivedAt, zone)}, taken down by {request.recordedBy}
        </dd>
        <dt>{isOpen ? 'Answer by' : 'Was to be answered by'}</dt>
        <dd>
          {calendarDate(request.dueAt, zone)}
          {request.overdue && <span className={classes.late}>late</span>}
          {request.extendedReason && <span className={classes.dim}>made longer: {request.extendedReason}</span>}
        </dd>
        <dt>About</dt>
        <dd>
          {dateTime(request.fromAt, zone)} to {dateTime(request.toAt, zone)}
        </dd>
        <dt>Who asks</dt>
        <dd className={classes.words}>{request.contact ?? 'wiped, as the answer is long ago'}</dd>
        <dt>What they say</dt>
        <dd className={classes.words}>{request.description ?? 'wiped'}</dd>
        <dt>Are they the person?</dt>
        <dd>
          {request.identity.result === 'unchecked'
            ? 'Not checked yet.'
            : `${request.identity.result === 'confirmed' ? 'Yes' : 'Could not be confirmed'}: ${
                request.identity.method === null ? '' : methodLabels[request.identity.method].toLowerCase()
              }, checked by ${request.identity.by ?? 'somebody'}.`}
        </dd>
      </dl>
      {isOpen && <Steps request={request} />}
    </section>
  );
}

function Steps({ request }: { request: Request }) {
  const [open, setOpen] = useState<'identity' | 'extension' | 'withdrawal' | null>(null);
  const close = () => setOpen(null);
  if (open === 'identity') return <IdentityForm request={request} onClose={close} />;
  if (open === 'extension') return <ExtensionForm request={request} onClose={close} />;
  if (open === 'withdrawal') return <WithdrawalForm request={request} onClose={close} />;
  return (
    <div className={classes.tools}>
      <Button
        variant={request.identity.result === 'unchecked' ? 'filled' : 'default'}
        size="sm"
        onClick={() => setOpen('identity')}
      >
        Note who asks
      </Button>
      {request.extendedReason === null && !request.overdue && (
        <Button variant="default" size="sm" onClick={() => setOpen('extension')}>
          Take more time
        </Button>
      )}
      <Button variant="default" size="sm" onClick={() => setOpen('withdrawal')}>
        They withdrew it
      </Button>
    </div>
  );
}

const path = (request: Request) => ({ params: { path: { requestId: request.id } } });

function IdentityForm({ request, onClose }: { request: Request; onClose: () => void }) {
  const [result, setResult] = useState<'confirmed' | 'not_confirmed'>('confirmed');
  const [method, setMethod] = useState<Method | null>(null);
  const change = useRequestChange(
    request.id,
    (body: { result: 'confirmed' | 'not_confirmed'; method: Method }) =>
      expectData(api.PUT('/v1/subject-requests/{requestId}/identity', { ...path(request), body })),
    onClose,
  );
  return (
    <Confirm
      title="Are they the person who was recorded?"
      confirmLabel="Note it"
      error={change.error}
      isSending={change.isPending}
      canConfirm={method !== null}
      onConfirm={() => method && change.mutate({ result, method })}
      onCancel={onClose}
    >
      <div className={classes.form}>
        <Select
          label="Result"
          data={[
            { value: 'confirmed', label: 'Yes' },
            { value: 'not_confirmed', label: 'It could not be confirmed' },
          ]}
          value={result}
          onChange={(value) => setResult(value === 'not_confirmed' ? 'not_confirmed' : 'confirmed')}
          allowDeselect={false}
        />
        <Select
          label="How was it checked?"
          data={Object.entries(methodLabels).map(([value, label]) => ({ value, label }))}
          value={method}
          onChange={(value) => setMethod(value as Method | null)}
        />
      </div>
      <p className={classes.dim}>Only this is kept. Keep no copy of what was shown.</p>
    </Confirm>
  );
}

function ExtensionForm({ request, onClose }: { request: Request; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const change = useRequestChange(
    request.id,
    (words: string) =>
      expectData(api.POST('/v1/subject-requests/{requestId}/extension', { ...path(request), body: { reason: words } })),
    onClose,
  );
  return (
    <Confirm
      title="Take two more months"
      confirmLabel="Take them"
      error={change.error}
      isSending={change.isPending}
      canConfirm={reason.trim().length > 2}
      onConfirm={() => change.mutate(reason.trim())}
      onCancel={onClose}
    >
      <Textarea
        label="Why"
        description="Tell the person, within the first month. It can be done once."
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Confirm>
  );
}

function WithdrawalForm({ request, onClose }: { request: Request; onClose: () => void }) {
  const change = useRequestChange(
    request.id,
    () => expectData(api.POST('/v1/subject-requests/{requestId}/withdrawal', path(request))),
    onClose,
  );
  return (
    <Confirm
      title="The person does not want it any more"
      confirmLabel="Close the request"
      error={change.error}
      isSending={change.isPending}
      onConfirm={() => change.mutate(undefined)}
      onCancel={onClose}
    />
  );
}

function Letter({ request, letter }: { request: Request; letter: string }) {
  const address = `/v1/subject-requests/${request.id}`;
  const hasCopy = request.kind === 'access' && request.state !== 'refused';
  return (
    <section className={`${page.card} ${classes.section}`} aria-label="The letter">
      <h2 className={classes.title}>The letter</h2>
      <div className={classes.tools}>
        <Button component="a" href={`${address}/letter`} variant="default" size="sm">
          Letter as PDF
        </Button>
        {hasCopy && (
          <Button component="a" href={`${address}/export`} variant="default" size="sm">
            Copy for the person (zip)
          </Button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.letter} tabIndex={0} aria-label="Words of the letter" data-testid="letter">
        {letter}
      </section>
    </section>
  );
}
