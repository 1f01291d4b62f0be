import type { Carrier } from '../adapters/twilio/types.ts';
import { CarrierError } from '../adapters/twilio/types.ts';
import { DomainError } from '../domain/errors.ts';
import { toMs } from '../domain/time.ts';
import type { ServiceContext } from '../services/context.ts';
import type { OpenIntent } from '../services/notification/intend.ts';
import { markFailed, markSent, reclaimIntent, releaseIntent } from '../services/notification/settle.ts';
import type { SettledStepOutcome, StepOutcome } from './contracts.ts';

export interface TextDependencies {
  carrier: Carrier;
  publicUrl: string;
  /** Longer than the carrier's POST timeout and the lag of its list together: only then does "not listed" mean "not sent". */
  settleMs: number;
}

const statusUrl = (deps: TextDependencies, ctx: ServiceContext, notificationId: string) =>
  `${deps.publicUrl}/webhooks/twilio/status?tenant=${encodeURIComponent(ctx.actor.tenantId)}&notification=${encodeURIComponent(notificationId)}`;

/** Sends a text for an intent that this very call wrote. Anything doubtful is left to `resumeText`. */
export async function sendFreshText(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
): Promise<StepOutcome> {
  try {
    return await send(deps, ctx, intent);
  } catch (error) {
    if (error instanceof CarrierError && error.kind !== 'permanent') return { outcome: 'unsettled', at: ctx.now() };
    throw error;
  }
}

/**
 * Takes over a text whose earlier attempt may or may not have reached the carrier: waits until the carrier's list is
 * settled, looks it up there, and only then sends. A compare-and-swap on the claim keeps two attempts from both sending.
 */
export async function resumeText(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
): Promise<StepOutcome> {
  const known = await lookUp(deps, ctx, intent);
  return known ?? send(deps, ctx, intent);
}

/** The incident was closed before anybody knew whether this text had left: says that it has, or that it never will. */
export async function settleMootText(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
): Promise<SettledStepOutcome> {
  const known = await lookUp(deps, ctx, intent);
  if (known) return known;
  await markFailed(ctx, {
    notificationId: intent.notificationId,
    failure: 'the incident was closed before it was sent',
  });
  return { outcome: 'undeliverable', at: ctx.now() };
}

async function lookUp(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
): Promise<SettledStepOutcome | null> {
  const ageMs = toMs(ctx.now()) - toMs(intent.claimedAt);
  if (ageMs < deps.settleMs)
    throw new DomainError('DEPENDENCY_TEMPORARY', 'an earlier attempt to send this text is not settled yet', {
      retryAfterMs: deps.settleMs - ageMs,
    });
  if (!(await reclaimIntent(ctx, intent)))
    throw new DomainError('DEPENDENCY_TEMPORARY', 'another attempt is sending this text', { retryAfterMs: 1_000 });
  const sid = await deps.carrier.findText({
    to: intent.to,
    bodyContains: intent.reference,
    sentAfterAt: intent.intendedAt,
  });
  if (sid === null) return null;
  const { sentAt } = await markSent(ctx, { notificationId: intent.notificationId, sid, segments: 1 });
  return { outcome: 'sent', at: sentAt };
}

async function send(deps: TextDependencies, ctx: ServiceContext, intent: OpenIntent): Promise<StepOutcome> {
  try {
    const sent = await deps.carrier.sendText({
      to: intent.to,
      body: intent.body,
      statusCallbackUrl: statusUrl(deps, ctx, intent.notificationId),
    });
    const { sentAt } = await markSent(ctx, {
      notificationId: intent.notificationId,
      sid: sent.sid,
      segments: sent.segments,
    });
    return { outcome: 'sent', at: sentAt };
  } catch (error) {
    if (!(error instanceof CarrierError)) throw error;
    if (error.kind === 'permanent') {
      await markFailed(ctx, { notificationId: intent.notificationId, failure: error.message });
      return { outcome: 'undeliverable', at: ctx.now() };
    }
    if (error.kind === 'temporary') await releaseIntent(ctx, intent.notificationId);
    throw error;
  }
}
