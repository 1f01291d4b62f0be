import { Button, Group, Modal } from '@mantine/core';
import { IconBuildingBank, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import page from '../pages/page.module.css';
import { Chip } from '../ui/chip.tsx';
import { Empty, Failure, Loading, Problem } from '../ui/notices.tsx';
import { recipientsKey, recipientsQuery } from './queries.ts';
import { RecipientDialog } from './recipient-dialog.tsx';
import classes from './sharing.module.css';
import { circuitLabels, kindLabels, templateConditions, templateSentence } from './words.ts';

type Recipient = Schemas['Recipient'];

/** Who outside gets evidence, what of it, how many have to agree, and whether they answer. */
export function RecipientsPage() {
  const recipients = useQuery(recipientsQuery);
  const [edited, setEdited] = useState<Recipient | 'new' | null>(null);
  const [credential, setCredential] = useState<string | null>(null);
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Recipients</h1>
          <p className={page.lead}>Police authorities and insurers that packets can be sent to.</p>
        </div>
        <Button size="md" leftSection={<IconPlus size={18} />} onClick={() => setEdited('new')}>
          New recipient
        </Button>
      </div>
      {edited && (
        <RecipientDialog
          recipient={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
          onCredential={setCredential}
        />
      )}
      {credential && <CredentialDialog credential={credential} onClose={() => setCredential(null)} />}
      {recipients.isPending && <Loading label="Loading the recipients" />}
      {recipients.isError && <Failure error={recipients.error} onRetry={() => void recipients.refetch()} />}
      {recipients.data?.items.length === 0 && (
        <Empty icon={<IconBuildingBank size={30} stroke={1.5} />} title="No recipient yet">
          Without one, packets are handed over by link only.
        </Empty>
      )}
      {recipients.data && recipients.data.items.length > 0 && (
        <ul className={page.card} data-testid="recipients">
          {recipients.data.items.map((recipient) => (
            <Row
              key={recipient.id}
              recipient={recipient}
              onEdit={() => setEdited(recipient)}
              onCredential={setCredential}
            />
          ))}
        </ul>
      )}
    </>
  );
}

interface RowProps {
  recipient: Recipient;
  onEdit: () => void;
  onCredential: (credential: string) => void;
}

function Row({ recipient, onEdit, onCredential }: RowProps) {
  const client = useQueryClient();
  const path = { params: { path: { recipientId: recipient.id } } };
  const refresh = () => client.invalidateQueries({ queryKey: recipientsKey });
  const rotate = useMutation({
    mutationFn: () => expectData(api.POST('/v1/recipients/{recipientId}/rotate-credential', path)),
    onSuccess: ({ credential }) => onCredential(credential),
  });
  const turn = useMutation({
    mutationFn: (enabled: boolean) =>
      expectData(api.PATCH('/v1/recipients/{recipientId}', { ...path, body: { enabled } })),
    onSettled: refresh,
  });
  const circuit = circuitLabels[recipient.circuit.state];
  const conditions = templateConditions(recipient.template);
  return (
    <li className={classes.recipient} data-recipient={recipient.id}>
      <div>
        <p className={classes.name}>{recipient.name}</p>
        <p className={classes.small}>
          {kindLabels[recipient.kind]} · {recipient.url}
        </p>
        <Group gap="xs">
          {recipient.enabled ? <Chip tone={circuit.tone}>{circuit.label}</Chip> : <Chip tone="bad">Switched off</Chip>}
        </Group>
      </div>
      <p className={classes.small}>
        {templateSentence(recipient.template)} {conditions.length > 0 && `First: ${conditions.join('; ')}. `}
        {recipient.approvalsRequired} have to agree; {recipient.throttlePerMinute} a minute at most.
      </p>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={`Change ${recipient.name}`}>
          Change
        </Button>
        <Button size="compact-sm" variant="default" loading={rotate.isPending} onClick={() => rotate.mutate()}>
          New credential
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          loading={turn.isPending}
          onClick={() => turn.mutate(!recipient.enabled)}
        >
          {recipient.enabled ? 'Switch off' : 'Switch on'}
        </Button>
      </Group>
      {(rotate.error ?? turn.error) && <Problem error={rotate.error ?? turn.error} />}
    </li>
  );
}

/** The one time that a credential is shown. */
function CredentialDialog({ credential, onClose }: { credential: string; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title="The credential, shown once"
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={classes.stack}>
        <p>Give it to the recipient: it is how they know that a request is ours. It is never shown again.</p>
        <output className={classes.credential} data-testid="recipient-credential">
          {credential}
        </output>
        <Group justify="end">
          <Button data-autofocus onClick={onClose}>
            I have kept it
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
