import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api } from '../../api/client.ts';
import { useNowMs } from '../../time.ts';
import { Problem } from '../../ui/notices.tsx';
import { roleLabel } from '../../words.ts';
import { useAccess } from '../access.ts';
import { expectForm, fieldError, isShownAtFields } from '../problems.ts';
import { adminKeys, peopleQuery } from '../queries.ts';
import { addDays, instantOf, localDate, localMinute, span } from '../zone.ts';
import type { Editing } from './page.tsx';

interface ShiftDialogProps {
  store: Schemas['Store'];
  editing: Editing;
  onClose: () => void;
}

/** "End now" is sent before now has come on the server, whose past is closed. */
const endSoonMs = 5_000;

/** Makes a shift, changes one, or takes it out; times are those of the store's clock. */
export function ShiftDialog({ store, editing, onClose }: ShiftDialogProps) {
  const { session } = useAccess();
  const client = useQueryClient();
  const people = useQuery(peopleQuery);
  const nowMs = useNowMs();
  const zone = store.timeZone;
  const shift = 'shift' in editing ? editing.shift : null;
  const tomorrow = addDays(localDate(new Date(nowMs).toISOString(), zone), 1);
  const [personId, setPersonId] = useState<string | null>(shift?.personId ?? null);
  const [place, setPlace] = useState<'store' | 'region' | 'all'>('store');
  const [starts, setStarts] = useState(shift ? localMinute(shift.startsAt, zone) : `${tomorrow}T06:00`);
  const [ends, setEnds] = useState(shift ? localMinute(shift.endsAt, zone) : `${tomorrow}T14:00`);
  const nowIso = new Date(nowMs).toISOString();
  const isOver = shift !== null && shift.endsAt <= nowIso;
  const hasBegun = shift !== null && shift.startsAt <= nowIso;
  const startsAt = instantOf(starts, zone);
  const endsAt = instantOf(ends, zone);

  const done = async () => {
    await client.invalidateQueries({ queryKey: adminKeys.shifts });
    onClose();
  };
  const params = { path: { shiftId: shift?.id ?? '' } };
  const save = useMutation({
    mutationFn: async () => {
      if (startsAt === null || endsAt === null || personId === null) return;
      if (shift === null) {
        const at =
          place === 'store' ? { storeId: store.id } : place === 'region' ? { regionId: store.regionId ?? null } : {};
        await expectForm(api.POST('/v1/shifts', { body: { ...at, personId, startsAt, endsAt } }));
        return;
      }
      // What was not touched is not sent: the seconds of an imported shift stay as they are.
      const body = {
        ...(personId === shift.personId ? {} : { personId }),
        ...(starts === localMinute(shift.startsAt, zone) ? {} : { startsAt }),
        ...(ends === localMinute(shift.endsAt, zone) ? {} : { endsAt }),
      };
      if (Object.keys(body).length > 0) await expectForm(api.PATCH('/v1/shifts/{shiftId}', { params, body }));
    },
    onSuccess: done,
  });
  const end = useMutation({
    mutationFn: () => {
      const body = { endsAt: new Date(nowMs + endSoonMs).toISOString() };
      return expectForm(api.PATCH('/v1/shifts/{shiftId}', { params, body }));
    },
    onSuccess: done,
  });
  const remove = useMutation({
    mutationFn: () => expectForm(api.DELETE('/v1/shifts/{shiftId}', { params })),
    onSuccess: done,
  });

  const assignable = people.data?.items.filter((person) => person.maintained && person.active) ?? [];
  const options = assignable.map(({ id, displayName, role }) => ({
    value: id,
    label: `${displayName}, ${roleLabel(role).toLowerCase()}`,
  }));
  // Somebody whom one does not maintain still has a name.
  if (shift && !options.some(({ value }) => value === shift.personId))
    options.push({ value: shift.personId, label: shift.displayName });
  const places = [
    { value: 'store', label: store.name },
    ...(store.regionId ? [{ value: 'region', label: `Every store of the region ${store.regionId}` }] : []),
    ...(session.storeIds === null ? [{ value: 'all', label: 'Every store' }] : []),
  ];
  const failure = save.error ?? end.error ?? remove.error;
  const isForwards = startsAt !== null && endsAt !== null && endsAt > startsAt;
  const isBusy = save.isPending || end.isPending || remove.isPending;
  return (
    <Modal
      opened
      onClose={onClose}
      title={shift ? 'Change a shift' : 'Add a shift'}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isForwards) save.mutate();
        }}
      >
        <Stack>
          <Select
            label="Person"
            data={options}
            value={personId}
            onChange={setPersonId}
            error={fieldError(failure, 'personId')}
            disabled={hasBegun}
            searchable
            allowDeselect={false}
            nothingFoundMessage="Nobody whom you maintain"
            data-autofocus={shift === null || undefined}
          />
          {shift === null && places.length > 1 && (
            <Select
              label="Where"
              data={places}
              value={place}
              onChange={(value) => setPlace((value ?? 'store') as typeof place)}
              allowDeselect={false}
            />
          )}
          <TextInput
            type="datetime-local"
            label="Starts"
            description={`By the clock of ${store.name} (${zone.replaceAll('_', ' ')})`}
            value={starts}
            onChange={(event) => {
              const next = event.currentTarget.value;
              // A shift keeps its hours when it moves to another day.
              if (shift === null && next.slice(0, 10) !== starts.slice(0, 10) && startsAt && endsAt)
                setEnds(movedEnd(next, starts, ends));
              setStarts(next);
            }}
            error={fieldError(failure, 'startsAt')}
            disabled={hasBegun}
            required
            withAsterisk={false}
          />
          <TextInput
            type="datetime-local"
            label="Ends"
            value={ends}
            onChange={(event) => setEnds(event.currentTarget.value)}
            error={fieldError(failure, 'endsAt')}
            disabled={isOver}
            required
            withAsterisk={false}
          />
          <p style={{ color: 'var(--fw-dim)' }} aria-live="polite" data-testid="shift-length">
            {isForwards ? `${span(startsAt, endsAt)} long.` : 'It must end after it starts.'}
            {isOver && ' It is over: the past of the roster is not rewritten.'}
            {hasBegun && !isOver && ' It has begun, so only its end can change.'}
            {shift && shift.source !== 'manual' && !isOver && ` From ${shift.source}; once changed it is kept by hand.`}
          </p>
          {failure && !isShownAtFields(failure, ['personId', 'startsAt', 'endsAt']) && <Problem error={failure} />}
          <Group justify="space-between">
            {shift && !hasBegun ? (
              <Button variant="default" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
                Take it out
              </Button>
            ) : hasBegun && !isOver ? (
              <Button variant="default" loading={end.isPending} onClick={() => end.mutate()}>
                End it now
              </Button>
            ) : (
              <span />
            )}
            <Group>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button
                type="submit"
                loading={save.isPending}
                disabled={!isForwards || personId === null || isOver || isBusy}
              >
                {shift ? 'Save' : 'Add the shift'}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The end as far behind the new day as it was behind the old one, at the same time of the clock. */
function movedEnd(next: string, starts: string, ends: string): string {
  if (next.length < 16) return ends;
  const dayMs = 86_400_000;
  const days = Math.round((Date.parse(next.slice(0, 10)) - Date.parse(starts.slice(0, 10))) / dayMs);
  return `${addDays(ends.slice(0, 10), days)}${ends.slice(10)}`;
}
