import { type Response, Router } from 'express';
import type { ManualTrack } from '../../domain/redaction/types.ts';
import {
  addManualBoxes,
  approveUnredacted,
  type RedactionView,
  readRedactions,
  requestRedaction,
  withdrawUnredacted,
} from '../../services/evidence/redaction.ts';
import type { AccessLog } from '../access.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

interface BoxesBody {
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
    const redaction = await requestRedaction(contextOf(deps, response), { incidentId });
    await tellEngine(deps, response, incidentId);
    reply(response, 'Redaction', redaction, 202);
  });
  router.post('/v1/incidents/:incidentId/redactions/boxes', async (request, response) => {
    const { incidentId } = request.params;
    const { basedOn, manual } = request.body as BoxesBody;
    const redaction = await addManualBoxes(contextOf(deps, response), { incidentId, basedOn, manual });
    await tellEngine(deps, response, incidentId);
    reply(response, 'Redaction', redaction, 202);
  });
  router.put('/v1/incidents/:incidentId/unredacted-release', async (request, response) => {
    const { incidentId } = request.params;
    const { reason } = request.body as { reason: string };
    reply(response, 'Redactions', shown(await approveUnredacted(contextOf(deps, response), { incidentId, reason })));
  });
  router.delete('/v1/incidents/:incidentId/unredacted-release', async (request, response) => {
    const { incidentId } = request.params;
    reply(response, 'Redactions', shown(await withdrawUnredacted(contextOf(deps, response), { incidentId })));
  });
  return router;
}

/** Without the places in the store, which are nobody's business out here. */
function shown({ release, ...view }: RedactionView) {
  return {
    ...view,
    release: release.allowed
      ? {
          allowed: true,
          as: release.as,
          because: { code: release.because, params: {} },
          artifactId: release.clip.id,
          mapArtifactId: release.redactionMap?.id ?? null,
        }
      : { allowed: false, as: null, because: release.reason, artifactId: null, mapArtifactId: null },
  };
}

/** It is on record; an engine that is away hears of it from the sweep. */
async function tellEngine(deps: ApiDependencies, response: Response, incidentId: string): Promise<void> {
  await deps.dispatcher
    .dispatch(contextOf(deps, response).actor.tenantId, incidentId)
    .catch((error: unknown) => deps.log(error, { incidentId, what: 'telling the engine' }));
}
