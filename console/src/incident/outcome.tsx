import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { IncidentDetail } from '../api/client.ts';
import { queueQuery } from '../api/queries.ts';
import { calendarDate, dateTime, duration } from '../time.ts';
import { useShortcuts } from '../ui/shortcuts.tsx';
import { outcomeSentences, verdictLabels } from '../words.ts';
import { AfterClose } from './after-close.tsx';
import classes from './outcome.module.css';
import { SecondLook } from './second-look.tsx';

/** How it ended, how long it is kept, and whether somebody had to say sorry. */
export function Outcome({ incident }: { incident: IncidentDetail }) {
  const zone = incident.storeTimeZone;
  const verdict = incident.verdict ?? 'unreviewed';
  const takenMs = incident.closedAt ? Date.parse(incident.closedAt) - Date.parse(incident.receivedAt) : null;
  return (
    <section className={classes.outcome} aria-labelledby="outcome-heading">
      <div className={classes.words}>
        <h2 id="outcome-heading" className={classes.title}>
          {verdictLabels[verdict]}
        </h2>
        {!incident.corrected && <p>{outcomeSentences[verdict]}</p>}
        {incident.corrected && (
          <p className={classes.correction}>
            <b>Corrected.</b> The earlier verdict turned out to be wrong. Everyone who was told about it is told so.
          </p>
        )}
        <p className={classes.dim}>
          {incident.closedAt &&
            `Closed ${dateTime(incident.closedAt, zone)}${takenMs === null ? '' : `, ${duration(takenMs)} after it came in`}. `}
          {incident.legalHold
            ? 'Kept for as long as the legal hold stands.'
            : incident.purgeAfter
              ? incident.evidenceState === 'purged'
                ? 'The evidence has been deleted.'
                : `The evidence is deleted after ${calendarDate(incident.purgeAfter, zone)}.`
              : ''}
        </p>
      </div>
      <NextOpen currentId={incident.id} />
      <SecondLook incident={incident} />
      <AfterClose incident={incident} />
    </section>
  );
}

function NextOpen({ currentId }: { currentId: string }) {
  const open = useInfiniteQuery(queueQuery('open', undefined));
  const navigate = useNavigate();
  const next = open.data?.pages.flatMap((part) => part.items).find((incident) => incident.id !== currentId);
  const go = () => {
    if (next) void navigate({ to: '/incidents/$incidentId', params: { incidentId: next.id } });
    else void navigate({ to: '/' });
  };
  useShortcuts('Next', [{ keys: [']'], label: next ? 'Next open incident' : 'Back to the queue', run: go }]);
  return (
    <Button
      variant="default"
      size="md"
      rightSection={<IconArrowRight size={18} />}
      leftSection={<kbd>]</kbd>}
      onClick={go}
    >
      {next ? 'Next open incident' : 'Back to the queue'}
    </Button>
  );
}
