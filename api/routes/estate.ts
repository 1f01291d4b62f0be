import { Router } from 'express';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission, rolePermissions } from '../../domain/permissions.ts';
import type { Actor } from '../../domain/types.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { createSession, endSession } from '../../services/access/authenticate.ts';
import { type CameraState, listCameras, listStores, reportCameraHealth } from '../../services/estate/read.ts';
import { actorOf, contextOf, readSessionCookie, sessionCookie } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** Only people and devices have sessions: links and our own processes never ask who they are. */
export function sessionView(actor: Actor, mode: ApiDependencies['mode']): components['schemas']['Session'] {
  const { id, displayName, role, tenantId, storeIds } = actor;
  if (role === 'link' || role === 'system') throw new DomainError('FORBIDDEN', 'There is no session to show.');
  return {
    actorId: id,
    displayName,
    role,
    tenantId,
    storeIds: storeIds === null ? null : [...storeIds],
    permissions: [...rolePermissions[role]],
    mode,
  };
}

export const cookieOptions = (deps: Pick<ApiDependencies, 'publicUrl'>) => ({
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: deps.publicUrl.startsWith('https://'),
  path: '/',
});

/** Signing in, before anybody is known. */
export function signInRoutes(deps: ApiDependencies): Router {
  const router = Router();
  router.post('/v1/session', async (request, response) => {
    const { token, actor, expiresAt } = await createSession(deps, (request.body as { apiKey: string }).apiKey);
    response.cookie(sessionCookie, token, { ...cookieOptions(deps), expires: new Date(expiresAt) });
    reply(response, 'Session', sessionView(actor, deps.mode), 201);
  });
  return router;
}

export function estateRoutes(deps: ApiDependencies): Router {
  const router = Router();
  router.get('/v1/session', (_request, response) => {
    reply(response, 'Session', sessionView(actorOf(response), deps.mode));
  });
  router.delete('/v1/session', async (request, response) => {
    const token = readSessionCookie(request);
    if (token !== undefined) await endSession(deps, token);
    response.clearCookie(sessionCookie, cookieOptions(deps)).status(204).end();
  });
  router.get('/v1/stores', async (_request, response) => {
    reply(response, 'StoreList', { items: await listStores(contextOf(deps, response)) });
  });
  router.get('/v1/cameras', async (_request, response) => {
    reply(response, 'CameraList', { items: await listCameras(contextOf(deps, response)) });
  });
  router.put('/v1/cameras/:cameraId/health', async (request, response) => {
    const { storeId, state, at } = request.body as { storeId: string; state: CameraState; at: string };
    await reportCameraHealth(contextOf(deps, response), { cameraId: request.params.cameraId, storeId, state, at });
    response.status(204).end();
  });
  router.get('/v1/stream', async (request, response) => {
    requirePermission(actorOf(response), 'incident.read');
    await deps.live.connect(request, response, actorOf(response));
  });
  return router;
}
