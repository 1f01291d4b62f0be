import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type AuditEntry, api, expectData } from '../api/client.ts';
import { keys } from '../api/queries.ts';
import { dateTime } from '../time.ts';
import { Failure, Loading } from '../ui/notices.tsx';
import { roleLabel } from '../words.ts';
import { auditAction, whoseName } from '../words-audit.ts';
import classes from './audit.module.css';

/** One row whole, what it follows from and what follows from it. */
export function AuditRowDialog({
  seq,
  onMove,
  onClose,
}: {
  seq: number;
  onMove: (seq: number) => void;
  onClose: () => void;
}) {
  const row = useQuery({
    queryKey: [...keys.audit, 'row', seq],
    queryFn: () => expectData(api.GET('/v1/audit/rows/{seq}', { params: { path: { seq } } })),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Row ${seq}`}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {row.isPending && <Loading label="Loading the row" />}
      {row.isError && <Failure error={row.error} onRetry={() => void row.refetch()} />}
      {row.data && (
        <div data-testid="audit-row">
          <Facts entry={row.data.row} />
          <p className={row.data.holds ? classes.dim : classes.broken} role="status">
            {row.data.holds
              ? 'Its hash was computed again just now, and is right.'
              : 'Its hash is wrong: what is shown is not what was written.'}
          </p>
          <dl className={classes.chain}>
            <Neighbour
              label="Before"
              entry={row.data.before}
              none="This is the first row."
              ties={row.data.row.prevHash}
            />
            <div>
              <dt>Row {seq}</dt>
              <dd className="mono">{row.data.row.hash}</dd>
            </div>
            <Neighbour label="After" entry={row.data.after} none="This is the last row." ties={row.data.row.hash} />
          </dl>
          <div className={classes.filterButtons}>
            <Button variant="default" disabled={row.data.before === null} onClick={() => onMove(seq - 1)}>
              Row before
            </Button>
            <Button variant="default" disabled={row.data.after === null} onClick={() => onMove(seq + 1)}>
              Row after
            </Button>
          </div>
        </div>
      )}
    </Modal>
  );
}

function Facts({ entry }: { entry: AuditEntry }) {
  const incidentId = /^incident:(inc_[a-z0-9]{20})$/.exec(entry.subject)?.[1];
  return (
    <>
      <dl className={classes.facts}>
        <Fact name="What">{`${auditAction(entry.action)} (${entry.action})`}</Fact>
        <Fact name="Who">{`${whoseName(entry)}, ${roleLabel(entry.actorRole)} (${entry.actor})`}</Fact>
        <Fact name="When">{dateTime(entry.at)}</Fact>
        <Fact name="About">
          {incidentId === undefined ? (
            entry.subject
          ) : (
            <Link to="/incidents/$incidentId" params={{ incidentId }} className={classes.link}>
              {entry.subject}
            </Link>
          )}
        </Fact>
        <Fact name="Request">
          {entry.requestId ?? 'none: done by Floorwalker itself, or before requests were kept'}
        </Fact>
      </dl>
      {Object.keys(entry.details).length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre className={`mono ${classes.json}`} tabIndex={0}>
          {JSON.stringify(entry.details, null, 1)}
        </pre>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Neighbour(props: { label: string; entry: AuditEntry | null; none: string; ties: string }) {
  const { label, entry, none, ties } = props;
  const hash = label === 'Before' ? entry?.hash : entry?.prevHash;
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {entry === null ? (
          none
        ) : (
          <>
            {`Row ${entry.seq}, ${auditAction(entry.action).toLowerCase()}: `}
            {hash === ties ? 'tied to this row by ' : 'NOT tied to this row, it names '}
            <span className="mono">{hash}</span>
          </>
        )}
      </dd>
    </div>
  );
}
