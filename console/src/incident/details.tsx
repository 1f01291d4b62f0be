import { Tabs } from '@mantine/core';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { Custody } from './custody.tsx';
import classes from './details.module.css';
import { EvidenceFiles } from './evidence-files.tsx';
import { Explanation } from './explanation.tsx';
import { Messages } from './messages.tsx';

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
        <Tabs.Tab value="why">Why</Tabs.Tab>
        <Tabs.Tab value="evidence">Evidence</Tabs.Tab>
        <Tabs.Tab value="custody">Custody</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="messages" className={classes.panel}>
        <Messages incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="why" className={classes.panel}>
        <Explanation incident={incident} />
      </Tabs.Panel>
      <Tabs.Panel value="evidence" className={classes.panel}>
        <EvidenceFiles incident={incident} evidence={evidence.data} error={evidence.error} />
      </Tabs.Panel>
      <Tabs.Panel value="custody" className={classes.panel}>
        <Custody incident={incident} />
      </Tabs.Panel>
    </Tabs>
  );
}
