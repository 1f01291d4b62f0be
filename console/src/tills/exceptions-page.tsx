import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconReceipt2, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { addDays, dayName, localDate } from '../admin/zone.ts';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import page from '../pages/page.module.css';
import { useNowMs } from '../time.ts';
import { Empty, Failure, Loading, Problem } from '../ui/notices.tsx';
import { useShortcuts } from '../ui/shortcuts.tsx';
import { readable } from '../words.ts';
import classes from './exceptions.module.css';
import { ExceptionsList } from './exceptions-list.tsx';
import { OfStore, type Store, StoreSelect } from './frame.tsx';
import { analysesQuery, exceptionsQuery, measuresQuery, tillKeys } from './queries.ts';
import { RateStrip } from './rate-strip.tsx';
import type { ExceptionsSearch, ExceptionView } from './search.ts';
import { analysisStates, counted, emptyViews, viewWords } from './words.ts';

type Analysis = Schemas['TillAnalysis'];
const shownDays = 14;
const longestDays = 92;

/** What the tills of a store show by themselves, day by day. */
export function ExceptionsPage() {
  const search = useSearch({ from: '/app/tills/exceptions' });
  return (
    <OfStore wanted={search.store}>
      {(store, stores) => <OneStore key={store.id} store={store} stores={stores} search={search} />}
    </OfStore>
  );
}

interface OneStoreProps {
  store: Store;
  stores: readonly Store[];
  search: ExceptionsSearch;
}

