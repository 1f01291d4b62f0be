import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';

export const rightsKeys = {
  requests: ['subject-requests'] as const,
  notices: ['notices'] as const,
  consents: ['consents'] as const,
  optOuts: ['opt-outs'] as const,
  flows: ['data-flows'] as const,
};

export const requestsQuery = (state: 'open' | 'all') =>
  queryOptions({
    queryKey: [...rightsKeys.requests, 'list', state],
    queryFn: () => expectData(api.GET('/v1/subject-requests', { params: { query: { state } } })),
  });

export const requestQuery = (requestId: string) =>
  queryOptions({
    queryKey: [...rightsKeys.requests, requestId],
    queryFn: () => expectData(api.GET('/v1/subject-requests/{requestId}', { params: { path: { requestId } } })),
    // Each look is on record.
    refetchOnWindowFocus: false,
  });

export const noticesQuery = queryOptions({
  queryKey: rightsKeys.notices,
  queryFn: () => expectData(api.GET('/v1/notices')),
});
export const consentsQuery = queryOptions({
  queryKey: rightsKeys.consents,
  queryFn: () => expectData(api.GET('/v1/consents')),
});
export const optOutsQuery = queryOptions({
  queryKey: rightsKeys.optOuts,
  queryFn: () => expectData(api.GET('/v1/opt-outs')),
});
export const flowsQuery = queryOptions({
  queryKey: rightsKeys.flows,
  queryFn: () => expectData(api.GET('/v1/data-flows')),
});

/** A change of one request: its answer is what is shown from then on. */
export function useRequestChange<Input>(
  requestId: string,
  send: (input: Input) => Promise<Schemas['SubjectRequest']>,
  onDone: () => void = () => undefined,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: async (request) => {
      client.setQueryData(requestQuery(requestId).queryKey, request);
      await client.invalidateQueries({ queryKey: [...rightsKeys.requests, 'list'] });
      onDone();
    },
  });
}
