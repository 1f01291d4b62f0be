import { Context } from '@temporalio/activity';
import { CarrierError } from '../adapters/twilio/types.ts';
import { DomainError } from '../domain/errors.ts';
import type { ServiceContext } from '../services/context.ts';
import { intendNotification, type LinkOptions } from '../services/notification/intend.ts';
import { markFailed } from '../services/notification/settle.ts';
import type { AtOnceActivities, NotifyActivities, SettledStepOutcome } from './contracts.ts';
import { alive, translated } from './failure.ts';
import { systemActor } from './incident.ts';
import { outcomeOf, resumeText, sendFreshText, settleMootText, type TextDependencies } from './send-text.ts';

export interface NotifyDependencies extends TextDependencies {
  db: ServiceContext['db'];
  now: () => string;
  links: LinkOptions;
  /** After this long without a settled text the step is given up, visibly, and the next person is tried. */
  giveUpAfterMs: number;
}

/** An answer that is on record reaches its workflow within seconds; if it does not, somebody has to be told after all. */
const newsWaitedForMs = 20_000;

/** Activities of the `notify` queue: one text each, retried until it is certainly sent or certainly not. */
export function createNotifyActivities(deps: NotifyDependencies): NotifyActivities {
  const activities: NotifyActivities = {
    async alertStep({ tenantId, incidentId, step, kind, round, dueAt, personId, excludePersonId }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'incident') };
      const intent = await intendNotification(ctx, deps.links, {
        incidentId,
        step,
        kind,
        waitsForNews: kind === 'alert' && triedForMs() < newsWaitedForMs,
        ...(round === undefined ? {} : { round }),
        ...(dueAt === undefined ? {} : { dueAt }),
        ...(personId === undefined ? {} : { personId }),
        ...(excludePersonId === undefined ? {} : { excludePersonId }),
      });
      if (intent.outcome === 'nobody_on_shift' || intent.outcome === 'withheld')
        return { outcome: intent.outcome, at: ctx.now() };
      const moot = intent.outcome === 'moot';
      const text = moot ? intent.open : intent;
      if (text === null) return { outcome: 'undeliverable', at: ctx.now() };
      if (text.outcome !== 'intended') return outcomeOf(text);
      const settle = moot ? settleMootText : text.fresh ? sendFreshText : resumeText;
      try {
        const outcome = await settle(deps, ctx, text);
        if (outcome.outcome !== 'unsettled') return outcome;
        throw new DomainError('DEPENDENCY_TEMPORARY', 'the carrier did not say whether it took the message', {
          retryAfterMs: deps.settleMs,
        });
      } catch (error) {
        const hopeless = error instanceof CarrierError && error.kind === 'permanent';
        const waiting =
          error instanceof DomainError ? error.code === 'DEPENDENCY_TEMPORARY' : error instanceof CarrierError;
        if (!hopeless && (!waiting || triedForMs() < deps.giveUpAfterMs)) throw error;
        const failure = hopeless ? error.message : 'the carrier could not be reached in time';
        await markFailed(ctx, { notificationId: text.notificationId, failure });
        const givenUp: SettledStepOutcome = { outcome: 'undeliverable', at: ctx.now() };
        return givenUp;
      }
    },
  };
  return alive(translated(activities));
}

const triedForMs = () => Date.now() - Context.current().info.scheduledTimestampMs;

/** A carrier that hangs may hold this many of a worker's workflow tasks, and no more: verdicts need the others. */
const atOnceLimit = 5;

/** The same texts without a hop over a queue. What is doubtful fails here and is left to the activity of the queue. */
export function createAtOnceActivities(deps: NotifyDependencies): AtOnceActivities {
  const { alertStep } = createNotifyActivities(deps);
  let underWay = 0;
  return {
    async alertStepAtOnce(input) {
      if (underWay >= atOnceLimit) return { outcome: 'busy' };
      underWay += 1;
      try {
        return await alertStep(input);
      } finally {
        underWay -= 1;
      }
    },
  };
}
