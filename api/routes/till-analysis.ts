import { Router } from 'express';
import type { TillRulesChange } from '../../domain/till/settings.ts';
import { analyseDay, listAnalyses } from '../../services/pos/analyse.ts';
import { dismissException, type ExceptionFilter, listExceptions } from '../../services/pos/exceptions.ts';
import { readTillMeasures } from '../../services/pos/measures.ts';
import { revealOperator } from '../../services/pos/operators.ts';
import { readReceipt } from '../../services/pos/receipt.ts';
import { readTillRules, setTillRules } from '../../services/pos/till-rules.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** What the tills show by themselves: days looked through, what was found, the rules, and the receipts behind it. */
export function tillAnalysisRoutes(deps: ApiDependencies): Router {
  const router = Router();

  router.post('/v1/pos/analyses', async (request, response) => {
    const input = request.body as { storeId: string; day: string };
    reply(response, 'TillAnalysis', await analyseDay(contextOf(deps, response), input));
  });
  router.get('/v1/pos/analyses', async (request, response) => {
    const { limit = 50, ...filter } = request.query as { storeId?: string; limit?: number };
    reply(response, 'TillAnalysisList', { items: await listAnalyses(contextOf(deps, response), { ...filter, limit }) });
  });
  router.get('/v1/pos/exceptions', async (request, response) => {
    const { limit = 50, ...filter } = request.query as Partial<ExceptionFilter>;
    reply(response, 'PosExceptionPage', await listExceptions(contextOf(deps, response), { ...filter, limit }));
  });
  router.post('/v1/pos/exceptions/:exceptionId/dismiss', async (request, response) => {
    const { reason } = request.body as { reason: string };
    const input = { id: request.params.exceptionId, reason };
    reply(response, 'PosException', await dismissException(contextOf(deps, response), input));
  });
  router.get('/v1/pos/rules/:storeId', async (request, response) => {
    reply(response, 'TillRuleSettings', await readTillRules(contextOf(deps, response), request.params.storeId));
  });
  router.put('/v1/pos/rules/:storeId', async (request, response) => {
    const body = request.body as { changed: TillRulesChange; expectedVersion?: number };
    const input = { ...body, storeId: request.params.storeId };
    reply(response, 'TillRuleSettings', await setTillRules(contextOf(deps, response), input));
  });
  router.get('/v1/pos/transactions/:storeId/:terminalId/:transactionId', async (request, response) => {
    reply(response, 'TillReceipt', await readReceipt(contextOf(deps, response), request.params));
  });
  router.post('/v1/pos/operators/reveal', async (request, response) => {
    const input = request.body as { storeId: string; operator: string; reason: string };
    response.setHeader('cache-control', 'no-store');
    reply(response, 'RevealedOperator', await revealOperator(contextOf(deps, response), input));
  });
  router.get('/v1/pos/measures', async (request, response) => {
    const input = request.query as { storeId: string; from: string; to: string };
    reply(response, 'TillMeasures', { items: await readTillMeasures(contextOf(deps, response), input) });
  });
  return router;
}
