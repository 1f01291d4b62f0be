import { Button, Tooltip, UnstyledButton } from '@mantine/core';
import { IconCheck, IconNote, IconUserCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData, isStatus } from '../api/client.ts';
import { keys } from '../api/queries.ts';
import { newKey } from '../ids.ts';
import { useSession } from '../ui/session.ts';
import { useShortcuts } from '../ui/shortcuts.tsx';
import { choicesFor, roleLabel } from '../words.ts';
import { ConflictNotice } from './conflict-notice.tsx';
import { NoteDialog } from './note-dialog.tsx';
import type { Decision } from './use-decision.ts';
import classes from './verdict-bar.module.css';
import { VerdictConfirm } from './verdict-confirm.tsx';

/** Always in reach while the incident is open: take it, note something, decide. */
export function VerdictBar({ incident, decision }: { incident: IncidentDetail; decision: Decision }) {
  const { session, may } = useSession();
  const acknowledge = useAcknowledge(incident);
  const [isNoting, setNoting] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const isOpen = incident.state !== 'closed';
  const canDecide = isOpen && may('incident.decide');
  const choices = choicesFor(incident.helpRequested === true);
  const canNote = may('incident.note');
  const takenBy = incident.state === 'acknowledged' ? (incident.waitingFor?.personName ?? 'Somebody') : null;
  const canTake = isOpen && may('incident.acknowledge') && takenBy === null && !acknowledge.isPending;

  useShortcuts('Decide', [
    ...(canDecide
      ? [
          { keys: ['v'], label: 'Go to the verdict', run: () => first.current?.focus() },
          ...choices.map((choice) => ({
            keys: [choice.key],
            label: `${choice.label}: ${choice.hint.toLowerCase()}`,
            run: () => decision.arm(choice.verdict),
          })),
        ]
      : []),
    ...(decision.armed
      ? [
          { keys: ['Enter'], label: 'Confirm the verdict', run: decision.confirm },
          { keys: ['Escape'], label: 'Cancel the verdict', run: decision.disarm },
        ]
      : []),
    ...(canTake ? [{ keys: ['a'], label: 'I have it (acknowledge)', run: () => acknowledge.mutate() }] : []),
    ...(canNote ? [{ keys: ['n'], label: 'Add a note', run: () => setNoting(true) }] : []),
  ]);

  return (
    <>
      <p aria-live="assertive" className="visually-hidden">
        {decision.said}
      </p>
      {canNote && <NoteDialog incident={incident} opened={isNoting} onClose={() => setNoting(false)} />}
      {(isOpen || decision.conflict) && (
        <section
          className={classes.dock}
          aria-label="Verdict"
          data-testid="verdict-bar"
          data-armed={decision.armed ? true : undefined}
        >
          {decision.conflict && (
            <ConflictNotice incident={incident} message={decision.conflict} onDismiss={decision.dismissConflict} />
          )}
          {decision.recorded && isOpen && (
            <p className={classes.recorded}>
              <IconCheck size={18} aria-hidden="true" /> Recorded: {decision.recorded}.
            </p>
          )}
          {acknowledge.isError && (
            <p role="alert" className={classes.failure}>
              {acknowledge.error.message}
            </p>
          )}
          {isOpen && decision.armed && <VerdictConfirm decision={decision} armed={decision.armed} />}
          {isOpen && (
            <div className={classes.bar}>
              <div className={classes.side}>
                {may('incident.acknowledge') && (
                  <Tooltip
                    label={takenBy ? `${takenBy} has it already` : 'Nobody else is told while you look at it (a)'}
                    openDelay={300}
                  >
                    <span>
                      <Button
                        variant="default"
                        size="md"
                        leftSection={<IconUserCheck size={18} />}
                        rightSection={takenBy ? undefined : <kbd>a</kbd>}
                        disabled={!canTake}
                        onClick={() => acknowledge.mutate()}
                        data-testid="acknowledge"
                      >
                        {takenBy ? 'Taken' : 'I have it'}
                      </Button>
                    </span>
                  </Tooltip>
                )}
                {canNote && (
                  <Button
                    variant="default"
                    size="md"
                    leftSection={<IconNote size={18} />}
                    rightSection={<kbd>n</kbd>}
                    onClick={() => setNoting(true)}
                  >
                    Note
                  </Button>
                )}
              </div>
              {canDecide ? (
                <fieldset className={classes.choices} aria-label="Your verdict">
                  {choices.map((choice, index) => (
                    <Tooltip key={choice.verdict} label={choice.hint} openDelay={500}>
                      <UnstyledButton
                        ref={index === 0 ? first : null}
                        className={classes.choice}
                        data-verdict={choice.verdict}
                        aria-pressed={decision.armed?.verdict === choice.verdict}
                        data-testid={`verdict-${choice.verdict}`}
                        onClick={() => decision.arm(choice.verdict)}
                      >
                        <kbd>{choice.key}</kbd>
                        <span className={classes.label}>{choice.label}</span>
                        <span className={classes.hint}>{choice.hint}</span>
                      </UnstyledButton>
                    </Tooltip>
                  ))}
                </fieldset>
              ) : (
                <p className={classes.readonly}>
                  {roleLabel(session.role)} can read this incident; deciding it is up to the store and the SOC.
                </p>
              )}
            </div>
          )}
        </section>
      )}
    </>
  );
}

function useAcknowledge(incident: IncidentDetail) {
  const client = useQueryClient();
  const idempotencyKey = useRef<string | null>(null);
  return useMutation({
    mutationFn: () => {
      idempotencyKey.current ??= newKey();
      const header = { 'Idempotency-Key': idempotencyKey.current };
      const params = { path: { incidentId: incident.id }, header };
      return expectData(api.POST('/v1/incidents/{incidentId}/acknowledge', { params }));
    },
    onSettled: async (_result, error) => {
      // Only an attempt that got no clear answer keeps its key.
      if (!error || isStatus(error, 409)) idempotencyKey.current = null;
      await client.invalidateQueries({ queryKey: keys.incident(incident.id) });
      await client.invalidateQueries({ queryKey: keys.incidents });
    },
  });
}
