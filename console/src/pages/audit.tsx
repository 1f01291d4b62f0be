import { Button } from '@mantine/core';
import { IconDownload, IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { auditQuery, keys } from '../api/queries.ts';
import { dateTime } from '../time.ts';
import { AuditTable } from '../ui/audit-table.tsx';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { auditProblems } from '../words.ts';
import classes from './audit.module.css';
import { AuditFilters } from './audit-filters.tsx';
import { AuditRowDialog } from './audit-row.tsx';
import { type AuditSearch, auditFilter } from './audit-search.ts';
import page from './page.module.css';

/** The record of everything that was done and seen, and the proof that it is whole. */
export function AuditPage() {
  const { may } = useSession();
  useEffect(() => {
    document.title = 'Audit · Floorwalker';
  }, []);
  return (
    <div className={page.page}>
      {may('audit.read') ? (
        <AuditLog />
      ) : (
        <>
          <h1 className={page.title}>Audit</h1>
          <Empty title="The audit log is for compliance">
            Your role does not include it. Ask an administrator if you need it.
          </Empty>
        </>
      )}
    </div>
  );
}

function AuditLog() {
  const search = useSearch({ from: '/app/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const show = (next: AuditSearch) => void navigate({ search: next });
  const openRow = (row: number | undefined) => {
    const { row: _closed, ...filter } = search;
    void navigate({ search: row === undefined ? filter : { ...filter, row }, resetScroll: false });
  };
  const filter = auditFilter(search);
  const isFiltered = Object.keys(filter).length > 0;
  const audit = useInfiniteQuery(auditQuery(filter));
  const client = useQueryClient();
  const verify = useMutation({
    mutationFn: () => expectData(api.GET('/v1/audit/verify')),
    // The check is on record itself.
    onSuccess: () => client.invalidateQueries({ queryKey: keys.audit }),
  });
  const entries = audit.data?.pages.flatMap((part) => part.items) ?? [];
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Audit</h1>
          <p className={page.lead}>Every change and every look at evidence, each row sealed to the one before it.</p>
        </div>
        <div className={classes.filterButtons}>
          <Button
            component="a"
            href="/v1/audit/export"
            download
            variant="default"
            size="md"
            leftSection={<IconDownload size={18} />}
          >
            Take it out
          </Button>
          <Button
            size="md"
            leftSection={<IconShieldCheck size={18} />}
            loading={verify.isPending}
            onClick={() => verify.mutate()}
          >
            Verify chain
          </Button>
        </div>
      </div>
      <div aria-live="polite">
        {verify.isError && <Failure error={verify.error} />}
        {verify.data && <Finding finding={verify.data} />}
      </div>
      <AuditFilters key={JSON.stringify(filter)} search={search} onShow={show} />
      {audit.isPending && <Loading label="Loading the audit log" />}
      {audit.isError && entries.length === 0 && <Failure error={audit.error} onRetry={() => void audit.refetch()} />}
      {audit.isSuccess && entries.length === 0 && (
        <Empty title={isFiltered ? 'Nothing like that is on record' : 'Nothing on record yet'}>
          {isFiltered ? 'Ask for less, or clear the fields above.' : 'The first incident writes the first row.'}
        </Empty>
      )}
      {entries.length > 0 && (
        <div className={page.card}>
          <AuditTable entries={entries} caption="Audit log, newest first" showSubject onOpen={openRow} />
          <div className={page.more}>
            {audit.hasNextPage ? (
              <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
                Show older rows
              </Button>
            ) : (
              <span className={classes.dim}>
                {isFiltered ? 'There is nothing older like that.' : 'This is the first row.'}
              </span>
            )}
          </div>
        </div>
      )}
      {search.row !== undefined && (
        <AuditRowDialog seq={search.row} onMove={openRow} onClose={() => openRow(undefined)} />
      )}
    </>
  );
}

function Finding({ finding }: { finding: Schemas['AuditVerification'] }) {
  return (
    <div className={classes.finding} data-ok={finding.ok} data-testid="audit-verify-result">
      {finding.ok ? (
        <IconShieldCheck size={32} stroke={1.5} aria-hidden="true" />
      ) : (
        <IconShieldX size={32} stroke={1.5} aria-hidden="true" />
      )}
      <div>
        <p className={classes.title}>
          {finding.ok
            ? `The chain is whole: ${finding.rows.toLocaleString('en-GB')} rows, each as it was written.`
            : finding.problem
              ? `Row ${finding.problem.seq} ${auditProblems[finding.problem.code]}.`
              : 'The chain does not hold.'}
        </p>
        {finding.problem && (
          <p>{finding.problem.detail} Keep the database as it is and call whoever runs Floorwalker.</p>
        )}
        <p className={classes.dim}>
          Head: row {finding.headSeq}, <span className="mono">{finding.headHash}</span>
        </p>
        {finding.witness && (
          <p className={classes.dim}>
            {finding.witness.ok ? 'Agrees' : 'Does not agree'} with the witness outside the database, taken at row{' '}
            {finding.witness.seq} on {dateTime(finding.witness.at)}.
          </p>
        )}
        {finding.outsideFile && (
          <p className={classes.dim}>
            {finding.outsideFile.heads === 0
              ? 'The outside file has no head of it yet.'
              : `${finding.outsideFile.ok ? 'Agrees' : 'Does not agree'} with the outside file, ${finding.outsideFile.heads.toLocaleString('en-GB')} heads up to row ${finding.outsideFile.seq}.`}
          </p>
        )}
      </div>
    </div>
  );
}
