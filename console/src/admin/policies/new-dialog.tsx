import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { Problem } from '../../ui/notices.tsx';
import { expectForm, fieldError } from '../problems.ts';
import { adminKeys } from '../queries.ts';
import type { OperatingModel } from '../words.ts';
import { models } from '../words.ts';

/** The shortest document that is a policy; the editor is where it grows. */
export function NewPolicyDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const [model, setModel] = useState<OperatingModel>('checkout_validation');
  const create = useMutation({
    mutationFn: () =>
      expectForm(api.POST('/v1/policies', { body: { source: `id: ${id}\noperatingModel: ${model}\n` } })),
    onSuccess: async (draft) => {
      await client.invalidateQueries({ queryKey: adminKeys.policies });
      await navigate({ to: '/manage/policies/$policyId', params: { policyId: draft.id } });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="New policy" centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack>
          <TextInput
            label="Name"
            description="Small letters, digits and -; it cannot change later."
            placeholder="night-shift"
            value={id}
            onChange={(event) => setId(event.currentTarget.value.trim().toLowerCase())}
            error={fieldError(create.error, 'id')}
            pattern="[a-z0-9][a-z0-9\-]{0,63}"
            required
            withAsterisk={false}
            data-autofocus
          />
          <Radio.Group label="Who looks first" value={model} onChange={(value) => setModel(value as OperatingModel)}>
            <Stack gap="xs" mt="xs">
              {(Object.keys(models) as OperatingModel[]).map((value) => (
                <Radio key={value} value={value} label={models[value].label} description={models[value].hint} />
              ))}
            </Stack>
          </Radio.Group>
          <p style={{ color: 'var(--fw-dim)' }}>Everything else has a default. Nothing changes for any store yet.</p>
          {create.isError && !fieldError(create.error, 'id') && <Problem error={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={id === ''}>
              Make the draft
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
