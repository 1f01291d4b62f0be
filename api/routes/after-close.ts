import { Router } from 'express';
import { decideAppeal, openAppeal } from '../../services/incident/appeal.ts';
import { claimIncident, releaseClaim } from '../../services/incident/claim.ts';
import { correctByPerson, type Exoneration } from '../../services/incident/correct.ts';
import { describeOutcome, type IncidentOutcome } from '../../services/incident/outcome.ts';
import { reopenIncident } from '../../services/incident/reopen.ts';
import { giveSecondReview, type SecondReviewInput } from '../../services/incident/second-review.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

type OutcomeBody = Omit<IncidentOutcome, 'items' | 'notes'> & {
  items: { label: string; quantity: number; amountMinor?: number | null }[];
  notes?: string | null;
};

/** Who has it, what came of it, and what happens when the verdict was wrong. */
export function afterCloseRoutes(deps: ApiDependencies): Router {
  const router = Router();
  router.post('/v1/incidents/:incidentId/claim', async (request, response) => {
    reply(response, 'Claim', await claimIncident(contextOf(deps, response), request.params));
  });
  router.post('/v1/incidents/:incidentId/release', async (request, response) => {
    reply(response, 'Claim', await releaseClaim(contextOf(deps, response), request.params));
  });
  router.put('/v1/incidents/:incidentId/outcome', async (request, response) => {
    const { items, notes = null, ...facts } = request.body as OutcomeBody;
    const outcome = {
      ...facts,
      notes,
      items: items.map(({ amountMinor = null, ...item }) => ({ ...item, amountMinor })),
    };
    const { incidentId } = request.params;
    reply(response, 'Outcome', await describeOutcome(contextOf(deps, response), { incidentId, outcome }));
  });
  router.post('/v1/incidents/:incidentId/correct', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { incidentId } = request.params;
    const { verdict, reasonCode } = request.body as { verdict: Exoneration; reasonCode: string };
    const corrected = await correctByPerson(ctx, { incidentId, verdict, reasonCode });
    await tell(ctx.actor.tenantId, incidentId);
    reply(response, 'Correction', corrected);
  });
  router.post('/v1/incidents/:incidentId/reopen', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { incidentId } = request.params;
    const reopened = await reopenIncident(ctx, {
      incidentId,
      reasonCode: (request.body as { reasonCode: string }).reasonCode,
    });
    await tell(ctx.actor.tenantId, incidentId);
    reply(response, 'Reopened', reopened);
  });
  router.post('/v1/incidents/:incidentId/review', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { incidentId } = request.params;
    const reviewed = await giveSecondReview(ctx, {
      ...(request.body as Omit<SecondReviewInput, 'incidentId'>),
      incidentId,
    });
    await tell(ctx.actor.tenantId, incidentId);
    reply(response, 'Reviewed', reviewed);
  });
  router.post('/v1/incidents/:incidentId/appeals', async (request, response) => {
    const opened = await openAppeal(contextOf(deps, response), {
      incidentId: request.params.incidentId,
      statement: (request.body as { statement: string }).statement,
    });
    reply(response, 'AppealReceipt', { ...opened, statusUrl: `${deps.publicUrl}/a/${opened.number}` }, 201);
  });
  router.post('/v1/incidents/:incidentId/appeals/:appealId/decision', async (request, response) => {
    const ctx = contextOf(deps, response);
    const decided = await decideAppeal(ctx, {
      ...request.params,
      ...(request.body as { granted: boolean; reasonCode: string }),
    });
    await tell(ctx.actor.tenantId, request.params.incidentId);
    reply(response, 'AppealDecision', decided);
  });

  /** Committed already; an engine that is away hears of it by the sweep, and the person need not do it again. */
  const tell = (tenantId: string, incidentId: string): Promise<void> =>
    deps.dispatcher
      .dispatch(tenantId, incidentId)
      .catch((error: unknown) => deps.log(error, { tenantId, incidentId, what: 'telling the engine' }));
  return router;
}
