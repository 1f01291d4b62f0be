import { Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { expectForm, fieldError } from '../admin/problems.ts';
import type { Schemas } from '../api/client.ts';
import { api } from '../api/client.ts';
import { storesQuery } from '../api/queries.ts';
import { Confirm } from '../ui/confirm.tsx';
import { rightsKeys } from './queries.ts';
import classes from './rights.module.css';
import { kindLabels, type RequestKind } from './words.ts';

const asIso = (local: string): string => new Date(local).toISOString();

/** Takes down what somebody asks for; who they are is checked afterwards. */
export function NewRequest({ onCancel, onDone }: { onCancel: () => void; onDone: (requestId: string) => void }) {
  const client = useQueryClient();
  const stores = useQuery(storesQuery);
  const [kind, setKind] = useState<RequestKind>('access');
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [contact, setContact] = useState('');
  const [description, setDescription] = useState('');
  const [received, setReceived] = useState('');
  const record = useMutation({
    mutationFn: (body: Schemas['NewSubjectRequest']) => expectForm(api.POST('/v1/subject-requests', { body })),
    onSuccess: async (request) => {
      await client.invalidateQueries({ queryKey: rightsKeys.requests });
      if (request) onDone(request.id);
    },
  });
  const known = stores.data?.items ?? [];
  const storeId = chosenId ?? (known.length === 1 ? known[0]!.id : null);
  const whole =
    storeId !== null && from !== '' && to !== '' && contact.trim().length > 2 && description.trim().length > 2;
  const send = () => {
    if (storeId === null) return;
    record.mutate({
      ...{ kind, storeId, fromAt: asIso(from), toAt: asIso(to) },
      ...{ contact: contact.trim(), description: description.trim() },
      ...(received === '' ? {} : { receivedAt: asIso(received) }),
    });
  };
  return (
    <Confirm
      title="Take down a request"
      confirmLabel="Put it on record"
      testId="new-request"
      error={record.error}
      isSending={record.isPending}
      canConfirm={whole}
      onConfirm={send}
      onCancel={onCancel}
    >
      <div className={classes.form}>
        <Select
          label="What do they ask for?"
          data={Object.entries(kindLabels).map(([value, label]) => ({ value, label }))}
          value={kind}
          onChange={(value) => setKind((value ?? 'access') as RequestKind)}
          allowDeselect={false}
        />
        <Select
          label="In which store?"
          data={known.map(({ id, name }) => ({ value: id, label: name }))}
          value={storeId}
          onChange={setChosenId}
        />
        <TextInput
          type="datetime-local"
          label="From (your local time)"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          error={fieldError(record.error, 'fromAt')}
        />
        <TextInput
          type="datetime-local"
          label="To"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={fieldError(record.error, 'toAt')}
        />
        <TextInput
          type="datetime-local"
          label="Received"
          description="Empty: now. The month to answer runs from here."
          value={received}
          onChange={(event) => setReceived(event.currentTarget.value)}
          error={fieldError(record.error, 'receivedAt')}
        />
      </div>
      <Textarea
        label="Name, and where the answer goes"
        description="Wiped 90 days after the answer."
        autosize
        minRows={2}
        maxLength={1000}
        value={contact}
        onChange={(event) => setContact(event.currentTarget.value)}
      />
      <Textarea
        label="What they say about themselves and the moment"
        autosize
        minRows={2}
        maxLength={4000}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
    </Confirm>
  );
}
