import { useId, useRef } from 'react';
import type { Schemas } from '../../api/client.ts';
import classes from './source-editor.module.css';

export type Problem = Schemas['PolicyValidation']['problems'][number];

interface SourceEditorProps {
  source: string;
  onChange: (source: string) => void;
  onSave: () => void;
  problems: readonly Problem[];
  /** The problems are of an earlier text, the answer to this one is on its way. */
  isChecking: boolean;
  isReadOnly: boolean;
  label: string;
}

/** The document with its line numbers; what is wrong stands at its line, and in a list that leads there. */
export function SourceEditor(props: SourceEditorProps) {
  const { source, onChange, onSave, problems, isChecking, isReadOnly, label } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const lines = source.split('\n');
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  const firstAt = new Map(problems.toReversed().map((problem) => [problem.line, problem]));

  const jump = ({ line, column }: Problem) => {
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    const end = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) - 1;
    area.current?.focus({ preventScroll: true });
    area.current?.setSelectionRange(Math.min(start, end), Math.max(start, end));
    const mark = area.current?.closest('section')?.querySelector(`[data-number="${line}"]`);
    mark?.scrollIntoView({ block: 'center', inline: 'start' });
  };

  return (
    <section className={classes.editor} aria-label={label}>
      <div className={classes.frame}>
        <div className={classes.gutter} aria-hidden="true">
          {lines
            .map((_, index) => index + 1)
            .map((number) => (
              <span key={number} data-number={number} data-wrong={firstAt.has(number) || undefined}>
                {number}
              </span>
            ))}
        </div>
        <div className={classes.sheet} style={{ '--lines': lines.length, '--longest': longest } as React.CSSProperties}>
          <div className={classes.marks} aria-hidden="true">
            {[...firstAt].map(([line, problem]) => (
              <div key={line} className={classes.mark} style={{ top: `calc(${line - 1} * var(--line))` }}>
                <span style={{ marginLeft: `calc(${(lines[line - 1]?.length ?? 0) + 3} * 1ch)` }}>
                  {problem.message}
                </span>
              </div>
            ))}
          </div>
          <textarea
            ref={area}
            className={classes.area}
            aria-label={label}
            aria-describedby={problems.length > 0 ? listId : undefined}
            aria-invalid={problems.length > 0 || undefined}
            value={source}
            readOnly={isReadOnly}
            onChange={(event) => onChange(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              onSave();
            }}
            rows={lines.length}
            wrap="off"
            spellCheck={false}
            autoCapitalize="off"
            autoCorrect="off"
            autoComplete="off"
          />
        </div>
      </div>
      <div className={classes.findings} aria-live="polite" aria-busy={isChecking} id={listId}>
        {problems.length === 0 ? (
          <p className={classes.fine}>{isChecking ? 'Checking …' : 'Nothing is wrong with this document.'}</p>
        ) : (
          <>
            <p className={classes.wrong}>
              {problems.length === 1 ? 'One problem' : `${problems.length} problems`} to solve before it can be saved:
            </p>
            <ol data-testid="policy-problems">
              {problems.map((problem) => (
                <li key={`${problem.line}:${problem.column}:${problem.message}`}>
                  <button type="button" className={classes.problem} onClick={() => jump(problem)}>
                    <span className={classes.where}>Line {problem.line}</span>
                    <span>
                      {problem.path && <b className="mono">{problem.path}</b>} {problem.message}
                    </span>
                  </button>
                </li>
              ))}
            </ol>
          </>
        )}
      </div>
    </section>
  );
}
