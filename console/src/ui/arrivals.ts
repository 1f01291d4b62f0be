import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { queueQuery } from '../api/queries.ts';
import { incidentTitle, severityLabels } from '../words.ts';

/** Watches the open queue from every page: how many are open, and a sentence for whoever listens instead of looks. */
export function useArrivals(): { openCount: number; announcement: string } {
  const open = useInfiniteQuery(queueQuery('open', undefined));
  const seen = useRef<Set<string> | null>(null);
  const helped = useRef<Set<string>>(new Set());
  const [announcement, setAnnouncement] = useState('');
  const items = open.data?.pages[0]?.items;
  useEffect(() => {
    if (!items) return;
    const known = seen.current;
    seen.current = new Set([...(known ?? []), ...items.map((incident) => incident.id)]);
    const help = items.find(({ id, helpRequested }) => helpRequested && !helped.current.has(id));
    helped.current = new Set(items.flatMap(({ id, helpRequested }) => (helpRequested ? [id] : [])));
    if (help) {
      setAnnouncement(`Help is asked for: ${help.zoneLabel}, ${help.storeName}.`);
      return;
    }
    if (!known) return;
    const fresh = items.filter((incident) => !known.has(incident.id));
    if (fresh.length === 0) return;
    const [first] = fresh;
    const sentence = `New incident: ${incidentTitle(first!.type)}, ${first!.zoneLabel}, ${first!.storeName}, severity ${severityLabels[first!.severity].toLowerCase()}.`;
    setAnnouncement(fresh.length === 1 ? sentence : `${fresh.length} new incidents. ${sentence}`);
  }, [items]);
  const counts = open.data?.pages[0]?.counts ?? {};
  const openCount = Object.entries(counts).reduce((sum, [state, count]) => (state === 'closed' ? sum : sum + count), 0);
  return { openCount, announcement };
}
