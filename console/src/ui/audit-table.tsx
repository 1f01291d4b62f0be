import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AuditEntry } from '../api/client.ts';
import page from '../pages/page.module.css';
import { dateTime } from '../time.ts';
import { roleLabel } from '../words.ts';
import { auditAction, auditFacts, whoseName } from '../words-audit.ts';
import classes from './audit-table.module.css';

const shownHash = 12;

interface AuditTableProps {
  entries: readonly AuditEntry[];
  caption: string;
  timeZone?: string;
  showSubject?: boolean;
  /** Opens a row on its own; without it the row unfolds where it is. */
  onOpen?: (seq: number) => void;
}

interface RowProps {
  entry: AuditEntry;
  timeZone: string | undefined;
  showSubject: boolean;
  onOpen: ((seq: number) => void) | undefined;
}

/** Rows of the audit log in short; the hash of a row opens the whole of it. */
export function AuditTable({ entries, caption, timeZone, showSubject = false, onOpen }: AuditTableProps) {
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
            <Row key={entry.seq} entry={entry} timeZone={timeZone} showSubject={showSubject} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ entry, timeZone, showSubject, onOpen }: RowProps) {
  const [isWhole, setWhole] = useState(false);
  const facts = auditFacts(entry, timeZone);
  const { actor, prevHash, hash, details } = entry;
  return (
    <>
      <tr data-action={entry.action}>
        <td className="tabular">{entry.seq}</td>
        <td className={classes.when}>{dateTime(entry.at, timeZone)}</td>
        <td>
          <Who entry={entry} />
        </td>
        <td>
          <span className={classes.who}>{auditAction(entry.action)}</span>
          {facts && <span className={classes.details}>{facts}</span>}
        </td>
        {showSubject && (
          <td>
            <Subject subject={entry.subject} />
          </td>
        )}
        <td>
          <UnstyledButton
            className={`mono ${classes.hash}`}
            {...(onOpen ? { 'aria-haspopup': 'dialog' } : { 'aria-expanded': isWhole })}
            title={isWhole ? 'Show less' : 'Show the whole row'}
            onClick={() => (onOpen ? onOpen(entry.seq) : setWhole(!isWhole))}
          >
            <span className="visually-hidden">Whole row {entry.seq}, hash </span>
            {hash.slice(0, shownHash)}…
          </UnstyledButton>
        </td>
      </tr>
      {isWhole && (
        <tr>
          <td colSpan={showSubject ? 6 : 5} className={classes.whole}>
            <pre className={`mono ${classes.json}`}>{JSON.stringify({ actor, prevHash, hash, details }, null, 1)}</pre>
          </td>
        </tr>
      )}
    </>
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

/** A name where there is one, and in what role; the id stands in the whole row. */
function Who({ entry }: { entry: AuditEntry }) {
  const role = roleLabel(entry.actorRole);
  const name = entry.actorRole === 'system' ? role : whoseName(entry);
  const details = [name === role ? null : role, entry.actor.startsWith('phone:') ? 'by text' : null].filter(Boolean);
  return (
    <>
      <span className={classes.who}>{name}</span>
      {details.length > 0 && <span className={classes.dim}>{details.join(', ')}</span>}
    </>
  );
}
