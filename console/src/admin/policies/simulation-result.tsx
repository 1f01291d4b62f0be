import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { storesQuery } from '../../api/queries.ts';
import page from '../../pages/page.module.css';
import { dateTime, duration } from '../../time.ts';
import { Chip } from '../../ui/chip.tsx';
import { peopleQuery } from '../queries.ts';
import { count } from '../words.ts';
import type { Compared, Names } from './changes.ts';
import { changeLabels, changeReasons, reasonName, toldBy, whatHappened } from './changes.ts';
import classes from './simulation.module.css';

type Result = Schemas['PolicySimulation'];
type Totals = Schemas['PolicyTotals'];

interface Figure {
  label: string;
  hint?: string;
  of: (totals: Totals) => number;
}

const figures: readonly Figure[] = [
  { label: 'Messages', hint: 'texts, calls and mails', of: ({ messages }) => messages },
  { label: 'Incidents told', hint: 'at least one person was told', of: ({ texted }) => texted },
  { label: 'People told', of: ({ people }) => people },
  { label: 'Held back', hint: 'nobody is told, it is on record', of: ({ suppressed }) => suppressed },
  { label: 'Kept from one person', hint: 'budget or quiet hours', of: ({ withheld }) => withheld },
  { label: 'Nobody on shift', of: ({ nobodyOnShift }) => nobodyOnShift },
  { label: 'Merged', of: ({ merged }) => merged },
];

/** What would have been different, from the sum to the single incident. */
export function SimulationResult({ result }: { result: Result }) {
  const stores = useQuery(storesQuery);
  const people = useQuery(peopleQuery);
  const names: Names = {
    person: (id) => people.data?.items.find((person) => person.id === id)?.displayName ?? id,
    timeZone: (id) => stores.data?.items.find((store) => store.id === id)?.timeZone ?? 'UTC',
  };
  const storeName = (id: string) => stores.data?.items.find((store) => store.id === id)?.name ?? id;
  const { totals, changed, incidents } = result;
  const compared = result.comparedWith.map(({ policyId, version }) => `${policyId}, version ${version}`).join(', ');
  return (
    <div className={classes.result} data-testid="simulation-result">
      <p className={classes.headline}>
        {totals.active.incidents === 0
          ? 'There were no incidents in these days.'
          : changed === 0
            ? `Nothing would have been different for ${counted(totals.active.incidents)}.`
            : `${counted(changed)} of ${count(totals.active.incidents)} would have gone otherwise.`}
      </p>
      {result.cutAt && (
        <p className={classes.dim}>
          There were more incidents than can be replayed: only those since {dateTime(result.cutAt)} count.
        </p>
      )}
      {totals.active.incidents > 0 && (
        <>
          <Figures totals={totals} compared={compared} />
          <Reasons totals={totals} />
          <People incidents={incidents} names={names} unlisted={result.unlisted} />
        </>
      )}
      {changed > 0 && <Changed incidents={incidents} names={names} storeName={storeName} />}
    </div>
  );
}

const counted = (incidents: number) => `${count(incidents)} ${incidents === 1 ? 'incident' : 'incidents'}`;

