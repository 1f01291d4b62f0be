import { createHash } from 'node:crypto';

export const parts = ['worker', 'api', 'temporal', 'postgres', 'carrier'] as const;
/** What evidence goes through; `ffmpeg` is whichever runs just then. */
export const evidenceParts = ['worker', 'media', 'api', 'postgres', 'minio', 'ffmpeg'] as const;
export type Part = (typeof parts)[number] | (typeof evidenceParts)[number];

export interface PlannedKill {
  part: Part;
  /** After the one before it. */
  afterMs: number;
}

/** What a person does with one message: nothing at all, or an answer after a while. */
export type Behaviour =
  | { kind: 'ignores' }
  | { kind: 'answers'; digit: '1' | '2' | '3' | '4'; afterMs: number }
  /** Of a call only: it is not taken. */
  | { kind: 'declines'; afterMs: number };

/** A number from 0 to 1 that is the same for the same seed and name, whatever was asked before. */
export function chance(seed: number, name: string): number {
  return createHash('sha256').update(`${seed}:${name}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** Every part is killed equally often and in no order; gaps are spread around their mean from nearly none to twice. */
export function planKills(
  seed: number,
  count: number,
  meanGapMs: number,
  among: readonly Part[] = parts,
): PlannedKill[] {
  return Array.from({ length: count }, (_, index) => ({
    part: shuffled(among, seed, Math.floor(index / among.length))[index % among.length]!,
    afterMs: Math.round(meanGapMs * (0.1 + 1.8 * chance(seed, `gap:${index}`))),
  }));
}

const shuffled = (among: readonly Part[], seed: number, round: number): Part[] =>
  [...among].sort((a, b) => chance(seed, `order:${round}:${a}`) - chance(seed, `order:${round}:${b}`));

/** Of ten people four answer in time, two too late, one says that they are not sure, and three never look. */
export function behaviourOf(
  seed: number,
  message: { event: number; step: number; channel: string; timeoutMs: number },
): Behaviour {
  const name = `${message.event}:${message.step}`;
  const kind = chance(seed, `kind:${name}`);
  const pace = chance(seed, `pace:${name}`);
  const inTimeMs = Math.round(message.timeoutMs * (0.1 + 0.6 * pace));
  if (message.channel === 'voice') {
    if (kind < 0.5) return { kind: 'answers', digit: '4', afterMs: inTimeMs };
    return kind < 0.75 ? { kind: 'declines', afterMs: inTimeMs } : { kind: 'ignores' };
  }
  const digit = (['1', '2', '4'] as const)[Math.floor(chance(seed, `digit:${name}`) * 3)]!;
  if (kind < 0.4) return { kind: 'answers', digit, afterMs: inTimeMs };
  if (kind < 0.6) return { kind: 'answers', digit, afterMs: Math.round(message.timeoutMs * (1.1 + pace)) };
  if (kind < 0.7) return { kind: 'answers', digit: '3', afterMs: inTimeMs };
  return { kind: 'ignores' };
}
