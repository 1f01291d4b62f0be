import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Tone } from '../words.ts';
import classes from './chip.module.css';

interface ChipProps {
  tone?: Tone;
  icon?: ReactNode;
  hint?: string;
  quiet?: boolean;
  children: ReactNode;
  testId?: string;
}

/** A small fact: words and an icon say it, colour only repeats it. */
export function Chip({ tone = 'neutral', icon, hint, quiet = false, children, testId }: ChipProps) {
  const chip = (
    <span className={classes.chip} data-tone={tone} data-quiet={quiet || undefined} data-testid={testId}>
      {icon}
      <span className={classes.words}>{children}</span>
    </span>
  );
  return hint ? (
    <Tooltip label={hint} multiline maw={280} openDelay={350}>
      {chip}
    </Tooltip>
  ) : (
    chip
  );
}
