import { Button, Group, Modal, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api } from '../../api/client.ts';
import { Problem } from '../../ui/notices.tsx';
import { roleLabel } from '../../words.ts';
import { useAccess } from '../access.ts';
import { expectForm, fieldError, isShownAtFields } from '../problems.ts';
import { adminKeys } from '../queries.ts';
import type { Channel, Locale, RosterRole } from '../words.ts';
import { channelLabels, localeLabels } from '../words.ts';

type Person = Schemas['Person'];

interface PersonDialogProps {
  person: Person | null;
  stores: readonly Schemas['Store'][];
  onClose: () => void;
}

/** Whom each role may maintain; the server has the last word. */
const maintained: Partial<Record<Schemas['Role'], readonly RosterRole[]>> = {
  store_manager: ['store_staff', 'store_manager'],
  regional: ['store_staff', 'store_manager', 'regional'],
};
const everyRole: readonly RosterRole[] = ['store_staff', 'store_manager', 'regional', 'soc_operator', 'soc_lead'];
const order = ['first', 'second', 'third'] as const;
const shown = [
  'displayName',
  'role',
  'homeStoreId',
  'phone',
  'email',
  'locale',
  'quietFrom',
  'quietTo',
  'id',
  'channels',
];

/** Adds somebody or changes how they are reached; what the server refuses is said at its field. */
export function PersonDialog({ person, stores, onClose }: PersonDialogProps) {
  const { session } = useAccess();
  const client = useQueryClient();
  const roles = maintained[session.role] ?? everyRole;
  const [form, setForm] = useState({
    id: '',
    displayName: person?.displayName ?? '',
    role: (person?.role ?? 'store_staff') as RosterRole,
    homeStoreId: person ? person.homeStoreId : (stores[0]?.id ?? null),
    phone: person?.phone ?? '',
    email: person?.email ?? '',
    locale: person?.locale ?? ('en' as Locale),
    channels: person?.channels ?? (['sms', 'voice'] as Channel[]),
    quietFrom: person?.quietFrom ?? '',
    quietTo: person?.quietTo ?? '',
  });
  const [isLeaving, setLeaving] = useState(false);
  const change = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const done = async () => {
    await client.invalidateQueries({ queryKey: adminKeys.people });
    await client.invalidateQueries({ queryKey: adminKeys.shifts });
    onClose();
  };
  const save = useMutation({
    mutationFn: () => {
      const { id, phone, email, quietFrom, quietTo, ...rest } = form;
      const body = {
        ...rest,
        ...{ phone: phone.trim() || null, email: email.trim() || null },
        ...{ quietFrom: quietFrom || null, quietTo: quietTo || null },
      };
      return person
        ? expectForm(api.PATCH('/v1/people/{personId}', { params: { path: { personId: person.id } }, body }))
        : expectForm(api.POST('/v1/people', { body: { ...body, ...(id.trim() ? { id: id.trim() } : {}) } }));
    },
    onSuccess: done,
  });
  const leave = useMutation({
    mutationFn: () =>
      expectForm(api.DELETE('/v1/people/{personId}', { params: { path: { personId: person?.id ?? '' } } })),
    onSuccess: done,
  });
  const error = (...fields: string[]) => fieldError(save.error, ...fields);
  const channelAt = (index: number) => form.channels[index] ?? null;
  const setChannel = (index: number, channel: Channel | null) => {
    const next = form.channels.filter((other, at) => at !== index && other !== channel);
    if (channel) next.splice(index, 0, channel);
    change({ channels: next });
  };
  const failure = save.error ?? leave.error;
  return (
    <Modal
      opened
      onClose={onClose}
      title={person ? `Change ${person.displayName}` : 'Add a person'}
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
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
            <TextInput
              label="Name"
              value={form.displayName}
              onChange={(event) => change({ displayName: event.currentTarget.value })}
              error={error('displayName')}
              maxLength={100}
              required
              withAsterisk={false}
              data-autofocus
            />
            <Select
              label="Role"
              data={roles.map((role) => ({ value: role, label: roleLabel(role) }))}
              value={form.role}
              onChange={(value) => change({ role: (value ?? form.role) as RosterRole })}
              error={error('role')}
              allowDeselect={false}
            />
            <Select
              label="Home store"
              data={[
                ...(session.storeIds === null ? [{ value: '', label: 'Several stores' }] : []),
                ...stores.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              value={form.homeStoreId ?? ''}
              onChange={(value) => change({ homeStoreId: value || null })}
              error={error('homeStoreId')}
              allowDeselect={false}
            />
            <Select
              label="Language of messages"
              data={Object.entries(localeLabels).map(([value, label]) => ({ value, label }))}
              value={form.locale}
              onChange={(value) => change({ locale: (value ?? 'en') as Locale })}
              error={error('locale')}
              allowDeselect={false}
            />
            <TextInput
              type="tel"
              label="Phone"
              description="With its country, such as +44 7700 900101"
              value={form.phone}
              onChange={(event) => change({ phone: event.currentTarget.value })}
              error={error('phone')}
              autoComplete="off"
            />
            <TextInput
              type="email"
              label="Mail"
              description="Needed only for messages by mail"
              value={form.email}
              onChange={(event) => change({ email: event.currentTarget.value })}
              error={error('email')}
              autoComplete="off"
            />
          </SimpleGrid>
          <SimpleGrid cols={3} spacing="md">
            {order.map((label, index) => (
              <Select
                key={label}
                label={`Reached ${label} by`}
                data={[
                  ...(index === 0 ? [] : [{ value: '', label: 'Nothing' }]),
                  ...Object.entries(channelLabels).map(([value, text]) => ({ value, label: text })),
                ]}
                value={channelAt(index) ?? ''}
                onChange={(value) => setChannel(index, (value || null) as Channel | null)}
                disabled={index > form.channels.length}
                error={index === 0 ? error('channels') : undefined}
                allowDeselect={false}
              />
            ))}
          </SimpleGrid>
          <SimpleGrid cols={2} spacing="md">
            <TextInput
              type="time"
              label="Quiet from"
              value={form.quietFrom}
              onChange={(event) => change({ quietFrom: event.currentTarget.value })}
              error={error('quietFrom')}
            />
            <TextInput
              type="time"
              label="Quiet to"
              value={form.quietTo}
              onChange={(event) => change({ quietTo: event.currentTarget.value })}
              error={error('quietTo')}
            />
          </SimpleGrid>
          {person === null && (
            <TextInput
              label="Id (optional)"
              description="What other records call them; choose one that says nothing about the person"
              value={form.id}
              onChange={(event) => change({ id: event.currentTarget.value })}
              error={error('id')}
              maxLength={64}
            />
          )}
          {isLeaving && (
            <p style={{ color: 'var(--fw-warn)' }}>
              {form.displayName} gets no message from now on, the shifts to come are removed, number and address are
              forgotten. It cannot be taken back.
            </p>
          )}
          {failure && !isShownAtFields(failure, shown) && <Problem error={failure} />}
          <Group justify="space-between">
            {person ? (
              <Button
                variant="default"
                loading={leave.isPending}
                onClick={() => (isLeaving ? leave.mutate() : setLeaving(true))}
              >
                {isLeaving ? 'Yes, take them off the roster' : 'Take off the roster'}
              </Button>
            ) : (
              <span />
            )}
            <Group>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={save.isPending} disabled={form.displayName.trim() === ''}>
                {person ? 'Save' : 'Add'}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
