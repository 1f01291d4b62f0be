import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { paths } from '../../../schemas/generated/openapi.ts';
import { api, expectData } from './client.ts';
import { listPhones, simulatorInfo } from './simulator.ts';

export type QueueTab = 'open' | 'review' | 'held' | 'second' | 'closed' | 'all';
/** Whether drills are among what is listed, alone, or left out. */
export type DrillFilter = 'only' | 'without';

type ListFilter = NonNullable<paths['/v1/incidents']['get']['parameters']['query']>;

const filterOf: Record<QueueTab, Pick<ListFilter, 'state' | 'suppressed' | 'secondReview'>> = {
  open: { state: ['new', 'alerting', 'acknowledged', 'in_review'] },
  review: { state: ['in_review'] },
  held: { suppressed: true },
  second: { secondReview: 'pending' },
  closed: { state: ['closed'] },
  all: {},
};

const pageSize = 40;

export const keys = {
  session: ['session'] as const,
  simulator: ['simulator'] as const,
  phones: ['phones'] as const,
  incidents: ['incidents'] as const,
  incident: (id: string) => ['incident', id] as const,
  stores: ['stores'] as const,
  cameras: ['cameras'] as const,
  sensors: ['sensors'] as const,
  drills: ['drills'] as const,
  audit: ['audit'] as const,
};

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: () => expectData(api.GET('/v1/session')),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export const simulatorQuery = queryOptions({
  queryKey: keys.simulator,
  queryFn: simulatorInfo,
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export const phonesQuery = queryOptions({ queryKey: keys.phones, queryFn: listPhones });

export const queueQuery = (tab: QueueTab, storeId?: string, drills?: DrillFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.incidents, tab, storeId ?? null, drills ?? null],
    queryFn: ({ pageParam }) =>
      expectData(
        api.GET('/v1/incidents', {
          params: {
            query: {
              limit: pageSize,
              ...filterOf[tab],
              ...(storeId ? { storeId } : {}),
              ...(drills ? { drill: drills === 'only' } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

const path = (incidentId: string) => ({ params: { path: { incidentId } } });

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incident(id), 'detail'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}', path(id))),
  });

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incident(id), 'timeline'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/timeline', path(id))),
  });

export const explanationQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incident(id), 'explanation'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/explanation', path(id))),
  });

export const evidenceQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incident(id), 'evidence'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/evidence', path(id))),
  });

export const custodyQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incident(id), 'custody'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/custody', path(id))),
    // Looking at the clip writes a row that no event announces.
    staleTime: 0,
  });

export const stepsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.incident(id), 'steps'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/steps', path(id))),
  });

export const drillsQuery = queryOptions({
  queryKey: keys.drills,
  queryFn: () => expectData(api.GET('/v1/drills', { params: { query: { limit: 50 } } })),
});

export const storesQuery = queryOptions({ queryKey: keys.stores, queryFn: () => expectData(api.GET('/v1/stores')) });
export const camerasQuery = queryOptions({
  queryKey: keys.cameras,
  queryFn: () => expectData(api.GET('/v1/cameras')),
  refetchInterval: 15_000,
});

export const sensorsQuery = queryOptions({
  queryKey: keys.sensors,
  queryFn: () => expectData(api.GET('/v1/sensors')),
  refetchInterval: 15_000,
});

type AuditFilter = Omit<NonNullable<paths['/v1/audit']['get']['parameters']['query']>, 'limit' | 'cursor'>;

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.audit, filter],
    queryFn: ({ pageParam }) => {
      const query = { limit: 50, ...filter, ...(pageParam ? { cursor: pageParam } : {}) };
      return expectData(api.GET('/v1/audit', { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
