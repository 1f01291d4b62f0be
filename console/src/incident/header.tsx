import { Popover, UnstyledButton } from '@mantine/core';
import { IconArrowLeft, IconEye, IconGavel } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { explanationQuery } from '../api/queries.ts';
import { Chip } from '../ui/chip.tsx';
import { EvidenceChip, StateChip, TillChip, VerdictChip } from '../ui/facts.tsx';
import { DrillMark } from '../ui/marks.tsx';
import { useSession } from '../ui/session.ts';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { categoryLabel, incidentTitle } from '../words.ts';
import { notificationState, toldPeople } from '../words-messages.ts';
import { Claim } from './claim.tsx';
import { SeverityReasons } from './explanation.tsx';
import classes from './header.module.css';
import { HoldButton } from './hold.tsx';

/** What it is, where, how bad, how far along, and who knows. */
export function IncidentHeader({ incident }: { incident: IncidentDetail }) {
  const { may } = useSession();
  return (
    <header className={classes.header}>
      <Link to="/" className={classes.back}>
        <IconArrowLeft size={16} aria-hidden="true" /> Queue
      </Link>
      <div className={classes.top}>
        <SeverityButton incident={incident} />
        <div className={classes.words}>
          <h1 className={classes.title}>
            {incident.drill && (
              <span className={classes.mark}>
                <DrillMark />
              </span>
            )}
            {incidentTitle(incident.type)}
            {incident.item && <span className={classes.item}>: {incident.item.label}</span>}
          </h1>
          <p className={classes.where}>
            <b>{incident.zoneLabel}</b>
            <span>{incident.storeName}</span>
            <span className="mono">
              <span className="visually-hidden">Code </span>
              {incident.code}
            </span>
            <span>{categoryLabel(incident.category)}</span>
            <TimeAgo at={incident.detectedAt} timeZone={incident.storeTimeZone} />
            {incident.detectionCount > 1 && <span>seen {incident.detectionCount} times</span>}
            {incident.late && <span>reported late</span>}
            {incident.runs > 1 && <span>opened again</span>}
          </p>
        </div>
        <div className={classes.actions}>
          <Claim incident={incident} />
          {may('hold.manage') && <HoldButton incident={incident} />}
        </div>
      </div>
      <div className={classes.facts}>
        <StateChip value={incident.state} testId="incident-state" />
        {incident.verdict && incident.verdict !== 'help' && <VerdictChip value={incident.verdict} />}
        {incident.secondReview === 'pending' && (
          <Chip
            tone="info"
            icon={<IconEye size={15} />}
            hint="The policy wants a second person to look at this verdict."
          >
            Second look wanted
          </Chip>
        )}
        <TillChip value={incident.posVerdict} />
        <EvidenceChip value={incident.evidenceState} />
        {incident.legalHold && (
          <Chip
            tone="info"
            icon={<IconGavel size={15} />}
            hint="Nothing of this incident is deleted while the hold stands."
          >
            On legal hold
          </Chip>
        )}
        <span className={classes.people}>
          {incident.waitingFor && incident.state !== 'closed' && (
            <Waiting waitingFor={incident.waitingFor} state={incident.state} />
          )}
          <Told incident={incident} />
        </span>
      </div>
    </header>
  );
}

function Told({ incident }: { incident: IncidentDetail }) {
  const names = toldPeople(incident.notifications);
  if (names.length === 0) return <span className={classes.told}>Nobody has been told.</span>;
  return (
    <span className={classes.told}>
      Told:{' '}
      {names.map((name, index) => {
        const latest = incident.notifications.findLast(
          ({ personName, kind }) => personName === name && kind !== 'correction',
        );
        return (
          <span key={name}>
            {index > 0 && ', '}
            <b>{name}</b>
            {latest && ` (${notificationState(latest).label.toLowerCase()})`}
          </span>
        );
      })}
    </span>
  );
}

function SeverityButton({ incident }: { incident: IncidentDetail }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} width={360} position="bottom-start" shadow="md" withinPortal>
      <Popover.Target>
        <UnstyledButton
          className={classes.severity}
          title="Why this severity?"
          onClick={() => setOpen(!isOpen)}
          onBlur={() => setOpen(false)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setOpen(false);
          }}
        >
          <SeverityMark level={incident.severity} large />
          <span className="visually-hidden">, show why</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <SeverityPopover incident={incident} />
      </Popover.Dropdown>
    </Popover>
  );
}

function SeverityPopover({ incident }: { incident: IncidentDetail }) {
  const explanation = useQuery(explanationQuery(incident.id));
  return (
    <div className={classes.popover}>
      <p className={classes.popoverTitle}>{incident.severityScore} of 100 points</p>
      {explanation.isPending && <p>Reading the reasons…</p>}
      {explanation.isError && <p>The reasons could not be read: {explanation.error.message}</p>}
      {explanation.data && (
        <SeverityReasons reasons={explanation.data.severity.reasons} timeZone={incident.storeTimeZone} />
      )}
    </div>
  );
}