function OneStore({ store, stores, search }: OneStoreProps) {
  const navigate = useNavigate();
  const today = localDate(new Date(useNowMs()).toISOString(), store.timeZone);
  const to = search.to ?? today;
  const from = search.from ?? addDays(to, 1 - shownDays);
  const view = search.view ?? 'open';
  const isSound = from <= to && addDays(from, longestDays) > to;
  const day = search.day !== undefined && search.day >= from && search.day <= to ? search.day : undefined;
  const go = ({ day: chosen, ...change }: ExceptionsSearch) => {
    const { day: _before, ...rest } = { ...search, ...change };
    void navigate({ to: '/tills/exceptions', search: { ...rest, ...(chosen ? { day: chosen } : {}) }, replace: true });
  };
  const yesterday = addDays(today, -1);
  const look = useAnalysis(store);
  useShortcuts('Exceptions', [
    { keys: ['y'], label: 'Look through yesterday', run: () => !look.isPending && look.mutate(yesterday) },
  ]);
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Exceptions</h1>
          <p className={page.lead}>
            What the tills of {store.name} show by themselves. None of it is an accusation: a person looks first.
          </p>
        </div>
        <div className={classes.tools}>
          <StoreSelect store={store} stores={stores} onChange={(storeId) => go({ store: storeId })} />
          <TextInput
            type="date"
            aria-label="First day"
            value={from}
            max={to}
            onChange={(event) => event.currentTarget.value && go({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            aria-label="Last day"
            value={to}
            max={today}
            onChange={(event) => event.currentTarget.value && go({ from, to: event.currentTarget.value })}
          />
          <Button
            leftSection={<IconSearch size={17} />}
            rightSection={<kbd>y</kbd>}
            loading={look.isPending}
            onClick={() => look.mutate(yesterday)}
          >
            Look through yesterday
          </Button>
        </div>
      </div>
      <p role="status" className={classes.status} data-testid="analysis-result">
        {look.data && resultOf(look.data)}
      </p>
      {look.isError && <Problem error={look.error} />}
      {isSound ? (
        <Findings
          store={store}
          range={{ storeId: store.id, fromDay: from, toDay: to }}
          {...{ day, view, go }}
          isLooking={look.isPending}
          onLook={(wanted) => look.mutate(wanted)}
        />
      ) : (
        <Empty title="These days cannot be shown">
          Choose a first day before the last one, at most {longestDays} days apart.
        </Empty>
      )}
    </>
  );
}

function useAnalysis(store: Store) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (day: string) => expectData(api.POST('/v1/pos/analyses', { body: { storeId: store.id, day } })),
    // A look that fails is on record as well.
    onSettled: () =>
      Promise.all(
        [tillKeys.analyses, tillKeys.measures, tillKeys.exceptions, tillKeys.receipts].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

/** "Looked through Fri 20 Nov: 8 tills, 3,012 receipts, 14 exceptions." */
function resultOf({ day, counts }: Analysis): string {
  const { terminals = 0, transactions = 0, findings = 0, withdrawn = 0 } = counts;
  if (transactions === 0) return `${dayName(day)} was looked through: its tills have no receipts.`;
  const parts = [
    counted(terminals, 'till'),
    counted(transactions, 'receipt'),
    counted(findings, 'exception'),
    ...(withdrawn > 0 ? [`${withdrawn} withdrawn, since late lines explain them`] : []),
  ];
  return `${dayName(day)} was looked through: ${parts.join(', ')}.`;
}

interface FindingsProps {
  store: Store;
  range: { storeId: string; fromDay: string; toDay: string };
  day: string | undefined;
  view: ExceptionView;
  go: (change: ExceptionsSearch) => void;
  isLooking: boolean;
  onLook: (day: string) => void;
}

function Findings({ store, range, day, view, go, isLooking, onLook }: FindingsProps) {
  const measures = useQuery(measuresQuery(store.id, range.fromDay, range.toDay));
  const analyses = useQuery(analysesQuery(store.id));
  const shown = day ? { ...range, fromDay: day, toDay: day } : range;
  const findings = useInfiniteQuery(exceptionsQuery(shown, view));
  const items = findings.data?.pages.flatMap((part) => part.items) ?? [];
  const looked = new Map(analyses.data?.items.map((analysis) => [analysis.day, analysis]));
  const chosen = day ? looked.get(day) : undefined;
  const isUnseen = analyses.isSuccess && (day ? !looked.has(day) : ![...looked.keys()].some(isWithin(range)));
  const wanted = day ?? addDays(range.toDay, -1);
  return (
    <>
      {measures.isError ? (
        <Failure error={measures.error} onRetry={() => void measures.refetch()} />
      ) : (
        <RateStrip
          {...{ range, looked, day }}
          measures={measures.data?.items ?? []}
          onDay={(chosen) => go(chosen ? { day: chosen } : {})}
        />
      )}
      <div className={classes.bar}>
        <SegmentedControl
          aria-label="Which exceptions"
          size="sm"
          className={classes.views}
          data={Object.entries(viewWords).map(([value, label]) => ({ value, label }))}
          value={view}
          onChange={(value) => go({ view: value as ExceptionView, ...(day ? { day } : {}) })}
        />
        {day && (
          <>
            <Button variant="subtle" size="compact-sm" onClick={() => go({})}>
              Only {dayName(day)} · show all days
            </Button>
            {looked.has(day) && (
              <Button variant="default" size="compact-sm" loading={isLooking} onClick={() => onLook(day)}>
                Look through it again
              </Button>
            )}
          </>
        )}
      </div>
      {chosen && chosen.state !== 'done' && (
        <p role="status" className={classes.unfinished} data-state={chosen.state}>
          {analysisStates[chosen.state].label}
          {chosen.state === 'failed'
            ? ` (${readable(chosen.failure ?? 'INTERNAL').toLowerCase()}). What is shown is of the look before; try again.`
            : '. What is shown is of the look before.'}
        </p>
      )}
      {findings.isPending && <Loading label="Loading the exceptions" />}
      {findings.isError && <Failure error={findings.error} onRetry={() => void findings.refetch()} />}
      {findings.isSuccess && items.length === 0 && (
        <>
          <Empty
            icon={<IconReceipt2 size={30} stroke={1.5} />}
            title={isUnseen ? 'Not looked through yet' : emptyViews[view].title}
          >
            {isUnseen
              ? 'Lines come in by themselves or as day files. Looking through a recorded day changes nothing at the tills.'
              : emptyViews[view].body}
          </Empty>
          {isUnseen && (
            <div className={page.more}>
              <Button loading={isLooking} onClick={() => onLook(wanted)}>
                Look through {dayName(wanted)}
              </Button>
            </div>
          )}
        </>
      )}
      {items.length > 0 && <ExceptionsList findings={items} timeZone={store.timeZone} />}
      {findings.hasNextPage && (
        <div className={page.more}>
          <Button variant="default" loading={findings.isFetchingNextPage} onClick={() => void findings.fetchNextPage()}>
            Show earlier ones
          </Button>
        </div>
      )}
    </>
  );
}

const isWithin =
  ({ fromDay, toDay }: { fromDay: string; toDay: string }) =>
  (day: string) =>
    day >= fromDay && day <= toDay;
