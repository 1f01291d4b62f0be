import { Button } from '@mantine/core';
import { IconBellOff, IconLifebuoy, IconListCheck, IconShieldCheck, IconSpeakerphone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { IncidentDetail } from '../api/client.ts';
import { stepsQuery, timelineQuery } from '../api/queries.ts';
import { clockTime } from '../time.ts';
import { useSession } from '../ui/session.ts';
import { reasonSentence } from '../words-reasons.ts';
import { keepsOpen, stepActions } from '../words-runbook.ts';
import { timelineSentence } from '../words-timeline.ts';
import { Notice } from './notice.tsx';
import classes from './notices.module.css';
import { TerminalWaits } from './terminal-hold.tsx';

/** What whoever opens the page must know first. */
export function Notices({ incident, onStandDown }: { incident: IncidentDetail; onStandDown: () => void }) {
  return (
    <>
      {incident.helpRequested && incident.state !== 'closed' && <Help incident={incident} onStandDown={onStandDown} />}
      <TerminalWaits incident={incident} />
      {incident.drill && (
        <Notice tone="info" icon={<IconSpeakerphone size={22} stroke={1.6} />} title="DRILL. Nothing of this happened.">
          <p>People are told as if it had. Nothing is locked, disabled or sent to anybody outside.</p>
        </Notice>
      )}
      {incident.suppression && <HeldBack incident={incident} />}
      <StepsToDo incident={incident} />
    </>
  );
}

function Help({ incident, onStandDown }: { incident: IncidentDetail; onStandDown: () => void }) {
  const { may } = useSession();
  const timeline = useQuery(timelineQuery(incident.id));
  const asked = timeline.data?.events.findLast(({ kind }) => kind === 'help_requested');
  return (
    <Notice
      tone="bad"
      icon={<IconLifebuoy size={26} stroke={1.8} />}
      title="HELP was asked for"
      testId="help-notice"
      action={
        may('incident.decide') && (
          <Button
            variant="default"
            size="md"
            leftSection={<IconShieldCheck size={18} />}
            rightSection={<kbd>s</kbd>}
            onClick={onStandDown}
            data-testid="stand-down"
          >
            Stand down
          </Button>
        )
      }
    >
      <p>
        {asked && `${timelineSentence(asked)} It was ${clockTime(asked.at, incident.storeTimeZone)} there. `}
        People are being called until somebody says that everybody is safe.
      </p>
    </Notice>
  );
}

function HeldBack({ incident }: { incident: IncidentDetail }) {
  const reasons = incident.suppression ?? [];
  const sentences = reasons.map((reason) => reasonSentence(reason, incident.storeTimeZone));
  return (
    <Notice
      tone="warn"
      icon={<IconBellOff size={22} stroke={1.6} />}
      title="Held back: nobody is paged about this"
      testId="held-back"
    >
      {sentences.length === 1 ? (
        <p>{sentences[0]}</p>
      ) : (
        <ul className={classes.list}>
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

/** Decided, and open all the same. */
function StepsToDo({ incident }: { incident: IncidentDetail }) {
  const steps = useQuery(stepsQuery(incident.id));
  if (incident.state === 'closed' || incident.verdict !== 'confirmed') return null;
  const left = steps.data?.steps.filter(keepsOpen) ?? [];
  return (
    <Notice
      tone="info"
      icon={<IconListCheck size={22} stroke={1.6} />}
      title="Confirmed, and still open"
      testId="steps-to-do"
    >
      <p>
        It closes by itself when {left.length === 1 ? 'this is' : 'these are'} done:{' '}
        {left.map(({ action, message }) => message ?? stepActions[action].toLowerCase()).join('; ') || 'its last steps'}
        .
      </p>
    </Notice>
  );
}
