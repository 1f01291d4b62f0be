import { Button, Tooltip } from '@mantine/core';
import { IconHandGrab } from '@tabler/icons-react';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { claimedBy, useIncidentCommand } from '../api/commands.ts';
import { countdown, useNowMs } from '../time.ts';
import { Confirm } from '../ui/confirm.tsx';
import { ClaimMark } from '../ui/marks.tsx';
import { Problem } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { useShortcuts } from '../ui/shortcuts.tsx';
import classes from './claim.module.css';

/** "I am working on it", for a few minutes, so that two do not do the same. */
export function Claim({ incident }: { incident: IncidentDetail }) {
  const { session, may } = useSession();
  const nowMs = useNowMs();
  const [isAsking, setAsking] = useState(false);
  const path = { params: { path: { incidentId: incident.id } } };
  const claim = useIncidentCommand(incident.id, () => expectData(api.POST('/v1/incidents/{incidentId}/claim', path)), {
    expected: (before) => ({ ...before, claim: claimedBy(session) }),
  });
  const release = useIncidentCommand(
    incident.id,
    () => expectData(api.POST('/v1/incidents/{incidentId}/release', path)),
    { expected: (before) => ({ ...before, claim: null }), onSuccess: () => setAsking(false) },
  );
  const left = incident.claim ? countdown(incident.claim.until, nowMs) : null;
  const holder = left === null ? null : incident.claim;
  const mayClaim = incident.state !== 'closed' && may('incident.acknowledge');
  const isBusy = claim.isPending || release.isPending;
  const press = () => {
    if (isBusy) return;
    if (!holder) claim.mutate(undefined);
    else if (holder.mine) release.mutate(undefined);
  };
  useShortcuts('Work', [
    ...(mayClaim && (!holder || holder.mine)
      ? [{ keys: ['c'], label: holder ? 'Give it back' : 'I am working on it (claim)', run: press }]
      : []),
  ]);
  if (incident.state === 'closed') return null;
  const error = claim.error ?? release.error;
  return (
    <div className={classes.claim}>
      <div className={classes.line}>
        {holder && (
          <>
            <ClaimMark claim={holder} withName />
            <span className={`tabular ${classes.left}`}>{left}</span>
          </>
        )}
        {mayClaim && (!holder || holder.mine) && (
          <Tooltip
            label={
              holder
                ? 'Others can take it again (c)'
                : 'Others see that you have it; people in the store are asked all the same (c)'
            }
            openDelay={300}
            multiline
            maw={260}
          >
            <Button
              variant="default"
              size="sm"
              leftSection={<IconHandGrab size={16} />}
              rightSection={<kbd>c</kbd>}
              onClick={press}
              loading={isBusy}
              data-testid="claim"
            >
              {holder ? 'Give it back' : 'Claim'}
            </Button>
          </Tooltip>
        )}
        {holder && !holder.mine && may('incident.review') && !isAsking && (
          <Button variant="default" size="sm" onClick={() => setAsking(true)}>
            Free it
          </Button>
        )}
      </div>
      {isAsking && holder && (
        <Confirm
          title={`Take it from ${holder.name}?`}
          confirmLabel="Free it"
          isSending={release.isPending}
          onConfirm={() => release.mutate(undefined)}
          onCancel={() => setAsking(false)}
        >
          <p>{holder.name} sees that it is free again, and anybody can take it.</p>
        </Confirm>
      )}
      {error && <Problem error={error} />}
    </div>
  );
}
