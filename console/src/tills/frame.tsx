import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, Outlet, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import nav from '../admin/frame.module.css';
import type { Schemas } from '../api/client.ts';
import { storesQuery } from '../api/queries.ts';
import page from '../pages/page.module.css';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';

export type Store = Schemas['Store'];

const titles = { exceptions: 'Exceptions', 'day-files': 'Day files', ask: 'Ask the till' } as const;
const names = Object.keys(titles) as (keyof typeof titles)[];

/** What the tills show by themselves, the files of their lines, and what they say of a moment. */
export function TillsFrame() {
  const { may } = useSession();
  const { pathname } = useLocation();
  // A receipt is reached from the exceptions.
  const current = names.find((name) => pathname.startsWith(`/tills/${name}`)) ?? 'exceptions';
  useEffect(() => {
    document.title = `${titles[current]} · Tills · Floorwalker`;
  }, [current]);
  if (!may('till.review'))
    return (
      <div className={page.page}>
        <h1 className={page.title}>Tills</h1>
        <Empty title="Your role does not include this">Ask an administrator if you need it.</Empty>
      </div>
    );
  return (
    <div className={page.page}>
      <nav aria-label="Tills" className={nav.nav}>
        {names.map((name) => (
          <Link
            key={name}
            to={`/tills/${name}`}
            className={nav.link}
            data-here={name === current || undefined}
            activeOptions={{ includeSearch: false }}
          >
            {titles[name]}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}

export function TillsHome() {
  return <Navigate to="/tills/exceptions" replace />;
}

interface OfStoreProps {
  wanted: string | undefined;
  children: (store: Store, stores: readonly Store[]) => ReactNode;
}

/** A page about one store: the one of the address, or the first in one's scope. */
export function OfStore({ wanted, children }: OfStoreProps) {
  const stores = useQuery(storesQuery);
  if (stores.isPending) return <Loading label="Loading the stores" />;
  if (stores.isError) return <Failure error={stores.error} onRetry={() => void stores.refetch()} />;
  const all = stores.data.items;
  const store = all.find(({ id }) => id === wanted) ?? all[0];
  if (!store) return <Empty title="No stores in your scope">Ask an administrator to give you a store.</Empty>;
  return children(store, all);
}

interface StoreSelectProps {
  store: Store;
  stores: readonly Store[];
  label?: string;
  onChange: (storeId: string) => void;
}

/** Which store, where there is a choice. */
export function StoreSelect({ store, stores, label, onChange }: StoreSelectProps) {
  if (stores.length < 2) return null;
  return (
    <Select
      {...(label ? { label } : { 'aria-label': 'Store' })}
      data={stores.map(({ id, name }) => ({ value: id, label: name }))}
      value={store.id}
      onChange={(value) => value && onChange(value)}
      allowDeselect={false}
      searchable
    />
  );
}
