import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { Choices, choicesOf } from '../ui/choices.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { correctionPreview, type ReviewReason, reviewReasons } from '../words-after.ts';
import { toldPeople } from '../words-messages.ts';
import classes from './after-close.module.css';

const shortestStatement = 3;

/** Takes down what somebody says against the verdict; somebody who did not give it decides. */
export function Appeal({
  incident,
  onCancel,
  onDone,
}: {
  incident: IncidentDetail;
  onCancel: () => void;
  onDone: () => void;
}) {
  const [statement, setStatement] = useState('');
  const open = useIncidentCommand(
    incident.id,
    (words: string) =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/appeals', {
          params: { path: { incidentId: incident.id } },
          body: { statement: words },
        }),
      ),
    { onSuccess: onDone },
  );
  return (
    <Confirm
      title="Take down an objection"
      confirmLabel="Put it on record"
      testId="appeal-form"
      error={open.error}
      isSending={open.isPending}
      canConfirm={statement.trim().length >= shortestStatement}
      onConfirm={() => open.mutate(statement.trim())}
      onCancel={onCancel}
    >
      <Textarea
        label="What is said against the verdict"
        description="In the person's own words, without a name. It stays with the incident and is deleted with it."
        autosize
        minRows={3}
        maxRows={10}
        maxLength={4000}
        value={statement}
        onChange={(event) => setStatement(event.currentTarget.value)}
      />
      <p className={classes.consequence}>Somebody who did not give the verdict has to decide about it.</p>
    </Confirm>
  );
}

/** Decides an objection: granted, the incident is corrected everywhere. */
export function DecideAppeal({ incident, appeal }: { incident: IncidentDetail; appeal: Schemas['Review'] }) {
  const [granted, setGranted] = useState<boolean | null>(null);
  const [reason, setReason] = useState<ReviewReason | null>(null);
  const decide = useIncidentCommand(
    incident.id,
    (body: { granted: boolean; reasonCode: ReviewReason }) =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/appeals/{appealId}/decision', {
          params: { path: { incidentId: incident.id, appealId: appeal.id } },
          body,
        }),
      ),
    { onSuccess: () => setGranted(null) },
  );
  const start = (next: boolean) => {
    setGranted(next);
    setReason(next ? null : 'verdict_stands');
  };
  if (granted === null)
    return (
      <div className={classes.buttons}>
        <Button size="sm" variant="default" onClick={() => start(true)}>
          The objection is right
        </Button>
        <Button size="sm" variant="default" onClick={() => start(false)}>
          The verdict stands
        </Button>
      </div>
    );
  return (
    <Confirm
      title={granted ? 'The objection is right' : 'The verdict stands'}
      confirmLabel={granted ? 'Correct it everywhere' : 'Let it stand'}
      error={decide.error}
      isSending={decide.isPending}
      canConfirm={reason !== null}
      onConfirm={() => reason && decide.mutate({ granted, reasonCode: reason })}
      onCancel={() => setGranted(null)}
    >
      <Choices label="Why" choices={choicesOf(reviewReasons)} value={reason} onChange={setReason} />
      <p className={classes.consequence}>
        {!granted
          ? 'Nothing changes but the record. Tell the person who objected.'
          : incident.verdict === 'false_positive'
            ? 'It counts as a false alarm already, so nobody is told again. Tell the person who objected.'
            : `It becomes a false alarm. ${correctionPreview(toldPeople(incident.notifications))}`}
      </p>
    </Confirm>
  );
}
