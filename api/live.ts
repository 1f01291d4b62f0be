import { createSession } from 'better-sse';
import type { Request, Response } from 'express';
import type { Actor } from '../domain/types.ts';

export interface LiveEvent {
  tenantId: string;
  storeId: string;
  incidentId: string;
  kind: string;
}

export interface LiveEvents {
  publish(event: LiveEvent): void;
  connect(request: Request, response: Response, actor: Actor): Promise<void>;
  clients(): number;
  close(): void;
}

type Session = Awaited<ReturnType<typeof createSession>>;

/** Fans changes out to the browsers that may know of them: same tenant, store in scope, and only what to read again. */
export function createLiveEvents(): LiveEvents {
  const sessions = new Map<Session, Actor>();
  const open = new Set<Response>();
  const maySee = (actor: Actor, event: LiveEvent) =>
    actor.tenantId === event.tenantId && (actor.storeIds === null || actor.storeIds.includes(event.storeId));
  return {
    publish(event) {
      const { incidentId, storeId, kind } = event;
      for (const [session, actor] of sessions)
        if (maySee(actor, event)) session.push({ incidentId, storeId, kind }, 'incident');
    },
    async connect(request, response, actor) {
      const session = await createSession(request, response, { keepAlive: 15_000, retry: 1_000 });
      sessions.set(session, actor);
      open.add(response);
      session.once('disconnected', () => {
        sessions.delete(session);
        open.delete(response);
      });
      session.push({ at: new Date().toISOString() }, 'hello');
    },
    clients: () => sessions.size,
    close() {
      for (const response of open) response.end();
    },
  };
}
