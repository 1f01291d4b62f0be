import { setTimeout as delay } from 'node:timers/promises';
import { MailError, type Mailer } from '../adapters/smtp/types.ts';
import { pickNumber } from '../adapters/twilio/pool.ts';
import type { Carrier } from '../adapters/twilio/types.ts';
import { CarrierError } from '../adapters/twilio/types.ts';
import { DomainError } from '../domain/errors.ts';
import { toMs } from '../domain/time.ts';
import type { ServiceContext } from '../services/context.ts';
import { noteOptOutOfRecipient, placedCallSids } from '../services/notification/carrier-facts.ts';
import type { OpenIntent } from '../services/notification/intend.ts';
import { takeSendSlot } from '../services/notification/pacing.ts';
import { markFailed, markSent, reclaimIntent, releaseIntent } from '../services/notification/settle.ts';
import type { SettledStepOutcome, StepOutcome } from './contracts.ts';

export interface TextDependencies {
  carrier: Carrier;
  /** Null: no mail server is configured, and a message by e-mail is a visible failure. */
  mailer: Mailer | null;
  publicUrl: string;
  /** Longer than the carrier's POST timeout and the lag of its list together: only then does "not listed" mean "not sent". */
  settleMs: number;
  /** What one of our numbers may send. */
  messagesPerSecond: number;
  /** How long a call rings. */
  ringTimeoutSeconds: number;
}

/** A first text may wait this long for its number; the slow path has more patience. */
const quickPaceMs = 300;
const patientPaceMs = 3_000;
/** With the carrier's own time-out and the lag of its list this is less than `settleMs`. */
const renewAfterMs = 1_000;
/** What the carrier answers for somebody who has said STOP. */
const optedOutCode = 21610;

/** Sends a message for an intent that this very call wrote. Anything doubtful is left to `resumeText`. */
export async function sendFreshText(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
): Promise<StepOutcome> {
  try {
    return await send(deps, ctx, intent, quickPaceMs);
  } catch (error) {
    const doubtful =
      error instanceof CarrierError
        ? error.kind !== 'permanent'
        : error instanceof DomainError && error.code === 'DEPENDENCY_TEMPORARY';
    if (doubtful) return { outcome: 'unsettled', at: ctx.now() };
    throw error;
  }
}

/**
 * Takes over a message whose earlier attempt may or may not have reached the carrier: waits until the carrier's list is
 * settled, looks it up there, and only then sends. A compare-and-swap on the claim keeps two attempts from both sending.
 */
export async function resumeText(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
): Promise<StepOutcome> {
  const found = await lookUp(deps, ctx, intent);
  return 'outcome' in found ? found : send(deps, ctx, { ...intent, ...found }, patientPaceMs);
}

/** The incident was closed before anybody knew whether this message had left: says that it has, or that it never will. */
export async function settleMootText(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
): Promise<SettledStepOutcome> {
  const found = await lookUp(deps, ctx, intent);
  return 'outcome' in found ? found : settleUnsent(ctx, intent);
}

async function settleUnsent(ctx: ServiceContext, { notificationId }: OpenIntent): Promise<SettledStepOutcome> {
  await markFailed(ctx, { notificationId, failure: 'the incident was closed before it was sent' });
  return { outcome: 'undeliverable', at: ctx.now() };
}

const sentAs = (intent: OpenIntent, sentAt: string): SettledStepOutcome => ({
  outcome: 'sent',
  at: sentAt,
  ...(intent.shiftEndsAt === null ? {} : { shiftEndsAt: intent.shiftEndsAt }),
});

/** What is known of an intent that was sent before. */
export const outcomeOf = (intent: OpenIntent): SettledStepOutcome =>
  intent.outcome === 'undeliverable'
    ? { outcome: 'undeliverable', at: intent.settledAt ?? intent.claimedAt }
    : sentAs(intent, intent.settledAt ?? intent.claimedAt);

/** What became of it; or, when it never left, that it is ours now and since when. */
async function lookUp(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
): Promise<SettledStepOutcome | { claimedAt: string }> {
  const ageMs = toMs(ctx.now()) - toMs(intent.claimedAt);
  if (ageMs < deps.settleMs)
    throw new DomainError('DEPENDENCY_TEMPORARY', 'an earlier attempt to send this message is not settled yet', {
      retryAfterMs: deps.settleMs - ageMs,
    });
  const neverTried = intent.claimedAt.startsWith('1970-');
  const claimedAt = await reclaimIntent(ctx, intent);
  if (claimedAt === null) throw takenByAnother();
  if (neverTried) return { claimedAt };
  if (intent.channel === 'email') return giveUpMail(ctx, intent);
  const sid =
    intent.channel === 'voice'
      ? await deps.carrier.findCall({
          to: intent.to,
          placedAfterAt: intent.intendedAt,
          exceptSids: await placedCallSids(ctx, { sinceAt: intent.intendedAt }),
        })
      : await deps.carrier.findText({
          to: intent.to,
          bodyContains: intent.reference,
          sentAfterAt: intent.intendedAt,
        });
  if (sid === null) return { claimedAt };
  const { sentAt } = await markSent(ctx, { notificationId: intent.notificationId, sid, segments: 1 });
  return sentAs(intent, sentAt);
}

