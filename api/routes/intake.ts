import { type RequestHandler, Router } from 'express';
import { DomainError } from '../../domain/errors.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { ingestPosEvents } from '../../services/pos/ingest.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { parseDetectionRequest, parsePosEvents } from '../intake.ts';
import { reply } from '../reply.ts';

/** More than this at once and the caller is asked to come back: a queue here would only hide the load. */
const maxInFlight = 400;

export function intakeRoutes(deps: ApiDependencies): Router {
  const router = Router();
  const limited = backPressure();
  router.post('/v1/detections', limited, async (request, response) => {
    const detection = parseDetectionRequest(request.headers, request.body);
    const { start, nothingToTell, ...receipt } = await ingestDetection(contextOf(deps, response), detection);
    const { tenantId } = contextOf(deps, response).actor;
    if (start) await deps.dispatcher.start(start);
    // A merge is told by signal; and the first sender of a duplicate may have died between the row and the start.
    else if (!nothingToTell) await deps.dispatcher.dispatch(tenantId, receipt.incidentId);
    reply(response, 'DetectionReceipt', receipt, 202);
  });
  router.post('/v1/pos/events', limited, async (request, response) => {
    const { incidentIds, ...receipt } = await ingestPosEvents(contextOf(deps, response), parsePosEvents(request.body));
    // The lines are stored; a late receipt that cannot be told now is told by the sweep.
    const { tenantId } = contextOf(deps, response).actor;
    for (const incidentId of incidentIds)
      await deps.dispatcher.dispatch(tenantId, incidentId).catch((error: unknown) => deps.log(error, { incidentId }));
    reply(response, 'PosReceipt', receipt, 202);
  });
  return router;
}

/** Refuses what comes while too much is being worked on; each has a count of its own. */
export function backPressure(): RequestHandler {
  let inFlight = 0;
  return (_request, response, next) => {
    if (inFlight >= maxInFlight)
      throw new DomainError(
        'DEPENDENCY_TEMPORARY',
        'Too many requests are being worked on. Send this one again shortly.',
        { retryAfterMs: 1_000 },
      );
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    next();
  };
}
