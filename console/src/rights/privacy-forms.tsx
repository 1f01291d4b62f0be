import { Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { expectForm, fieldError } from '../admin/problems.ts';
import { peopleQuery } from '../admin/queries.ts';
import type { Schemas } from '../api/client.ts';
import { api } from '../api/client.ts';
import { storesQuery } from '../api/queries.ts';
import { Confirm } from '../ui/confirm.tsx';
import { readable } from '../words.ts';
import { rightsKeys } from './queries.ts';
import classes from './rights.module.css';
import { featureLabels, noticeKinds } from './words.ts';

function useRecord<Input>(key: readonly string[], send: (input: Input) => Promise<unknown>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: key });
      onDone();
    },
  });
}

function StoreSelect({ value, onChange }: { value: string | null; onChange: (storeId: string | null) => void }) {
  const stores = useQuery(storesQuery);
  const data = (stores.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return <Select label="Store" data={data} value={value} onChange={onChange} />;
}

export function NewNotice({ onClose }: { onClose: () => void }) {
  const [storeId, setStoreId] = useState<string | null>(null);
  const [kind, setKind] = useState<Schemas['Notice']['kind']>('signage');
  const [version, setVersion] = useState('');
  const [language, setLanguage] = useState('en');
  const [text, setText] = useState('');
  const [from, setFrom] = useState('');
  const record = useRecord(
    rightsKeys.notices,
    (body: Schemas['NewNotice']) => expectForm(api.POST('/v1/notices', { body })),
    onClose,
  );
  const whole = storeId !== null && version.trim() !== '' && text.trim().length > 2 && from !== '';
  return (
    <Confirm
      title="Put up a notice"
      confirmLabel="Put it on record"
      error={record.error}
      isSending={record.isPending}
      canConfirm={whole}
      onConfirm={() =>
        storeId !== null &&
        record.mutate({
          ...{ storeId, kind, version: version.trim(), language, text: text.trim() },
          fromAt: new Date(from).toISOString(),
        })
      }
      onCancel={onClose}
    >
      <div className={classes.form}>
        <StoreSelect value={storeId} onChange={setStoreId} />
        <Select
          label="What"
          data={Object.entries(noticeKinds).map(([value, label]) => ({ value, label }))}
          value={kind}
          onChange={(value) => setKind((value ?? 'signage') as Schemas['Notice']['kind'])}
          allowDeselect={false}
        />
        <TextInput
          label="Version"
          maxLength={60}
          value={version}
          onChange={(event) => setVersion(event.currentTarget.value)}
        />
        <TextInput
          label="Language"
          maxLength={5}
          value={language}
          onChange={(event) => setLanguage(event.currentTarget.value)}
          error={fieldError(record.error, 'language')}
        />
        <TextInput
          type="datetime-local"
          label="Up from (your local time)"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          error={fieldError(record.error, 'fromAt')}
        />
      </div>
      <Textarea
        label="Its words"
        autosize
        minRows={3}
        maxRows={12}
        maxLength={20_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </Confirm>
  );
}

export function NewConsent({ onClose }: { onClose: () => void }) {
  const people = useQuery(peopleQuery);
  const [personId, setPersonId] = useState<string | null>(null);
  const [feature, setFeature] = useState<Schemas['StaffFeature']>('own_phone');
  const [noticeVersion, setNoticeVersion] = useState('');
  const record = useRecord(
    rightsKeys.consents,
    (body: { personId: string; feature: Schemas['StaffFeature']; noticeVersion: string }) =>
      expectForm(api.POST('/v1/consents', { body })),
    onClose,
  );
  return (
    <Confirm
      title="Note a consent"
      confirmLabel="Put it on record"
      error={record.error}
      isSending={record.isPending}
      canConfirm={personId !== null && noticeVersion.trim() !== ''}
      onConfirm={() => personId !== null && record.mutate({ personId, feature, noticeVersion: noticeVersion.trim() })}
      onCancel={onClose}
    >
      <div className={classes.form}>
        <Select
          label="Who"
          searchable
          data={(people.data?.items ?? []).map(({ id, displayName }) => ({ value: id, label: displayName }))}
          value={personId}
          onChange={setPersonId}
        />
        <Select
          label="To what"
          data={Object.entries(featureLabels).map(([value, label]) => ({ value, label }))}
          value={feature}
          onChange={(value) => setFeature((value ?? 'own_phone') as Schemas['StaffFeature'])}
          allowDeselect={false}
        />
        <TextInput
          label="Version of the words they were given"
          maxLength={60}
          value={noticeVersion}
          onChange={(event) => setNoticeVersion(event.currentTarget.value)}
        />
      </div>
    </Confirm>
  );
}

const uses = ['share_police', 'share_insurer'];
const behaviours = [
  ...['missed_scan', 'wrong_scan', 'fake_scan', 'multi_item_pass', 'occlusion', 'concealment', 'shelf_sweep'],
  ...['loitering', 'exit_alarm', 'restricted_zone', 'after_hours_presence', 'group_intrusion', 'violence'],
  'equipment_tamper',
];

export function NewOptOut({ onClose }: { onClose: () => void }) {
  const [storeId, setStoreId] = useState<string | null>(null);
  const [what, setWhat] = useState<string | null>(null);
  const [jurisdiction, setJurisdiction] = useState('');
  const [reason, setReason] = useState('');
  const record = useRecord(
    rightsKeys.optOuts,
    (input: { storeId: string; what: string }) =>
      expectForm(
        api.PUT('/v1/stores/{storeId}/opt-outs/{what}', {
          params: { path: input },
          body: { jurisdiction: jurisdiction.trim(), reason: reason.trim() },
        }),
      ),
    onClose,
  );
  const whole = storeId !== null && what !== null && jurisdiction.trim().length > 1 && reason.trim().length > 2;
  return (
    <Confirm
      title="Switch something off in a store"
      confirmLabel="Switch it off"
      error={record.error}
      isSending={record.isPending}
      canConfirm={whole}
      onConfirm={() => storeId !== null && what !== null && record.mutate({ storeId, what })}
      onCancel={onClose}
    >
      <div className={classes.form}>
        <StoreSelect value={storeId} onChange={setStoreId} />
        <Select
          label="What"
          searchable
          data={[...behaviours, ...uses].map((value) => ({ value, label: readable(value) }))}
          value={what}
          onChange={setWhat}
        />
        <TextInput
          label="Law of"
          maxLength={60}
          value={jurisdiction}
          onChange={(event) => setJurisdiction(event.currentTarget.value)}
        />
      </div>
      <Textarea
        label="Why"
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Confirm>
  );
}
