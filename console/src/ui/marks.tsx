import { Tooltip } from '@mantine/core';
import { IconLifebuoy, IconSpeakerphone } from '@tabler/icons-react';
import type { Incident } from '../api/client.ts';
import { initials } from '../format.ts';
import { clockTime, useNowMs } from '../time.ts';
import classes from './marks.module.css';

/** Nothing of it happened: said in words wherever a drill is shown. */
export function DrillMark() {
  return (
    <span className={classes.drill} data-testid="drill-mark">
      <IconSpeakerphone size={14} aria-hidden="true" />
      DRILL
    </span>
  );
}

/** Somebody waits for help right now. */
export function HelpMark() {
  return (
    <span className={classes.help} data-testid="help-mark">
      <IconLifebuoy size={15} aria-hidden="true" />
      HELP
    </span>
  );
}

/** Who has taken it in the console, by their initials. */
export function ClaimMark({ claim, withName = false }: { claim: NonNullable<Incident['claim']>; withName?: boolean }) {
  const nowMs = useNowMs();
  // A lease ends by itself, and no event says so.
  if (Date.parse(claim.until) <= nowMs) return null;
  const who = claim.mine ? 'You' : claim.name;
  const until = `until ${clockTime(claim.until)} at the latest`;
  return (
    <Tooltip label={`${who} ${claim.mine ? 'have' : 'has'} it, ${until}`} openDelay={250}>
      <span className={classes.claim} data-mine={claim.mine || undefined} data-testid="claim-mark">
        <span className={classes.avatar} aria-hidden="true">
          {initials(claim.name)}
        </span>
        <span className={withName ? undefined : classes.name}>
          {who} <span className="visually-hidden">{claim.mine ? 'have' : 'has'} it</span>
        </span>
      </span>
    </Tooltip>
  );
}
