import { Button, Checkbox, Group, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api } from '../../api/client.ts';
import { storesQuery } from '../../api/queries.ts';
import { Problem } from '../../ui/notices.tsx';
import { expectForm, fieldError, isShownAtFields } from '../problems.ts';
import { adminKeys } from '../queries.ts';
import { eventTypeChoices } from '../words.ts';

type Webhook = Schemas['Webhook'];

interface WebhookDialogProps {
  webhook: Webhook | null;
  onClose: () => void;
  /** The secret of a new webhook, which nobody can read again. */
  onSecret: (secret: string) => void;
}

/** Where to, which events, of which stores. */
export function WebhookDialog({ webhook, onClose, onSecret }: WebhookDialogProps) {
  const client = useQueryClient();
  const stores = useQuery(storesQuery);
  const [form, setForm] = useState({
    url: webhook?.url ?? '',
    description: webhook?.description ?? '',
    eventTypes: webhook?.eventTypes ?? [],
    storeIds: webhook?.storeIds ?? [],
    includeDrills: webhook?.includeDrills ?? false,
  });
  const change = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const save = useMutation({
    mutationFn: async () => {
      const body = {
        ...{ url: form.url.trim(), description: form.description.trim(), includeDrills: form.includeDrills },
        eventTypes: form.eventTypes.length > 0 ? form.eventTypes : null,
        storeIds: form.storeIds.length > 0 ? form.storeIds : null,
      };
      if (webhook === null) return (await expectForm(api.POST('/v1/webhooks', { body }))).secret;
      await expectForm(api.PATCH('/v1/webhooks/{webhookId}', { params: { path: { webhookId: webhook.id } }, body }));
      return null;
    },
    onSuccess: async (secret) => {
      onClose();
      if (secret) onSecret(secret);
      await client.invalidateQueries({ queryKey: adminKeys.webhooks });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={webhook ? 'Change the webhook' : 'New webhook'}
      centered
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <TextInput
            label="Address"
            placeholder="https://example.com/floorwalker"
            value={form.url}
            onChange={(event) => change({ url: event.currentTarget.value })}
            error={fieldError(save.error, 'url')}
            maxLength={2000}
            required
            withAsterisk={false}
            data-autofocus
          />
          <TextInput
            label="What it is (optional)"
            value={form.description}
            onChange={(event) => change({ description: event.currentTarget.value })}
            error={fieldError(save.error, 'description')}
            maxLength={200}
          />
          <MultiSelect
            label="Events"
            description="None chosen: every event, also those to come"
            data={eventTypeChoices}
            value={form.eventTypes}
            onChange={(value) => change({ eventTypes: value as Schemas['WebhookEventType'][] })}
            error={fieldError(save.error, 'eventTypes')}
            searchable
            clearable
          />
          <MultiSelect
            label="Stores"
            description="None chosen: every store"
            data={stores.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            value={form.storeIds}
            onChange={(value) => change({ storeIds: value })}
            error={fieldError(save.error, 'storeIds', 'storeIds.0')}
            searchable
            clearable
          />
          <Checkbox
            label="Drills as well; their events say that they are drills"
            checked={form.includeDrills}
            onChange={(event) => change({ includeDrills: event.currentTarget.checked })}
          />
          {save.isError &&
            !isShownAtFields(save.error, ['url', 'description', 'eventTypes', 'storeIds', 'storeIds.0']) && (
              <Problem error={save.error} />
            )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={form.url.trim() === ''}>
              {webhook ? 'Save' : 'Create'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
