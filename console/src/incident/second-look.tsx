import { Button } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { Choices, choicesOf } from '../ui/choices.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { useSession } from '../ui/session.ts';
import { verdictLabels } from '../words.ts';
import { correctionPreview, type Exoneration, exonerations, type ReviewReason, reviewReasons } from '../words-after.ts';
import { toldPeople } from '../words-messages.ts';
import classes from './after-close.module.css';
import look from './second-look.module.css';

/** The opinion of a second person, asked for by the policy. */
export function SecondLook({ incident }: { incident: IncidentDetail }) {
  const { may } = useSession();
  const [agrees, setAgrees] = useState<boolean | null>(null);
  if (incident.secondReview !== 'pending' || incident.state !== 'closed') return null;
  // The server refuses whoever decided in any case.
  const mayLook = may('incident.review') && incident.decidedBy?.mine !== true;
  return (
    <section className={look.look} aria-labelledby="second-look-heading" data-testid="second-look">
      <h3 id="second-look-heading" className={look.title}>
        <IconEye size={18} aria-hidden="true" /> A second person should look
      </h3>
      {!mayLook && <p className={classes.dim}>Somebody who did not decide this looks at it and agrees, or not.</p>}
      {mayLook && agrees === null && (
        <>
          <p className={classes.dim}>
            Look at the clip and the receipt first. The verdict was: {verdictLabels[incident.verdict ?? 'unreviewed']}.
          </p>
          <div className={classes.buttons}>
            <Button variant="default" onClick={() => setAgrees(true)} data-testid="agree">
              I agree
            </Button>
            <Button variant="default" onClick={() => setAgrees(false)} data-testid="disagree">
              I do not agree
            </Button>
          </div>
        </>
      )}
      {mayLook && agrees !== null && (
        <Opinion key={String(agrees)} incident={incident} agrees={agrees} onCancel={() => setAgrees(null)} />
      )}
    </section>
  );
}

const again = 'again';

function Opinion({ incident, agrees, onCancel }: { incident: IncidentDetail; agrees: boolean; onCancel: () => void }) {
  const [what, setWhat] = useState<Exoneration | typeof again | null>(null);
  const [reason, setReason] = useState<ReviewReason | null>(agrees ? 'verdict_stands' : null);
  const give = useIncidentCommand(
    incident.id,
    (body: { agrees: boolean; verdict?: Exoneration; reasonCode: ReviewReason }) =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/review', { params: { path: { incidentId: incident.id } }, body }),
      ),
  );
  const choices: { value: Exoneration | typeof again; label: string }[] = [
    ...exonerations.flatMap(({ verdict, label }) => (verdict === incident.verdict ? [] : [{ value: verdict, label }])),
    { value: again, label: 'Open it again, to be judged anew' },
  ];
  return (
    <Confirm
      title={agrees ? 'You agree with the verdict' : 'You do not agree'}
      confirmLabel={agrees ? 'Agree' : what === again ? 'Open it again' : 'Correct it everywhere'}
      error={give.error}
      isSending={give.isPending}
      canConfirm={reason !== null && (agrees || what !== null)}
      onConfirm={() =>
        reason && give.mutate({ agrees, reasonCode: reason, ...(what && what !== again ? { verdict: what } : {}) })
      }
      onCancel={onCancel}
    >
      {!agrees && <Choices label="What it was" choices={choices} value={what} onChange={setWhat} />}
      <Choices label="Why" choices={choicesOf(reviewReasons)} value={reason} onChange={setReason} />
      <p className={classes.consequence}>
        {agrees
          ? 'The verdict stays, with your name beside it.'
          : what === again
            ? 'It waits for a new verdict here in the console. Nobody in the store is told.'
            : correctionPreview(toldPeople(incident.notifications))}
      </p>
    </Confirm>
  );
}
