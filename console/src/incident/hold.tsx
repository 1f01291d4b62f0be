import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core';
import { IconGavel } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { keys } from '../api/queries.ts';
import { calendarDate, dateTime } from '../time.ts';
import { Failure } from '../ui/notices.tsx';
import classes from './hold.module.css';

const shortestReason = 3;

/** The legal holds of an incident, each somebody's own: who may, places another or releases one. */
export function HoldButton({ incident }: { incident: IncidentDetail }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" size="sm" leftSection={<IconGavel size={16} />} onClick={() => setOpen(true)}>
        {incident.legalHold ? 'Legal holds' : 'Place legal hold'}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title="Legal holds"
        size="lg"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {isOpen && <Holds incident={incident} onDone={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Holds({ incident, onDone }: { incident: IncidentDetail; onDone: () => void }) {
  const path = { params: { path: { incidentId: incident.id } } };
  const holds = useQuery({
    queryKey: [...keys.incident(incident.id), 'holds'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/holds', path)),
  });
  const standing = holds.data?.items.filter(({ releasedAt }) => releasedAt === null) ?? [];
  const ended = holds.data?.items.filter(({ releasedAt }) => releasedAt !== null) ?? [];
  const purge = incident.purgeAfter
    ? ` Its own date is ${calendarDate(incident.purgeAfter, incident.storeTimeZone)}.`
    : '';
  return (
    <>
      <p>Nothing of this incident is deleted while any hold stands.{purge}</p>
      {holds.isError && <Failure error={holds.error} onRetry={() => void holds.refetch()} />}
      {standing.length > 0 && (
        <ul className={classes.holds} aria-label="Holds that stand">
          {standing.map((hold) => (
            <StandingHold key={hold.id} hold={hold} incident={incident} />
          ))}
        </ul>
      )}
      <PlaceHold incident={incident} isFirst={standing.length === 0} onDone={onDone} />
      {ended.length > 0 && (
        <details>
          <summary>Holds that have ended ({ended.length})</summary>
          <ul className={classes.holds}>
            {ended.map((hold) => (
              <li key={hold.id}>
                <HoldFacts hold={hold} zone={incident.storeTimeZone} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function HoldFacts({ hold, zone }: { hold: Schemas['Hold']; zone: string }) {
  return (
    <div>
      <strong>{hold.reason}</strong>
      <div className={classes.dim}>
        Placed {dateTime(hold.placedAt, zone)} by {hold.placedBy}
        {hold.endsAt && `, until ${dateTime(hold.endsAt, zone)}`}
        {hold.releasedAt && `, ended ${dateTime(hold.releasedAt, zone)} by ${hold.releasedBy ?? 'Floorwalker'}`}
        {hold.releaseReason && `: ${hold.releaseReason}`}
      </div>
    </div>
  );
}

function StandingHold({ hold, incident }: { hold: Schemas['Hold']; incident: IncidentDetail }) {
  const refresh = useRefresh(incident.id);
  const [reason, setReason] = useState<string | null>(null);
  const release = useMutation({
    mutationFn: (why: string) =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/holds/{holdId}/release', {
          params: { path: { incidentId: incident.id, holdId: hold.id } },
          body: { reason: why },
        }),
      ),
    onSuccess: refresh,
  });
  return (
    <li>
      <HoldFacts hold={hold} zone={incident.storeTimeZone} />
      {reason === null ? (
        <Button
          variant="default"
          size="xs"
          onClick={() => setReason('')}
          aria-label={`Release the hold: ${hold.reason}`}
        >
          Release
        </Button>
      ) : (
        <form
          className={classes.release}
          onSubmit={(event) => {
            event.preventDefault();
            release.mutate(reason.trim());
          }}
        >
          <TextInput
            label="Why it is released"
            data-autofocus
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group gap="xs">
            <Button
              type="submit"
              size="xs"
              loading={release.isPending}
              disabled={reason.trim().length < shortestReason}
            >
              Release hold
            </Button>
            <Button variant="default" size="xs" onClick={() => setReason(null)}>
              Keep it
            </Button>
          </Group>
          {release.isError && <Failure error={release.error} />}
        </form>
      )}
    </li>
  );
}

function PlaceHold({ incident, isFirst, onDone }: { incident: IncidentDetail; isFirst: boolean; onDone: () => void }) {
  const refresh = useRefresh(incident.id);
  const title = useId();
  const [reason, setReason] = useState('');
  const [endsOn, setEndsOn] = useState('');
  const place = useMutation({
    mutationFn: () =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/holds', {
          params: { path: { incidentId: incident.id } },
          body: {
            reason: reason.trim(),
            ...(endsOn === '' ? {} : { endsAt: new Date(`${endsOn}T23:59:59`).toISOString() }),
          },
        }),
      ),
    onSuccess: async ({ inStore }) => {
      await refresh();
      if (inStore !== false) onDone();
    },
  });
  return (
    <form
      aria-labelledby={title}
      onSubmit={(event) => {
        event.preventDefault();
        place.mutate();
      }}
    >
      <h3 id={title} className={classes.title}>
        {isFirst ? 'Place a hold' : 'Place another hold'}
      </h3>
      <Textarea
        label="Why it must be kept"
        {...(isFirst ? { 'data-autofocus': true } : {})}
        autosize
        minRows={2}
        minLength={shortestReason}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label="Last day (optional)"
        description="Without one it stands until somebody releases it."
        mt="sm"
        value={endsOn}
        onChange={(event) => setEndsOn(event.currentTarget.value)}
      />
      {place.isError && <Failure error={place.error} />}
      {place.data?.inStore === false && (
        <p role="status">
          The hold stands, and nothing is deleted. The object store has not taken it on yet, as it is full or does not
          answer; that is made up for within hours.
        </p>
      )}
      <Group justify="flex-end" mt="md">
        <Button type="submit" loading={place.isPending} disabled={reason.trim().length < shortestReason}>
          Place hold
        </Button>
      </Group>
    </form>
  );
}

function useRefresh(incidentId: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.incident(incidentId) });
    await client.invalidateQueries({ queryKey: keys.incidents });
  };
}
