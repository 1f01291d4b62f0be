import { Router } from 'express';
import { ingestCrossings } from '../../services/detection/crossings.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { parseCrossings } from '../intake.ts';
import { reply } from '../reply.ts';

/** What cameras saw cross. */
export function crossingRoutes(deps: ApiDependencies): Router {
  const router = Router();
  router.post('/v1/crossings', async (request, response) => {
    const receipt = await ingestCrossings(contextOf(deps, response), parseCrossings(request.body));
    reply(response, 'CrossingReceipt', receipt, 202);
  });
  return router;
}
