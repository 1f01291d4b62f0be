import { queryOptions } from '@tanstack/react-query';
import { api, expectData } from '../api/client.ts';
import { keys } from '../api/queries.ts';

const whileMakingMs = 2_000;

export const redactionsQuery = (incidentId: string) =>
  queryOptions({
    queryKey: [...keys.incident(incidentId), 'redactions'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/redactions', { params: { path: { incidentId } } })),
    refetchInterval: ({ state }) =>
      state.data?.versions.some((version) => version.state === 'requested') ? whileMakingMs : false,
  });
