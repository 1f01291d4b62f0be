import { Button, Select, Tabs } from '@mantine/core';
import { IconFileImport, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { storesQuery } from '../../api/queries.ts';
import page from '../../pages/page.module.css';
import { useNowMs } from '../../time.ts';
import { Chip } from '../../ui/chip.tsx';
import { Empty, Failure, Loading } from '../../ui/notices.tsx';
import { useShortcuts } from '../../ui/shortcuts.tsx';
import { roleLabel } from '../../words.ts';
import { shiftsQuery } from '../queries.ts';
import { hourMinute } from '../zone.ts';
import { Holidays } from './holidays.tsx';
import { ImportDialog } from './import-dialog.tsx';
import classes from './page.module.css';
import { People } from './people.tsx';
import type { RosterSearch, RosterView } from './search.ts';
import { ShiftDialog } from './shift-dialog.tsx';
import { Week } from './week.tsx';

type Store = Schemas['Store'];
/** A shift that is being changed, or a new one on that day. */
export type Editing = { shift: Schemas['Shift'] } | { day?: string };

/** Who is on shift, and who will be. */
export function RosterPage() {
  const search = useSearch({ from: '/app/manage/roster' });
  const navigate = useNavigate();
  const stores = useQuery(storesQuery);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [isImporting, setImporting] = useState(false);
  const all = stores.data?.items ?? [];
  const store = all.find(({ id }) => id === search.store) ?? all[0];
  const view = search.view ?? 'week';
  const go = (change: RosterSearch) =>
    void navigate({ to: '/manage/roster', search: { ...search, ...change }, replace: true });
  useShortcuts('Roster', [
    { keys: ['n'], label: 'Add a shift', run: () => store && setEditing({}) },
    { keys: ['i'], label: 'Import a file', run: () => setImporting(true) },
  ]);

  if (stores.isPending) return <Loading label="Loading the stores" />;
  if (stores.isError) return <Failure error={stores.error} onRetry={() => void stores.refetch()} />;
  if (!store) return <Empty title="No stores in your scope">Ask an administrator to give you a store.</Empty>;
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Roster</h1>
          <p className={page.lead}>People who are on shift are told, and nobody else.</p>
        </div>
        <div className={classes.tools}>
          {all.length > 1 && (
            <Select
              aria-label="Store"
              data={all.map(({ id, name }) => ({ value: id, label: name }))}
              value={store.id}
              onChange={(value) => value && go({ store: value })}
              allowDeselect={false}
              searchable
            />
          )}
          <Button variant="default" leftSection={<IconFileImport size={17} />} onClick={() => setImporting(true)}>
            Import
          </Button>
          <Button leftSection={<IconPlus size={17} />} onClick={() => setEditing({})}>
            Add a shift
          </Button>
        </div>
      </div>
      <OnShiftNow store={store} />
      <Tabs value={view} onChange={(value) => go({ view: value as RosterView })} keepMounted={false}>
        <Tabs.List aria-label="Roster" className={classes.tabs}>
          <Tabs.Tab value="week">Week</Tabs.Tab>
          <Tabs.Tab value="people">People</Tabs.Tab>
          <Tabs.Tab value="holidays">Holidays</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="week">
          <Week store={store} day={search.day} onDay={(day) => go({ day })} onEdit={setEditing} />
        </Tabs.Panel>
        <Tabs.Panel value="people">
          <People stores={all} />
        </Tabs.Panel>
        <Tabs.Panel value="holidays">
          <Holidays store={store} stores={all} />
        </Tabs.Panel>
      </Tabs>
      {editing && <ShiftDialog store={store} editing={editing} onClose={() => setEditing(null)} />}
      {isImporting && <ImportDialog stores={all} store={store} onClose={() => setImporting(false)} />}
    </>
  );
}

function OnShiftNow({ store }: { store: Store }) {
  // To the minute, so that the question stays the same for a while.
  const minuteMs = Math.floor(useNowMs() / 60_000) * 60_000;
  const at = new Date(minuteMs).toISOString();
  const shifts = useQuery(shiftsQuery(store.id, at, new Date(minuteMs + 1_000).toISOString()));
  if (!shifts.data) return null;
  const running = shifts.data.filter(({ startsAt, endsAt }) => startsAt <= at && endsAt > at);
  return (
    <p className={classes.now} data-testid="on-shift-now">
      <span className={classes.dim}>On shift now, {hourMinute(at, store.timeZone)}:</span>
      {running.length === 0 ? (
        <Chip tone="bad">Nobody at {store.name}</Chip>
      ) : (
        running.map((shift) => (
          <Chip key={shift.id} tone="good">
            {shift.displayName}, {roleLabel(shift.role).toLowerCase()}
          </Chip>
        ))
      )}
    </p>
  );
}
