import { Button, Group, Modal, TextInput } from '@mantine/core';
import { IconDeviceTablet, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { clockTime, useNowMs } from '../time.ts';
import { useSession } from '../ui/session.ts';
import { Notice } from './notice.tsx';

type Hold = NonNullable<IncidentDetail['terminalHold']>;

const states: Record<Exclude<Hold['state'], 'failed' | 'released'>, string> = {
  ordered: 'It is being told.',
  held: 'It has said so.',
  unconfirmed: 'It did not answer, so it may or may not have done it.',
  releasing: 'It is being told to go on.',
};

/** A customer stands before a till that waits for somebody: said to whoever opens the page, with the way to end it. */
export function TerminalWaits({ incident }: { incident: IncidentDetail }) {
  const { may } = useSession();
  const nowMs = useNowMs();
  const hold = incident.terminalHold;
  if (!hold || hold.state === 'failed' || hold.state === 'released' || Date.parse(hold.untilAt) <= nowMs) return null;
  return (
    <Notice
      tone="warn"
      icon={<IconDeviceTablet size={22} stroke={1.6} />}
      title={
        hold.kind === 'block'
          ? `${hold.terminalId} keeps a payment waiting for somebody to come`
          : `${hold.terminalId} calls for somebody to come`
      }
      testId="terminal-hold"
      action={hold.state !== 'releasing' && may('incident.decide') && <LetGo incidentId={incident.id} />}
    >
      <p>
        {states[hold.state]} It goes on by itself at {clockTime(hold.untilAt, incident.storeTimeZone)}, at the latest.
      </p>
    </Notice>
  );
}

function LetGo({ incidentId }: { incidentId: string }) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const release = useIncidentCommand(
    incidentId,
    () =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/release-terminal', {
          ...{ params: { path: { incidentId } }, body: { reason: reason.trim() } },
        }),
      ),
    { onSuccess: () => setOpen(false) },
  );
  return (
    <>
      <Button variant="default" leftSection={<IconPlayerPlay size={16} />} onClick={() => setOpen(true)}>
        Let it go on
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title="Let the till go on"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            release.mutate(undefined);
          }}
        >
          <TextInput
            label="Why"
            description="The incident stays open for its verdict."
            data-autofocus
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {release.isError && (
            <p role="alert" style={{ color: 'var(--fw-bad)' }}>
              {release.error.message}
            </p>
          )}
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={() => setOpen(false)}>
              Cancel
            </Button>
            <Button type="submit" loading={release.isPending} disabled={reason.trim() === ''}>
              Let it go on
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
