import { Button, Group, Modal, Stack } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './outgoing.module.css';

/** The one time that a secret is shown. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const clipboard = useClipboard();
  return (
    <Modal
      opened
      onClose={onClose}
      title="The secret, shown once"
      centered
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <p>Give it to the system that receives: with it every request can be checked. It is never shown again.</p>
        <output className={classes.secret} data-testid="webhook-secret">
          {secret}
        </output>
        <Group justify="flex-end">
          <Button
            variant="default"
            leftSection={clipboard.copied ? <IconCheck size={17} /> : <IconCopy size={17} />}
            onClick={() => clipboard.copy(secret)}
          >
            {clipboard.error ? 'Select and copy it by hand' : clipboard.copied ? 'Copied' : 'Copy'}
          </Button>
          <Button onClick={onClose}>I have kept it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
