import { z } from 'zod';
import { isPhoneNumber } from './types.ts';

const rate = z.number().min(0).max(1);
const delayMs = z.number().int().min(0).max(600_000);
const phoneNumber = z.string().refine(isPhoneNumber, 'not an E.164 number');

const failures = z
  .array(
    z.strictObject({
      status: z.number().int().min(400).max(599),
      code: z.number().int(),
      accepted: z.boolean().default(false),
    }),
  )
  .max(1000)
  .default([]);
const hangs = z
  .union([
    z
      .number()
      .int()
      .min(0)
      .max(1000)
      .transform((count) => Array.from({ length: count }, () => ({ accepted: true }))),
    z.array(z.strictObject({ accepted: z.boolean() })).max(1000),
  ])
  .default([]);

const lifeMs = z.strictObject({ sending: delayMs, sent: delayMs, delivered: delayMs });
const callMs = z.strictObject({
  /** Queued until dialled, and dialled until it rings. */
  initiated: delayMs,
  ringing: delayMs,
  /** How long it rings before `voice` acts. */
  answer: delayMs,
  /** How long it takes to tell a person from a machine. */
  detection: delayMs,
  /** How long `voice` thinks before it presses a key. */
  key: delayMs,
  /** Speech takes this for each character; 0 says everything at once. */
  sayPerCharacter: delayMs,
  /** How long a machine records before it hangs up. */
  machineHangsUp: delayMs,
});

export type LifeMs = z.infer<typeof lifeMs>;
type CallMs = z.infer<typeof callMs>;

const DEFAULT_LIFE_MS: LifeMs = { sending: 10, sent: 40, delivered: 150 };
const DEFAULT_CALL_MS: CallMs = {
  ...{ initiated: 20, ringing: 80, answer: 300, detection: 100, key: 200 },
  ...{ sayPerCharacter: 0, machineHangsUp: 30_000 },
};

const behaviour = z.enum(['answer', 'no_answer', 'busy', 'machine', 'decline', 'failed']);
const voice = z.record(
  z.string().refine((number) => number === '*' || isPhoneNumber(number), 'neither * nor an E.164 number'),
  z.union([
    behaviour.transform((does) => ({ does, keys: '' })),
    z.strictObject({
      does: behaviour,
      keys: z
        .string()
        .regex(/^[0-9*#]*$/)
        .default(''),
    }),
  ]),
);

/** Errors that the carriers behind the carrier report later, by status callback. */
export const deliveryErrors = {
  30003: 'Unreachable destination handset',
  30005: 'Unknown destination handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Message filtered',
  30008: 'Unknown error',
} as const;
const deliveryError = z.union([
  z.literal(30003),
  z.literal(30005),
  z.literal(30006),
  z.literal(30007),
  z.literal(30008),
]);

/** Everything that can be turned, with what it is when nobody turns it. */
export const knobsSchema = z.strictObject({
  /** Wait before a text or a call is taken in. */
  acceptLatencyMs: z.number().int().min(0).max(60_000).default(0),
  /** How long a text stays queued, sending and sent; named steps change, the others stay. */
  lifeMs: lifeMs.partial().default({}),
  /** The same for calls. */
  callMs: callMs.partial().default({}),
  /** The next sends answer with this instead; `accepted` takes the text in all the same, as a lost 201 looks from outside. */
  failNextSends: failures,
  /** The next sends never answer; a plain number means that many which were taken in. */
  hangNextSends: hangs,
  /** The same for calls. */
  failNextCalls: failures,
  hangNextCalls: hangs,
  /** Handsets that are switched off: error 30003 instead of a delivery. */
  undeliverable: z.array(phoneNumber).default([]),
  /** Handsets whose texts end undelivered with this error. */
  deliveryErrors: z.record(phoneNumber, deliveryError).default({}),
  /** Numbers that cannot be texted: 21614 at once. They can be called. */
  landlines: z.array(phoneNumber).default([]),
  /** A trial account reaches only these: 21608 for a text to another, 21219 for a call. Null is a full account. */
  verifiedOnly: z.array(phoneNumber).nullable().default(null),
  /** What a handset does with a call; `*` stands for all others. Unnamed ones ring and wait for a person. */
  voice: voice.default({}),
  /** Share of status callbacks that are never sent. A person's reply is never dropped. */
  dropCallbacks: rate.default(0),
  /** Share of webhooks that are sent twice. */
  duplicateCallbacks: rate.default(0),
  /** Share of status callbacks that the next one overtakes; true is all of them. */
  reorder: z.union([z.boolean().transform(Number), rate]).default(0),
  /** Status callbacks are sent this much later; null is at once. */
  callbackDelayMs: z
    .strictObject({ min: delayMs, max: delayMs })
    .refine(({ min, max }) => min <= max, 'min is larger than max')
    .nullable()
    .default(null),
  /** Texts that leave each number in a second, the rest queue as at the carrier; null is no limit. */
  throughputPerSecond: z.number().positive().nullable().default(null),
  /** Calls that the account dials in a second, the rest queue; null is no limit, Twilio starts with 1. */
  callsPerSecond: z.number().positive().nullable().default(null),
  /** REST requests each second before 429 (20429); null is no limit. */
  requestsPerSecond: z.number().int().positive().nullable().default(null),
  /** Dollars for each segment; a message's price is null until it is delivered, then such as "-0.0400". */
  pricePerSegment: z.number().min(0).default(0.04),
  /** Dollars for each started minute of an answered call. */
  pricePerMinute: z.number().min(0).default(0.014),
  /** Seeds what the shares above decide. */
  seed: z.number().int().min(0).max(0xffffffff).default(1),
});

type Knobs = Omit<z.infer<typeof knobsSchema>, 'lifeMs' | 'callMs'> & { lifeMs: LifeMs; callMs: CallMs };
export type KnobsInput = z.input<typeof knobsSchema>;

/** The knobs in force. */
export interface Control {
  knobs: Knobs;
}

export function createControl(input: KnobsInput = {}): Control {
  const parsed = knobsSchema.parse(input);
  return {
    knobs: {
      ...parsed,
      lifeMs: { ...DEFAULT_LIFE_MS, ...parsed.lifeMs },
      callMs: { ...DEFAULT_CALL_MS, ...parsed.callMs },
    },
  };
}

/** Sets the named knobs and leaves the others. Returns what is wrong with the input, or null. */
export function turnKnobs(control: Control, input: unknown): string | null {
  const named = knobsSchema.partial().safeParse(input);
  if (!named.success) return z.prettifyError(named.error);
  const keys = new Set(Object.keys(input as object));
  const changes = Object.fromEntries(Object.entries(named.data).filter(([key]) => keys.has(key)));
  control.knobs = {
    ...control.knobs,
    ...changes,
    lifeMs: { ...control.knobs.lifeMs, ...(keys.has('lifeMs') ? named.data.lifeMs : {}) },
    callMs: { ...control.knobs.callMs, ...(keys.has('callMs') ? named.data.callMs : {}) },
  };
  return null;
}

/**
 * A number from 0 up to 1 that depends on the seed and on what is decided, and on nothing else: the same run loses the same callbacks
 * however its events interleave, and a restart does not change its mind. FNV-1a, mixed as in mulberry32.
 */
export function draw({ knobs: { seed } }: Control, about: string): number {
  let state = 0x811c9dc5 ^ seed;
  for (const character of about) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

/** Whether what has this share happens here. */
export const happens = (control: Control, share: number, about: string): boolean => draw(control, about) < share;
