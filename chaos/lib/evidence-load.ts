import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';
import { detectionAt } from '../../bench/lib/load.ts';
import type { Role } from '../../domain/types.ts';
import type { Running } from '../../stack/start.ts';
import { sweepScheduleId } from '../../workflows/contracts.ts';
import { chance } from './plan.ts';

const tryAgainMs = 500;
const answerWithinMs = 15_000;
const sweepEveryMs = 10_000;
const lookEveryMs = 1_000;
const lane = { storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner' };

export interface EvidenceLoad {
  counts: { incidents: number; packets: number; maskings: number; holds: number; sweeps: number };
  /** No new incidents; resolves when everything that was asked for was taken. */
  stop(): Promise<void>;
}

/** Who works with evidence while parts die: each asks again until somebody answers, as people and cameras do. */
export function openEvidenceLoad(running: Running, pool: pg.Pool, seed: number, perSecond: number): EvidenceLoad {
  const { baseUrl } = running.application;
  const { keys } = running.installation;
  const counts = { incidents: 0, packets: 0, maskings: 0, holds: 0, sweeps: 0 };
  const stopping = new AbortController();
  const busy = new Set<Promise<void>>();

  /** Resolves with the answer's body, or null where what was asked for is not possible (any more). */
  const ask = async (
    role: Role,
    method: string,
    path: string,
    body: unknown,
  ): Promise<Record<string, unknown> | null> => {
    const key = randomUUID();
    for (;;) {
      const response = await fetch(new URL(path, baseUrl), {
        method,
        headers: {
          ...{ authorization: `Bearer ${keys[role]}`, 'content-type': 'application/json', 'idempotency-key': key },
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(answerWithinMs),
      }).catch(() => null);
      const text = await response?.text().catch(() => null);
      if (response && text !== null && text !== undefined) {
        if (response.ok) return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
        if (response.status < 500 && response.status !== 429) return null;
      }
      // Refused, cut off, or told to wait: that is what is being tried here.
      await delay(tryAgainMs);
    }
  };

  const until = async (incidentId: string, condition: string): Promise<boolean> => {
    for (let looks = 0; looks < 120; looks += 1) {
      const found = await pool
        .query(`select 1 from incidents i where i.id = $1 and ${condition}`, [incidentId])
        .catch(() => null);
      if (found?.rowCount === 1) return true;
      await delay(lookEveryMs);
    }
    return false;
  };

  const live = async (event: number): Promise<void> => {
    const detection = detectionAt(lane, `chaos-evidence-${seed}-${event}`);
    const receipt = await ask('device', 'POST', '/v1/detections', detection);
    const incidentId = receipt?.['incidentId'];
    if (typeof incidentId !== 'string') return;
    counts.incidents += 1;
    const luck = (what: string) => chance(seed, `${what}:${event}`);
    // What is decided wrong is deleted within seconds, unless it is held.
    const verdict = luck('verdict') < 0.5 ? 'confirmed' : 'false_positive';
    if (
      luck('hold') < 0.4 &&
      (await ask('compliance', 'POST', `/v1/incidents/${incidentId}/holds`, { reason: 'chaos' }))
    )
      counts.holds += 1;
    await ask('soc_operator', 'POST', `/v1/incidents/${incidentId}/verdict`, { verdict });
    if (!(await until(incidentId, "i.state = 'closed' and i.evidence_state in ('ready', 'partial')"))) return;
    if (luck('masking') < 0.3 && (await ask('compliance', 'POST', `/v1/incidents/${incidentId}/redactions`, {})))
      counts.maskings += 1;
    const purpose = verdict === 'confirmed' ? 'insurer' : 'internal';
    if (await ask('compliance', 'POST', `/v1/incidents/${incidentId}/packets`, { purpose })) counts.packets += 1;
  };

  const flow = (async () => {
    const startedMs = performance.now();
    for (let event = 0; !stopping.signal.aborted; event += 1) {
      await delay(Math.max(0, startedMs + (event * 1_000) / perSecond - performance.now()));
      const one = live(event).finally(() => busy.delete(one));
      busy.add(one);
    }
  })();
  const sweeping = (async () => {
    while (!stopping.signal.aborted) {
      await delay(sweepEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (await sweepNow(running)) counts.sweeps += 1;
    }
  })();
  return {
    counts,
    async stop() {
      stopping.abort();
      await Promise.all([flow, sweeping]);
      await Promise.all(busy);
    },
  };
}

/** The daily sweep, now; false when nobody was there to be told. */
export async function sweepNow(running: Running): Promise<boolean> {
  const { address } = await running.engines.temporal;
  const connection = await Connection.connect({ address }).catch(() => null);
  if (connection === null) return false;
  try {
    await new Client({ connection }).schedule.getHandle(sweepScheduleId).trigger();
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
