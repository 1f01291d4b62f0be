import {
  IconAlertTriangle,
  IconBell,
  IconCircleCheck,
  IconFlag,
  IconHourglass,
  IconPlayerPlay,
  IconUser,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import type { Schemas } from '../api/client.ts';
import { incidentQuery } from '../api/queries.ts';
import page from '../pages/page.module.css';
import { clockTime, dateTime, duration } from '../time.ts';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import classes from './page.module.css';
import { historyQuery } from './queries.ts';

type Run = Schemas['HistoryRun'];
type Step = Schemas['HistoryStep'];

const size = 18;
const looks: Record<Step['kind'], { icon: ReactNode; label: string }> = {
  began: { icon: <IconPlayerPlay size={size} />, label: 'Began' },
  done: { icon: <IconCircleCheck size={size} />, label: 'Done' },
  person: { icon: <IconUser size={size} />, label: 'A person' },
  news: { icon: <IconBell size={size} />, label: 'News' },
  wait: { icon: <IconHourglass size={size} />, label: 'Waited' },
  trouble: { icon: <IconAlertTriangle size={size} />, label: 'Trouble' },
  ended: { icon: <IconFlag size={size} />, label: 'Ended' },
};

/** What the workflow engine did for one incident, step by step, with the files that say so. */
export function HistoryPage() {
  const { incidentId } = useParams({ from: '/app/incidents/$incidentId/history' });
  const incident = useQuery(incidentQuery(incidentId));
  const history = useQuery(historyQuery(incidentId));
  useEffect(() => {
    document.title = `Workflow history ${incident.data?.code ?? ''} · Floorwalker`;
  }, [incident.data?.code]);
  if (history.isPending) return <Loading page label="Loading the history" />;
  if (!history.data) return <Failure page error={history.error} onRetry={() => void history.refetch()} />;
  const zone = incident.data?.storeTimeZone ?? 'UTC';
  return (
    <div className={page.page}>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Workflow history</h1>
          <p className={page.lead}>
            What the system did for{' '}
            <Link to="/incidents/$incidentId" params={{ incidentId }} className={classes.link}>
              incident {incident.data?.code ?? incidentId}
            </Link>
            , from the workflow engine's own record. That you looked is on record too.
          </p>
        </div>
      </div>
      {history.data.runs.length === 0 && (
        <Empty title="Nothing to show yet">The history is kept about a minute after the incident is closed.</Empty>
      )}
      {history.data.runs.map((run) => (
        <RunStory key={run.run} run={run} zone={zone} several={history.data.runs.length > 1} />
      ))}
    </div>
  );
}

function RunStory({ run, zone, several }: { run: Run; zone: string; several: boolean }) {
  const title = several || run.run > 1 ? `Run ${run.run}` : 'The story';
  return (
    <section className={`${page.card} ${classes.run}`} aria-label={title}>
      <h2 className={classes.title}>{title}</h2>
      <p className={classes.state}>{stateSentence(run, zone)}</p>
      {run.steps.length > 0 && (
        <ol className={classes.steps} data-testid="story">
          {run.steps.map((step) => (
            <StoryStep key={step.eventIds[0]} step={step} zone={zone} />
          ))}
        </ol>
      )}
      {run.rawSha256 !== null && <Proof run={run} />}
    </section>
  );
}

function StoryStep({ step, zone }: { step: Step; zone: string }) {
  const { icon, label } = looks[step.kind];
  return (
    <li className={classes.step} data-kind={step.kind}>
      <time dateTime={step.at} className={classes.time} title={dateTime(step.at, zone)}>
        {clockTime(step.at, zone)}
      </time>
      <span className={classes.icon} role="img" aria-label={label}>
        {icon}
      </span>
      <div>
        <p className={classes.text}>
          {step.who !== null && <b>{step.who}: </b>}
          {step.text}
        </p>
        <p className={classes.small}>
          {[
            step.detail,
            step.tookMs !== null && step.kind !== 'wait' ? `took ${duration(step.tookMs)}` : null,
            step.tookMs !== null && step.kind === 'wait' ? `waited ${duration(step.tookMs)}` : null,
            `event${step.eventIds.length === 1 ? '' : 's'} ${step.eventIds.join(', ')}`,
          ]
            .filter((words) => words !== null && words !== '')
            .join(' · ')}
        </p>
      </div>
    </li>
  );
}

function Proof({ run }: { run: Run }) {
  return (
    <dl className={classes.proof}>
      <dt>Raw history</dt>
      <dd>
        {run.raw === null ? (
          'deleted with the evidence'
        ) : (
          <a href={run.raw} className={classes.link}>
            As the engine gave it (JSON)
          </a>
        )}
        <span className={`mono ${classes.hash}`}>SHA-256 {run.rawSha256}</span>
      </dd>
      <dt>Readable copy</dt>
      <dd>
        {run.decoded === null ? (
          'deleted with the evidence'
        ) : (
          <a href={run.decoded} className={classes.link}>
            With its contents read (JSON)
          </a>
        )}
        <span className={`mono ${classes.hash}`}>SHA-256 {run.decodedSha256}</span>
      </dd>
      <dt>Code that ran it</dt>
      <dd className={`mono ${classes.hash}`}>{run.buildIds.join(', ') || 'not said'}</dd>
      <dt>Size</dt>
      <dd>
        {run.events} events{run.actions === null ? '' : `, ${run.actions} Actions`}
      </dd>
    </dl>
  );
}

function stateSentence(run: Run, zone: string): string {
  switch (run.state) {
    case 'due':
      return 'It will be kept in a moment: the workflow may still be finishing.';
    case 'exported':
      return run.deletedAt === null
        ? `Kept at ${dateTime(run.exportedAt ?? run.closedAt, zone)}. Its hashes are in the audit log.`
        : `Deleted with the evidence at ${dateTime(run.deletedAt, zone)}. Its hashes stay in the audit log.`;
    case 'lost':
      return 'The workflow engine had forgotten it before it could be kept. The audit log says so.';
    case 'not_kept':
      return 'It was not kept, since the evidence had been deleted already.';
  }
}
