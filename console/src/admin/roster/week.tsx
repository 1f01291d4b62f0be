import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { useMemo } from 'react';
import type { Schemas } from '../../api/client.ts';
import page from '../../pages/page.module.css';
import { useNowMs } from '../../time.ts';
import { Failure, Loading } from '../../ui/notices.tsx';
import { useShortcuts } from '../../ui/shortcuts.tsx';
import { roleLabel } from '../../words.ts';
import { gapsQuery, holidaysQuery, shiftsQuery } from '../queries.ts';
import type { Day } from '../zone.ts';
import { addDays, dayName, daysFrom, hourMinute, localDate, mondayOf, positionIn, span } from '../zone.ts';
import { lanesOf } from './lanes.ts';
import type { Editing } from './page.tsx';
import classes from './week.module.css';

type Shift = Schemas['Shift'];
type Gap = Schemas['GapList']['items'][number];

interface WeekProps {
  store: Schemas['Store'];
  day: string | undefined;
  onDay: (day: string) => void;
  onEdit: (editing: Editing) => void;
}

/** People as rows, days as columns, shifts as bars by the clock of the store. */
export function Week({ store, day, onDay, onEdit }: WeekProps) {
  const isNarrow = useMediaQuery('(max-width: 760px)', undefined, { getInitialValueInEffect: false });
  const nowMs = useNowMs();
  const zone = store.timeZone;
  const today = localDate(new Date(nowMs).toISOString(), zone);
  const length = isNarrow ? 2 : 7;
  const first = isNarrow ? (day ?? today) : mondayOf(day ?? today);
  const days = useMemo(() => daysFrom(first, length, zone), [first, length, zone]);
  const [fromAt, toAt] = [days[0]?.startsAt ?? '', days.at(-1)?.endsAt ?? ''];
  const shifts = useQuery(shiftsQuery(store.id, fromAt, toAt));
  const gaps = useQuery(gapsQuery(store.id, fromAt, toAt));
  const holidays = useQuery(holidaysQuery({ storeId: store.id, from: first, to: addDays(first, length - 1) }));
  const holidayOn = (date: string) => holidays.data?.items.find((holiday) => holiday.date === date)?.name;
  const move = (by: number) => onDay(addDays(first, by * length));
  useShortcuts('Week', [
    { keys: ['['], label: 'Earlier', run: () => move(-1) },
    { keys: [']'], label: 'Later', run: () => move(1) },
    { keys: ['t'], label: 'Today', run: () => onDay(today) },
  ]);

  const rows = useMemo(() => rowsOf(shifts.data ?? [], days), [shifts.data, days]);
  const gapRoles = [...new Set(gaps.data?.items.map(({ role }) => role))];
  const changing = days.find(({ hours }) => hours !== 24);
  return (
    <section aria-label={`Shifts at ${store.name}`}>
      <div className={classes.head}>
        <Button.Group>
          <Button variant="default" size="sm" aria-label="Earlier" onClick={() => move(-1)}>
            <IconChevronLeft size={17} />
          </Button>
          <Button variant="default" size="sm" onClick={() => onDay(today)}>
            Today
          </Button>
          <Button variant="default" size="sm" aria-label="Later" onClick={() => move(1)}>
            <IconChevronRight size={17} />
          </Button>
        </Button.Group>
        <h2 className={classes.title}>
          {dayName(first)} – {dayName(addDays(first, length - 1))} {first.slice(0, 4)}
        </h2>
        <span className={classes.dim}>
          by the clock of {store.name} ({zone.replaceAll('_', ' ')})
        </span>
      </div>
      {changing && (
        <p className={classes.dst} data-testid="clock-change">
          The clocks change on {dayName(changing.date)}: that day has {changing.hours} hours.
        </p>
      )}
      {shifts.isPending && <Loading label="Loading the shifts" />}
      {shifts.isError && <Failure error={shifts.error} onRetry={() => void shifts.refetch()} />}
      {gaps.isError && <Failure error={gaps.error} onRetry={() => void gaps.refetch()} />}
      {shifts.data && (
        <div className={`${page.card} ${page.scroll}`}>
          <table className={classes.week} style={{ '--days': length } as CSSProperties} data-testid="week">
            <caption className="visually-hidden">
              Shifts at {store.name} from {dayName(first)}; press a shift to change it
            </caption>
            <thead>
              <tr>
                <th scope="col">
                  <span className="visually-hidden">Person</span>
                </th>
                <th scope="col" className={classes.days}>
                  {days.map(({ date }) => (
                    <span key={date} className={classes.day} data-today={date === today || undefined}>
                      <span>{dayName(date)}</span>
                      {holidayOn(date) && <span className={classes.holidayName}>{holidayOn(date)}</span>}
                    </span>
                  ))}
                </th>
              </tr>
            </thead>
            <tbody>
              {gapRoles.map((role) => (
                <tr key={role} data-gap={role}>
                  <th scope="row" className={classes.nobody}>
                    Nobody
                    <span className={classes.role}>{roleLabel(role)}</span>
                  </th>
                  <td>
                    <Lane days={days} holidayOn={holidayOn} nowMs={nowMs} lanes={1}>
                      {gaps.data?.items
                        .filter((gap) => gap.role === role)
                        .map((gap) => (
                          <GapBar key={gap.fromAt} gap={gap} days={days} zone={zone} />
                        ))}
                    </Lane>
                  </td>
                </tr>
              ))}
              {rows.map(({ person, lanes }) => (
                <tr key={person.personId} data-person={person.personId}>
                  <th scope="row">
                    {person.displayName}
                    <span className={classes.role}>{roleLabel(person.role)}</span>
                  </th>
                  <td>
                    <Lane days={days} holidayOn={holidayOn} nowMs={nowMs} lanes={lanes.length}>
                      {lanes.flatMap((lane, index) =>
                        lane.map((shift) => (
                          <ShiftBar
                            key={shift.id}
                            shift={shift}
                            days={days}
                            zone={zone}
                            lane={index}
                            onOpen={() => onEdit({ shift })}
                          />
                        )),
                      )}
                    </Lane>
                  </td>
                </tr>
              ))}
              {rows.length === 0 && (
                <tr>
                  <td colSpan={2} className={classes.empty}>
                    Nobody is on shift in these days.
                  </td>
                </tr>
              )}
            </tbody>
          </table>
        </div>
      )}
      {gaps.data && gapRoles.length === 0 && shifts.data && (
        <p className={classes.dim}>Store staff and a store manager are on shift all the time.</p>
      )}
    </section>
  );
}

