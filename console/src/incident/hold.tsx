import { Button, Group, Modal, Textarea } from '@mantine/core';
import { IconGavel } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { keys } from '../api/queries.ts';
import { calendarDate } from '../time.ts';

/** Places or releases a legal hold, for those who may. */
export function HoldButton({ incident }: { incident: IncidentDetail }) {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const path = { params: { path: { incidentId: incident.id } } };
  const toggle = useMutation({
    mutationFn: () =>
      incident.legalHold
        ? expectData(api.DELETE('/v1/incidents/{incidentId}/hold', path))
        : expectData(api.PUT('/v1/incidents/{incidentId}/hold', { ...path, body: { reason: reason.trim() } })),
    onSuccess: async () => {
      setOpen(false);
      setReason('');
      await client.invalidateQueries({ queryKey: keys.incident(incident.id) });
      await client.invalidateQueries({ queryKey: keys.incidents });
    },
  });
  const purge = incident.purgeAfter
    ? ` It would be due on ${calendarDate(incident.purgeAfter, incident.storeTimeZone)}.`
    : '';
  return (
    <>
      <Button variant="default" size="sm" leftSection={<IconGavel size={16} />} onClick={() => setOpen(true)}>
        {incident.legalHold ? 'Release hold' : 'Place legal hold'}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={incident.legalHold ? 'Release the legal hold' : 'Place a legal hold'}
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            toggle.mutate();
          }}
        >
          {incident.legalHold ? (
            <p>Once released, the evidence is deleted when its time is up.{purge}</p>
          ) : (
            <Textarea
              label="Why it must be kept"
              description={`Nothing of this incident is deleted while the hold stands.${purge}`}
              data-autofocus
              autosize
              minRows={3}
              minLength={3}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          {toggle.isError && (
            <p role="alert" style={{ color: 'var(--fw-bad)' }}>
              {toggle.error.message}
            </p>
          )}
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={() => setOpen(false)}>
              Cancel
            </Button>
            <Button type="submit" loading={toggle.isPending} disabled={!incident.legalHold && reason.trim().length < 3}>
              {incident.legalHold ? 'Release' : 'Place hold'}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
