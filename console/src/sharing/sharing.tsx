import { Button } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { Failure, Loading } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { EvidenceQuality } from './quality.tsx';
import { sharesQuery } from './queries.ts';
import { ShareDialog } from './share-dialog.tsx';
import { ShareRow } from './share-row.tsx';
import classes from './sharing.module.css';

/** What goes to somebody outside: asking for it, agreeing to it, where it stands, taking it back. */
export function Sharing({ incident }: { incident: IncidentDetail }) {
  const { may } = useSession();
  const shares = useQuery({ ...sharesQuery(incident.id), enabled: may('packet.issue') });
  const [isAsking, setAsking] = useState(false);
  if (!may('packet.issue')) return <p>Evidence is shared by control room leads, regional managers and compliance.</p>;
  if (!shares.data)
    return shares.error ? <Failure error={shares.error} /> : <Loading label="Loading what was shared" />;
  return (
    <div className={classes.stack}>
      <p>
        Nothing goes out by itself: somebody asks for it, and others agree. For the police it takes two people. If the
        record is corrected later, everybody who has it is told at once.
      </p>
      <EvidenceQuality incidentId={incident.id} />
      {incident.drill ? (
        <p>This is a drill, and nothing of a drill is ever shared.</p>
      ) : (
        <div>
          <Button leftSection={<IconSend size={16} />} onClick={() => setAsking(true)}>
            Share a packet
          </Button>
        </div>
      )}
      {isAsking && <ShareDialog incident={incident} onClose={() => setAsking(false)} />}
      <ol className={classes.list} aria-label="Shared">
        {shares.data.shares.map((share) => (
          <ShareRow key={share.id} share={share} zone={incident.storeTimeZone} />
        ))}
      </ol>
    </div>
  );
}
