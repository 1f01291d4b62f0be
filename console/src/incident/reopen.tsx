import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { Choices, choicesOf } from '../ui/choices.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { type ReviewReason, reviewReasons } from '../words-after.ts';
import classes from './after-close.module.css';

interface ReopenProps {
  incident: IncidentDetail;
  onCancel: () => void;
  onDone: () => void;
}

const { verdict_stands: _, ...reasons } = reviewReasons;

/** Opens a closed incident for the console; nobody in the store hears of it. */
export function Reopen({ incident, onCancel, onDone }: ReopenProps) {
  const [reason, setReason] = useState<ReviewReason | null>(null);
  const reopen = useIncidentCommand(
    incident.id,
    (reasonCode: ReviewReason) =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/reopen', {
          params: { path: { incidentId: incident.id } },
          body: { reasonCode },
        }),
      ),
    { onSuccess: onDone },
  );
  return (
    <Confirm
      title="Open it again"
      confirmLabel="Open it again"
      testId="reopen-form"
      error={reopen.error}
      isSending={reopen.isPending}
      canConfirm={reason !== null}
      onConfirm={() => reason && reopen.mutate(reason)}
      onCancel={onCancel}
    >
      <Choices label="Why" choices={choicesOf(reasons)} value={reason} onChange={setReason} />
      <p className={classes.consequence}>
        It waits for a new verdict here in the console. Nobody in the store is told, and the earlier verdict stays on
        record.
      </p>
    </Confirm>
  );
}
