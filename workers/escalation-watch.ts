import { setTimeout as delay } from 'node:timers/promises';
import { systemActor } from '../activities/incident.ts';
import { resumeText, sendFreshText, settleMootText, type TextDependencies } from '../activities/send-text.ts';
import { DomainError } from '../domain/errors.ts';
import { toMs } from '../domain/time.ts';
import type { ServiceContext } from '../services/context.ts';
import { intendNotification, type LinkOptions } from '../services/notification/intend.ts';
import {
  findOverdueEscalations,
  findUnfinishedByWatch,
  intendOverdue,
  type OverdueEscalation,
  type UnfinishedMessage,
} from '../services/notification/overdue.ts';
import { markFailed } from '../services/notification/settle.ts';

export interface EscalationWatchDependencies extends TextDependencies {
  db: ServiceContext['db'];
  now: () => string;
  links: LinkOptions;
  /** After this long a message that the carrier does not take is given up, visibly. */
  giveUpAfterMs: number;
  onError: (error: unknown, about: Record<string, string>) => void;
}

/** An engine that works is never this late: its timers fire within the second (`npm run bench -- people`). */
export const watchLateByMs = 1_000;
const lookEveryMs = 250;
const foundAtOnce = 20;
/** A carrier that hangs holds up so many messages; the looking only then. */
const sendsAtOnce = 20;
/** Whatever came to nothing is left alone for as long. */
const restMs = 500;
/** The workflow brings to an end what it finds begun; what it will never come to is older than this. */
const leftAloneMs = 10_000;
const finishEveryLooks = 8;

/**
 * Looks for escalations that the engine is late with and begins them from the books, until it is stopped. The workflow
 * remains the one that waits and decides: it finds the step done, as after any attempt of its own that was interrupted.
 */
export async function watchEscalations(deps: EscalationWatchDependencies, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const resting = new Map<string, number>();
  const contextOf = ({ tenantId }: OverdueEscalation): ServiceContext => ({
    ...{ db: deps.db, now: deps.now, actor: systemActor(tenantId, 'escalation-watch') },
  });
  const failed = (error: unknown, { incidentId }: OverdueEscalation) => {
    const waits = error instanceof DomainError && error.code === 'DEPENDENCY_TEMPORARY';
    if (!waits) deps.onError(error, { incidentId });
    return null;
  };
  const track = (work: Promise<unknown>, about: OverdueEscalation) => {
    const tracked: Promise<void> = work
      .then(
        () => undefined,
        (error: unknown) => void failed(error, about),
      )
      .finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };
  /** One after the other in an order of its own, since another worker looks at the same moment. */
  const each = async <T extends OverdueEscalation>(found: readonly T[], work: (one: T) => Promise<void>) => {
    const nowMs = performance.now();
    for (const [incidentId, untilMs] of resting) if (untilMs < nowMs) resting.delete(incidentId);
    for (const one of shuffled(found.filter(({ incidentId }) => !resting.has(incidentId)))) {
      if (signal.aborted) return;
      if (underWay.size >= sendsAtOnce) await Promise.race(underWay);
      resting.set(one.incidentId, performance.now() + restMs);
      await work(one);
    }
  };
  const begin = async (overdue: OverdueEscalation): Promise<void> => {
    const ctx = contextOf(overdue);
    const input = { incidentId: overdue.incidentId, lateByMs: watchLateByMs };
    const intent = await intendOverdue(ctx, deps.links, input).catch((error: unknown) => failed(error, overdue));
    // What the carrier leaves in doubt is looked up later, by the workflow when it comes to this step.
    if (intent) track(sendFreshText(deps, ctx, intent), overdue);
  };
  const lookedFor = async <T>(found: Promise<T[]>): Promise<T[]> =>
    found.catch((error: unknown) => {
      deps.onError(error, { what: 'looking for escalations that are overdue' });
      return [];
    });
  for (let looks = 0; !signal.aborted; looks += 1) {
    const look = { at: deps.now(), limit: foundAtOnce };
    await each(await lookedFor(findOverdueEscalations(deps.db, { ...look, lateByMs: watchLateByMs })), begin);
    if (looks % finishEveryLooks === 0) {
      const unfinished = await lookedFor(findUnfinishedByWatch(deps.db, { ...look, ageMs: leftAloneMs }));
      await each(unfinished, async (one) => track(finish(deps, contextOf(one), one), one));
    }
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(underWay);
}

/** The process that began this message may have died over it, and the workflow may have ended without coming to this step. */
async function finish(deps: EscalationWatchDependencies, ctx: ServiceContext, one: UnfinishedMessage): Promise<void> {
  const { incidentId, step, round } = one;
  const known = await intendNotification(ctx, deps.links, { incidentId, kind: 'alert', step, round });
  const intent = known.outcome === 'moot' ? known.open : known;
  if (intent?.outcome !== 'intended') return;
  try {
    await (known.outcome === 'moot' ? settleMootText : resumeText)(deps, ctx, intent);
  } catch (error) {
    if (toMs(deps.now()) - toMs(one.intendedAt) < deps.giveUpAfterMs) throw error;
    const failure = 'the carrier could not be reached in time';
    await markFailed(ctx, { notificationId: intent.notificationId, failure });
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
