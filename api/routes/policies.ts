import { type Response, Router } from 'express';
import { requirePermission } from '../../domain/permissions.ts';
import { assignStorePolicy, readRiskGroup, readStorePolicy, setRiskGroup } from '../../services/policy/assign.ts';
import {
  activatePolicy,
  createPolicy,
  type DraftInput,
  rollbackPolicy,
  saveDraft,
  submitPolicy,
  validatePolicy,
  withdrawPolicy,
} from '../../services/policy/lifecycle.ts';
import { policySchema } from '../../services/policy/schema-problems.ts';
import { type SimulateInput, simulatePolicy } from '../../services/policy/simulate.ts';
import { listPolicies, readPolicy, readPolicyVersion } from '../../services/policy/versions.ts';
import { actorOf, contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

const versionOf = (body: unknown): number => (body as { version: number }).version;

/** Policies are documents that people write: drafts, reviews, what they would have done, and who runs with which. */
export function policyRoutes(deps: ApiDependencies): Router {
  const router = Router();
  const ctxOf = (response: Response) => contextOf(deps, response);

  router.get('/v1/policies', async (_request, response) => {
    reply(response, 'PolicyList', { items: await listPolicies(ctxOf(response)) });
  });
  router.post('/v1/policies', async (request, response) => {
    reply(response, 'PolicyVersion', await createPolicy(ctxOf(response), request.body as DraftInput), 201);
  });
  router.get('/v1/policies/schema', (_request, response) => {
    requirePermission(actorOf(response), 'estate.read');
    response.json(policySchema);
  });
  router.post('/v1/policies/validate', (request, response) => {
    const problems = validatePolicy(ctxOf(response), request.body as { source: string; id?: string });
    reply(response, 'PolicyValidation', { valid: problems.length === 0, problems });
  });
  router.get('/v1/policies/:policyId', async (request, response) => {
    reply(response, 'PolicyDetail', await readPolicy(ctxOf(response), request.params.policyId));
  });
  router.put('/v1/policies/:policyId/draft', async (request, response) => {
    const input = { ...(request.body as DraftInput), id: request.params.policyId };
    reply(response, 'PolicyVersion', await saveDraft(ctxOf(response), input));
  });
  router.get('/v1/policies/:policyId/versions/:version', async (request, response) => {
    const input = { id: request.params.policyId, version: Number(request.params.version) };
    reply(response, 'PolicyVersion', await readPolicyVersion(ctxOf(response), input));
  });
  const steps = {
    submit: submitPolicy,
    activate: activatePolicy,
    withdraw: withdrawPolicy,
    rollback: rollbackPolicy,
  };
  for (const [step, verb] of Object.entries(steps))
    router.post(`/v1/policies/:policyId/${step}`, async (request, response) => {
      const { policyId } = request.params as { policyId: string };
      reply(response, 'PolicyVersion', await verb(ctxOf(response), { id: policyId, version: versionOf(request.body) }));
    });
  router.post('/v1/policies/:policyId/simulate', async (request, response) => {
    const input = { ...(request.body as Omit<SimulateInput, 'id'>), id: request.params.policyId };
    reply(response, 'PolicySimulation', await simulatePolicy(ctxOf(response), input));
  });

  router.get('/v1/stores/:storeId/policy', async (request, response) => {
    reply(response, 'StorePolicy', await readStorePolicy(ctxOf(response), request.params.storeId));
  });
  router.put('/v1/stores/:storeId/policy', async (request, response) => {
    const { policyId, riskGroup } = request.body as { policyId: string | null; riskGroup: string | null };
    const { storeId } = request.params;
    reply(response, 'StorePolicy', await assignStorePolicy(ctxOf(response), { storeId, policyId, riskGroup }));
  });
  router.get('/v1/risk-groups/:riskGroupId', async (request, response) => {
    reply(response, 'RiskGroup', await readRiskGroup(ctxOf(response), request.params.riskGroupId));
  });
  router.put('/v1/risk-groups/:riskGroupId', async (request, response) => {
    const { name, policyId } = request.body as { name: string; policyId: string };
    const input = { id: request.params.riskGroupId, name, policyId };
    reply(response, 'RiskGroup', await setRiskGroup(ctxOf(response), input));
  });
  return router;
}
