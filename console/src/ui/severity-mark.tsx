import type { Schemas } from '../api/client.ts';
import { severityLabels } from '../words.ts';
import classes from './severity-mark.module.css';

const levels: readonly Schemas['SeverityLevel'][] = ['low', 'medium', 'high', 'critical'];

/** One to four bars and the word: readable without colour. */
export function SeverityMark({ level, large = false }: { level: Schemas['SeverityLevel']; large?: boolean }) {
  const filled = levels.indexOf(level) + 1;
  return (
    <span className={classes.mark} data-level={level} data-large={large || undefined}>
      <svg viewBox="0 0 22 16" width={large ? 30 : 22} height={large ? 22 : 16} aria-hidden="true">
        {levels.map((name, index) => (
          <rect
            key={name}
            x={index * 6}
            y={12 - index * 4}
            width="4"
            height={4 + index * 4}
            rx="1"
            className={index < filled ? classes.on : classes.off}
          />
        ))}
      </svg>
      <span className={classes.word}>
        <span className="visually-hidden">Severity </span>
        {severityLabels[level]}
      </span>
    </span>
  );
}
