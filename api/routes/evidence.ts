import { Router } from 'express';
import type { components } from '../../schemas/generated/openapi.ts';
import type { ServiceContext } from '../../services/context.ts';
import {
  type CameraSetup,
  readCameraSetup,
  setCameraClock,
  setCameraNeighbours,
} from '../../services/estate/cameras.ts';
import { restoreArtifact } from '../../services/evidence/restore.ts';
import { retryEvidence } from '../../services/evidence/retry.ts';
import { readEvidence } from '../../services/evidence/view.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** What is done about recordings that failed or were altered, and about the cameras that they come from. */
export function evidenceRoutes(deps: ApiDependencies): Router {
  const router = Router();
  router.post('/v1/incidents/:incidentId/evidence/retry', async (request, response) => {
    const { incidentId } = request.params;
    const ctx = contextOf(deps, response);
    await retryEvidence(ctx, { incidentId });
    // It is owed already; whether the engine hears of it now or from the sweep is the same to whoever asked.
    await deps.dispatcher
      .dispatch(ctx.actor.tenantId, incidentId)
      .catch((error: unknown) => deps.log(error, { incidentId }));
    reply(response, 'Evidence', await evidenceView(ctx, incidentId), 202);
  });
  router.post('/v1/incidents/:incidentId/evidence/:artifactId/restore', async (request, response) => {
    const { incidentId, artifactId } = request.params;
    const ctx = contextOf(deps, response);
    await restoreArtifact(ctx, deps.objects, { incidentId, artifactId });
    reply(response, 'Evidence', await evidenceView(ctx, incidentId));
  });
  router.get('/v1/stores/:storeId/cameras/:cameraId', async (request, response) => {
    reply(response, 'CameraSetup', await readCameraSetup(contextOf(deps, response), request.params));
  });
  router.put('/v1/stores/:storeId/cameras/:cameraId/neighbours', async (request, response) => {
    const { neighbours } = request.body as Pick<CameraSetup, 'neighbours'>;
    const input = { ...request.params, neighbours };
    reply(response, 'CameraSetup', await setCameraNeighbours(contextOf(deps, response), input));
  });
  router.put('/v1/stores/:storeId/cameras/:cameraId/clock', async (request, response) => {
    const clock = request.body as { offsetMs: number; errorMs: number; method: string };
    reply(response, 'CameraSetup', await setCameraClock(contextOf(deps, response), { ...clock, ...request.params }));
  });
  return router;
}

async function evidenceView(ctx: ServiceContext, incidentId: string): Promise<components['schemas']['Evidence']> {
  const evidence = await readEvidence(ctx, incidentId);
  return {
    ...evidence,
    artifacts: evidence.artifacts.map((artifact) => ({
      ...artifact,
      url: `/v1/incidents/${incidentId}/evidence/${artifact.id}`,
    })),
  };
}
