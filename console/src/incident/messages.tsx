import type { IncidentDetail } from '../api/client.ts';
import { clockTime } from '../time.ts';
import { Chip } from '../ui/chip.tsx';
import { notificationKinds, notificationStates } from '../words.ts';
import classes from './messages.module.css';

/** Every text that went out, word for word, and what became of it. */
export function Messages({ incident }: { incident: IncidentDetail }) {
  if (incident.notifications.length === 0) {
    return (
      <p className={classes.none}>
        {incident.posVerdict === 'MATCH' ? 'Nobody was told: the receipt was found first.' : 'Nobody has been told.'}
      </p>
    );
  }
  return (
    <ol className={classes.list}>
      {incident.notifications.map((notification) => {
        const state = notificationStates[notification.state];
        return (
          <li key={notification.id} className={classes.message}>
            <div className={classes.head}>
              <b>{notification.personName}</b>
              <span className={classes.meta}>
                {notificationKinds[notification.kind]} · step {notification.step + 1} ·{' '}
                {clockTime(notification.sentAt ?? notification.createdAt, incident.storeTimeZone)}
              </span>
              <Chip tone={state.tone}>{state.label}</Chip>
            </div>
            {notification.body !== '' && <p className={classes.body}>{notification.body}</p>}
          </li>
        );
      })}
    </ol>
  );
}
