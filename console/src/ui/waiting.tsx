import { IconClockHour4 } from '@tabler/icons-react';
import type { Incident } from '../api/client.ts';
import { countdown, useNowMs } from '../time.ts';
import classes from './waiting.module.css';

/** Who is being waited for, and how long they have. */
export function Waiting({
  waitingFor,
  state,
}: {
  waitingFor: NonNullable<Incident['waitingFor']>;
  state: Incident['state'];
}) {
  const nowMs = useNowMs();
  const left = countdown(waitingFor.dueAt, nowMs);
  const then = state === 'acknowledged' ? 'to decide' : 'to answer';
  return (
    <span className={classes.waiting}>
      <IconClockHour4 size={16} aria-hidden="true" />
      <span className={classes.words}>
        <span className={classes.who}>
          {state === 'acknowledged' ? 'With' : 'Waiting for'} {waitingFor.personName}
        </span>
        <span className={classes.when}>
          {left ? (
            <>
              <b className="tabular">{left}</b> {then}
            </>
          ) : (
            'time is up'
          )}
        </span>
      </span>
    </span>
  );
}
