import { Router } from 'express';
import { readIncidentCost } from '../../services/usage/cost.ts';
import { type MessagePrice, readPrices, replacePrices } from '../../services/usage/prices.ts';
import { readUsage } from '../../services/usage/read.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** What was used and what it cost. */
export function usageRoutes(deps: ApiDependencies): Router {
  const router = Router();
  router.get('/v1/usage', async (request, response) => {
    const { from, to } = request.query as { from?: string | Date; to?: string | Date };
    const period = {
      ...(from === undefined ? {} : { from: textOf(from) }),
      ...(to === undefined ? {} : { to: textOf(to) }),
    };
    reply(response, 'Usage', await readUsage(contextOf(deps, response), period));
  });
  router.get('/v1/usage/prices', async (_request, response) => {
    reply(response, 'PriceList', { items: await readPrices(contextOf(deps, response)) });
  });
  router.put('/v1/usage/prices', async (request, response) => {
    const { items } = request.body as { items: MessagePrice[] };
    reply(response, 'PriceList', { items: await replacePrices(contextOf(deps, response), items) });
  });
  router.get('/v1/incidents/:incidentId/cost', async (request, response) => {
    reply(response, 'IncidentCost', await readIncidentCost(contextOf(deps, response), request.params.incidentId));
  });
  return router;
}

/** The validator turns a date-time of the query into a Date. */
const textOf = (value: string | Date): string => (value instanceof Date ? value.toISOString() : value);