/** A mail server has no list to look into; rather the next person is told than this one twice. */
async function giveUpMail(ctx: ServiceContext, intent: OpenIntent): Promise<SettledStepOutcome> {
  await markFailed(ctx, {
    notificationId: intent.notificationId,
    failure: 'nobody knows whether the mail server took it, so it is not sent again',
  });
  return { outcome: 'undeliverable', at: ctx.now() };
}

async function send(
  deps: TextDependencies,
  ctx: ServiceContext,
  written: OpenIntent,
  paceMs: number,
): Promise<StepOutcome> {
  const intent = written.channel === 'email' ? written : await awaitTurn(deps, ctx, written, paceMs);
  if (intent === null) return settleUnsent(ctx, written);
  try {
    const sent = await handOver(deps, ctx, intent);
    const { sentAt } = await markSent(ctx, { notificationId: intent.notificationId, ...sent });
    return sentAs(intent, sentAt);
  } catch (error) {
    if (error instanceof MailError) return settleMailError(ctx, intent, error);
    if (!(error instanceof CarrierError)) throw error;
    if (error.kind === 'permanent') {
      await markFailed(ctx, { notificationId: intent.notificationId, failure: error.message });
      // They said STOP where we did not hear it; from now on they are reached another way.
      if (error.code === optedOutCode) await noteOptOutOfRecipient(ctx, { notificationId: intent.notificationId });
      return { outcome: 'undeliverable', at: ctx.now() };
    }
    if (error.kind === 'temporary') await releaseIntent(ctx, intent);
    throw error;
  }
}

async function settleMailError(ctx: ServiceContext, intent: OpenIntent, error: MailError): Promise<StepOutcome> {
  if (error.kind === 'temporary') {
    await releaseIntent(ctx, intent);
    throw new DomainError('DEPENDENCY_TEMPORARY', error.message, { retryAfterMs: 1_000, cause: error });
  }
  await markFailed(ctx, { notificationId: intent.notificationId, failure: error.message });
  return { outcome: 'undeliverable', at: ctx.now() };
}

/** Over the channel that the intent names; the only place where something leaves the house. */
async function handOver(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
): Promise<{ sid: string; segments: number; from?: string }> {
  if (intent.to === '') throw new CarrierError('permanent', 'this person has no number or address any more');
  if (intent.channel === 'email') {
    if (!deps.mailer) throw new MailError('permanent', 'no mail server is configured: set SMTP_URL');
    const messageId = `${intent.notificationId}@floorwalker`;
    await deps.mailer.send({ to: intent.to, subject: intent.subject, text: intent.body, messageId });
    return { sid: messageId, segments: 0 };
  }
  const from = pickNumber(deps.carrier.numbers, intent.to);
  const query = `tenant=${encodeURIComponent(ctx.actor.tenantId)}&notification=${encodeURIComponent(intent.notificationId)}`;
  if (intent.channel === 'voice') {
    const { sid } = await deps.carrier.placeCall({
      to: intent.to,
      from,
      // An API that restarts while the phone is picked up is asked again; the fragment is the carrier's and is not signed.
      menuUrl: `${deps.publicUrl}/webhooks/twilio/voice?${query}#rc=3&rp=all`,
      statusCallbackUrl: `${deps.publicUrl}/webhooks/twilio/call-status?${query}`,
      ringTimeoutSeconds: deps.ringTimeoutSeconds,
    });
    return { sid, segments: 0, from };
  }
  const { sid, segments } = await deps.carrier.sendText({
    to: intent.to,
    from,
    body: intent.body,
    statusCallbackUrl: `${deps.publicUrl}/webhooks/twilio/status?${query}`,
  });
  return { sid, segments, from };
}

/**
 * Waits until our number may send. Carriers block numbers that send too fast; the guard stays whatever the severity. Others
 * take a message over when it has been ours for `settleMs`, so one that waited long, for its number or for a machine with
 * other things to do, is claimed anew or left to them. Null: the incident was closed meanwhile.
 */
async function awaitTurn(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: OpenIntent,
  maxWaitMs: number,
): Promise<OpenIntent | null> {
  const { notificationId } = intent;
  const number = pickNumber(deps.carrier.numbers, intent.to);
  const pace = { number, messagesPerSecond: deps.messagesPerSecond, maxWaitMs };
  const slot = await takeSendSlot(ctx, { notificationId, ...pace });
  if (slot.moot) return null;
  if (!slot.taken) {
    await releaseIntent(ctx, intent);
    throw new DomainError('DEPENDENCY_TEMPORARY', 'the sending number is busy', { retryAfterMs: slot.waitMs });
  }
  if (slot.waitMs > 0) await delay(slot.waitMs);
  if (toMs(ctx.now()) - toMs(intent.claimedAt) < renewAfterMs) return intent;
  const claimedAt = await reclaimIntent(ctx, intent);
  if (claimedAt === null) throw takenByAnother();
  return { ...intent, claimedAt };
}

const takenByAnother = () =>
  new DomainError('DEPENDENCY_TEMPORARY', 'another attempt is sending this message', { retryAfterMs: 1_000 });
