import { Button, Group, Modal, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { keys } from '../api/queries.ts';
import { newKey } from '../ids.ts';

interface Draft {
  text: string;
  idempotencyKey: string;
}

const emptyDraft = (): Draft => ({ text: '', idempotencyKey: newKey() });

/** Pins a note to the timeline. */
export function NoteDialog({
  incident,
  opened,
  onClose,
}: {
  incident: IncidentDetail;
  opened: boolean;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(emptyDraft);
  const add = useMutation({
    mutationFn: () =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/notes', {
          params: { path: { incidentId: incident.id }, header: { 'Idempotency-Key': draft.idempotencyKey } },
          body: { text: draft.text.trim() },
        }),
      ),
    onSuccess: async () => {
      setDraft(emptyDraft());
      onClose();
      await client.invalidateQueries({ queryKey: keys.incident(incident.id) });
    },
  });
  const canSend = draft.text.trim() !== '' && !add.isPending;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Note on ${incident.code}`}
      centered
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (canSend) add.mutate();
        }}
      >
        <Textarea
          label="Note"
          description="Everybody who may see this incident can read it, and it stays on record. Describe what happened, not who somebody is."
          data-autofocus
          autosize
          minRows={4}
          maxRows={12}
          maxLength={2000}
          value={draft.text}
          error={add.error?.message}
          onChange={(event) => setDraft({ text: event.currentTarget.value, idempotencyKey: newKey() })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && canSend) add.mutate();
          }}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={add.isPending}
            disabled={!canSend}
            rightSection={<span aria-hidden="true">Ctrl ↵</span>}
          >
            Add note
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
