import type { IncidentDetail } from '../api/client.ts';
import { money } from '../format.ts';
import { useSession } from '../ui/session.ts';
import { readable } from '../words.ts';
import { interventions } from '../words-after.ts';
import classes from './outcome-form.module.css';
import { OutcomeForm } from './outcome-form.tsx';

/** What came of it: to fill in for those who may decide, to read for everybody else. */
export function OutcomeTab({ incident }: { incident: IncidentDetail }) {
  const { may } = useSession();
  if (may('incident.decide')) return <OutcomeForm incident={incident} />;
  const { outcome } = incident;
  if (!outcome) return <p>Nobody has written down what came of it.</p>;
  const amount = (minor: number) => (minor === 0 ? 'nothing' : money(minor, outcome.currency));
  return (
    <dl className={classes.facts}>
      <dt>What was done</dt>
      <dd>{(interventions as Record<string, string>)[outcome.intervention] ?? readable(outcome.intervention)}</dd>
      <dt>Lost</dt>
      <dd>{amount(outcome.lossMinor)}</dd>
      <dt>Came back</dt>
      <dd>{amount(outcome.recoveredMinor)}</dd>
      <dt>Prevented</dt>
      <dd>{amount(outcome.preventedMinor)}</dd>
      {outcome.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is read, never changed
        <Item key={index} item={item} currency={outcome.currency} />
      ))}
      {outcome.notes && (
        <>
          <dt>Notes</dt>
          <dd>{outcome.notes}</dd>
        </>
      )}
    </dl>
  );
}

function Item({ item, currency }: { item: NonNullable<IncidentDetail['outcome']>['items'][number]; currency: string }) {
  return (
    <>
      <dt>Item</dt>
      <dd>
        {item.quantity} × {item.label}
        {item.amountMinor ? `, ${money(item.amountMinor, currency)}` : ''}
      </dd>
    </>
  );
}
