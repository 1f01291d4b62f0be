import { Button, Checkbox, Group, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { Failure, Loading, Problem } from '../ui/notices.tsx';
import classes from './packets.module.css';
import { packetQuery } from './queries.ts';

/** A person reads the very words and puts their name under them; the next version carries both. */
export function SignStatement({ packet }: { packet: Schemas['Packet'] }) {
  const [isOpen, setOpen] = useState(false);
  const [hasRead, setRead] = useState(false);
  const detail = useQuery({ ...packetQuery(packet.incidentId, packet.id), enabled: isOpen });
  const sign = useIncidentCommand(packet.incidentId, () =>
    expectData(api.POST('/v1/packets/{packetId}/statement', { params: { path: { packetId: packet.id } } })),
  );
  const close = () => {
    setOpen(false);
    setRead(false);
  };
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
        Sign the statement
      </Button>
      <Modal opened={isOpen} onClose={close} title="Sign the statement" size="lg">
        <div className={classes.stack}>
          {detail.data ? (
            <div className={classes.statement}>
              {detail.data.statement.map((paragraph) => (
                <p key={paragraph}>{paragraph}</p>
              ))}
            </div>
          ) : detail.error ? (
            <Failure error={detail.error} />
          ) : (
            <Loading label="Loading the statement" />
          )}
          <Checkbox
            label="I have read this, it is true, and I can speak to it."
            checked={hasRead}
            onChange={(event) => setRead(event.currentTarget.checked)}
          />
          {sign.isError && <Problem error={sign.error} />}
          <Group justify="end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              disabled={!hasRead || !detail.data}
              loading={sign.isPending}
              onClick={() => sign.mutate(undefined, { onSuccess: close })}
            >
              Sign with my name
            </Button>
          </Group>
        </div>
      </Modal>
    </>
  );
}
