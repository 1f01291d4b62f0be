import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import { keys } from './queries.ts';

export type StreamState = 'connecting' | 'live' | 'reconnecting';

const reopenAfterMs = 3000;
// Several events of one incident arrive together; one read answers them all.
const settleMs = 150;
const pollWithoutStreamMs = 15_000;

/** Keeps an EventSource open; `onEvent` gets each named event, `onOpen` says whether events may have been missed. */
export function openStream(
  url: string,
  eventName: string,
  on: { event: (data: string) => void; open: (reopened: boolean) => void; state: (state: StreamState) => void },
): () => void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let opened = false;
  const connect = () => {
    source = new EventSource(url, { withCredentials: true });
    source.onopen = () => {
      on.state('live');
      on.open(opened);
      opened = true;
    };
    source.onerror = () => {
      on.state(opened ? 'reconnecting' : 'connecting');
      // The browser reconnects by itself only after a dropped connection, not after a refused one.
      if (source?.readyState === EventSource.CLOSED) timer = window.setTimeout(connect, reopenAfterMs);
    };
    source.addEventListener(eventName, (event) => on.event(event.data));
  };
  connect();
  return () => {
    window.clearTimeout(timer);
    source?.close();
  };
}

export interface Stream {
  state: StreamState;
}

export const StreamContext = createContext<Stream>({ state: 'connecting' });
export const useStream = () => useContext(StreamContext);

/** Reads again whatever the stream says has changed, and everything after a gap. */
export function useIncidentStream(): Stream {
  const client = useQueryClient();
  const [state, setState] = useState<StreamState>('connecting');
  useEffect(() => {
    const touched = new Set<string>();
    let timer: number | undefined;
    const flush = () => {
      timer = undefined;
      void client.invalidateQueries({ queryKey: keys.incidents });
      void client.invalidateQueries({ queryKey: keys.stores });
      for (const incidentId of touched) void client.invalidateQueries({ queryKey: keys.incident(incidentId) });
      touched.clear();
    };
    const close = openStream('/v1/stream', 'incident', {
      event: (data) => {
        const incidentId = incidentIdOf(data);
        if (incidentId) touched.add(incidentId);
        timer ??= window.setTimeout(flush, settleMs);
      },
      open: (reopened) => {
        if (reopened) void client.invalidateQueries();
      },
      state: setState,
    });
    return () => {
      window.clearTimeout(timer);
      close();
    };
  }, [client]);
  useEffect(() => {
    if (state === 'live') return;
    const timer = window.setInterval(
      () => void client.invalidateQueries({ queryKey: keys.incidents }),
      pollWithoutStreamMs,
    );
    return () => window.clearInterval(timer);
  }, [client, state]);
  return { state };
}

function incidentIdOf(data: string): string | undefined {
  const event: unknown = JSON.parse(data);
  if (typeof event === 'object' && event !== null && 'incidentId' in event && typeof event.incidentId === 'string')
    return event.incidentId;
  return undefined;
}
