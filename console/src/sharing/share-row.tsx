import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { dateTime } from '../time.ts';
import { Chip } from '../ui/chip.tsx';
import { Problem } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { reasonSentence } from '../words-reasons.ts';
import classes from './sharing.module.css';
import { WithdrawDialog } from './withdraw-dialog.tsx';
import { kindLabels, noticeStates, shareStates, templateSentence, withdrawnBecause } from './words.ts';

type Share = Schemas['Share'];

/** One share: where it stands, who agreed, and what can be done about it now. */
export function ShareRow({ share, zone }: { share: Share; zone: string }) {
  const { recipient, state, approvals, approvalsRequired } = share;
  const agreed = approvals.filter(({ decision }) => decision === 'approved').length;
  return (
    <li className={classes.share} data-share={share.id} data-state={state}>
      <div className={classes.head}>
        <b>{recipient.name}</b>
        <span className={classes.dim}>{kindLabels[recipient.kind]}</span>
        <Chip tone={shareStates[state].tone} testId="share-state">
          {shareStates[state].label}
        </Chip>
      </div>
      <span className={classes.dim}>
        Asked for by {share.requestedBy} at {dateTime(share.requestedAt, zone)}. {templateSentence(share.template)}
      </span>
      <span>
        {agreed} of {approvalsRequired} agreed
        {approvals.length > 0 && ': '}
        {approvals.map(({ by, decision }) => `${by}${decision === 'refused' ? ' (refused)' : ''}`).join(', ')}
      </span>
      <Progress share={share} zone={zone} />
      <Actions share={share} />
    </li>
  );
}

function Progress({ share, zone }: { share: Share; zone: string }) {
  const { waiting, failure, deliveredAt, receipt, withdrawal, notice, attempts, nextAttemptAt } = share;
  return (
    <>
      {failure && <span>{reasonSentence(failure, zone)}</span>}
      {waiting && (
        <span>
          {reasonSentence(waiting, zone)}{' '}
          <span className={classes.dim}>
            {attempts > 0 && `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} so far. `}
            {nextAttemptAt && `The next one is at ${dateTime(nextAttemptAt, zone)}.`}
          </span>
        </span>
      )}
      {deliveredAt && (
        <span>
          Delivered at {dateTime(deliveredAt, zone)}, receipt <span className="mono">{receipt}</span>.
        </span>
      )}
      {withdrawal && (
        <span>
          Withdrawn by {withdrawal.by} at {dateTime(withdrawal.at, zone)}: {withdrawnBecause(withdrawal.because)}.{' '}
          {notice ? noticeStates[notice.state] : 'It never went out.'}
          {notice?.trouble && ` ${reasonSentence(notice.trouble, zone)}`}
        </span>
      )}
    </>
  );
}

function Actions({ share }: { share: Share }) {
  const { may } = useSession();
  const [isWithdrawing, setWithdrawing] = useState(false);
  const path = { params: { path: { shareId: share.id } } };
  const decide = useIncidentCommand(share.incidentId, (decision: 'approved' | 'refused') =>
    expectData(api.POST('/v1/shares/{shareId}/approvals', { ...path, body: { decision } })),
  );
  const retry = useIncidentCommand(share.incidentId, () => expectData(api.POST('/v1/shares/{shareId}/retry', path)));
  const canDecide = share.state === 'requested' && may('share.approve') && !share.approvals.some(({ mine }) => mine);
  const isStuck = share.state === 'failed' || (share.state === 'queued' && share.waiting !== null);
  const canRetry = isStuck || share.notice?.state === 'failed' || (share.notice?.trouble ?? null) !== null;
  const canWithdraw = !['refused', 'withdrawn'].includes(share.state);
  const error = decide.error ?? retry.error;
  return (
    <>
      {error && <Problem error={error} />}
      <Group gap="sm">
        {canDecide && (
          <>
            <Button size="compact-sm" loading={decide.isPending} onClick={() => decide.mutate('approved')}>
              Approve
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              disabled={decide.isPending}
              onClick={() => decide.mutate('refused')}
            >
              Refuse
            </Button>
          </>
        )}
        {canRetry && (
          <Button size="compact-sm" loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
            Try again now
          </Button>
        )}
        {canWithdraw && (
          <Button size="compact-sm" variant="default" onClick={() => setWithdrawing(true)}>
            Withdraw
          </Button>
        )}
      </Group>
      {isWithdrawing && <WithdrawDialog share={share} onClose={() => setWithdrawing(false)} />}
    </>
  );
}
