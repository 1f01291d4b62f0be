import { setTimeout as wait } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Control } from './knobs.ts';
import { answerError } from './rest-errors.ts';

export type Fields = Partial<Record<string, string>>;

/** A field sent twice arrives as a list; the last one counts. */
export function textFields(request: Request): Fields {
  const body = (request.body ?? {}) as Record<string, string | string[]>;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]),
  );
}

/** A field that may be sent several times. */
export function listField(request: Request, name: string): string[] {
  const value = ((request.body ?? {}) as Record<string, string | string[] | undefined>)[name];
  return value === undefined ? [] : [value].flat();
}

export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Twilio's dates. */
export const rfc2822 = (at: string): string => new Date(at).toUTCString().replace('GMT', '+0000');

/**
 * Takes something in the way the knobs say: late, refused, without an answer, or refused and taken in all the same.
 * `refuseOrTake` returns the answer, or null when it has refused by itself.
 */
export async function takeIn(
  control: Control,
  what: 'Sends' | 'Calls',
  stopped: AbortSignal,
  response: Response,
  refuseOrTake: () => Promise<object | null>,
): Promise<void> {
  const { acceptLatencyMs } = control.knobs;
  if (acceptLatencyMs > 0) await wait(acceptLatencyMs, undefined, { signal: stopped });
  const failure = control.knobs[`failNext${what}`].shift();
  if (failure && !failure.accepted) {
    if (failure.status === 429) response.setHeader('retry-after', '1');
    return answerError(response, failure.status, failure.code, 'Told to fail by the simulator');
  }
  const hang = failure ? undefined : control.knobs[`hangNext${what}`].shift();
  if (hang && !hang.accepted) return;
  const answer = await refuseOrTake();
  if (answer === null || hang) return;
  if (failure) return answerError(response, failure.status, failure.code, 'Told to fail by the simulator');
  response.status(201).json(answer);
}
