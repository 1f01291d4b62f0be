import { Button, Checkbox, Group, Modal, MultiSelect, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { expectForm, fieldError, isShownAtFields } from '../admin/problems.ts';
import type { Schemas } from '../api/client.ts';
import { api } from '../api/client.ts';
import { Problem } from '../ui/notices.tsx';
import { recipientsKey } from './queries.ts';
import classes from './sharing.module.css';
import { fieldLabels, kindLabels, languageLabels } from './words.ts';

type Recipient = Schemas['Recipient'];
type Template = Schemas['ShareTemplate'];
type Kind = Recipient['kind'];

interface RecipientDialogProps {
  recipient: Recipient | null;
  onClose: () => void;
  /** Of a new recipient, which nobody can read again. */
  onCredential: (credential: string) => void;
}

const fewest: Record<Kind, number> = { police: 2, insurer: 1 };
const usual: Record<Kind, Template> = {
  police: {
    ...{ packet: 'whole', recording: 'as_released', language: 'en', consentRequired: false, signedStatement: false },
    ...{ minQuality: 0, fields: Object.keys(fieldLabels) as Template['fields'] },
  },
  insurer: {
    ...{ packet: 'whole', recording: 'masked', language: 'en', consentRequired: true, signedStatement: false },
    ...{ minQuality: 60, fields: ['place', 'goods', 'till', 'recording'] },
  },
};
const shown = ['name', 'url', 'approvalsRequired', 'throttlePerMinute'];
const options = (labels: Record<string, string>) => Object.entries(labels).map(([value, label]) => ({ value, label }));
const whole = (value: number | string, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** Where to, what of it, and what must be there first. */
export function RecipientDialog({ recipient, onClose, onCredential }: RecipientDialogProps) {
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>(recipient?.kind ?? 'police');
  const [form, setForm] = useState({
    ...{ name: recipient?.name ?? '', url: recipient?.url ?? '' },
    approvalsRequired: recipient?.approvalsRequired ?? fewest.police,
    throttlePerMinute: recipient?.throttlePerMinute ?? 10,
  });
  const [template, setTemplate] = useState<Template>(recipient?.template ?? usual.police);
  const change = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const shape = (part: Partial<Template>) => setTemplate({ ...template, ...part });
  const choose = (next: Kind) => {
    setKind(next);
    setTemplate(usual[next]);
    change({ approvalsRequired: fewest[next] });
  };
  const save = useMutation({
    mutationFn: async () => {
      const body = { ...form, name: form.name.trim(), url: form.url.trim(), template };
      if (recipient === null)
        return (await expectForm(api.POST('/v1/recipients', { body: { ...body, kind } }))).credential;
      const path = { params: { path: { recipientId: recipient.id } } };
      await expectForm(api.PATCH('/v1/recipients/{recipientId}', { ...path, body }));
      return null;
    },
    onSuccess: async (credential) => {
      onClose();
      if (credential) onCredential(credential);
      await client.invalidateQueries({ queryKey: recipientsKey });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={recipient ? 'Change the recipient' : 'New recipient'}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {recipient === null && (
          <NativeSelect
            label="What it is"
            data-autofocus
            value={kind}
            data={options(kindLabels)}
            onChange={(event) => choose(event.currentTarget.value as Kind)}
          />
        )}
        <TextInput
          label="Name"
          value={form.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={fieldError(save.error, 'name')}
          maxLength={200}
          required
        />
        <TextInput
          label="Address"
          placeholder="https://example.com/intake"
          value={form.url}
          onChange={(event) => change({ url: event.currentTarget.value })}
          error={fieldError(save.error, 'url')}
          maxLength={2000}
          required
        />
        <Group grow align="end">
          <NumberInput
            label="How many have to agree"
            value={form.approvalsRequired}
            min={fewest[kind]}
            max={3}
            clampBehavior="strict"
            onChange={(value) => change({ approvalsRequired: whole(value, fewest[kind]) })}
            error={fieldError(save.error, 'approvalsRequired')}
          />
          <NumberInput
            label="At most, a minute"
            value={form.throttlePerMinute}
            min={1}
            max={600}
            clampBehavior="strict"
            onChange={(value) => change({ throttlePerMinute: whole(value, 10) })}
            error={fieldError(save.error, 'throttlePerMinute')}
          />
          <NumberInput
            label="Evidence scores at least"
            value={template.minQuality}
            min={0}
            max={100}
            clampBehavior="strict"
            onChange={(value) => shape({ minQuality: whole(value, 0) })}
          />
        </Group>
        <Group grow align="end">
          <NativeSelect
            label="Packet"
            value={template.packet}
            data={options({ whole: 'Goes whole', none: 'Stays here; the message goes alone' })}
            onChange={(event) => shape({ packet: event.currentTarget.value as Template['packet'] })}
          />
          <NativeSelect
            label="Recording"
            value={template.recording}
            data={options({ masked: 'Masked only', as_released: 'Whatever may leave' })}
            onChange={(event) => shape({ recording: event.currentTarget.value as Template['recording'] })}
          />
          <NativeSelect
            label="Language"
            value={template.language}
            data={options(languageLabels)}
            onChange={(event) => shape({ language: event.currentTarget.value as Template['language'] })}
          />
        </Group>
        <MultiSelect
          label="In the message"
          data={options(fieldLabels)}
          value={template.fields}
          onChange={(value) => shape({ fields: value as Template['fields'] })}
          clearable
        />
        <Checkbox
          label="A consent has to be recorded"
          checked={template.consentRequired}
          onChange={(event) => shape({ consentRequired: event.currentTarget.checked })}
        />
        <Checkbox
          label="The statement has to be signed"
          checked={template.signedStatement}
          onChange={(event) => shape({ signedStatement: event.currentTarget.checked })}
        />
        {save.isError && !isShownAtFields(save.error, shown) && <Problem error={save.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={form.name.trim() === '' || form.url.trim() === ''}>
            {recipient ? 'Save' : 'Create'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
