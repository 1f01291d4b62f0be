import { queryOptions } from '@tanstack/react-query';
import { api, expectData } from '../api/client.ts';
import { keys } from '../api/queries.ts';

const whileBuildingMs = 2_000;

export const packetsQuery = (incidentId: string) =>
  queryOptions({
    queryKey: [...keys.incident(incidentId), 'packets'],
    queryFn: () => expectData(api.GET('/v1/incidents/{incidentId}/packets', { params: { path: { incidentId } } })),
    refetchInterval: ({ state }) =>
      state.data?.packets.some((packet) => packet.state === 'requested') ? whileBuildingMs : false,
  });

/** With the words of the statement and to whom it went. */
export const packetQuery = (incidentId: string, packetId: string) =>
  queryOptions({
    queryKey: [...keys.incident(incidentId), 'packets', packetId],
    queryFn: () => expectData(api.GET('/v1/packets/{packetId}', { params: { path: { packetId } } })),
  });