interface LaneProps {
  days: readonly Day[];
  holidayOn: (date: string) => string | undefined;
  nowMs: number;
  lanes: number;
  children: React.ReactNode;
}

function Lane({ days, holidayOn, nowMs, lanes, children }: LaneProps) {
  const now = positionIn(days, new Date(nowMs).toISOString());
  return (
    <div className={classes.lane} style={{ '--lanes': lanes } as CSSProperties}>
      {days.map(({ date }, index) => (
        <span
          key={date}
          className={classes.cell}
          data-holiday={holidayOn(date) !== undefined || undefined}
          style={place(index, index + 1, days.length)}
        />
      ))}
      {children}
      {now > 0 && now < days.length && (
        <span className={classes.now} style={{ left: `${(now / days.length) * 100}%` }} />
      )}
    </div>
  );
}

const place = (from: number, to: number, of: number): CSSProperties => ({
  left: `${(from / of) * 100}%`,
  width: `${((to - from) / of) * 100}%`,
});

/** The times of a bar in few words, as far as they lie in these days. */
function within(days: readonly Day[], fromAt: string, toAt: string, zone: string): string {
  const isBefore = fromAt <= (days[0]?.startsAt ?? '');
  const isAfter = toAt >= (days.at(-1)?.endsAt ?? '');
  const [from, to] = [hourMinute(fromAt, zone), hourMinute(toAt, zone)];
  if (isBefore && isAfter) return 'all the time';
  if (isAfter && !isBefore) return `from ${from}`;
  if (isBefore) return `until ${to}`;
  return `${from}–${to}`;
}

interface ShiftBarProps {
  shift: Shift;
  days: readonly Day[];
  zone: string;
  lane: number;
  onOpen: () => void;
}

function ShiftBar({ shift, days, zone, lane, onOpen }: ShiftBarProps) {
  const [from, to] = [positionIn(days, shift.startsAt), positionIn(days, shift.endsAt)];
  const where = shift.storeId !== null ? '' : shift.regionId !== null ? ' (region)' : ' (every store)';
  const words = within(days, shift.startsAt, shift.endsAt, zone);
  const full = `${shift.displayName}${where}, ${dayName(localDate(shift.startsAt, zone))} ${hourMinute(shift.startsAt, zone)} to ${dayName(localDate(shift.endsAt, zone))} ${hourMinute(shift.endsAt, zone)}, ${span(shift.startsAt, shift.endsAt)}`;
  return (
    <button
      type="button"
      className={classes.bar}
      data-manager={shift.role !== 'store_staff' || undefined}
      data-shift={shift.id}
      style={{ ...place(from, to, days.length), top: `calc(${lane} * var(--bar) + 0.3rem)` }}
      title={full}
      onClick={onOpen}
    >
      {words}
      {where}
      <span className="visually-hidden">, {full}</span>
    </button>
  );
}

function GapBar({ gap, days, zone }: { gap: Gap; days: readonly Day[]; zone: string }) {
  const [from, to] = [positionIn(days, gap.fromAt), positionIn(days, gap.toAt)];
  const full = `No ${roleLabel(gap.role).toLowerCase()} from ${dayName(localDate(gap.fromAt, zone))} ${hourMinute(gap.fromAt, zone)} to ${dayName(localDate(gap.toAt, zone))} ${hourMinute(gap.toAt, zone)}`;
  return (
    <span className={classes.gap} style={{ ...place(from, to, days.length), top: '0.3rem' }} title={full}>
      <span className="visually-hidden">{full}</span>
      <span aria-hidden="true">{within(days, gap.fromAt, gap.toAt, zone)}</span>
    </span>
  );
}

interface Row {
  person: Pick<Shift, 'personId' | 'displayName' | 'role'>;
  lanes: Shift[][];
}

function rowsOf(shifts: readonly Shift[], days: readonly Day[]): Row[] {
  const byPerson = new Map<string, Shift[]>();
  for (const shift of shifts) byPerson.set(shift.personId, [...(byPerson.get(shift.personId) ?? []), shift]);
  const shown = [...byPerson.values()].map((own) => ({
    person: own[0]!,
    lanes: lanesOf(
      own,
      ({ startsAt }) => positionIn(days, startsAt),
      ({ endsAt }) => positionIn(days, endsAt),
    ),
  }));
  return shown.sort(
    (a, b) => a.person.role.localeCompare(b.person.role) || a.person.displayName.localeCompare(b.person.displayName),
  );
}