function Figures({ totals, compared }: { totals: Result['totals']; compared: string }) {
  const wait = (of: Totals) => (of.firstMessageAfter ? duration(of.firstMessageAfter.p50 * 1000) : '–');
  return (
    <div className={page.scroll}>
      <table className={classes.figures}>
        <caption className="visually-hidden">Totals before and after</caption>
        <thead>
          <tr>
            <td />
            <th scope="col" className={classes.legend}>
              <span>now</span> <span data-draft>draft</span>
            </th>
            <th scope="col">Now ({compared})</th>
            <th scope="col">With the draft</th>
            <th scope="col">On record</th>
          </tr>
        </thead>
        <tbody>
          {figures.map(({ label, hint, of }) => {
            const [now, then] = [of(totals.active), of(totals.draft)];
            const most = Math.max(now, then, 1);
            return (
              <tr key={label} data-figure={label}>
                <th scope="row">
                  {label}
                  {hint && <span className={classes.hint}>{hint}</span>}
                </th>
                <td className={classes.bars} aria-hidden="true">
                  <span style={{ width: `${(now / most) * 100}%` }} />
                  <span data-draft style={{ width: `${(then / most) * 100}%` }} />
                </td>
                <td className="tabular">{count(now)}</td>
                <td className="tabular">
                  <b>{count(then)}</b> {now !== then && <Difference by={then - now} />}
                </td>
                <td className={`tabular ${classes.dim}`}>{count(of(totals.recorded))}</td>
              </tr>
            );
          })}
          <tr>
            <th scope="row">
              First message after<span className={classes.hint}>median, from the detection</span>
            </th>
            <td className={classes.bars} />
            <td className="tabular">{wait(totals.active)}</td>
            <td className="tabular">
              <b>{wait(totals.draft)}</b>
            </td>
            <td className={`tabular ${classes.dim}`}>{wait(totals.recorded)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

const Difference = ({ by }: { by: number }) => (
  <span className={classes.difference}>{by > 0 ? `+${count(by)}` : `−${count(-by)}`}</span>
);

/** What holds messages back, before and after. */
function Reasons({ totals }: { totals: Result['totals'] }) {
  const by = (of: Totals, code: string) => (of.suppressedBy[code] ?? 0) + (of.withheldBy[code] ?? 0);
  const { active, draft } = totals;
  const codes = [active.suppressedBy, active.withheldBy, draft.suppressedBy, draft.withheldBy].flatMap(Object.keys);
  if (codes.length === 0) return null;
  return (
    <p className={classes.reasons}>
      <b>Held back because of</b>{' '}
      {[...new Set(codes)]
        .map((code) => `${reasonName(code).toLowerCase()} (${count(by(active, code))} → ${count(by(draft, code))})`)
        .join(', ')}
      .
    </p>
  );
}

function People({ incidents, names, unlisted }: { incidents: readonly Compared[]; names: Names; unlisted: number }) {
  const told = toldBy(incidents);
  if (told.length === 0) return null;
  return (
    <section aria-labelledby="told">
      <h3 id="told" className={classes.title}>
        Who is told
      </h3>
      {unlisted > 0 && <p className={classes.dim}>Without {counted(unlisted)} that are only in the totals above.</p>}
      <div className={page.scroll}>
        <table className={classes.told}>
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col">Texts and mails</th>
              <th scope="col">Calls</th>
            </tr>
          </thead>
          <tbody>
            {told.map(({ personId, texts, calls }) => (
              <tr key={personId}>
                <th scope="row">{names.person(personId)}</th>
                <td className="tabular">
                  {count(texts.active)} → <b>{count(texts.draft)}</b>
                </td>
                <td className="tabular">
                  {count(calls.active)} → <b>{count(calls.draft)}</b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface ChangedProps {
  incidents: readonly Compared[];
  names: Names;
  storeName: (storeId: string) => string;
}

const shownFirst = 30;

function Changed({ incidents, names, storeName }: ChangedProps) {
  const [limit, setLimit] = useState(shownFirst);
  const changed = incidents.filter(({ changes }) => changes.length > 0);
  return (
    <section aria-labelledby="changed">
      <h3 id="changed" className={classes.title}>
        Incidents that would have gone otherwise
      </h3>
      <ul className={page.card} data-testid="simulation-changes">
        {changed.slice(0, limit).map((incident) => (
          <li key={incident.incidentId} className={classes.incident}>
            <div>
              <Link to="/incidents/$incidentId" params={{ incidentId: incident.incidentId }}>
                {whatHappened(incident.behaviour)}
              </Link>
              <p className={classes.dim}>
                {storeName(incident.storeId)} · {dateTime(incident.detectedAt, names.timeZone(incident.storeId))}
              </p>
            </div>
            <div>
              <p className={classes.changes}>
                {incident.changes.map((change) => (
                  <Chip key={change} tone="info">
                    {changeLabels[change]}
                  </Chip>
                ))}
              </p>
              {changeReasons(incident, names).map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
            </div>
          </li>
        ))}
      </ul>
      {changed.length > limit && (
        <div className={page.more}>
          <Button variant="default" onClick={() => setLimit(limit + 100)}>
            Show more ({count(changed.length - limit)} left)
          </Button>
        </div>
      )}
    </section>
  );
}
