import { z } from 'zod';
import { isPhoneNumber } from './types.ts';

const rate = z.number().min(0).max(1);

const knobs = z.strictObject({
  /** Wait before a text is taken in. */
  acceptLatencyMs: z.number().int().min(0).max(60_000).default(0),
  /** The next sends answer with this instead; `accepted` takes the text in all the same, as a lost 201 looks from outside. */
  failNextSends: z
    .array(
      z.strictObject({
        status: z.number().int().min(400).max(599),
        code: z.number().int(),
        accepted: z.boolean().default(false),
      }),
    )
    .max(1000)
    .default([]),
  /** The next sends never answer; a plain number means that many which were taken in. */
  hangNextSends: z
    .union([
      z
        .number()
        .int()
        .min(0)
        .max(1000)
        .transform((count) => Array.from({ length: count }, () => ({ accepted: true }))),
      z.array(z.strictObject({ accepted: z.boolean() })).max(1000),
    ])
    .default([]),
  /** Handsets that are switched off: error 30003 instead of a delivery. */
  undeliverable: z.array(z.string().refine(isPhoneNumber, 'not an E.164 number')).default([]),
  /** Share of status callbacks that are never sent. A person's reply is never dropped. */
  dropCallbacks: rate.default(0),
  /** Share of webhooks that are sent twice. */
  duplicateCallbacks: rate.default(0),
  /** The callback about the last status overtakes the one before it. */
  reorder: z.boolean().default(false),
  /** Texts that leave the number each second, the rest queue as at the carrier; null is no limit. */
  throughputPerSecond: z.number().positive().nullable().default(null),
  /** REST requests each second before 429 (20429); null is no limit. */
  requestsPerSecond: z.number().int().positive().nullable().default(null),
  /** Seeds what the rates above decide. */
  seed: z.number().int().min(0).max(0xffffffff).default(1),
});

export type Knobs = z.infer<typeof knobs>;
export type KnobsInput = z.input<typeof knobs>;

/** The knobs in force, and the one stream of chance that they draw from. */
export interface Control {
  knobs: Knobs;
  chance: (rate: number) => boolean;
}

export function createControl(input: KnobsInput = {}): Control {
  const parsed = knobs.parse(input);
  return { knobs: parsed, chance: chanceFrom(parsed.seed) };
}

/** Sets the named knobs and leaves the others; a new seed starts chance over. Returns what is wrong with the input, or null. */
export function turnKnobs(control: Control, input: unknown): string | null {
  const named = knobs.partial().safeParse(input);
  if (!named.success) return z.prettifyError(named.error);
  const keys = new Set(Object.keys(input as object));
  const changes = Object.fromEntries(Object.entries(named.data).filter(([key]) => keys.has(key)));
  control.knobs = { ...control.knobs, ...changes };
  if (keys.has('seed')) control.chance = chanceFrom(control.knobs.seed);
  return null;
}

/** mulberry32: small, seedable, good enough to decide which callback gets lost. */
function chanceFrom(seed: number): (rate: number) => boolean {
  let state = seed;
  return (share) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296 < share;
  };
}
