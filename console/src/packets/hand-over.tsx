import { Button, CopyButton, Group, Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { dateTime } from '../time.ts';
import { Problem } from '../ui/notices.tsx';
import classes from './packets.module.css';
import { packetQuery } from './queries.ts';

/** A link for one recipient, and what became of those that were made before. */
export function HandOver({ packet, zone }: { packet: Schemas['Packet']; zone: string }) {
  const [isOpen, setOpen] = useState(false);
  const [organisation, setOrganisation] = useState('');
  const [reference, setReference] = useState('');
  const path = { params: { path: { packetId: packet.id } } };
  const detail = useQuery({ ...packetQuery(packet.incidentId, packet.id), enabled: isOpen });
  const make = useIncidentCommand(packet.incidentId, () =>
    expectData(
      api.POST('/v1/packets/{packetId}/hand-overs', {
        ...path,
        body: {
          organisation: organisation.trim(),
          ...(reference.trim() === '' ? {} : { reference: reference.trim() }),
        },
      }),
    ),
  );
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
        Hand over
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Hand over" size="lg">
        <div className={classes.stack}>
          <p>
            The link works on one device for 72 hours. For the police it takes somebody other than who asked for the
            packet.
          </p>
          <TextInput
            label="Organisation"
            required
            maxLength={200}
            value={organisation}
            onChange={(event) => setOrganisation(event.currentTarget.value)}
          />
          <TextInput
            label="Their case number"
            maxLength={100}
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
          />
          {make.isError && <Problem error={make.error} />}
          {make.data && (
            <p className={classes.hash} role="status">
              It is shown only now: <span className="mono">{make.data.url}</span>{' '}
              <CopyButton value={make.data.url}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" variant="default" onClick={copy}>
                    {copied ? 'Copied' : 'Copy'}
                  </Button>
                )}
              </CopyButton>
            </p>
          )}
          <ul className={classes.list} aria-label="Handed over to">
            {detail.data?.handovers.map((each) => (
              <li key={each.id} className={classes.packet}>
                <span>
                  <b>{each.organisation}</b> {stateOf(each, zone)}
                </span>
              </li>
            ))}
          </ul>
          <Group justify="end">
            <Button
              disabled={organisation.trim() === ''}
              loading={make.isPending}
              onClick={() => make.mutate(undefined)}
            >
              Make the link
            </Button>
          </Group>
        </div>
      </Modal>
    </>
  );
}

function stateOf(handover: Schemas['Handover'], zone: string): string {
  if (handover.receipt) return `signed for it: ${handover.receipt.receivedBy}, ${dateTime(handover.receipt.at, zone)}.`;
  if (handover.revokedAt) return 'had a link that was taken back.';
  if (handover.downloads > 0) return 'has fetched it and not signed for it yet.';
  return handover.openedAt ? 'has opened the link.' : 'has not opened the link yet.';
}
