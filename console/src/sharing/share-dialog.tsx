import { Button, Group, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { packetsQuery } from '../packets/queries.ts';
import { Failure, Loading, Problem } from '../ui/notices.tsx';
import { recipientsQuery } from './queries.ts';
import classes from './sharing.module.css';
import { consentBases, kindLabels, templateConditions, templateSentence } from './words.ts';

type Basis = Schemas['ShareConsent']['basis'];

/** To whom, and what of it; the newest ready packet for that purpose is what goes. */
export function ShareDialog({ incident, onClose }: { incident: IncidentDetail; onClose: () => void }) {
  const recipients = useQuery(recipientsQuery);
  const packets = useQuery(packetsQuery(incident.id));
  const [chosenId, setChosenId] = useState('');
  const [basis, setBasis] = useState<Basis>('contract');
  const [reference, setReference] = useState('');
  const choices = recipients.data?.items.filter(({ enabled }) => enabled) ?? [];
  const recipient = choices.find(({ id }) => id === chosenId) ?? choices[0];
  const packet = packets.data?.packets.find(({ state, purpose }) => state === 'ready' && purpose === recipient?.kind);
  const ask = useIncidentCommand(
    incident.id,
    (body: { packetId: string; recipientId: string; consent: Schemas['ShareConsent'] | null }) =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/shares', { params: { path: { incidentId: incident.id } }, body }),
      ),
    { onSuccess: onClose },
  );
  const needsConsent = recipient?.template.consentRequired ?? false;
  const canAsk = recipient && packet && (!needsConsent || reference.trim() !== '');
  const send = () => {
    if (!canAsk || ask.isPending) return;
    const consent = needsConsent ? { basis, reference: reference.trim() } : null;
    ask.mutate({ packetId: packet.id, recipientId: recipient.id, consent });
  };
  return (
    <Modal opened onClose={onClose} title="Share a packet" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {recipients.isError && <Failure error={recipients.error} />}
        {recipients.isPending && <Loading label="Loading the recipients" />}
        {recipients.data && choices.length === 0 && (
          <p>No recipient is set up yet. Compliance and administrators do so under Manage, Recipients.</p>
        )}
        {recipient && (
          <>
            <NativeSelect
              label="Recipient"
              data-autofocus
              value={recipient.id}
              data={choices.map(({ id, name, kind }) => ({ value: id, label: `${name} (${kindLabels[kind]})` }))}
              onChange={(event) => setChosenId(event.currentTarget.value)}
            />
            <p data-testid="what-is-sent">
              {packet && `Version ${packet.version} of the packet. `}
              {templateSentence(recipient.template)}
            </p>
            {templateConditions(recipient.template).length > 0 && (
              <p className={classes.dim}>First: {templateConditions(recipient.template).join('; ')}.</p>
            )}
            <p className={classes.dim}>
              {recipient.approvalsRequired === 1
                ? 'One person has to agree.'
                : `${recipient.approvalsRequired} different people have to agree.`}
            </p>
            {packets.data && !packet && (
              <p role="alert">
                There is no ready packet for this purpose. Make one under Packets ({kindLabels[recipient.kind]}).
              </p>
            )}
            {needsConsent && (
              <Group grow align="end">
                <NativeSelect
                  label="On what ground"
                  value={basis}
                  data={Object.entries(consentBases).map(([value, label]) => ({ value, label }))}
                  onChange={(event) => setBasis(event.currentTarget.value as Basis)}
                />
                <TextInput
                  label="Number of the paper"
                  required
                  maxLength={100}
                  value={reference}
                  onChange={(event) => setReference(event.currentTarget.value)}
                />
              </Group>
            )}
          </>
        )}
        {ask.isError && <Problem error={ask.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!canAsk} loading={ask.isPending}>
            Ask for approval
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
