import { queryOptions } from '@tanstack/react-query';
import { api, expectData } from '../api/client.ts';
import { keys } from '../api/queries.ts';

export const historyQuery = (incidentId: string) =>
  queryOptions({
    queryKey: [...keys.incident(incidentId), 'history'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/history', { params: { path: { incidentId } } })),
    // Each look is on record, so nobody looks again without meaning to.
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
