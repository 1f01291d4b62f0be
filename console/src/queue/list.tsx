import { Button, Loader } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import type { Incident } from '../api/client.ts';
import { useShortcuts } from '../ui/shortcuts.tsx';
import classes from './list.module.css';
import { QueueRow } from './row.tsx';

interface QueueListProps {
  incidents: readonly Incident[];
  hasMore: boolean;
  isLoadingMore: boolean;
  explain: boolean;
  onMore: () => void;
}

// Coming back from an incident, the focus returns to its row.
let lastOpenedId: string | null = null;

/** Rows one can walk through with j and k; more are fetched before the end is reached. */
export function QueueList({ incidents, hasMore, isLoadingMore, explain, onMore }: QueueListProps) {
  const list = useRef<HTMLOListElement>(null);
  const end = useIntersection<HTMLDivElement>({ rootMargin: '600px' });
  const isNearEnd = end.entry?.isIntersecting ?? false;
  useEffect(() => {
    if (isNearEnd && hasMore && !isLoadingMore) onMore();
  }, [isNearEnd, hasMore, isLoadingMore, onMore]);
  useEffect(() => {
    if (lastOpenedId) list.current?.querySelector<HTMLElement>(`[data-incident="${lastOpenedId}"]`)?.focus();
  }, []);

  const move = (by: number) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-incident]') ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
    rows[next]?.focus();
    rows[next]?.scrollIntoView({ block: 'nearest' });
  };
  useShortcuts('List', [
    { keys: ['j', 'ArrowDown'], label: 'Next incident', run: () => move(1) },
    { keys: ['k', 'ArrowUp'], label: 'Previous incident', run: () => move(-1) },
    { keys: ['Enter'], label: 'Open the incident', run: () => move(1) },
  ]);

  return (
    <>
      <ol ref={list} className={classes.list} aria-label="Incidents">
        {incidents.map((incident) => (
          <li key={incident.id}>
            <QueueRow
              incident={incident}
              explain={explain}
              onOpen={() => {
                lastOpenedId = incident.id;
              }}
            />
          </li>
        ))}
      </ol>
      <div ref={end.ref} className={classes.end}>
        {isLoadingMore ? <Loader size="sm" type="dots" aria-label="Loading more" /> : null}
        {hasMore && !isLoadingMore ? (
          <Button variant="subtle" onClick={onMore}>
            Show more
          </Button>
        ) : null}
        {!hasMore && incidents.length > 20 ? <p className={classes.all}>That is all.</p> : null}
      </div>
    </>
  );
}
