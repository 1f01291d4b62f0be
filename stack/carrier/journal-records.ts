import { z } from 'zod';
import { callEvents, callStatuses } from './types.ts';

const status = z.enum(['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'received']);
const outcome = z.object({
  outcome: z.enum(['delivered', 'failed', 'dropped']),
  attempts: z.number(),
  reason: z.string().nullable(),
  at: z.string(),
});
const line = z.object({
  kind: z.enum(['said', 'key']),
  text: z.string(),
  language: z.string().nullable(),
  at: z.string(),
});

/** One line of the journal. Fields that came later have defaults, so that older directories still open. */
export const journalRecord = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    message: z.object({
      sid: z.string(),
      direction: z.enum(['inbound', 'outbound-api', 'outbound-reply']),
      from: z.string(),
      to: z.string(),
      body: z.string(),
      segments: z.number(),
      status,
      receivedAt: z.string(),
      sentAt: z.string().nullable(),
      updatedAt: z.string(),
      errorCode: z.number().nullable(),
      price: z.string().nullable().default(null),
      ordinal: z.number().default(0),
      statusCallbackUrl: z.string().nullable(),
      webhooks: z.partialRecord(status, outcome),
    }),
  }),
  z.object({
    kind: z.literal('status'),
    sid: z.string(),
    status,
    at: z.string(),
    errorCode: z.number().nullable(),
    price: z.string().nullable().default(null),
  }),
  z.object({ kind: z.literal('webhook'), sid: z.string(), event: status, outcome }),
  z.object({ kind: z.literal('phone'), number: z.string(), label: z.string(), role: z.string() }),
  z.object({ kind: z.literal('opt_out'), number: z.string(), optedOut: z.boolean() }),
  z.object({
    kind: z.literal('call'),
    order: z.object({
      sid: z.string(),
      from: z.string(),
      to: z.string(),
      url: z.string().nullable(),
      method: z.enum(['GET', 'POST']),
      twiml: z.string().nullable(),
      statusCallbackUrl: z.string().nullable(),
      statusCallbackEvents: z.array(z.enum(callEvents)),
      detectMachine: z.boolean(),
      ringTimeoutSeconds: z.number(),
      receivedAt: z.string(),
      ordinal: z.number(),
    }),
  }),
  z.object({
    kind: z.literal('call_status'),
    sid: z.string(),
    status: z.enum(callStatuses),
    at: z.string(),
    answeredBy: z.enum(['human', 'machine']).nullable(),
    sipCode: z.number().nullable(),
    price: z.string().nullable(),
    problem: z.string().nullable(),
  }),
  z.object({ kind: z.literal('call_document'), sid: z.string(), url: z.string().nullable(), body: z.string() }),
  /** A step is done; what it said comes with it. */
  z.object({ kind: z.literal('call_step'), sid: z.string(), position: z.number(), line: line.nullable() }),
  /** A key; `heardBy` is the gather that took it, if one was listening. */
  z.object({ kind: z.literal('call_key'), sid: z.string(), line, heardBy: z.string().nullable() }),
  z.object({ kind: z.literal('call_webhook'), sid: z.string(), event: z.enum(callEvents), outcome }),
]);

export type JournalRecord = z.infer<typeof journalRecord>;
