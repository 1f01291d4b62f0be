import { Button, Chip, TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { ApiError } from '../api/client.ts';
import { reasonLabels, verdictChoices } from '../words.ts';
import type { Attempt, Decision } from './use-decision.ts';
import classes from './verdict-confirm.module.css';

/** The armed verdict: Enter sends it, Escape takes it back. */
export function VerdictConfirm({ decision, armed }: { decision: Decision; armed: Attempt }) {
  const panel = useRef<HTMLFormElement>(null);
  const choice = verdictChoices.find((entry) => entry.verdict === armed.verdict)!;
  // The panel takes the focus, not its button: Space must go on playing the clip, never decide.
  // biome-ignore lint/correctness/useExhaustiveDependencies: focus again when another verdict is armed
  useEffect(() => panel.current?.focus({ preventScroll: true }), [armed.verdict]);
  return (
    <form
      ref={panel}
      tabIndex={-1}
      className={classes.panel}
      aria-label={`Confirm: ${choice.label}`}
      data-testid="verdict-confirm"
      onSubmit={(event) => {
        event.preventDefault();
        decision.confirm();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') decision.disarm();
      }}
    >
      <div className={classes.words}>
        <p className={classes.title}>{choice.confirm}?</p>
        {choice.reasons.length > 0 && (
          <Chip.Group
            value={armed.reasonCode}
            onChange={(reason) =>
              decision.change({ reasonCode: choice.reasons.find((code) => code === reason) ?? null })
            }
          >
            <div className={classes.reasons} role="radiogroup" aria-label="Reason, if you know it">
              {choice.reasons.map((code) => (
                <Chip key={code} value={code} size="sm" variant="outline">
                  {reasonLabels[code]}
                </Chip>
              ))}
            </div>
          </Chip.Group>
        )}
        {decision.error && (
          <p role="alert" className={classes.error}>
            {decision.error.message}. {decision.error instanceof ApiError ? decision.error.detail : ''} Enter tries
            again.
          </p>
        )}
      </div>
      <TextInput
        aria-label="Note (optional)"
        placeholder="Note (optional)"
        className={classes.note}
        value={armed.note}
        maxLength={2000}
        onChange={(event) => decision.change({ note: event.currentTarget.value })}
      />
      <div className={classes.buttons}>
        <Button
          variant="default"
          size="md"
          onClick={decision.disarm}
          rightSection={<kbd>Esc</kbd>}
          disabled={decision.isSending}
        >
          Cancel
        </Button>
        <Button type="submit" size="md" loading={decision.isSending} rightSection={<span aria-hidden="true">↵</span>}>
          {decision.error ? 'Try again' : 'Confirm'}
        </Button>
      </div>
    </form>
  );
}
