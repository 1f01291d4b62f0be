import { setTimeout as delay } from 'node:timers/promises';
import { detectionAt, type Spot } from '../../bench/lib/load.ts';
import type { Running } from '../../stack/start.ts';
import { lanesEach } from './estate.ts';

const tryAgainMs = 400;
const answerWithinMs = 15_000;

export interface Source {
  /** The number of the event by its incident, for those that were answered 202. */
  accepted: ReadonlyMap<string, number>;
  /** Events that no 202 has been heard for yet. */
  pending(): number;
  /** No new ones; resolves when the last has its 202. */
  stop(): Promise<void>;
}

/** Detections at a steady rate from all stores; as a camera's spool does, each is sent until it is answered 202. */
export function openSource(running: Running, seed: number, perSecond: number): Source {
  const { estate, baseUrl } = running.application;
  const { device } = running.installation.keys;
  const accepted = new Map<string, number>();
  const sending = new Set<Promise<void>>();
  const stopping = new AbortController();

  const send = async (event: number): Promise<void> => {
    const body = JSON.stringify(detectionAt(spotOf(event), `chaos-${seed}-${event}`));
    for (;;) {
      const incidentId = await post(new URL('/v1/detections', baseUrl), device, body);
      if (incidentId !== null) {
        accepted.set(incidentId, event);
        return;
      }
      await delay(tryAgainMs);
    }
  };
  const spotOf = (event: number): Spot => {
    const { stores } = estate;
    const lane = `lane-${(Math.floor(event / stores.length) % lanesEach) + 1}`;
    return { storeId: stores[event % stores.length]!.id, cameraId: `${lane}-cam`, zoneId: lane };
  };
  const flow = (async () => {
    const startedMs = performance.now();
    for (let event = 0; !stopping.signal.aborted; event += 1) {
      await delay(Math.max(0, startedMs + (event * 1_000) / perSecond - performance.now()));
      const sent = send(event).finally(() => sending.delete(sent));
      sending.add(sent);
    }
  })();
  return {
    accepted,
    pending: () => sending.size,
    async stop() {
      stopping.abort();
      await flow;
      await Promise.all(sending);
    },
  };
}

/** Null when it has to be sent again: nothing answers, or something is asked to wait. */
async function post(url: URL, key: string, body: string): Promise<string | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = await response.text();
    if (response.status === 202) return (JSON.parse(text) as { incidentId: string }).incidentId;
    if (response.status >= 500 || response.status === 429) return null;
    throw new RefusedError(`a detection was answered ${response.status}: ${text}`);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    // Connection refused, cut off, or no answer in time: that is what is being tried here.
    return null;
  }
}

class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
