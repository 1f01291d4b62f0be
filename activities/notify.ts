import { Context } from '@temporalio/activity';
import { CarrierError } from '../adapters/twilio/types.ts';
import { DomainError } from '../domain/errors.ts';
import type { ServiceContext } from '../services/context.ts';
import { intendNotification, type LinkOptions } from '../services/notification/intend.ts';
import { markFailed } from '../services/notification/settle.ts';
import type { NotifyActivities, SettledStepOutcome } from './contracts.ts';
import { translated } from './failure.ts';
import { systemActor } from './incident.ts';
import { resumeText, sendFreshText, settleMootText, type TextDependencies } from './send-text.ts';

export interface NotifyDependencies extends TextDependencies {
  db: ServiceContext['db'];
  now: () => string;
  links: LinkOptions;
  /** After this long without a settled text the step is given up, visibly, and the next person is tried. */
  giveUpAfterMs: number;
}

/** Activities of the `notify` queue: one text each, retried until it is certainly sent or certainly not. */
export function createNotifyActivities(deps: NotifyDependencies): NotifyActivities {
  return translated<NotifyActivities>({
    async alertStep({ tenantId, incidentId, step, kind, personId, excludePersonId }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'incident') };
      const intent = await intendNotification(ctx, deps.links, {
        incidentId,
        step,
        kind,
        ...(personId === undefined ? {} : { personId }),
        ...(excludePersonId === undefined ? {} : { excludePersonId }),
      });
      if (intent.outcome === 'nobody_on_shift') return { outcome: 'nobody_on_shift', at: ctx.now() };
      if (intent.outcome === 'moot')
        return intent.open ? settleMootText(deps, ctx, intent.open) : { outcome: 'undeliverable', at: ctx.now() };
      if (intent.outcome !== 'intended') return { outcome: intent.outcome, at: ctx.now() };
      try {
        const outcome = intent.fresh ? await sendFreshText(deps, ctx, intent) : await resumeText(deps, ctx, intent);
        if (outcome.outcome !== 'unsettled') return outcome;
        throw new DomainError('DEPENDENCY_TEMPORARY', 'the carrier did not say whether it took the text', {
          retryAfterMs: deps.settleMs,
        });
      } catch (error) {
        const waiting =
          error instanceof DomainError ? error.code === 'DEPENDENCY_TEMPORARY' : error instanceof CarrierError;
        const triedForMs = Date.now() - Context.current().info.scheduledTimestampMs;
        if (!waiting || triedForMs < deps.giveUpAfterMs) throw error;
        await markFailed(ctx, {
          notificationId: intent.notificationId,
          failure: 'the carrier could not be reached in time',
        });
        const givenUp: SettledStepOutcome = { outcome: 'undeliverable', at: ctx.now() };
        return givenUp;
      }
    },
  });
}
