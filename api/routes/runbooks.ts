import { randomUUID } from 'node:crypto';
import { type Response, Router } from 'express';
import type { Behaviour } from '../../domain/types.ts';
import { listDrills } from '../../services/drill/list.ts';
import { startDrill } from '../../services/drill/start.ts';
import { releaseTerminal } from '../../services/pos/terminal-hold.ts';
import { commandStep, type StepCommandName } from '../../services/runbook/command.ts';
import { listSteps } from '../../services/runbook/read.ts';
import { openReports } from '../../services/runbook/report.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

interface DrillBody {
  storeId: string;
  cameraId: string;
  zoneId?: string;
  eventType: Behaviour;
  note?: string;
}

/** Steps of runbooks, tills that wait for an attendant, what was prepared for outside parties, and drills. */
export function runbookRoutes(deps: ApiDependencies): Router {
  const router = Router();

  router.get('/v1/incidents/:incidentId/steps', async (request, response) => {
    reply(response, 'StepList', { steps: await listSteps(contextOf(deps, response), request.params.incidentId) });
  });
  router.post('/v1/incidents/:incidentId/steps/:stepId/:command', async (request, response) => {
    const { incidentId, stepId, command } = request.params;
    const { reason } = (request.body ?? {}) as { reason?: string };
    const ctx = contextOf(deps, response);
    const step = await commandStep(ctx, {
      incidentId,
      stepId,
      command: command as StepCommandName,
      ...(reason === undefined ? {} : { reason }),
    });
    await tellEngine(deps, response, incidentId);
    reply(response, 'Step', step);
  });
  router.post('/v1/incidents/:incidentId/release-terminal', async (request, response) => {
    const { incidentId } = request.params;
    const { reason } = request.body as { reason: string };
    const hold = await releaseTerminal(contextOf(deps, response), { incidentId, reason });
    await tellEngine(deps, response, incidentId);
    reply(response, 'TerminalHold', hold);
  });
  router.get('/v1/incidents/:incidentId/reports', async (request, response) => {
    reply(response, 'ReportList', { reports: await openReports(contextOf(deps, response), request.params.incidentId) });
  });

  router.get('/v1/drills', async (request, response) => {
    const { storeId, limit } = request.query as { storeId?: string; limit?: number };
    const drills = await listDrills(contextOf(deps, response), {
      limit: limit ?? 50,
      ...(storeId === undefined ? {} : { storeId }),
    });
    reply(response, 'DrillList', { drills });
  });
  router.post('/v1/drills', async (request, response) => {
    const ctx = contextOf(deps, response);
    const drillId = `drill:${ctx.actor.id}:${request.header('idempotency-key') ?? randomUUID()}`.slice(0, 128);
    const receipt = await startDrill(ctx, { drillId, ...(request.body as DrillBody) });
    if (receipt.start) await deps.dispatcher.start(receipt.start);
    else await deps.dispatcher.dispatch(ctx.actor.tenantId, receipt.incidentId);
    const { incidentId, disposition } = receipt;
    reply(response, 'DrillReceipt', { drillId, incidentId, disposition }, 202);
  });
  return router;
}

/** The word that was given is on record; an engine that is away hears of it from the sweep. */
async function tellEngine(deps: ApiDependencies, response: Response, incidentId: string): Promise<void> {
  await deps.dispatcher
    .dispatch(contextOf(deps, response).actor.tenantId, incidentId)
    .catch((error: unknown) => deps.log(error, { incidentId }));
}
