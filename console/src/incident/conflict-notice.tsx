import { CloseButton } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { IncidentDetail } from '../api/client.ts';
import { timelineQuery } from '../api/queries.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { timelineSentence } from '../words-timeline.ts';
import classes from './conflict-notice.module.css';

interface ConflictNoticeProps {
  incident: IncidentDetail;
  message: string;
  onDismiss: () => void;
}

const decisive = new Set([
  'verdict_given',
  'acknowledged',
  'help_requested',
  'closed',
  'correction_recorded',
  'review_deadline_passed',
]);

/** Your verdict was not recorded because something happened meanwhile: says what. */
export function ConflictNotice({ incident, message, onDismiss }: ConflictNoticeProps) {
  const timeline = useQuery(timelineQuery(incident.id));
  const events = timeline.data?.events ?? [];
  const latest =
    events.findLast((event) => event.kind !== 'closed' && decisive.has(event.kind)) ??
    events.findLast((event) => decisive.has(event.kind));
  return (
    <div className={classes.notice} role="alert" data-testid="verdict-conflict">
      <IconInfoCircle size={22} stroke={1.6} aria-hidden="true" />
      <div>
        <p>
          <b>Your verdict was not recorded.</b> {message}
        </p>
        {latest && (
          <p className={classes.meanwhile}>
            Meanwhile: {timelineSentence(latest)} (<TimeAgo at={latest.at} timeZone={incident.storeTimeZone} />)
          </p>
        )}
      </div>
      <CloseButton aria-label="Close this notice" onClick={onDismiss} />
    </div>
  );
}
