import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { JournalRecord } from '../../stack/carrier/journal-records.ts';
import { notificationOf } from './journal.ts';
import type { Page } from './judge.ts';
import { type Behaviour, behaviourOf } from './plan.ts';

const tryAgainMs = 250;
const verdictOfDigit = { '1': 'paid', '2': 'staff_error', '3': 'unsure', '4': 'confirmed' } as const;
const keysWithinMs = 15_000;

export interface Phones {
  pages: readonly Page[];
  /** Verdicts that people tried to give, by incident. */
  answers: ReadonlyMap<string, ReadonlySet<string>>;
  onRecord(record: JournalRecord): void;
  answered(): number;
  /** Nobody answers any more. */
  stop(): Promise<void>;
}

interface Asked {
  incidentId: string;
  step: number;
  kind: string;
}

/** People with phones: whatever the carrier takes in for one of them is answered as the seed says, as often as it takes until the carrier has heard it. */
export function openPhones(options: {
  carrierUrl: string;
  pool: pg.Pool;
  seed: number;
  timeoutsMs: readonly number[];
  eventOf: (incidentId: string) => number | undefined;
}): Phones {
  const { carrierUrl, pool, seed, timeoutsMs, eventOf } = options;
  const pages: Page[] = [];
  const answers = new Map<string, Set<string>>();
  const busy = new Set<Promise<void>>();
  const stopping = new AbortController();
  let answered = 0;

  const post = async (path: string, body: object): Promise<number> => {
    try {
      const response = await fetch(new URL(path, carrierUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-floorwalker-simulator': '1' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(5_000),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      // The carrier is down just now: the person tries again.
      return 0;
    }
  };
  /** Until it is not our carrier that is missing; 0 when the run has ended meanwhile. */
  const insist = async (path: string, body: object): Promise<number> => {
    for (;;) {
      const status = await post(path, body);
      if (status !== 0 || stopping.signal.aborted) return status;
      await delay(tryAgainMs);
    }
  };
  const whatIsAsked = async (notificationId: string): Promise<Asked | null> => {
    for (;;) {
      try {
        const { rows } = await pool.query<{ incident_id: string; step: number; kind: string }>(
          'select incident_id, step, kind from notifications where id = $1',
          [notificationId],
        );
        const row = rows[0];
        return row ? { incidentId: row.incident_id, step: row.step, kind: row.kind } : null;
      } catch (error) {
        if (stopping.signal.aborted) throw error;
        await delay(tryAgainMs);
      }
    }
  };
  const planOf = async (notificationId: string, channel: string): Promise<{ asked: Asked; does: Behaviour } | null> => {
    const asked = await whatIsAsked(notificationId);
    // The page may be faster than the answer to the detection that caused it.
    const event = asked ? await eventually(() => eventOf(asked.incidentId), stopping.signal) : undefined;
    if (!asked || asked.kind === 'correction' || event === undefined) return null;
    const timeoutMs = timeoutsMs[asked.step] ?? 4_000;
    return { asked, does: behaviourOf(seed, { event, step: asked.step, channel, timeoutMs }) };
  };
  const note = (incidentId: string, digit: keyof typeof verdictOfDigit) => {
    const given = answers.get(incidentId) ?? new Set<string>();
    answers.set(incidentId, given.add(verdictOfDigit[digit]));
    answered += 1;
  };
  const readText = async (phone: string, body: string, notificationId: string) => {
    const plan = await planOf(notificationId, 'sms');
    if (plan?.does.kind !== 'answers') return;
    const code = /Floorwalker ([0-9A-Z]{3})\b/.exec(body)?.[1];
    if (code === undefined) throw new Error(`a text to ${phone} has no code`);
    await delay(plan.does.afterMs);
    if (stopping.signal.aborted) return;
    note(plan.asked.incidentId, plan.does.digit);
    const status = await insist(`/phones/${encodeURIComponent(phone)}/messages`, {
      body: `${plan.does.digit} ${code}`,
    });
    if (status !== 201 && status !== 0) throw new Error(`the carrier answered ${status} to a reply`);
  };
  const takeCall = async (phone: string, sid: string, notificationId: string) => {
    const plan = await planOf(notificationId, 'voice');
    if (!plan || plan.does.kind === 'ignores') return;
    const call = `/phones/${encodeURIComponent(phone)}/calls/${sid}`;
    await delay(Math.min(plan.does.afterMs, 3_000));
    if (plan.does.kind === 'declines') return void (await insist(`${call}/decline`, {}));
    if ((await insist(`${call}/answer`, {})) !== 200) return;
    note(plan.asked.incidentId, plan.does.digit);
    // Listens first; a call that was cut off by a crash takes no keys any more.
    const untilMs = Date.now() + keysWithinMs;
    await delay(700);
    while (Date.now() < untilMs && !stopping.signal.aborted)
      if ((await post(`${call}/keys`, { keys: plan.does.digit })) === 200) return;
      else await delay(tryAgainMs);
  };
  const start = (work: Promise<void>) => {
    const tracked = work.finally(() => busy.delete(tracked));
    tracked.catch((error: unknown) => process.stderr.write(`  phones: ${String(error)}\n`));
    busy.add(tracked);
  };

  return {
    pages,
    answers,
    answered: () => answered,
    onRecord(record) {
      if (record.kind === 'message' && record.message.direction === 'outbound-api') {
        const { sid, to, body, receivedAt, statusCallbackUrl } = record.message;
        const notificationId = notificationOf(statusCallbackUrl);
        if (notificationId === null) return;
        pages.push({ sid, notificationId, acceptedMs: Date.parse(receivedAt) });
        start(readText(to, body, notificationId));
      }
      if (record.kind === 'call') {
        const { sid, to, receivedAt, statusCallbackUrl } = record.order;
        const notificationId = notificationOf(statusCallbackUrl);
        if (notificationId === null) return;
        pages.push({ sid, notificationId, acceptedMs: Date.parse(receivedAt) });
        start(takeCall(to, sid, notificationId));
      }
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(busy);
    },
  };
}

async function eventually<T>(look: () => T | undefined, signal: AbortSignal): Promise<T | undefined> {
  while (!signal.aborted) {
    const found = look();
    if (found !== undefined) return found;
    await delay(50);
  }
  return look();
}
