import { Autocomplete, Button, TextInput } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { addDays, instantOf, localDate } from '../admin/zone.ts';
import page from '../pages/page.module.css';
import { clockTime, useNowMs } from '../time.ts';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import { Answer } from './answer.tsx';
import classes from './ask.module.css';
import { OfStore, type Store, StoreSelect } from './frame.tsx';
import { measuresQuery, whatIfQuery } from './queries.ts';
import type { AskSearch } from './search.ts';

const knownDays = 28;

/** What a till would say of an item at a moment, and why. */
export function AskPage() {
  const search = useSearch({ from: '/app/tills/ask' });
  const navigate = useNavigate();
  return (
    <OfStore wanted={search.store}>
      {(store, stores) => (
        <>
          <div className={page.head}>
            <div>
              <h1 className={page.title}>Ask the till</h1>
              <p className={page.lead}>
                If a camera had seen an item just then, would the till have had a line for it? Asking changes nothing.
              </p>
            </div>
            <StoreSelect
              store={store}
              stores={stores}
              onChange={(storeId) => void navigate({ to: '/tills/ask', search: { store: storeId } })}
            />
          </div>
          <Question
            key={`${store.id} ${search.till} ${search.at}`}
            store={store}
            search={search}
            onAsk={(till, at) => void navigate({ to: '/tills/ask', search: { store: store.id, till, at } })}
          />
          {search.till && search.at ? (
            <Answered store={store} till={search.till} at={search.at} />
          ) : (
            <Empty icon={<IconHelp size={30} stroke={1.5} />} title="Which till, and when?">
              Choose a till and a moment by the store’s clock. The answer shows every line nearby and why it counts or
              does not.
            </Empty>
          )}
        </>
      )}
    </OfStore>
  );
}

interface QuestionProps {
  store: Store;
  search: AskSearch;
  onAsk: (till: string, at: string) => void;
}

function Question({ store, search, onAsk }: QuestionProps) {
  const tills = useTills(store);
  const nowAt = new Date(useNowMs()).toISOString();
  const [typed, setTyped] = useState<string | null>(search.till ?? null);
  const [moment, setMoment] = useState(() => localSecond(search.at ?? nowAt, store.timeZone));
  const till = (typed ?? tills[0] ?? '').trim();
  const at = instantOf(moment, store.timeZone);
  return (
    <form
      className={`${page.card} ${classes.form}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (till && at) onAsk(till, at);
      }}
    >
      <Autocomplete
        label="Till"
        data={tills}
        value={typed ?? tills[0] ?? ''}
        onChange={setTyped}
        maxLength={64}
        comboboxProps={{ withinPortal: false }}
      />
      <TextInput
        type="datetime-local"
        step={1}
        label={`Moment, by the clock of ${store.name}`}
        value={moment}
        onChange={(event) => setMoment(event.currentTarget.value)}
      />
      <Button type="submit" disabled={till === '' || at === null}>
        Ask
      </Button>
      <Button variant="subtle" onClick={() => setMoment(localSecond(nowAt, store.timeZone))}>
        Now
      </Button>
    </form>
  );
}

function Answered({ store, till, at }: { store: Store; till: string; at: string }) {
  const answer = useQuery(whatIfQuery(store.id, till, at));
  if (answer.isPending) return <Loading label="Asking the till" />;
  if (answer.isError) return <Failure error={answer.error} onRetry={() => void answer.refetch()} />;
  return (
    <Answer
      answer={answer.data}
      {...{ store, till, at }}
      isAsking={answer.isFetching}
      onAgain={() => void answer.refetch()}
    />
  );
}

/** Tills of which something was seen lately, which is nearly always all of them; others can be typed. */
function useTills(store: Store): string[] {
  const today = localDate(new Date(useNowMs()).toISOString(), store.timeZone);
  const measures = useQuery(measuresQuery(store.id, addDays(today, -knownDays), today));
  const known = measures.data?.items.flatMap(({ lanes }) => lanes.map(({ terminalId }) => terminalId)) ?? [];
  return [...new Set(known)].sort();
}

const localSecond = (at: string, timeZone: string): string => `${localDate(at, timeZone)}T${clockTime(at, timeZone)}`;
