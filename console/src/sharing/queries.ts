import { queryOptions } from '@tanstack/react-query';
import { api, expectData } from '../api/client.ts';
import { keys } from '../api/queries.ts';

const whileMovingMs = 2_000;
const otherwiseMs = 15_000;

export const recipientsKey = ['recipients'] as const;

export const recipientsQuery = queryOptions({
  queryKey: recipientsKey,
  queryFn: () => expectData(api.GET('/v1/recipients')),
  refetchInterval: otherwiseMs,
});

export const sharesQuery = (incidentId: string) =>
  queryOptions({
    queryKey: [...keys.incident(incidentId), 'shares'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/shares', { params: { path: { incidentId } } })),
    refetchInterval: ({ state }) =>
      state.data?.shares.some(
        ({ state, notice }) => ['queued', 'sending'].includes(state) || notice?.state === 'queued',
      )
        ? whileMovingMs
        : otherwiseMs,
  });

export const qualityQuery = (incidentId: string) =>
  queryOptions({
    queryKey: [...keys.incident(incidentId), 'quality'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/quality', { params: { path: { incidentId } } })),
  });
