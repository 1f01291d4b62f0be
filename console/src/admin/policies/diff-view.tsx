import { useMemo } from 'react';
import { Empty } from '../../ui/notices.tsx';
import { diffLines, hunksOf } from './diff.ts';
import classes from './diff-view.module.css';

interface DiffViewProps {
  before: string;
  after: string;
  beforeName: string;
  afterName: string;
}

const signs = { same: ' ', added: '+', removed: '−' } as const;
const spoken = { same: '', added: 'added: ', removed: 'removed: ' } as const;

/** Two texts, line by line, and what changed between them. */
export function DiffView({ before, after, beforeName, afterName }: DiffViewProps) {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  const hunks = useMemo(() => hunksOf(lines), [lines]);
  const added = lines.filter(({ kind }) => kind === 'added').length;
  const removed = lines.filter(({ kind }) => kind === 'removed').length;
  if (hunks.length === 0)
    return (
      <Empty title="Nothing is different">
        {afterName} says the same as {beforeName}, line by line.
      </Empty>
    );
  return (
    <section aria-label="Changes" data-testid="policy-diff">
      <p className={classes.sum}>
        From {beforeName} to {afterName}: <b className={classes.plus}>{added} added</b>,{' '}
        <b className={classes.minus}>{removed} removed</b>.
      </p>
      <div className={classes.code}>
        {hunks.map((hunk) => (
          <div key={`${hunk.lines[0]?.before}-${hunk.lines[0]?.after}`}>
            {hunk.skipped > 0 && (
              <p className={classes.skipped}>
                {hunk.skipped} unchanged {hunk.skipped === 1 ? 'line' : 'lines'}
              </p>
            )}
            {hunk.lines.map((line) => (
              <div key={`${line.before}-${line.after}`} className={classes.line} data-kind={line.kind}>
                <span className={classes.number}>{line.after ?? line.before}</span>
                <span aria-hidden="true">{signs[line.kind]}</span>
                <span className={classes.text}>
                  <span className="visually-hidden">{spoken[line.kind]}</span>
                  {line.text || ' '}
                </span>
              </div>
            ))}
          </div>
        ))}
      </div>
    </section>
  );
}
