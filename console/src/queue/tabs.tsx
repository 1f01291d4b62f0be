import { Tabs } from '@mantine/core';
import type { Schemas } from '../api/client.ts';
import type { QueueTab } from '../api/queries.ts';
import classes from './tabs.module.css';

type Counts = Schemas['IncidentPage']['counts'];

const labels: Record<QueueTab, string> = {
  open: 'Open',
  review: 'Needs review',
  held: 'Held back',
  second: 'Second look',
  closed: 'Closed',
  all: 'All',
};

/** Filters; a count stands where the server gives one. */
export function QueueTabs({
  tab,
  counts,
  onChange,
}: {
  tab: QueueTab;
  counts: Counts | undefined;
  onChange: (tab: QueueTab) => void;
}) {
  const count = countsByTab(counts);
  return (
    <Tabs
      value={tab}
      onChange={(value) => onChange(value as QueueTab)}
      className={classes.tabs}
      activateTabWithKeyboard={false}
    >
      <Tabs.List className={classes.list} aria-label="Which incidents">
        {(Object.keys(labels) as QueueTab[]).map((name) => (
          <Tabs.Tab key={name} value={name} aria-controls={undefined}>
            {labels[name]}
            {count[name] !== undefined && <span className={classes.count}>{count[name]}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}

function countsByTab(counts: Counts | undefined): Partial<Record<QueueTab, number>> {
  if (!counts) return {};
  const open = Object.entries(counts).reduce((sum, [state, count]) => (state === 'closed' ? sum : sum + count), 0);
  const closed = counts['closed'];
  return { open, review: counts['in_review'] ?? 0, ...(closed === undefined ? {} : { closed, all: open + closed }) };
}
