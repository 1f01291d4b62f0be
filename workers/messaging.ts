import type { TextDependencies } from '../activities/send-text.ts';
import { openMailer } from '../adapters/smtp/mailer.ts';
import { createCarrierClient } from '../adapters/twilio/client.ts';
import type { Config } from '../config/env.ts';
import type { LinkOptions } from '../services/notification/intend.ts';

/** POST to the carrier is given up after this; its outcome is then unknown. */
const carrierTimeoutMs = 3_000;
/** Longer than the POST timeout and the carrier's listing lag together. */
const carrierSettleMs = 5_500;
const mailTimeoutMs = 10_000;
/** After this long a message that the carrier does not take is given up, visibly. */
const giveUpAfterMs = 40_000;

/** What every process that tells people something does it with. */
export function openMessaging(
  config: Config,
): TextDependencies & { links: LinkOptions; giveUpAfterMs: number; close: () => void } {
  const mailer =
    config.SMTP_URL === undefined || config.SMTP_FROM === undefined
      ? null
      : openMailer({ url: config.SMTP_URL, from: config.SMTP_FROM, timeoutMs: mailTimeoutMs });
  return {
    carrier: createCarrierClient({
      accountSid: config.TWILIO_ACCOUNT_SID,
      authToken: config.TWILIO_AUTH_TOKEN.reveal(),
      from: config.TWILIO_FROM,
      apiBaseUrl: config.TWILIO_API_BASE_URL,
      timeoutMs: carrierTimeoutMs,
    }),
    mailer,
    messagesPerSecond: config.TWILIO_MESSAGES_PER_SECOND,
    ringTimeoutSeconds: config.FLOORWALKER_RING_SECONDS,
    publicUrl: config.PUBLIC_URL,
    settleMs: carrierSettleMs,
    links: { publicUrl: config.PUBLIC_URL, linkSecret: config.FLOORWALKER_LINK_SECRET.reveal() },
    giveUpAfterMs,
    close: () => mailer?.close(),
  };
}
