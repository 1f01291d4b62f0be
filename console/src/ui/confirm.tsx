import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import classes from './confirm.module.css';
import { Problem } from './notices.tsx';

interface ConfirmProps {
  title: string;
  confirmLabel: string;
  /** What will happen, and what must be said first. */
  children?: ReactNode;
  error?: unknown;
  isSending: boolean;
  canConfirm?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
  testId?: string;
}

/** Asks once more, where the button was: Enter does it, Escape takes it back. */
export function Confirm(props: ConfirmProps) {
  const { title, confirmLabel, children, error, isSending, canConfirm = true, onConfirm, onCancel, testId } = props;
  const panel = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const first = panel.current?.querySelector<HTMLElement>('input, textarea, select');
    (first ?? panel.current)?.focus({ preventScroll: true });
    panel.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <form
      ref={panel}
      tabIndex={-1}
      className={classes.panel}
      aria-label={title}
      data-testid={testId}
      onSubmit={(event) => {
        event.preventDefault();
        if (canConfirm && !isSending) onConfirm();
      }}
      onKeyDown={(event) => {
        if (event.defaultPrevented) return;
        // Nobody decides an incident with a key that was meant for this question.
        event.nativeEvent.stopPropagation();
        if (event.key === 'Escape') onCancel();
        if (event.key === 'Enter' && event.target === panel.current && canConfirm && !isSending) onConfirm();
      }}
    >
      <p className={classes.title}>{title}</p>
      {children}
      {error !== null && error !== undefined && <Problem error={error} />}
      <div className={classes.buttons}>
        <Button variant="default" size="sm" onClick={onCancel} disabled={isSending} rightSection={<kbd>Esc</kbd>}>
          Cancel
        </Button>
        <Button type="submit" size="sm" loading={isSending} disabled={!canConfirm}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
