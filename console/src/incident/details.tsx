import { Tabs } from '@mantine/core';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { Masking } from '../evidence/masking.tsx';
import { HistoryLink } from '../history/link.tsx';
import { Packets } from '../packets/packets.tsx';
import { Sharing } from '../sharing/sharing.tsx';
import { Custody } from './custody.tsx';
import classes from './details.module.css';
import { Detections } from './detections.tsx';
import { EvidenceFiles } from './evidence-files.tsx';
import { Explanation } from './explanation.tsx';
import { Messages } from './messages.tsx';
import { OutcomeTab } from './outcome-facts.tsx';
import { Reviews } from './reviews.tsx';

/** What one asks for only sometimes: messages, reasons, files, custody. */
export function Details({
  incident,
  evidence,
}: {
  incident: IncidentDetail;
  evidence: { data: Schemas['Evidence'] | undefined; error: Error | null };
}) {
  return (
    <Tabs defaultValue="messages" keepMounted={false} className={classes.card}>
      <Tabs.List className={classes.list} aria-label="More about this incident">
        <Tabs.Tab value="messages">
          Messages <span className={classes.count}>{incident.notifications.length}</span>
        </Tabs.Tab>
        <Tabs.Tab value="outcome">Outcome</Tabs.Tab>
        {incident.reviews.length > 0 && (
          <Tabs.Tab value="reviews">
            Reviews <span className={classes.count}>{incident.reviews.length}</span>
          </Tabs.Tab>
        )}
        {incident.detections.length > 1 && (
          <Tabs.Tab value="detections">
            Detections <span className={classes.count}>{incident.detections.length}</span>
          </Tabs.Tab>
        )}
        <Tabs.Tab value="why">Why</Tabs.Tab>
        <Tabs.Tab value="evidence">Evidence</Tabs.Tab>
        <Tabs.Tab value="masking">Masking</Tabs.Tab>
        <Tabs.Tab value="packets">Packets</Tabs.Tab>
        <Tabs.Tab value="sharing">Sharing</Tabs.Tab>
        <Tabs.Tab value="custody">Custody</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="messages" className={classes.panel}>
        <Messages incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="outcome" className={classes.panel}>
        <OutcomeTab key={incident.runs} incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="reviews" className={classes.panel}>
        <Reviews incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="detections" className={classes.panel}>
        <Detections incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="why" className={classes.panel}>
        <Explanation incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="evidence" className={classes.panel}>
        <EvidenceFiles incident={incident} evidence={evidence.data} error={evidence.error} />
      </Tabs.Panel>
      <Tabs.Panel value="masking" className={classes.panel}>
        <Masking incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="packets" className={classes.panel}>
        <Packets incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="sharing" className={classes.panel}>
        <Sharing incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="custody" className={classes.panel}>
        <HistoryLink incidentId={incident.id} />
        <Custody incident={incident} />
      </Tabs.Panel>
    </Tabs>
  );
}
