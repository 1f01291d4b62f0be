import { queryOptions } from '@tanstack/react-query';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';

export type Gate = Schemas['RetentionGate'];
/** What somebody wants to see the incidents of: a day, or what keeps them. */
export type Slot = { day: string } | { gate: Gate };

export const retentionKeys = {
  calendar: ['retention', 'calendar'] as const,
  incidents: ['retention', 'incidents'] as const,
  reconciliation: ['retention', 'reconciliation'] as const,
};

export const calendarQuery = (from: string) =>
  queryOptions({
    queryKey: [...retentionKeys.calendar, from],
    queryFn: () =>
      expectData(api.GET('/v1/retention/calendar', { params: { query: { from: `${from}T00:00:00.000Z` } } })),
  });

export const retainedQuery = (slot: Slot) =>
  queryOptions({
    queryKey: [...retentionKeys.incidents, slot],
    queryFn: () => expectData(api.GET('/v1/retention/incidents', { params: { query: slot } })),
  });

export const reconciliationQuery = queryOptions({
  queryKey: retentionKeys.reconciliation,
  queryFn: () => expectData(api.GET('/v1/reconciliation')),
  // Whoever asked for one waits for it.
  refetchInterval: ({ state }) =>
    state.data?.runs.some((run) => run.state === 'requested' || run.state === 'running') ? 2_000 : false,
});
