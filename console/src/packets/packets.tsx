import { Anchor, Button, Group, NativeSelect } from '@mantine/core';
import { IconDownload, IconPackage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { fileSize } from '../format.ts';
import { dateTime } from '../time.ts';
import { Failure, Loading, Problem } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { reasonSentence } from '../words-reasons.ts';
import { HandOver } from './hand-over.tsx';
import classes from './packets.module.css';
import { packetsQuery } from './queries.ts';
import { SignStatement } from './sign-statement.tsx';
import { packetStates, purposeLabels } from './words.ts';

type Packet = Schemas['Packet'];
type Purpose = Packet['purpose'];

/** Evidence packets: having one made, fetching it, signing its statement, handing it over. */
export function Packets({ incident }: { incident: IncidentDetail }) {
  const { may } = useSession();
  const packets = useQuery({ ...packetsQuery(incident.id), enabled: may('packet.issue') });
  const [purpose, setPurpose] = useState<Purpose>('police');
  const path = { params: { path: { incidentId: incident.id } } };
  const request = useIncidentCommand(incident.id, (wanted: Purpose) =>
    expectData(api.POST('/v1/incidents/{incidentId}/packets', { ...path, body: { purpose: wanted } })),
  );
  if (!may('packet.issue')) return <p>Packets are made by control room leads, regional managers and compliance.</p>;
  if (!packets.data) return packets.error ? <Failure error={packets.error} /> : <Loading label="Loading the packets" />;
  return (
    <div className={classes.stack}>
      <p>
        One zip with everything that the police or an insurer needs. It plays and checks itself in a browser without a
        network.
      </p>
      <Group gap="sm" align="end">
        <NativeSelect
          label="Purpose"
          value={purpose}
          data={Object.entries(purposeLabels).map(([value, label]) => ({ value, label }))}
          onChange={(event) => setPurpose(event.currentTarget.value as Purpose)}
        />
        <Button
          leftSection={<IconPackage size={16} />}
          loading={request.isPending}
          onClick={() => request.mutate(purpose)}
        >
          Make a packet
        </Button>
      </Group>
      {request.isError && <Problem error={request.error} />}
      <ol className={classes.list} aria-label="Packets">
        {packets.data.packets.map((packet) => (
          <PacketRow key={packet.id} packet={packet} zone={incident.storeTimeZone} />
        ))}
      </ol>
    </div>
  );
}

function PacketRow({ packet, zone }: { packet: Packet; zone: string }) {
  const { changes } = packet;
  return (
    <li className={classes.packet} data-state={packet.state}>
      <span>
        <b>Version {packet.version}</b> {packetStates[packet.state]}{' '}
        <span className={classes.dim}>
          {purposeLabels[packet.purpose]}, asked for by {packet.requestedBy} at {dateTime(packet.requestedAt, zone)}.{' '}
          {packet.statementSignedBy === null
            ? 'The statement in it is an unsigned draft.'
            : `${packet.statementSignedBy} signed the statement in it.`}
        </span>
      </span>
      {packet.failure && <span>{reasonSentence(packet.failure, zone)}</span>}
      {packet.leftOut.map(({ cameraId, because }) => (
        <span key={cameraId}>
          The video of {cameraId} is not in it: {reasonSentence(because, zone)}
        </span>
      ))}
      {changes && (
        <span className={classes.dim}>
          Since the version before: {changes.altered.length} files altered, {changes.added.length} added,{' '}
          {changes.removed.length} removed.
        </span>
      )}
      {packet.sha256 && <span className={`mono ${classes.hash}`}>SHA-256 {packet.sha256}</span>}
      {packet.state === 'ready' && (
        <Group gap="sm">
          <Anchor fz="sm" href={`/v1/packets/${packet.id}/content`} download>
            <IconDownload size={16} /> Download{packet.sizeBytes === null ? '' : ` (${fileSize(packet.sizeBytes)})`}
          </Anchor>
          {packet.statementSignedBy === null && <SignStatement packet={packet} />}
          {packet.purpose !== 'internal' && <HandOver packet={packet} zone={zone} />}
        </Group>
      )}
    </li>
  );
}
