import { type Response, Router } from 'express';
import type { ManualTrack } from '../../domain/redaction/types.ts';
import {
  addManualBoxes,
  approveUnredacted,
  type CameraMasking,
  type RedactionView,
  readRedactions,
  requestRedaction,
  withdrawUnredacted,
} from '../../services/evidence/redaction.ts';
import type { AccessLog } from '../access.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

interface CameraBody {
  /** The incident's own where none is named. */
  cameraId?: string;
}

interface BoxesBody extends CameraBody {
  basedOn: number;
  manual: ManualTrack[];
}

/** Masked derivatives of clips, and whether the original may leave. */
export function redactionRoutes(deps: ApiDependencies, access: AccessLog): Router {
  const router = Router();

  router.get('/v1/incidents/:incidentId/redactions', async (request, response) => {
    const ctx = contextOf(deps, response);
    const view = await readRedactions(ctx, request.params.incidentId);
    await access.consulted(ctx, request.params.incidentId, 'redactions');
    reply(response, 'Redactions', shown(view));
  });
  router.post('/v1/incidents/:incidentId/redactions', async (request, response) => {
    const { incidentId } = request.params;
    const { cameraId } = (request.body ?? {}) as CameraBody;
    const redaction = await requestRedaction(contextOf(deps, response), { incidentId, cameraId });
    await tellEngine(deps, response, incidentId);
    reply(response, 'Redaction', redaction, 202);
  });
  router.post('/v1/incidents/:incidentId/redactions/boxes', async (request, response) => {
    const { incidentId } = request.params;
    const { cameraId, basedOn, manual } = request.body as BoxesBody;
    const redaction = await addManualBoxes(contextOf(deps, response), { incidentId, cameraId, basedOn, manual });
    await tellEngine(deps, response, incidentId);
    reply(response, 'Redaction', redaction, 202);
  });
  router.put('/v1/incidents/:incidentId/unredacted-release', async (request, response) => {
    const { incidentId } = request.params;
    const { cameraId, reason } = request.body as CameraBody & { reason: string };
    const view = await approveUnredacted(contextOf(deps, response), { incidentId, cameraId, reason });
    reply(response, 'Redactions', shown(view));
  });
  router.delete('/v1/incidents/:incidentId/unredacted-release', async (request, response) => {
    const { incidentId } = request.params;
    const { cameraId } = request.query as CameraBody;
    const view = await withdrawUnredacted(contextOf(deps, response), { incidentId, cameraId });
    reply(response, 'Redactions', shown(view));
  });
  return router;
}

function shown({ cameras, ...view }: RedactionView) {
  const shownCameras = cameras.map((camera) => ({ ...camera, release: shownRelease(camera) }));
  const own = shownCameras[0]!;
  return { ...view, approval: own.approval, release: own.release, cameras: shownCameras };
}

/** Without the places in the store, which are nobody's business out here. */
const shownRelease = ({ release }: CameraMasking) =>
  release.allowed
    ? {
        allowed: true,
        as: release.as,
        because: { code: release.because, params: {} },
        artifactId: release.clip.id,
        mapArtifactId: release.redactionMap?.id ?? null,
      }
    : { allowed: false, as: null, because: release.reason, artifactId: null, mapArtifactId: null };

/** It is on record; an engine that is away hears of it from the sweep. */
async function tellEngine(deps: ApiDependencies, response: Response, incidentId: string): Promise<void> {
  await deps.dispatcher
    .dispatch(contextOf(deps, response).actor.tenantId, incidentId)
    .catch((error: unknown) => deps.log(error, { incidentId, what: 'telling the engine' }));
}
