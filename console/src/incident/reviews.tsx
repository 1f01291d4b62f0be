import type { IncidentDetail, Schemas } from '../api/client.ts';
import { dateTime } from '../time.ts';
import { Chip } from '../ui/chip.tsx';
import { useSession } from '../ui/session.ts';
import type { Tone } from '../words.ts';
import { reviewKinds, reviewReasons, reviewStates } from '../words-after.ts';
import { DecideAppeal } from './appeal.tsx';
import classes from './reviews.module.css';

const tones: Record<Schemas['Review']['state'], Tone> = {
  open: 'info',
  upheld: 'good',
  overturned: 'warn',
  rejected: 'neutral',
};

/** Second looks and objections, and what came of them. */
export function Reviews({ incident }: { incident: IncidentDetail }) {
  const { may } = useSession();
  return (
    <ol className={classes.list} data-testid="reviews">
      {incident.reviews.map((review) => (
        <li key={review.id} className={classes.review}>
          <div className={classes.head}>
            <b>{reviewKinds[review.kind]}</b>
            <span className={classes.dim}>
              {review.kind === 'appeal' ? `taken down by ${review.openedBy}, ` : 'asked for '}
              {dateTime(review.openedAt, incident.storeTimeZone)}
            </span>
            <Chip tone={tones[review.state]}>{reviewStates[review.state]}</Chip>
          </div>
          {review.statement && <blockquote className={classes.statement}>{review.statement}</blockquote>}
          {review.number !== null && (
            <p className={classes.dim}>
              For whoever objects: number <span className="mono">{review.number}</span>,{' '}
              <a href={`/a/${review.number}`}>its public page</a>. It says nothing about anybody.
            </p>
          )}
          {review.decidedAt && (
            <p className={classes.dim}>
              {review.decidedBy}, {dateTime(review.decidedAt, incident.storeTimeZone)}
              {review.reasonCode && `: ${reasonWords(review.reasonCode)}`}
            </p>
          )}
          {review.kind === 'appeal' &&
            review.state === 'open' &&
            (may('incident.review') ? (
              <DecideAppeal incident={incident} appeal={review} />
            ) : (
              <p className={classes.dim}>A lead, compliance or the region decides about it.</p>
            ))}
        </li>
      ))}
    </ol>
  );
}

const reasonWords = (code: string): string => (reviewReasons as Record<string, string>)[code] ?? code;
