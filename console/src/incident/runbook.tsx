import { Button, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { keys, stepsQuery } from '../api/queries.ts';
import { clockTime, relativeTime, useNowMs } from '../time.ts';
import { Chip } from '../ui/chip.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Failure } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { roleLabel } from '../words.ts';
import { reasonSentence } from '../words-reasons.ts';
import {
  keepsOpen,
  type Step,
  type StepCommand,
  stepActions,
  stepCommands,
  stepQuestion,
  stepState,
  stepWaitsFor,
} from '../words-runbook.ts';
import classes from './runbook.module.css';

/** What else is to be done, who has to say yes, and what became of it; nothing where there is no runbook. */
export function Runbook({ incident }: { incident: IncidentDetail }) {
  const steps = useQuery(stepsQuery(incident.id));
  if (steps.isError) return <Failure error={steps.error} onRetry={() => void steps.refetch()} />;
  if (!steps.data || steps.data.steps.length === 0) return null;
  const all = steps.data.steps;
  const left = all.filter(keepsOpen).length;
  return (
    <section className={classes.card} aria-labelledby="runbook-heading" data-testid="runbook">
      <h2 id="runbook-heading" className={classes.title}>
        What is to be done
      </h2>
      {left > 0 && incident.state !== 'closed' && (
        <p className={classes.lead}>
          {incident.verdict === 'confirmed'
            ? `The incident closes when ${left === 1 ? 'the marked step is' : `the ${left} marked steps are`} done.`
            : `If it is confirmed, it stays open until ${left === 1 ? 'the marked step is' : `the ${left} marked steps are`} done.`}
        </p>
      )}
      <ol className={classes.steps}>
        {all.map((step) => (
          <StepRow key={step.id} step={step} incident={incident} />
        ))}
      </ol>
    </section>
  );
}

function StepRow({ step, incident }: { step: Step; incident: IncidentDetail }) {
  const { session, may } = useSession();
  const nowMs = useNowMs();
  const [asking, setAsking] = useState<StepCommand | null>(null);
  const state = stepState(step);
  const zone = incident.storeTimeZone;
  const waitsFor = stepWaitsFor(step);
  const mine = step.approvals.some(({ by }) => by === session.displayName);
  const isNamed = step.approvers.includes(session.role) && may('runbook.approve');
  const allowed = stepCommands(step).filter((command) => {
    if (command === 'override') return may('runbook.override');
    if (command === 'approve' && mine) return false;
    return isNamed || ((command === 'release' || command === 'retry') && may('runbook.override'));
  });
  return (
    <li className={classes.step} data-testid="runbook-step" data-action={step.action} data-state={step.state}>
      <div className={classes.head}>
        <span className={classes.name}>
          {stepActions[step.action]}
          {step.target && <span className={classes.target}>{step.target}</span>}
        </span>
        <Chip tone={state.tone}>{state.label}</Chip>
      </div>
      {step.message && <p className={classes.message}>{step.message}</p>}
      {step.mandatory && <p className={classes.must}>Must be done before it closes</p>}
      {step.approvals.map((approval) => (
        <p key={approval.by} className={classes.dim}>
          {approval.by} said yes at {clockTime(approval.at, zone)}
          {step.state === 'waiting_for_approval' && `; it counts until ${clockTime(approval.expiresAt, zone)}`}
        </p>
      ))}
      {waitsFor && (
        <p className={classes.dim}>
          {waitsFor}
          {mine && ' You have said yes already; somebody else must.'}
        </p>
      )}
      {step.reason && (
        <p className={step.state === 'failed' ? classes.bad : classes.dim}>{reasonSentence(step.reason, zone)}</p>
      )}
      {step.note && <p className={classes.dim}>“{step.note}”</p>}
      {isSettledByPerson(step) && (
        <p className={classes.dim}>
          {step.changedBy}, {relativeTime(step.changedAt, nowMs)}
        </p>
      )}
      {asking === null && allowed.length > 0 && (
        <div className={classes.buttons}>
          {allowed.map((command) => (
            <Button
              key={command}
              size="compact-sm"
              variant={command === 'override' || command === 'reject' ? 'subtle' : 'default'}
              onClick={() => setAsking(command)}
              data-testid={`step-${command}`}
            >
              {stepQuestion(step, command).button}
            </Button>
          ))}
        </div>
      )}
      {asking !== null && (
        <Ask key={asking} step={step} command={asking} incidentId={incident.id} onClose={() => setAsking(null)} />
      )}
      {allowed.length === 0 && waitsFor && !isNamed && (
        <p className={classes.dim}>As {roleLabel(session.role)} you can only look.</p>
      )}
    </li>
  );
}

const isSettledByPerson = ({ state }: Step): boolean =>
  state === 'done' || state === 'rejected' || state === 'overridden' || state === 'released';

interface AskProps {
  step: Step;
  command: StepCommand;
  incidentId: string;
  onClose: () => void;
}

function Ask({ step, command, incidentId, onClose }: AskProps) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const { question, consequence, confirm } = stepQuestion(step, command);
  const takesReason = command === 'override' || command === 'reject';
  const words = reason.trim();
  const send = useMutation({
    mutationFn: () =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/steps/{stepId}/{command}', {
          params: { path: { incidentId, stepId: step.id, command } },
          body: words ? { reason: words } : {},
        }),
      ),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: keys.incident(incidentId) }),
  });
  return (
    <Confirm
      title={question}
      confirmLabel={confirm}
      error={send.error}
      isSending={send.isPending}
      canConfirm={command !== 'override' || words !== ''}
      onConfirm={() => send.mutate()}
      onCancel={onClose}
    >
      <p>{consequence}</p>
      {takesReason && (
        <Textarea
          label={command === 'override' ? 'Why it is skipped' : 'Why (optional)'}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
    </Confirm>
  );
}
