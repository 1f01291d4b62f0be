import { Button } from '@mantine/core';
import { IconSpeakerphone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { drillsQuery, storesQuery } from '../api/queries.ts';
import { DrillDialog } from '../drills/dialog.tsx';
import { duration } from '../time.ts';
import { DrillMark } from '../ui/marks.tsx';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { incidentTitle, readable, roleLabel, verdictLabels } from '../words.ts';
import classes from './drills.module.css';
import page from './page.module.css';

type Drill = Schemas['Drill'];

/** What was practised, and how ready the stores were. */
export function DrillsPage() {
  const { may } = useSession();
  const drills = useQuery(drillsQuery);
  const stores = useQuery(storesQuery);
  const [isStarting, setStarting] = useState(false);
  useEffect(() => {
    document.title = 'Drills · Floorwalker';
  }, []);
  const nameOf = (storeId: string) => stores.data?.items.find(({ id }) => id === storeId)?.name ?? storeId;
  return (
    <div className={page.page}>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Drills</h1>
          <p className={page.lead}>Practised incidents, newest first, and how ready each store was.</p>
        </div>
        {may('drill.start') && (
          <Button size="md" leftSection={<IconSpeakerphone size={18} />} onClick={() => setStarting(true)}>
            Start a drill
          </Button>
        )}
      </div>
      {may('drill.start') && <DrillDialog opened={isStarting} onClose={() => setStarting(false)} />}
      {drills.isPending && <Loading label="Loading the drills" />}
      {drills.isError && <Failure error={drills.error} onRetry={() => void drills.refetch()} />}
      {drills.data?.drills.length === 0 && (
        <Empty icon={<IconSpeakerphone size={30} stroke={1.5} />} title="No drill yet">
          A drill plays an incident that nobody made and measures how fast people were reached and answered.
        </Empty>
      )}
      {drills.data && drills.data.drills.length > 0 && (
        <ol className={classes.list} data-testid="drills">
          {drills.data.drills.map((drill) => (
            <DrillCard key={drill.id} drill={drill} storeName={nameOf(drill.storeId)} />
          ))}
        </ol>
      )}
    </div>
  );
}

function DrillCard({ drill, storeName }: { drill: Drill; storeName: string }) {
  return (
    <li className={`${page.card} ${classes.drill}`}>
      <div className={classes.score} data-level={levelOf(drill.readiness?.score)}>
        <b>{drill.readiness ? drill.readiness.score : '–'}</b>
        <span>{drill.readiness ? 'of 100' : 'not played'}</span>
      </div>
      <div className={classes.what}>
        <h2 className={classes.title}>
          <DrillMark />{' '}
          <Link to="/incidents/$incidentId" params={{ incidentId: drill.incidentId }}>
            {incidentTitle(drill.type)}
          </Link>
        </h2>
        <p className={classes.dim}>
          {storeName} · started by {drill.startedBy} · <TimeAgo at={drill.startedAt} />
          {drill.incident && ` · ${endOf(drill.incident)}`}
        </p>
        {drill.note && <p className={classes.note}>{drill.note}</p>}
      </div>
      <Parts drill={drill} />
    </li>
  );
}

const levelOf = (score: number | undefined): string =>
  score === undefined ? 'none' : score >= 80 ? 'good' : score >= 50 ? 'warn' : 'bad';

const endOf = ({ state, verdict }: NonNullable<Drill['incident']>): string => {
  const words = verdict ? ((verdictLabels as Record<string, string>)[verdict] ?? readable(verdict)) : null;
  return state === 'closed' ? `closed${words ? `: ${words.toLowerCase()}` : ''}` : 'still open';
};

function Parts({ drill }: { drill: Drill }) {
  const { readiness } = drill;
  if (!readiness) return <p className={classes.dim}>It is on record and could not be played. Start another one.</p>;
  const seconds = (value: number | null) => (value === null ? 'nobody' : duration(value * 1000));
  const said: Record<(typeof readiness.parts)[number]['part'], { label: string; value: string }> = {
    phone: { label: 'Detection to phone', value: seconds(readiness.detectionToPhoneSeconds) },
    reply: {
      label: drill.answeredByRole ? `Answer (${roleLabel(drill.answeredByRole).toLowerCase()})` : 'Answer',
      value: seconds(readiness.replySeconds),
    },
    evidence: { label: 'Clip', value: readiness.evidenceComplete ? 'whole' : 'not whole' },
    steps: { label: 'Steps', value: `${drill.stepsDone} of ${drill.stepsPlanned}` },
  };
  return (
    <dl className={classes.parts}>
      {readiness.parts.map(({ part, points, of }) => (
        <div key={part}>
          <dt>{said[part].label}</dt>
          <dd>
            {said[part].value}{' '}
            <span className={classes.points}>
              {points}/{of}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
