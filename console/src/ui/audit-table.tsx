import { Link } from '@tanstack/react-router';
import type { AuditEntry } from '../api/client.ts';
import page from '../pages/page.module.css';
import { dateTime } from '../time.ts';
import { auditAction, readable, roleLabel } from '../words.ts';
import { actorLabel } from '../words-timeline.ts';
import classes from './audit-table.module.css';

interface AuditTableProps {
  entries: readonly AuditEntry[];
  caption: string;
  timeZone?: string;
  showSubject?: boolean;
}

/** Rows of the audit log, the hash shortened; the whole of it on hover. */
export function AuditTable({ entries, caption, timeZone, showSubject = false }: AuditTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
    <section className={page.scroll} tabIndex={0} aria-label={caption}>
      <table className={page.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            {showSubject && <th scope="col">About</th>}
            <th scope="col">Hash</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.seq}>
              <td className="tabular">{entry.seq}</td>
              <td className={classes.when}>{dateTime(entry.at, timeZone)}</td>
              <td>
                <span className={classes.who}>{actorLabel(entry.actor)}</span>
                {actorLabel(entry.actor) !== roleLabel(entry.actorRole) && (
                  <span className={classes.dim}>{roleLabel(entry.actorRole)}</span>
                )}
              </td>
              <td>
                <span className={classes.who}>{auditAction(entry.action)}</span>
                <Details details={entry.details} />
              </td>
              {showSubject && (
                <td>
                  <Subject subject={entry.subject} />
                </td>
              )}
              <td className="mono" title={`${entry.hash}\nafter ${entry.prevHash}`}>
                {entry.hash.slice(0, 12)}…
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Subject({ subject }: { subject: string }) {
  const incidentId = /inc_[a-z0-9]{20}/.exec(subject)?.[0];
  if (!incidentId) return <span className="mono">{subject}</span>;
  return (
    <Link to="/incidents/$incidentId" params={{ incidentId }} className={`mono ${classes.link}`}>
      {subject}
    </Link>
  );
}

function Details({ details }: { details: AuditEntry['details'] }) {
  const facts = Object.entries(details).filter(([, value]) => value !== null && value !== '');
  if (facts.length === 0) return null;
  const words = facts
    .map(
      ([name, value]) =>
        `${readable(name.replace(/([A-Z])/g, ' $1')).toLowerCase()} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    )
    .join(', ');
  return <span className={classes.details}>{words}</span>;
}
