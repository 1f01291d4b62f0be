import { setTimeout as delay } from 'node:timers/promises';
import type { Carrier, ReceivedText } from '../adapters/twilio/types.ts';
import { addMs } from '../domain/time.ts';
import { noteWebhook, unseenWebhooks } from '../services/access/authenticate.ts';
import type { ApiDependencies } from './deps.ts';
import { answerReply } from './webhooks/reply.ts';

/** A webhook that is still on its way gets this long; the carrier gives it up after fifteen seconds. */
const onItsWayMs = 20_000;
const clockToleranceMs = 2_000;
/** After a start as far back as an outage may have been, later a little further than the last round that missed nothing. */
const firstReachMs = 24 * 3_600_000;
const overlapMs = 5 * 60_000;

export type MissedAnswers = { sweep(): Promise<number> };

/**
 * An answer that somebody sent while we could not be reached is lost to the webhook and not to the carrier's list. It
 * counts like any other, and is answered by a text of its own.
 */
export function createMissedAnswers(
  deps: ApiDependencies,
  carrier: Pick<Carrier, 'listReceived' | 'sendText'>,
): MissedAnswers {
  let completeAt: string | null = null;
  const deal = async (text: ReceivedText): Promise<void> => {
    const answer = await answerReply(deps, {
      messageSid: text.sid,
      from: text.from,
      body: text.body,
      // The carrier's clock counts whole seconds, and may be a little behind ours.
      writtenAt: addMs(text.receivedAt, clockToleranceMs),
      // Only a webhook says so; the words themselves are understood without it.
      optOutType: undefined,
    });
    await noteWebhook(deps.db, 'sms', text.sid);
    if (answer !== null) await carrier.sendText({ to: text.from, from: text.to, body: answer });
  };
  return {
    async sweep() {
      const now = deps.now();
      const sinceAt = completeAt === null ? addMs(now, -firstReachMs) : addMs(completeAt, -overlapMs);
      const received = (await carrier.listReceived({ sinceAt })).filter(
        ({ receivedAt }) => receivedAt <= addMs(now, -onItsWayMs),
      );
      const unseen = new Set(
        await unseenWebhooks(
          deps.db,
          'sms',
          received.map(({ sid }) => sid),
        ),
      );
      let dealtWith = 0;
      let failed = 0;
      for (const text of received.filter(({ sid }) => unseen.has(sid))) {
        try {
          await deal(text);
          dealtWith += 1;
        } catch (error) {
          failed += 1;
          deps.log(error, { what: 'an answer that was read back', messageSid: text.sid });
        }
      }
      if (failed === 0) completeAt = now;
      return dealtWith;
    },
  };
}

/** Again and again until told to stop; a carrier that cannot be reached is asked again next time. */
export async function runMissedAnswers(
  missed: MissedAnswers,
  options: { everyMs: number; signal: AbortSignal; onError: (error: unknown, about: Record<string, unknown>) => void },
): Promise<void> {
  while (!options.signal.aborted) {
    await missed.sweep().catch((error: unknown) => options.onError(error, { what: 'reading missed answers' }));
    await delay(options.everyMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}
