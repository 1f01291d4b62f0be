import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import page from '../pages/page.module.css';
import { dateTime } from '../time.ts';
import { Failure, Loading } from '../ui/notices.tsx';
import { reconciliationQuery, retentionKeys } from './queries.ts';
import classes from './retention.module.css';
import { findingLabels } from './words.ts';

type Run = Schemas['Reconciliation'];

/** What comparing every file with every row found; what nobody could put right comes first. */
export function Reconciliation() {
  const client = useQueryClient();
  const report = useQuery(reconciliationQuery);
  const order = useMutation({
    mutationFn: () => expectData(api.POST('/v1/reconciliation')),
    onSuccess: () => client.invalidateQueries({ queryKey: retentionKeys.reconciliation }),
  });
  const [newest] = report.data?.runs ?? [];
  const isRunning = newest?.state === 'requested' || newest?.state === 'running';
  return (
    <section className={classes.section} aria-labelledby="reconciliation">
      <div className={page.head}>
        <h2 id="reconciliation" className={classes.heading}>
          Store against record
        </h2>
        <Button variant="default" size="sm" loading={order.isPending || isRunning} onClick={() => order.mutate()}>
          Compare now
        </Button>
      </div>
      {order.isError && <Failure error={order.error} />}
      {report.isPending && <Loading label="Loading the comparison" />}
      {report.isError && <Failure error={report.error} onRetry={() => void report.refetch()} />}
      {report.data && (
        <p aria-live="polite" data-testid="reconciliation-state">
          {newest === undefined ? 'Nothing was compared yet. It happens once a day by itself.' : summary(newest)}
        </p>
      )}
      {report.data && report.data.findings.length > 0 && <Findings findings={report.data.findings} />}
    </section>
  );
}

function summary(run: Run): string {
  if (run.state === 'requested') return 'Waiting for a worker to be free.';
  if (run.state === 'running') return `Running: ${run.objects} files looked at so far.`;
  if (run.state === 'failed') return `The comparison of ${dateTime(run.startedAt)} could not be finished.`;
  const found =
    run.unrepaired > 0
      ? `${run.unrepaired} need somebody to look`
      : run.repaired > 0
        ? 'everything that was wrong was put right'
        : 'everything agrees';
  return `${dateTime(run.startedAt)}: ${run.objects} files against ${run.rows} rows; ${found}.`;
}

function Findings({ findings }: { findings: Schemas['ReconciliationReport']['findings'] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={`${page.card} ${page.scroll}`} tabIndex={0} aria-label="Findings">
      <table className={page.table}>
        <thead>
          <tr>
            <th scope="col">Found</th>
            <th scope="col">State</th>
            <th scope="col">Incident</th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding) => (
            <tr key={finding.id}>
              <td>{findingLabels[finding.kind]}</td>
              <td className={finding.repaired || finding.kind === 'orphan_locked' ? undefined : classes.wrong}>
                {finding.repaired
                  ? 'put right'
                  : finding.kind === 'orphan_locked'
                    ? 'waits for its lock'
                    : 'look at it'}
              </td>
              <td>
                {finding.incidentId === null ? (
                  'none'
                ) : (
                  <Link to="/incidents/$incidentId" params={{ incidentId: finding.incidentId }}>
                    open
                  </Link>
                )}
              </td>
              <td className={classes.dim}>{finding.key}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
