import { Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditEntry, IncidentDetail } from '../api/client.ts';
import { custodyQuery } from '../api/queries.ts';
import { calendarDate, clockTime } from '../time.ts';
import { AuditTable } from '../ui/audit-table.tsx';
import { Failure, Loading } from '../ui/notices.tsx';
import { roleLabel } from '../words.ts';
import { auditAction, auditFacts, whoseName } from '../words-audit.ts';
import classes from './custody.module.css';

/** Who acquired, saw, shared or deleted the evidence of this incident. */
export function Custody({ incident }: { incident: IncidentDetail }) {
  const custody = useQuery(custodyQuery(incident.id));
  const [showsHashes, setShowsHashes] = useState(false);
  if (custody.isPending) return <Loading label="Loading the custody log" />;
  if (custody.isError) return <Failure error={custody.error} onRetry={() => void custody.refetch()} />;
  const { entries } = custody.data;
  const zone = incident.storeTimeZone;
  if (entries.length === 0)
    return (
      <div data-testid="custody">
        <p>Nothing is recorded yet. Every view of the evidence will be.</p>
      </div>
    );
  return (
    <div data-testid="custody" className={classes.custody}>
      <Switch label="With row numbers and hashes" checked={showsHashes} onChange={() => setShowsHashes(!showsHashes)} />
      {showsHashes ? (
        <AuditTable entries={entries} timeZone={zone} caption="Chain of custody" />
      ) : (
        byDay(entries, zone).map(([day, ofDay]) => (
          <section key={day} aria-label={day}>
            <h3 className={classes.day}>{day}</h3>
            <ol className={classes.list}>
              {ofDay.map((entry) => (
                <Step key={entry.seq} entry={entry} timeZone={zone} />
              ))}
            </ol>
          </section>
        ))
      )}
    </div>
  );
}

function byDay(entries: readonly AuditEntry[], timeZone: string): [day: string, AuditEntry[]][] {
  const days = new Map<string, AuditEntry[]>();
  for (const entry of entries) {
    const day = calendarDate(entry.at, timeZone);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days];
}

function Step({ entry, timeZone }: { entry: AuditEntry; timeZone: string }) {
  const facts = auditFacts(entry, timeZone);
  const role = roleLabel(entry.actorRole);
  const name = entry.actorRole === 'system' ? role : whoseName(entry);
  return (
    <li className={classes.step} data-action={entry.action} data-tone={toneOf(entry.action)}>
      <span className={classes.at}>{clockTime(entry.at, timeZone)}</span>
      <span className={classes.what}>
        <b>{auditAction(entry.action)}</b>{' '}
        <span className={classes.who}>
          by {name}
          {name !== role && `, ${role}`}
        </span>
        {facts && <span className={classes.facts}>{facts}</span>}
      </span>
    </li>
  );
}

/** What went wrong, what left or was deleted, and everything else. */
function toneOf(action: string): 'bad' | 'left' | undefined {
  if (/failed|refused|discrepancy|lost/.test(action)) return 'bad';
  if (/purged|removed|downloaded|handed_over|shared|exported/.test(action)) return 'left';
  return undefined;
}
