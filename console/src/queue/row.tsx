import { IconBellOff, IconEye, IconGavel } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Incident } from '../api/client.ts';
import { Chip } from '../ui/chip.tsx';
import { EvidenceChip, StateChip, TillChip, VerdictChip } from '../ui/facts.tsx';
import { ClaimMark, DrillMark, HelpMark } from '../ui/marks.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { incidentTitle } from '../words.ts';
import { heldBackLine } from '../words-reasons.ts';
import classes from './row.module.css';

const freshMs = 20_000;

interface QueueRowProps {
  incident: Incident;
  /** Says why nobody is paged even when the incident is over. */
  explain: boolean;
  onOpen: () => void;
}

/** One incident of the queue, a link as a whole. */
export function QueueRow({ incident, explain, onOpen }: QueueRowProps) {
  const isOpen = incident.state !== 'closed';
  const isFresh = isOpen && Date.now() - Date.parse(incident.receivedAt) < freshMs;
  const needsHelp = isOpen && incident.helpRequested === true;
  return (
    <Link
      to="/incidents/$incidentId"
      params={{ incidentId: incident.id }}
      className={classes.row}
      data-testid="incident-row"
      data-incident={incident.id}
      data-closed={!isOpen || undefined}
      data-help={needsHelp || undefined}
      data-drill={incident.drill || undefined}
      data-level={incident.severity}
      data-fresh={isFresh || undefined}
      onClick={onOpen}
    >
      <SeverityMark level={incident.severity} />
      <span className={classes.what}>
        <span className={classes.title}>
          {(needsHelp || incident.drill) && (
            <span className={classes.marks}>
              {needsHelp && <HelpMark />}
              {incident.drill && <DrillMark />}
            </span>
          )}
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
          {incident.runs > 1 && <span>opened again</span>}
        </span>
        {incident.suppression && (isOpen || explain) && (
          <span className={classes.held} data-testid="held-back">
            <IconBellOff size={15} aria-hidden="true" />
            <span>
              <b>Nobody is paged.</b> {heldBackLine(incident.suppression, 'UTC')}
            </span>
          </span>
        )}
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
        {incident.secondReview === 'pending' && (
          <Chip tone="info" icon={<IconEye size={15} />}>
            Second look
          </Chip>
        )}
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
      {incident.claim && <ClaimMark claim={incident.claim} />}
      {incident.verdict === 'confirmed' ? (
        <Chip tone="warn">Confirmed, steps to do</Chip>
      ) : incident.waitingFor ? (
        <Waiting waitingFor={incident.waitingFor} state={incident.state} />
      ) : (
        <StateChip value={incident.state} testId="incident-state" />
      )}
    </>
  );
}
