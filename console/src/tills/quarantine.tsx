import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import page from '../pages/page.module.css';
import { Failure, Loading } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { readable } from '../words.ts';
import classes from './day-files.module.css';
import { quarantineQuery } from './queries.ts';
import { quarantineCodes } from './words.ts';

/** The lines of a day file that could not be taken, each with its reason. */
export function Quarantine({ storeId, importId }: { storeId: string; importId: string }) {
  const { may } = useSession();
  const lines = useInfiniteQuery(quarantineQuery(storeId, importId));
  const items = lines.data?.pages.flatMap((part) => part.items) ?? [];
  const seesText = may('pos.manage');
  return (
    <section className={classes.quarantine} aria-label="What was put aside" data-testid="quarantine">
      <p className={classes.dim}>
        All other lines went in. Mend these at their source and send the file again: what is here already is not taken
        twice.{' '}
        {seesText
          ? 'That you look at the lines themselves is recorded.'
          : 'The lines themselves may name people, so only administrators see them.'}
      </p>
      {lines.isPending && <Loading label="Loading the lines" />}
      {lines.isError && <Failure error={lines.error} onRetry={() => void lines.refetch()} />}
      {items.length > 0 && (
        <ol className={classes.bad}>
          {items
            .toSorted((a, b) => a.lineNumber - b.lineNumber)
            .map((line) => (
              <li key={line.id}>
                <span className={classes.number}>Line {line.lineNumber.toLocaleString('en-GB')}</span>
                <span>
                  <b>{quarantineCodes[line.code] ?? readable(line.code)}.</b> {line.message}
                  {line.raw !== null && <code className={classes.raw}>{line.raw}</code>}
                  {line.raw === null && seesText && (
                    <span className={classes.gone}>The line itself was wiped after its time.</span>
                  )}
                </span>
              </li>
            ))}
        </ol>
      )}
      {lines.isSuccess && items.length === 0 && <p className={classes.dim}>Nothing is here any more.</p>}
      {lines.hasNextPage && (
        <div className={page.more}>
          <Button variant="default" loading={lines.isFetchingNextPage} onClick={() => void lines.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </section>
  );
}
