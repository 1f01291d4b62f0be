import type { Request, RequestHandler } from 'express';
import { DomainError } from '../../domain/errors.ts';
import type { Actor } from '../../domain/types.ts';
import { noteWebhook, webhookSeen } from '../../services/access/authenticate.ts';
import type { ServiceContext } from '../../services/context.ts';
import type { ApiDependencies } from '../deps.ts';

/** Whoever cannot sign is not the carrier. The URL must be the one the carrier was given, so it is built from PUBLIC_URL. */
export function requireSignature(deps: ApiDependencies): RequestHandler {
  return (request: Request, _response, next) => {
    const valid = deps.verifySignature({
      tokens: deps.carrierTokens,
      signature: request.header('x-twilio-signature'),
      url: `${deps.publicUrl}${request.originalUrl}`,
      // Anything but a form was not read, and no carrier sends it.
      params: (request.body ?? {}) as Record<string, string>,
    });
    if (!valid) throw new DomainError('FORBIDDEN', 'The signature of this webhook is missing or wrong.');
    next();
  };
}

/** Does the work once. Noted only afterwards: had we died before, the carrier's retry must be dealt with, not refused. */
export async function once<T>(deps: ApiDependencies, source: string, id: string, work: () => Promise<T>): Promise<T> {
  if (await webhookSeen(deps.db, source, id)) throw new DomainError('CONFLICT', 'This webhook was dealt with before.');
  const result = await work();
  await noteWebhook(deps.db, source, id);
  return result;
}

/** The fields of a form or a query by name; all of them must be there. */
export function fieldsOf<Name extends string>(source: unknown, names: readonly Name[]): Record<Name, string> {
  const given = (source ?? {}) as Record<string, unknown>;
  if (!names.every((name) => typeof given[name] === 'string' && given[name] !== ''))
    throw new DomainError('VALIDATION', `${list(names)} are needed.`);
  return given as Record<Name, string>;
}

const list = (names: readonly string[]) =>
  names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** The carrier reports what became of something; who answers is named by our own record of it. */
export function carrierContext(deps: ApiDependencies, tenantId: string): ServiceContext {
  const actor: Actor = { id: 'system:carrier', displayName: 'Carrier', role: 'system', tenantId, storeIds: null };
  return { db: deps.db, now: deps.now, actor };
}
