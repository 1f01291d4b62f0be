import type { ErrorRequestHandler, Request, Response } from 'express';
import { DomainError, type ErrorCode } from '../domain/errors.ts';
import type { Actor } from '../domain/types.ts';
import { type Consulted, recordConsultation, recordLogRead, recordRefusal } from '../services/audit/access.ts';
import type { ServiceContext } from '../services/context.ts';
import { requestOf } from './auth.ts';
import type { ApiDependencies } from './deps.ts';

type Deps = Pick<ApiDependencies, 'db' | 'now' | 'log'>;

/** A page asks again with every change that it hears of: within this time that is one reading. */
const readingMs = 60_000;
const mostReadings = 5_000;

/** True once for each reading of somebody, until it is over. */
function readings(): (reading: string) => boolean {
  const under = new Map<string, number>();
  return (reading) => {
    const now = Date.now();
    if ((under.get(reading) ?? 0) > now) return false;
    if (under.size >= mostReadings) under.clear();
    under.set(reading, now + readingMs);
    return true;
  };
}

export interface AccessLog {
  /** Of what is on record about the evidence of an incident; called when it was found and before it is sent. */
  consulted(ctx: ServiceContext, incidentId: string, what: Consulted): Promise<void>;
  logRead(ctx: ServiceContext, filter: Record<string, string>): Promise<void>;
}

export function createAccessLog(): AccessLog {
  const isNew = readings();
  return {
    async consulted(ctx, incidentId, what) {
      if (isNew(`${ctx.actor.id}/${ctx.actor.tenantId}/${incidentId}/${what}`))
        await recordConsultation(ctx, { incidentId, what });
    },
    async logRead(ctx, filter) {
      if (isNew(`${ctx.actor.id}/${ctx.actor.tenantId}/${JSON.stringify(filter)}`)) await recordLogRead(ctx, filter);
    },
  };
}

const refusals: ReadonlySet<ErrorCode> = new Set(['FORBIDDEN', 'NOT_FOUND']);

/** Writes down who was refused what, before they are told; the answer does not depend on it. */
export function refusalsOnRecord(deps: Deps): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    const actor = response.locals['actor'] as Actor | undefined;
    if (actor !== undefined && error instanceof DomainError)
      await noteRefusal(deps, actor, error.code, request, response);
    next(error);
  };
}

async function noteRefusal(
  deps: Deps,
  actor: Actor,
  code: ErrorCode,
  request: Request,
  response: Response,
): Promise<void> {
  const subject = subjectOf(request.path);
  // Nothing at an address that has no name in it is a mistake in typing and no attempt.
  if (!refusals.has(code) || (code === 'NOT_FOUND' && subject === null)) return;
  const ctx: ServiceContext = { db: deps.db, now: deps.now, actor, request: requestOf(response) };
  const operation = `${request.method} ${operationOf(request.path)}`;
  await recordRefusal(ctx, { subject: subject ?? `tenant:${actor.tenantId}`, operation, code }).catch(
    (error: unknown) => deps.log(error, { what: 'writing down a refusal' }),
  );
}

const kinds: Record<string, string> = {
  incidents: 'incident',
  packets: 'packet',
  shares: 'share',
  'subject-requests': 'subject_request',
};

/** What the address is about, where that is evidence. */
function subjectOf(path: string): string | null {
  const [, folder = '', id] = /^\/v1\/([a-z-]+)\/([A-Za-z0-9_-]{1,64})(?:\/|$)/.exec(path) ?? [];
  const kind = kinds[folder];
  return kind === undefined || id === undefined ? null : `${kind}:${id}`;
}

/** The address without its ids, and a link's without its token. */
const operationOf = (path: string): string =>
  path
    .replace(/^\/(e|p)\/[^/]+/, '/$1/{token}')
    .replace(/^(\/v1\/[a-z-]+)\/[^/]+/, '$1/{id}')
    .slice(0, 100);
