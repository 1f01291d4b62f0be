import express, { type Response, Router } from 'express';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { roles } from '../../domain/permissions.ts';
import type { Role } from '../../domain/types.ts';
import { createSession } from '../../services/access/authenticate.ts';
import { sessionCookie } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { cookieOptions, sessionView } from './estate.ts';

export interface SimulatorOptions {
  carrierUrl: string;
  /** Development keys by role, made by `npm start`. */
  keys: Partial<Record<Role, string>>;
}

const carrierTimeoutMs = 5_000;
/** What a person does with a call; anything else is none of the carrier's handsets. */
const callCommands: readonly string[] = ['answer', 'decline', 'keys', 'hang-up'];

/** Development only: one-click sign-in, and the phones of the carrier simulator on our own port. */
export function simulatorRoutes(deps: ApiDependencies, simulator: SimulatorOptions): Router {
  const router = Router();
  router.use(express.json({ limit: '16kb' }));
  const people = roles.filter((role) => role !== 'device' && simulator.keys[role] !== undefined);

  const carrier = async (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, simulator.carrierUrl), {
      ...init,
      headers: { 'content-type': 'application/json', 'x-floorwalker-simulator': '1' },
      signal: AbortSignal.timeout(carrierTimeoutMs),
    });
  const pass = async (response: Response, answer: globalThis.Response) => {
    response
      .status(answer.status)
      .type('json')
      .send(await answer.text());
  };

  router.get('/info', (_request, response) => {
    response.json({ mode: 'development', roles: people });
  });
  router.post('/session', async (request, response) => {
    const { role } = request.body as { role?: Role };
    const key = role !== undefined && people.includes(role) ? simulator.keys[role] : undefined;
    if (key === undefined) throw invalidField('role', `must be one of ${people.join(', ')}`);
    const { token, actor, expiresAt } = await createSession(deps, key);
    response.cookie(sessionCookie, token, { ...cookieOptions(deps), expires: new Date(expiresAt) });
    response.status(201).json(sessionView(actor, deps.mode));
  });
  router.get('/phones', async (_request, response) => pass(response, await carrier('/phones')));
  router.post('/phones/:number/messages', async (request, response) => {
    await pass(
      response,
      await carrier(`/phones/${encodeURIComponent(request.params.number)}/messages`, {
        method: 'POST',
        body: JSON.stringify(request.body),
      }),
    );
  });
  router.post('/phones/:number/calls/:sid/:command', async (request, response) => {
    const { number, sid, command } = request.params;
    if (!callCommands.includes(command))
      throw new DomainError('NOT_FOUND', `A call can be told to ${callCommands.join(', ')}, and not to ${command}.`);
    const path = `/phones/${encodeURIComponent(number)}/calls/${encodeURIComponent(sid)}/${command}`;
    await pass(response, await carrier(path, { method: 'POST', body: JSON.stringify(request.body ?? {}) }));
  });
  router.get('/stream', async (request, response) => {
    const stop = new AbortController();
    request.once('close', () => stop.abort());
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    try {
      const upstream = await fetch(new URL('/stream', simulator.carrierUrl), {
        headers: { 'x-floorwalker-simulator': '1' },
        signal: stop.signal,
      });
      for await (const chunk of upstream.body ?? []) response.write(chunk);
    } catch (error) {
      if (!stop.signal.aborted) deps.log(error, { path: '/simulator/stream' });
    }
    response.end();
  });
  return router;
}
