import { IconGavel } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Incident } from '../api/client.ts';
import { Chip } from '../ui/chip.tsx';
import { EvidenceChip, StateChip, TillChip, VerdictChip } from '../ui/facts.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { incidentTitle } from '../words.ts';
import classes from './row.module.css';

const freshMs = 20_000;

/** One incident of the queue, a link as a whole. */
export function QueueRow({ incident, onOpen }: { incident: Incident; onOpen: () => void }) {
  const isFresh = incident.state !== 'closed' && Date.now() - Date.parse(incident.receivedAt) < freshMs;
  return (
    <Link
      to="/incidents/$incidentId"
      params={{ incidentId: incident.id }}
      className={classes.row}
      data-testid="incident-row"
      data-incident={incident.id}
      data-closed={incident.state === 'closed' || undefined}
      data-level={incident.severity}
      data-fresh={isFresh || undefined}
      onClick={onOpen}
    >
      <SeverityMark level={incident.severity} />
      <span className={classes.what}>
        <span className={classes.title}>
          {incidentTitle(incident.type)}
          {incident.item && <span className={classes.item}>: {incident.item.label}</span>}
        </span>
        <span className={classes.where}>
          <b>{incident.zoneLabel}</b>
          <span>{incident.storeName}</span>
          <span className="mono">
            <span className="visually-hidden">Code </span>
            {incident.code}
          </span>
          {incident.detectionCount > 1 && <span>seen {incident.detectionCount} times</span>}
          {incident.late && <span>reported late</span>}
        </span>
      </span>
      <span className={classes.facts}>
        <TillChip value={incident.posVerdict} />
        <EvidenceChip value={incident.evidenceState} />
      </span>
      <span className={classes.state}>
        <Progress incident={incident} />
      </span>
      <span className={classes.time}>
        <TimeAgo at={incident.detectedAt} />
      </span>
    </Link>
  );
}

function Progress({ incident }: { incident: Incident }) {
  if (incident.state === 'closed') {
    return (
      <>
        {incident.verdict && <VerdictChip value={incident.verdict} />}
        {incident.corrected && <Chip tone="warn">Corrected</Chip>}
        {incident.legalHold && (
          <Chip tone="info" icon={<IconGavel size={15} />}>
            On hold
          </Chip>
        )}
      </>
    );
  }
  return (
    <>
      {incident.helpRequested && <VerdictChip value="help" />}
      {incident.waitingFor ? (
        <Waiting waitingFor={incident.waitingFor} state={incident.state} />
      ) : (
        <StateChip value={incident.state} testId="incident-state" />
      )}
    </>
  );
}
