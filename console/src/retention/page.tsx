import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { fileSize } from '../format.ts';
import page from '../pages/page.module.css';
import { calendarDate } from '../time.ts';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { calendarQuery, retainedQuery, type Slot } from './queries.ts';
import { Reconciliation } from './reconciliation.tsx';
import classes from './retention.module.css';
import { gateLabels, ruleLabel } from './words.ts';

const dayMs = 86_400_000;
const shownDays = 28;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** What is deleted on which day, what is kept by something, and whether the store agrees. */
export function RetentionPage() {
  const { may } = useSession();
  const [from, setFrom] = useState(() => dayOf(Date.now()));
  const [slot, setSlot] = useState<Slot | null>(null);
  useEffect(() => {
    document.title = 'Retention · Floorwalker';
  }, []);
  const move = (days: number) => {
    setFrom(dayOf(Date.parse(from) + days * dayMs));
    setSlot(null);
  };
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Retention</h1>
          <p className={page.lead}>What goes when, by the policies in force. Days are UTC.</p>
        </div>
        <div className={classes.tools}>
          <Button variant="default" size="sm" onClick={() => move(-shownDays)}>
            Earlier
          </Button>
          <Button variant="default" size="sm" onClick={() => move(shownDays)}>
            Later
          </Button>
          <Button
            component="a"
            href="/v1/retention/schedule/print"
            target="_blank"
            variant="default"
            size="sm"
            leftSection={<IconPrinter size={16} />}
          >
            Retention schedule
          </Button>
        </div>
      </div>
      <Calendar from={from} slot={slot} onOpen={setSlot} />
      {slot !== null && <Incidents slot={slot} />}
      {may('audit.read') && <Reconciliation />}
    </>
  );
}

function Calendar({ from, slot, onOpen }: { from: string; slot: Slot | null; onOpen: (slot: Slot) => void }) {
  const calendar = useQuery(calendarQuery(from));
  if (calendar.isPending) return <Loading label="Loading the calendar" />;
  if (!calendar.data) return <Failure error={calendar.error} onRetry={() => void calendar.refetch()} />;
  const { days, due, kept, later, open } = calendar.data;
  const byDay = new Map(days.map((day) => [day.day, day]));
  return (
    <>
      <section className={classes.days} aria-label="Deletions by day">
        {Array.from({ length: shownDays }, (_, index) => {
          const day = dayOf(Date.parse(from) + index * dayMs);
          const count = byDay.get(day);
          return count ? (
            <button
              key={day}
              type="button"
              className={classes.day}
              aria-pressed={slot !== null && 'day' in slot && slot.day === day}
              onClick={() => onOpen({ day })}
            >
              <span className={classes.dim}>{calendarDate(`${day}T12:00:00Z`, 'UTC')}</span>
              <span className={classes.count}>{incidents(count.incidents)}</span>
              <span className={classes.dim}>{amount(count)}</span>
            </button>
          ) : (
            <div key={day} className={classes.day} data-empty="true">
              <span className={classes.dim}>{calendarDate(`${day}T12:00:00Z`, 'UTC')}</span>
              <span>Nothing</span>
            </div>
          );
        })}
      </section>
      <section className={classes.section} aria-labelledby="kept">
        <h2 id="kept" className={classes.heading}>
          Kept whatever the date
        </h2>
        {kept.length === 0 ? (
          <p className={classes.dim}>Nothing is kept past its date.</p>
        ) : (
          <div className={classes.kept}>
            {kept.map((one) => (
              <Button
                key={one.gate}
                variant="default"
                size="sm"
                aria-pressed={slot !== null && 'gate' in slot && slot.gate === one.gate}
                onClick={() => onOpen({ gate: one.gate })}
              >
                {gateLabels[one.gate]}: {incidents(one.incidents)}, {fileSize(one.bytes)}
              </Button>
            ))}
          </div>
        )}
        <p className={classes.dim}>
          Due now: {incidents(due.incidents)}. Later than shown: {incidents(later.incidents)}, {fileSize(later.bytes)}.
          Open, without a date: {incidents(open.incidents)}, {fileSize(open.bytes)}.
        </p>
      </section>
    </>
  );
}

const incidents = (count: number): string => `${count} ${count === 1 ? 'incident' : 'incidents'}`;
const amount = ({ objects, bytes }: Pick<Schemas['RetentionCount'], 'objects' | 'bytes'>): string =>
  `${objects} ${objects === 1 ? 'file' : 'files'}, ${fileSize(bytes)}`;

function Incidents({ slot }: { slot: Slot }) {
  const retained = useQuery(retainedQuery(slot));
  const title = 'day' in slot ? `Goes on ${calendarDate(`${slot.day}T12:00:00Z`, 'UTC')}` : gateLabels[slot.gate];
  return (
    <section className={classes.section} aria-labelledby="slot" aria-live="polite">
      <h2 id="slot" className={classes.heading}>
        {title}
      </h2>
      {retained.isPending && <Loading label="Loading the incidents" />}
      {retained.isError && <Failure error={retained.error} onRetry={() => void retained.refetch()} />}
      {retained.data?.items.length === 0 && (
        <Empty title="Nothing any more">It has gone, or was given another date.</Empty>
      )}
      {retained.data && retained.data.items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className={`${page.card} ${page.scroll}`} tabIndex={0} aria-label={title}>
          <table className={page.table}>
            <thead>
              <tr>
                <th scope="col">Incident</th>
                <th scope="col">Store</th>
                <th scope="col">Date</th>
                <th scope="col">Why then</th>
                <th scope="col">Kept by</th>
                <th scope="col">Stored</th>
              </tr>
            </thead>
            <tbody>
              {retained.data.items.map((one) => (
                <tr key={one.incidentId}>
                  <td>
                    <Link to="/incidents/$incidentId" params={{ incidentId: one.incidentId }}>
                      {one.code}
                    </Link>
                  </td>
                  <td>{one.storeId}</td>
                  <td>{one.purgeAfter === null ? 'none yet' : calendarDate(one.purgeAfter, 'UTC')}</td>
                  <td>{ruleLabel(one.basis)}</td>
                  <td>{one.gates.map((gate) => gateLabels[gate]).join(', ') || 'nothing'}</td>
                  <td>{amount(one)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {retained.data.more && (
            <p className={`${classes.dim} ${classes.note}`}>There are more than are shown here.</p>
          )}
        </section>
      )}
    </section>
  );
}
