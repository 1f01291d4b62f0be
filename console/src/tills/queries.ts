import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import type { ExceptionView } from './search.ts';

export type Finding = Schemas['PosException'];
export type Receipt = Schemas['TillReceipt'];
export type DayFile = Schemas['PosImport'];

export const tillKeys = {
  exceptions: ['till-exceptions'] as const,
  measures: ['till-measures'] as const,
  analyses: ['till-analyses'] as const,
  receipts: ['till-receipts'] as const,
  imports: ['till-imports'] as const,
  quarantine: ['till-quarantine'] as const,
};

const watchedMs = 2_000;
const restingMs = 30_000;

const filterOf = (view: ExceptionView) =>
  view === 'trial' ? ({ state: 'open', shadow: true } as const) : ({ state: view } as const);

export interface DayRange {
  storeId: string;
  fromDay: string;
  toDay: string;
}

export const exceptionsQuery = (range: DayRange, view: ExceptionView) =>
  infiniteQueryOptions({
    queryKey: [...tillKeys.exceptions, range, view],
    queryFn: ({ pageParam }) => {
      const query = { ...range, ...filterOf(view), limit: 200, ...(pageParam ? { cursor: pageParam } : {}) };
      return expectData(api.GET('/v1/pos/exceptions', { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

export const measuresQuery = (storeId: string, from: string, to: string) =>
  queryOptions({
    queryKey: [...tillKeys.measures, storeId, from, to],
    queryFn: () => expectData(api.GET('/v1/pos/measures', { params: { query: { storeId, from, to } } })),
    placeholderData: keepPreviousData,
  });

/** The days that were looked through; watched closely while one is. */
export const analysesQuery = (storeId: string) =>
  queryOptions({
    queryKey: [...tillKeys.analyses, storeId],
    queryFn: () => expectData(api.GET('/v1/pos/analyses', { params: { query: { storeId, limit: 200 } } })),
    refetchInterval: ({ state }) => (state.data?.items.some((each) => each.state === 'running') ? watchedMs : false),
  });

export interface ReceiptPath {
  storeId: string;
  terminalId: string;
  transactionId: string;
}

export const receiptQuery = (path: ReceiptPath) =>
  queryOptions({
    queryKey: [...tillKeys.receipts, path],
    queryFn: () =>
      expectData(api.GET('/v1/pos/transactions/{storeId}/{terminalId}/{transactionId}', { params: { path } })),
  });

export const importsQuery = (storeId: string) =>
  infiniteQueryOptions({
    queryKey: [...tillKeys.imports, storeId],
    queryFn: ({ pageParam }) => {
      const query = { storeId, limit: 25, ...(pageParam ? { cursor: pageParam } : {}) };
      return expectData(api.GET('/v1/pos/imports', { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((each) => each.state === 'receiving')) ? watchedMs : restingMs,
  });

/** Each reading may be written to the audit log, so nothing reads it again by itself. */
export const quarantineQuery = (storeId: string, importId: string) =>
  infiniteQueryOptions({
    queryKey: [...tillKeys.quarantine, storeId, importId],
    queryFn: ({ pageParam }) => {
      const query = { storeId, importId, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) };
      return expectData(api.GET('/v1/pos/quarantine', { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

/** What the till says of a moment. The answer may change as late lines come in, so each asking asks anew. */
export const whatIfQuery = (storeId: string, terminalId: string, at: string) =>
  queryOptions({
    queryKey: ['till-what-if', storeId, terminalId, at],
    queryFn: () => expectData(api.POST('/v1/pos/what-if', { body: { storeId, terminalId, at } })),
    staleTime: 0,
    retry: false,
  });
