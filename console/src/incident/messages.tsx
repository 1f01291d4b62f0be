import { IconMail, IconMessage, IconPhone } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { clockTime } from '../time.ts';
import { Chip } from '../ui/chip.tsx';
import { DrillMark } from '../ui/marks.tsx';
import { Waiting } from '../ui/waiting.tsx';
import {
  callOutcome,
  channelNames,
  type Notification,
  notificationKinds,
  notificationState,
  roundWords,
} from '../words-messages.ts';
import { reasonSentence } from '../words-reasons.ts';
import classes from './messages.module.css';

const icons: Record<Notification['channel'], ReactNode> = {
  sms: <IconMessage size={16} aria-hidden="true" />,
  voice: <IconPhone size={16} aria-hidden="true" />,
  email: <IconMail size={16} aria-hidden="true" />,
};

/** Everything that went out or was held back, word for word, what became of it, and who is next. */
export function Messages({ incident }: { incident: IncidentDetail }) {
  const { notifications, waitingFor } = incident;
  if (notifications.length === 0) return <p className={classes.none}>{nobodyTold(incident)}</p>;
  const reached = notifications.filter(({ state, kind }) => state === 'delivered' && kind !== 'correction');
  const names = [...new Set(reached.map(({ personName }) => personName))];
  return (
    <>
      <div className={classes.chain}>
        <p>
          <span className={classes.meta}>Reached:</span> {names.length > 0 ? names.join(', ') : 'nobody yet'}
        </p>
        {waitingFor && incident.state !== 'closed' && <Waiting waitingFor={waitingFor} state={incident.state} />}
      </div>
      <ol className={classes.list} data-testid="messages">
        {notifications.map((notification) => (
          <Message key={notification.id} notification={notification} incident={incident} />
        ))}
      </ol>
    </>
  );
}

const nobodyTold = ({ posVerdict, suppression }: IncidentDetail): string => {
  if (posVerdict === 'MATCH') return 'Nobody was told: the receipt was found first.';
  return suppression ? 'Nobody has been told: this is held back.' : 'Nobody has been told.';
};

function Message({ notification, incident }: { notification: Notification; incident: IncidentDetail }) {
  const zone = incident.storeTimeZone;
  const state = notificationState(notification);
  const isNobody = notification.state === 'withheld' || notification.state === 'nobody_on_shift';
  const facts = [
    notificationKinds[notification.kind],
    notification.kind === 'alert' ? `step ${notification.step + 1}` : null,
    roundWords(notification),
    clockTime(notification.sentAt ?? notification.createdAt, zone),
  ].filter(Boolean);
  const outcome = callOutcome(notification);
  return (
    <li className={classes.message} data-state={notification.state} data-channel={notification.channel}>
      <div className={classes.head}>
        {!isNobody && (
          <span className={classes.channel} title={channelNames[notification.channel]}>
            {icons[notification.channel]}
            <span className="visually-hidden">{channelNames[notification.channel]}</span>
          </span>
        )}
        <b>{isNobody ? 'Nobody' : notification.personName}</b>
        <span className={classes.meta}>{facts.join(' · ')}</span>
        {incident.drill && <DrillMark />}
        <Chip tone={state.tone}>{state.label}</Chip>
      </div>
      {outcome && <p className={classes.outcome}>{outcome}</p>}
      {notification.reasons.length > 0 && (
        <ul className={classes.reasons}>
          {notification.reasons.map((reason) => (
            <li key={`${reason.code}${String(reason.params['personId'] ?? '')}`}>{reasonSentence(reason, zone)}</li>
          ))}
        </ul>
      )}
      {notification.body !== '' && notification.channel !== 'voice' && (
        <p className={classes.body}>{notification.body}</p>
      )}
    </li>
  );
}
