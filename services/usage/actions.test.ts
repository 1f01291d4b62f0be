import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countActions, type HistoryEvent } from '../../domain/actions.ts';
import { type ActionFacts, estimateActions } from './actions.ts';

const none: ActionFacts = {
  ...{ incidents: 0, closed: 0, matchedAtOnce: 0, verdicts: 0, answers: 0, exhausted: 0 },
  ...{ furtherAlerts: 0, signals: 0, reopened: 0 },
};
const closed = { ...none, incidents: 1, closed: 1 };

/** What the database knows of the incidents whose histories are kept for the replay tests. */
const plain: [history: string, facts: ActionFacts][] = [
  ['match', { ...closed, matchedAtOnce: 1 }],
  ['mismatch-verdict', { ...closed, verdicts: 1 }],
  ['unknown-review', closed],
  ['escalated', { ...closed, verdicts: 1, exhausted: 1, furtherAlerts: 1 }],
];

describe('the estimate of Temporal Actions', () => {
  it.each(plain)('is what the history says: %s', (history, facts) => {
    const path = new URL(`../../test/replay/histories/${history}.json`, import.meta.url);
    const { events } = JSON.parse(readFileSync(path, 'utf8')) as { events: HistoryEvent[] };
    expect(estimateActions(facts)).toBe(countActions(events));
  });

  it('of several incidents is the sum', () => {
    const sum = plain.reduce<ActionFacts>((all, [, facts]) => {
      const names = Object.keys(none) as (keyof ActionFacts)[];
      return Object.fromEntries(names.map((name) => [name, all[name] + facts[name]])) as unknown as ActionFacts;
    }, none);
    expect(estimateActions(sum)).toBe(plain.reduce((all, [, facts]) => all + estimateActions(facts), 0));
  });
});
