import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import { setServerTime } from '../time.ts';
import { keys } from './queries.ts';

export type StreamState = 'connecting' | 'live' | 'reconnecting';

const reopenAfterMs = 3000;
// Several events of one incident arrive together; one read answers them all.
const settleMs = 150;
const pollWithoutStreamMs = 15_000;

interface StreamListener {
  event: (data: string) => void;
  /** Whether events may have been missed. */
  open: (reopened: boolean) => void;
  state: (state: StreamState) => void;
  hello?: (data: string) => void;
}

/** Keeps an EventSource open, whatever the network does; events of the one name go to `on.event`. */
export function openStream(url: string, eventName: string, on: StreamListener): () => void {
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
    source.addEventListener('hello', (event) => on.hello?.(event.data));
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
      void client.invalidateQueries({ queryKey: keys.drills });
      for (const incidentId of touched) void client.invalidateQueries({ queryKey: keys.incident(incidentId) });
      touched.clear();
    };
    const close = openStream('/v1/stream', 'incident', {
      event: (data) => {
        const incidentId = textIn(data, 'incidentId');
        if (incidentId) touched.add(incidentId);
        timer ??= window.setTimeout(flush, settleMs);
      },
      open: (reopened) => {
        if (reopened) void client.invalidateQueries();
      },
      state: setState,
      hello: (data) => setServerTime(textIn(data, 'at') ?? ''),
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

function textIn(data: string, name: string): string | undefined {
  const event: unknown = JSON.parse(data);
  if (typeof event !== 'object' || event === null) return undefined;
  const value: unknown = Object.entries(event).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}
