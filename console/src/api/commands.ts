import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Incident, IncidentDetail, Session } from './client.ts';
import { incidentQuery, keys } from './queries.ts';

/** A command about one incident: whatever came of it, everything that shows the incident is read again. */
export function useIncidentCommand<Input, Result>(
  incidentId: string,
  send: (input: Input) => Promise<Result>,
  options: { onSuccess?: (result: Result) => void; expected?: (incident: IncidentDetail) => IncidentDetail } = {},
) {
  const client = useQueryClient();
  const key = incidentQuery(incidentId).queryKey;
  return useMutation({
    mutationFn: send,
    onMutate: async () => {
      if (!options.expected) return undefined;
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData(key);
      if (before) client.setQueryData(key, options.expected(before));
      return before;
    },
    onError: (_error, _input, before) => {
      if (before) client.setQueryData(key, before);
    },
    onSuccess: (result) => options.onSuccess?.(result),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: keys.incident(incidentId) });
      await client.invalidateQueries({ queryKey: keys.incidents });
    },
  });
}

const assumedClaimMs = 5 * 60_000;

/** What a claim will look like before the server has said so. */
export const claimedBy = (session: Session): NonNullable<Incident['claim']> => ({
  name: session.displayName,
  until: new Date(Date.now() + assumedClaimMs).toISOString(),
  mine: true,
});
