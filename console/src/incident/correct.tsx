import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { Choices, choicesOf } from '../ui/choices.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { correctionPreview, type Exoneration, exonerations, type ReviewReason, reviewReasons } from '../words-after.ts';
import { toldPeople } from '../words-messages.ts';
import classes from './after-close.module.css';

interface CorrectProps {
  incident: IncidentDetail;
  onCancel: () => void;
  onDone: (told: number) => void;
}

const { verdict_stands: _, ...reasons } = reviewReasons;

/** "This was wrong": what it really was and why; says who will hear of it before anybody does. */
export function Correct({ incident, onCancel, onDone }: CorrectProps) {
  const [verdict, setVerdict] = useState<Exoneration | null>(null);
  const [reason, setReason] = useState<ReviewReason | null>(null);
  const correct = useIncidentCommand(
    incident.id,
    (body: { verdict: Exoneration; reasonCode: ReviewReason }) =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/correct', { params: { path: { incidentId: incident.id } }, body }),
      ),
    { onSuccess: ({ told }) => onDone(told) },
  );
  return (
    <Confirm
      title="This was wrong"
      confirmLabel="Correct it everywhere"
      testId="correct-form"
      error={correct.error}
      isSending={correct.isPending}
      canConfirm={verdict !== null && reason !== null}
      onConfirm={() => verdict && reason && correct.mutate({ verdict, reasonCode: reason })}
      onCancel={onCancel}
    >
      <Choices
        label="What it was"
        choices={exonerations.flatMap((choice) =>
          choice.verdict === incident.verdict ? [] : [{ value: choice.verdict, label: choice.label }],
        )}
        value={verdict}
        onChange={setVerdict}
      />
      <Choices label="Why" choices={choicesOf(reasons)} value={reason} onChange={setReason} />
      <p className={classes.consequence} data-testid="correction-preview">
        {correctionPreview(toldPeople(incident.notifications))}
      </p>
      <p className={classes.dim}>
        The record keeps the earlier verdict beside the new one. Whatever else it turned out to be needs a new verdict:
        open it again.
      </p>
    </Confirm>
  );
}
