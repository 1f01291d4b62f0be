import { Button } from '@mantine/core';
import { IconArrowBackUp, IconFolderOpen, IconScale } from '@tabler/icons-react';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { useSession } from '../ui/session.ts';
import { useShortcuts } from '../ui/shortcuts.tsx';
import { people } from '../words-after.ts';
import classes from './after-close.module.css';
import { Appeal } from './appeal.tsx';
import { Correct } from './correct.tsx';
import { Reopen } from './reopen.tsx';

type Action = 'correct' | 'reopen' | 'appeal';

/** What can still be said about a closed incident: that it was wrong, that it must be judged anew, that somebody objects. */
export function AfterClose({ incident }: { incident: IncidentDetail }) {
  const { may } = useSession();
  const [action, setAction] = useState<Action | null>(null);
  const [said, setSaid] = useState('');
  const isPurged = incident.evidenceState === 'purged';
  const hasAppeal = incident.reviews.some(({ kind, state }) => kind === 'appeal' && state === 'open');
  const canCorrect = may('incident.correct');
  const canReopen = may('incident.reopen') && !isPurged;
  const canAppeal = may('incident.appeal') && !hasAppeal;
  const close = (words = '') => {
    setAction(null);
    setSaid(words);
  };
  const open = (next: Action) => {
    setSaid('');
    setAction(next);
  };
  useShortcuts('Closed', [
    ...(canCorrect ? [{ keys: ['w'], label: 'This was wrong', run: () => open('correct') }] : []),
    ...(canReopen ? [{ keys: ['o'], label: 'Open it again', run: () => open('reopen') }] : []),
  ]);
  if (!canCorrect && !canReopen && !canAppeal && said === '') return null;
  return (
    <div className={classes.after}>
      {action === null && (
        <div className={classes.buttons}>
          {canCorrect && (
            <Button
              variant="default"
              leftSection={<IconArrowBackUp size={17} />}
              rightSection={<kbd>w</kbd>}
              onClick={() => open('correct')}
              data-testid="correct"
            >
              This was wrong
            </Button>
          )}
          {canReopen && (
            <Button
              variant="default"
              leftSection={<IconFolderOpen size={17} />}
              rightSection={<kbd>o</kbd>}
              onClick={() => open('reopen')}
              data-testid="reopen"
            >
              Open it again
            </Button>
          )}
          {canAppeal && (
            <Button
              variant="default"
              leftSection={<IconScale size={17} />}
              onClick={() => open('appeal')}
              data-testid="appeal"
            >
              Take down an objection
            </Button>
          )}
        </div>
      )}
      {action === 'correct' && (
        <Correct
          incident={incident}
          onCancel={() => close()}
          onDone={(told) =>
            close(
              `Corrected. ${told === 0 ? 'Nobody had to be told.' : `${people(told)} ${told === 1 ? 'is' : 'are'} being told now.`}`,
            )
          }
        />
      )}
      {action === 'reopen' && <Reopen incident={incident} onCancel={() => close()} onDone={() => close()} />}
      {action === 'appeal' && (
        <Appeal
          incident={incident}
          onCancel={() => close()}
          onDone={() => close('The objection is on record. Its number for the person is under Reviews.')}
        />
      )}
      {said !== '' && (
        <p role="status" className={classes.said}>
          {said}
        </p>
      )}
    </div>
  );
}
