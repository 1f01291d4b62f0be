import { Button, Select } from '@mantine/core';
import { IconCircleCheck, IconSpeakerphone } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { DrillFilter, QueueTab } from '../api/queries.ts';
import { queueQuery, storesQuery } from '../api/queries.ts';
import { DrillDialog } from '../drills/dialog.tsx';
import { QueueList } from '../queue/list.tsx';
import { QueueTabs } from '../queue/tabs.tsx';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { useShortcuts } from '../ui/shortcuts.tsx';
import { emptyQueue } from '../words.ts';
import page from './page.module.css';
import classes from './queue.module.css';

const everyStore = '';
const everyKind = '';
const drillChoices = [
  { value: everyKind, label: 'Drills too' },
  { value: 'without', label: 'Without drills' },
  { value: 'only', label: 'Only drills' },
];

/** What needs a look, newest first. */
export function QueuePage() {
  const search = useSearch({ from: '/app/' });
  const navigate = useNavigate();
  const tab = search.tab ?? 'open';
  const queue = useInfiniteQuery(queueQuery(tab, search.store, search.drills));
  const stores = useQuery(storesQuery);
  const isUnknownStore = !stores.data?.items.some((store) => store.id === search.store);
  const filter = useRef<HTMLInputElement>(null);
  const incidents = queue.data?.pages.flatMap((part) => part.items) ?? [];
  const counts = queue.data?.pages[0]?.counts;

  const { may } = useSession();
  const [isStarting, setStarting] = useState(false);

  const show = (change: { tab?: QueueTab; store?: string | null; drills?: DrillFilter | null }) => {
    const store = change.store === undefined ? search.store : change.store;
    const drills = change.drills === undefined ? search.drills : change.drills;
    void navigate({
      to: '/',
      search: { tab: change.tab ?? tab, ...(store ? { store } : {}), ...(drills ? { drills } : {}) },
    });
  };
  useShortcuts('Queue', [{ keys: ['/'], label: 'Filter by store', run: () => filter.current?.focus() }]);
  useEffect(() => {
    const waiting = counts ? Object.values(counts).reduce((sum, count) => sum + count, 0) : 0;
    document.title = waiting > 0 ? `(${waiting}) Queue · Floorwalker` : 'Queue · Floorwalker';
  }, [counts]);

  return (
    <div className={page.page}>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Queue</h1>
          <p className={page.lead}>What the cameras saw and somebody should look at, newest first.</p>
        </div>
        <div className={classes.tools}>
          <Select
            ref={filter}
            aria-label="Store"
            className={classes.filter}
            data={[
              { value: everyStore, label: 'All stores' },
              ...(stores.data?.items.map((store) => ({ value: store.id, label: store.name })) ?? []),
              ...(isUnknownStore && search.store ? [{ value: search.store, label: search.store }] : []),
            ]}
            value={search.store ?? everyStore}
            onChange={(store) => show({ store: store === everyStore ? null : store })}
            onFocus={(event) => event.currentTarget.select()}
            allowDeselect={false}
            searchable
            comboboxProps={{ withinPortal: false }}
            nothingFoundMessage="No such store"
            rightSectionPointerEvents="none"
            rightSection={<kbd>/</kbd>}
          />
          <Select
            aria-label="Drills"
            className={classes.drills}
            data={drillChoices}
            value={search.drills ?? everyKind}
            onChange={(drills) => show({ drills: drillFilterOf(drills) })}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
          />
          {may('drill.start') ? (
            <Button
              variant="default"
              leftSection={<IconSpeakerphone size={17} />}
              onClick={() => setStarting(true)}
              data-testid="start-drill"
            >
              Start a drill
            </Button>
          ) : (
            <Button component={Link} to="/drills" variant="default" leftSection={<IconSpeakerphone size={17} />}>
              Drills
            </Button>
          )}
        </div>
      </div>
      {may('drill.start') && <DrillDialog opened={isStarting} onClose={() => setStarting(false)} />}
      <QueueTabs tab={tab} counts={counts} onChange={(next) => show({ tab: next })} />
      {queue.isPending && <Loading label="Loading the queue" />}
      {queue.isError && incidents.length === 0 && <Failure error={queue.error} onRetry={() => void queue.refetch()} />}
      {queue.isError && incidents.length > 0 && (
        <p role="alert" className={classes.stale}>
          The list could not be brought up to date ({queue.error.message}).
          <Button size="compact-sm" variant="default" onClick={() => void queue.refetch()}>
            Try again
          </Button>
        </p>
      )}
      {queue.isSuccess && incidents.length === 0 && (
        <Empty icon={<IconCircleCheck size={30} stroke={1.5} />} title={emptyQueue[tab].title}>
          {search.store || search.drills
            ? 'Nothing fits these filters. Show all stores, and drills too, to see the rest.'
            : emptyQueue[tab].body}
        </Empty>
      )}
      {incidents.length > 0 && (
        <QueueList
          incidents={incidents}
          explain={tab === 'held'}
          hasMore={queue.hasNextPage}
          isLoadingMore={queue.isFetchingNextPage}
          onMore={() => void queue.fetchNextPage()}
        />
      )}
    </div>
  );
}

const drillFilterOf = (value: string | null): DrillFilter | null =>
  value === 'only' || value === 'without' ? value : null;
