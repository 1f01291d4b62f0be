import { useQuery } from '@tanstack/react-query';
import type { IncidentDetail } from '../api/client.ts';
import { custodyQuery } from '../api/queries.ts';
import { AuditTable } from '../ui/audit-table.tsx';
import { Failure, Loading } from '../ui/notices.tsx';

/** Who acquired, saw, shared or deleted the evidence of this incident. */
export function Custody({ incident }: { incident: IncidentDetail }) {
  const custody = useQuery(custodyQuery(incident.id));
  if (custody.isPending) return <Loading label="Loading the custody log" />;
  if (custody.isError) return <Failure error={custody.error} onRetry={() => void custody.refetch()} />;
  return (
    <div data-testid="custody">
      {custody.data.entries.length === 0 ? (
        <p>Nothing is recorded yet. Every view of the evidence will be.</p>
      ) : (
        <AuditTable entries={custody.data.entries} timeZone={incident.storeTimeZone} caption="Chain of custody" />
      )}
    </div>
  );
}
