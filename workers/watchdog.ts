import { setTimeout as delay } from 'node:timers/promises';
import pMap from 'p-map';
import { systemActor } from '../activities/incident.ts';
import { resumeText, sendFreshText, settleMootText, type TextDependencies } from '../activities/send-text.ts';
import { DomainError } from '../domain/errors.ts';
import { toMs } from '../domain/time.ts';
import type { ServiceContext } from '../services/context.ts';
import { makeLateFirstContact } from '../services/incident/first-contact.ts';
import { intendNotification, type LinkOptions, type OpenIntent } from '../services/notification/intend.ts';
import {
  findLateFirstContacts,
  findOverdueEscalations,
  findUnsettledMessages,
  intendOverdue,
  type OverdueEscalation,
  type UnsettledMessage,
} from '../services/notification/overdue.ts';
import { markFailed } from '../services/notification/settle.ts';

export interface WatchdogDependencies extends TextDependencies {
  db: ServiceContext['db'];
  now: () => string;
  links: LinkOptions;
  /** After this long a message that the carrier does not take is given up, visibly. */
  giveUpAfterMs: number;
  onError: (error: unknown, about: Record<string, string>) => void;
}

/** An engine that works is hardly ever this late (`npm run bench -- people`: 99 of 100 within a quarter of a second). */
const watchLateByMs = 500;
/** A first text is on its way within a second, a till that is asked first counted from the end of its time. */
const firstContactLateByMs = 3_000;
const lookEveryMs = 150;
/** More than are worked on in one look, so that those that rest do not stand before all others. */
const foundAtOnce = 100;
const workedOnAtOnce = 20;
/** After an outage many are due in the same moment. */
const begunAtOnce = 4;
/** A carrier that hangs holds up so many messages; the looking only then. */
const sendsAtOnce = 20;
/** Whatever came to nothing is left alone for as long: a few looks, in which others have their turn. */
const restMs = 600;
/** The workflow brings to an end what it finds begun; what it will never come to is older than this. */
const leftAloneMs = 10_000;
/** Longer than the workflow tries to settle what was under way when its incident was closed. */
const closedForMs = 90_000;
const finishEveryMs = 2_000;

/**
 * Looks for people whom the engine is late to tell and tells them from the books, until it is stopped. The workflow
 * remains the one that waits and decides: it finds the step done, as after any attempt of its own that was interrupted.
 */
export async function watchOverPeople(deps: WatchdogDependencies, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const resting = new Map<string, number>();
  const contextOf = ({ tenantId }: OverdueEscalation): ServiceContext => ({
    ...{ db: deps.db, now: deps.now, actor: systemActor(tenantId, 'watchdog') },
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
  /** The longest overdue, in an order of its own, since another watchdog looks at the same moment. */
  const each = async <T extends OverdueEscalation>(found: readonly T[], work: (one: T) => Promise<void>) => {
    const nowMs = performance.now();
    for (const [incidentId, untilMs] of resting) if (untilMs < nowMs) resting.delete(incidentId);
    const awake = found.filter(({ incidentId }) => !resting.has(incidentId));
    const waiting = shuffled(awake.slice(0, workedOnAtOnce));
    const begin = async (one: T) => {
      if (signal.aborted) return;
      if (underWay.size >= sendsAtOnce) await Promise.race(underWay);
      await work(one);
      resting.set(one.incidentId, performance.now() + restMs);
    };
    await pMap(waiting, begin, { concurrency: begunAtOnce });
  };
  type Begin = (ctx: ServiceContext, incidentId: string) => Promise<OpenIntent | null>;
  const beginning = (intendIt: Begin) => async (late: OverdueEscalation) => {
    const ctx = contextOf(late);
    const intent = await intendIt(ctx, late.incidentId).catch((error: unknown) => failed(error, late));
    // What the carrier leaves in doubt is looked up later, by the workflow when it comes to this step.
    if (intent) track(sendFreshText(deps, ctx, intent), late);
  };
  const beginStep = beginning((ctx, incidentId) =>
    intendOverdue(ctx, deps.links, { incidentId, lateByMs: watchLateByMs }),
  );
  const beginChain = beginning((ctx, incidentId) =>
    makeLateFirstContact(ctx, deps.links, { incidentId, lateByMs: firstContactLateByMs }),
  );
  const lookedFor = async <T>(found: Promise<T[]>): Promise<T[]> =>
    found.catch((error: unknown) => {
      deps.onError(error, { what: 'looking for what the engine is late with' });
      return [];
    });
  type Look = { at: string; limit: number };
  /** Each on its own, so that many escalations after an outage do not keep first texts waiting. */
  const watch = async <T extends OverdueEscalation>(
    everyMs: number,
    find: (look: Look) => Promise<T[]>,
    work: (one: T) => Promise<void>,
  ) => {
    while (!signal.aborted) {
      await each(await lookedFor(find({ at: deps.now(), limit: foundAtOnce })), work);
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
  };
  await Promise.all([
    watch(lookEveryMs, (look) => findOverdueEscalations(deps.db, { ...look, lateByMs: watchLateByMs }), beginStep),
    watch(
      lookEveryMs,
      (look) => findLateFirstContacts(deps.db, { ...look, lateByMs: firstContactLateByMs }),
      beginChain,
    ),
    watch(
      finishEveryMs,
      (look) => findUnsettledMessages(deps.db, { ...look, ageMs: leftAloneMs, closedMs: closedForMs }),
      async (one) => track(finish(deps, contextOf(one), one), one),
    ),
  ]);
  await Promise.all(underWay);
}

/** Whoever began this message died over it, and the workflow may have ended without coming to this step. */
async function finish(deps: WatchdogDependencies, ctx: ServiceContext, one: UnsettledMessage): Promise<void> {
  const { incidentId, kind, step, round } = one;
  const known = await intendNotification(ctx, deps.links, { incidentId, kind, step, round });
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
