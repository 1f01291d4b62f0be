import type { RequestHandler } from 'express';
import { invalidField } from '../domain/errors.ts';

const longestPath = 200;

/** A NUL, or half of a surrogate pair: legal in JSON, but no Postgres text can hold them. */
const unstorable = /\0|\p{Surrogate}/u;

/** Throws VALIDATION that names the first string (or key) that could not be stored. A loop, so that depth cannot hurt. */
export function requireStorable(body: unknown): void {
  const waiting: { value: unknown; path: string }[] = [{ value: body, path: '' }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && unstorable.test(value))
      throw invalidField(path === '' ? 'body' : path, 'holds a NUL or half a surrogate pair, which cannot be stored');
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, part] of Object.entries(value)) {
      if (unstorable.test(key))
        throw invalidField(path === '' ? 'body' : path, 'has a key with a NUL or half a surrogate pair in it');
      waiting.push({ value: part, path: (path === '' ? key : `${path}.${key}`).slice(0, longestPath) });
    }
  }
}

export const storableOnly: RequestHandler = (request, _response, next) => {
  if (/%00/.test(request.url)) throw invalidField('url', 'holds a NUL, which nothing here is named with');
  requireStorable(request.body);
  next();
};
