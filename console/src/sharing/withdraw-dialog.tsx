import { Button, Group, Modal, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { Problem } from '../ui/notices.tsx';
import classes from './sharing.module.css';
import { type WithdrawalReason, withdrawalReasons } from './words.ts';

/** Takes a share back, with the reason that its recipient is told. */
export function WithdrawDialog({ share, onClose }: { share: Schemas['Share']; onClose: () => void }) {
  const [because, setBecause] = useState<WithdrawalReason>('sent_by_mistake');
  const withdraw = useIncidentCommand(
    share.incidentId,
    () =>
      expectData(
        api.POST('/v1/shares/{shareId}/withdraw', { params: { path: { shareId: share.id } }, body: { because } }),
      ),
    { onSuccess: onClose },
  );
  return (
    <Modal opened onClose={onClose} title="Withdraw" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          withdraw.mutate(undefined);
        }}
      >
        <p>
          {share.attempts > 0
            ? `${share.recipient.name} gets a signed notice not to use it. What was sent cannot be fetched back.`
            : 'Nothing has gone out yet, and nothing will.'}
        </p>
        <NativeSelect
          label="Why it is withdrawn"
          data-autofocus
          value={because}
          data={Object.entries(withdrawalReasons).map(([value, label]) => ({ value, label }))}
          onChange={(event) => setBecause(event.currentTarget.value as WithdrawalReason)}
        />
        {withdraw.isError && <Problem error={withdraw.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={withdraw.isPending}>
            Withdraw it
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
