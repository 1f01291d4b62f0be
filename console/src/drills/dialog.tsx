import { Button, Group, Modal, Select, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { paths } from '../../../schemas/generated/openapi.ts';
import { api, expectData } from '../api/client.ts';
import { camerasQuery, keys, storesQuery } from '../api/queries.ts';
import { newKey } from '../ids.ts';
import { Problem } from '../ui/notices.tsx';
import { behaviourChoices } from '../words.ts';
import classes from './dialog.module.css';

type Command = paths['/v1/drills']['post']['requestBody']['content']['application/json'];
type Draft = Record<'storeId' | 'cameraId' | 'zoneId' | 'eventType' | 'note', string>;

const firstDraft: Draft = { storeId: '', cameraId: '', zoneId: '', eventType: 'restricted_zone', note: '' };

/** Plays an incident that nobody made; says before it starts who will hear of it. */
export function DrillDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Start a drill"
      centered
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <DrillForm onClose={onClose} />
    </Modal>
  );
}

function DrillForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const stores = useQuery(storesQuery);
  const cameras = useQuery(camerasQuery);
  const [draft, setDraft] = useState(firstDraft);
  const [idempotencyKey, setKey] = useState(newKey);
  const only = stores.data?.items.length === 1 ? stores.data.items[0]?.id : undefined;
  const storeId = draft.storeId || only || '';
  const ofStore = cameras.data?.items.filter((camera) => camera.storeId === storeId) ?? [];
  const cameraId = draft.cameraId || (ofStore.length === 1 ? (ofStore[0]?.id ?? '') : '');
  const zones = ofStore.find(({ id }) => id === cameraId)?.zones ?? [];
  const { zoneId } = draft;
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setKey(newKey());
  };

  const start = useMutation({
    mutationFn: () =>
      expectData(
        api.POST('/v1/drills', {
          params: { header: { 'Idempotency-Key': idempotencyKey } },
          body: {
            storeId,
            cameraId,
            eventType: draft.eventType as Command['eventType'],
            ...(zoneId ? { zoneId } : {}),
            ...(draft.note.trim() ? { note: draft.note.trim() } : {}),
          },
        }),
      ),
    onSuccess: async ({ incidentId }) => {
      onClose();
      await client.invalidateQueries({ queryKey: keys.incidents });
      await client.invalidateQueries({ queryKey: keys.drills });
      await navigate({ to: '/incidents/$incidentId', params: { incidentId } });
    },
  });
  const canStart = storeId !== '' && cameraId !== '' && !start.isPending;

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (canStart) start.mutate();
      }}
    >
      <p className={classes.lead}>
        An incident that nobody made takes the road of the real ones. Earlier drills are in{' '}
        <Link to="/drills">the list of drills</Link>.
      </p>
      <div className={classes.place}>
        <Select
          label="Store"
          data={stores.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={storeId || null}
          onChange={(value) => change({ storeId: value ?? '', cameraId: '', zoneId: '' })}
          searchable
          openOnFocus={false}
          allowDeselect={false}
          nothingFoundMessage="No such store"
          data-autofocus
        />
        <Select
          label="Camera"
          data={ofStore.map(({ id, name }) => ({ value: id, label: name }))}
          value={cameraId || null}
          onChange={(value) => change({ cameraId: value ?? '', zoneId: '' })}
          disabled={storeId === ''}
          allowDeselect={false}
        />
        <Select
          label="What happens"
          data={behaviourChoices}
          value={draft.eventType}
          onChange={(value) => change({ eventType: value ?? firstDraft.eventType })}
          searchable
          allowDeselect={false}
        />
        <Select
          label="Zone (optional)"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          description="What asks the till first needs one with a till."
          data={zones.map(({ id, label }) => ({ value: id, label }))}
          value={draft.zoneId || null}
          onChange={(value) => change({ zoneId: value ?? '' })}
          disabled={zones.length === 0}
          clearable
        />
      </div>
      <Textarea
        label="What is practised (optional)"
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        value={draft.note}
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
      <p className={classes.consequence}>
        Real people on shift are told now, in messages that begin with DRILL. Nothing is locked, disabled or sent to
        anybody outside.
      </p>
      {start.isError && <Problem error={start.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={start.isPending} disabled={!canStart}>
          Start the drill
        </Button>
      </Group>
    </form>
  );
}
