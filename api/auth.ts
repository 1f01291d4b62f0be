import type { Request, RequestHandler, Response } from 'express';
import type { Database } from '../adapters/postgres/database.ts';
import { DomainError } from '../domain/errors.ts';
import type { Actor } from '../domain/types.ts';
import { authenticateKey, authenticateSession } from '../services/access/authenticate.ts';
import { type ServiceContext, sha256Hex } from '../services/context.ts';

export const sessionCookie = 'floorwalker_session';
/** A revoked key works for at most this long after. */
const cacheMs = 3_000;
const maxCached = 5_000;

/** Finds the actor of a request by its bearer key or its session cookie; a short memory spares the database. */
export function authentication(db: Database): RequestHandler {
  const known = new Map<string, { actor: Actor; untilMs: number }>();
  const remember = async (key: string, look: () => Promise<Actor>): Promise<Actor> => {
    const hit = known.get(key);
    if (hit && hit.untilMs > Date.now()) return hit.actor;
    known.delete(key);
    const actor = await look();
    if (known.size >= maxCached) known.clear();
    known.set(key, { actor, untilMs: Date.now() + cacheMs });
    return actor;
  };
  return async (request, response, next) => {
    const bearer = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
    const cookie = readSessionCookie(request);
    if (bearer !== undefined)
      response.locals['actor'] = await remember(`k${sha256Hex(bearer)}`, () => authenticateKey(db, bearer));
    else if (cookie !== undefined) {
      refuseForeignWrite(request);
      const key = `s${sha256Hex(cookie)}`;
      response.locals['actor'] = await remember(key, () => authenticateSession(db, cookie));
      // Signing out has to count at once, not when the memory fades.
      if (request.method === 'DELETE' && request.path === '/session') known.delete(key);
    } else throw new DomainError('UNAUTHENTICATED', 'Send `Authorization: Bearer KEY`, or sign in.');
    next();
  };
}

/** A cookie travels by itself, so a write must come from our own pages (the cookie is SameSite=Strict as well). */
function refuseForeignWrite(request: Request): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin')
    throw new DomainError('FORBIDDEN', 'This request came from another site.');
}

export function readSessionCookie(request: Request): string | undefined {
  return new RegExp(`(?:^|;\\s*)${sessionCookie}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1];
}

export function actorOf(response: Response): Actor {
  const actor = response.locals['actor'] as Actor | undefined;
  if (!actor) throw new DomainError('UNAUTHENTICATED', 'Send `Authorization: Bearer KEY`, or sign in.');
  return actor;
}

const longestReason = 200;

/** Who asks, by which request, and why: whoever looks at evidence may say so in `x-access-reason`, for the log. */
export const contextOf = (deps: { db: Database; now: () => string }, response: Response): ServiceContext => ({
  db: deps.db,
  now: deps.now,
  actor: actorOf(response),
  request: requestOf(response),
});

export function requestOf(response: Response): NonNullable<ServiceContext['request']> {
  const reason = response.req.header('x-access-reason')?.trim().slice(0, longestReason);
  return { id: String(response.locals['requestId']), reason: reason === undefined || reason === '' ? null : reason };
}
