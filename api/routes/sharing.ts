import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import type { WithdrawalReason } from '../../domain/sharing/notice.ts';
import type { Consent, RecipientKind } from '../../domain/sharing/template.ts';
import type { ServiceContext } from '../../services/context.ts';
import { readQuality } from '../../services/sharing/quality.ts';
import { listShares, readShare } from '../../services/sharing/read.ts';
import {
  createRecipient,
  listRecipients,
  type RecipientSettings,
  readRecipient,
  rotateCredential,
  updateRecipient,
} from '../../services/sharing/recipients.ts';
import { approveShare, requestShare, retryShare } from '../../services/sharing/request.ts';
import type { Share } from '../../services/sharing/rows.ts';
import { withdrawShare } from '../../services/sharing/withdraw.ts';
import type { AccessLog } from '../access.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** Who outside gets evidence, what was asked to go to them, who agreed, and what became of it. */
export function sharingRoutes(deps: ApiDependencies, access: AccessLog): Router {
  const router = Router();
  const rules = { secretKey: deps.webhookSecretKey, mode: deps.mode };
  /** What was ordered is on record; an engine that is away hears of it from the sweep. */
  const tellEngine = async (ctx: ServiceContext, share: Share): Promise<Share> => {
    const { incidentId } = share;
    await deps.dispatcher
      .dispatch(ctx.actor.tenantId, incidentId)
      .catch((error: unknown) => deps.log(error, { incidentId }));
    return share;
  };

  router.get('/v1/recipients', async (_request, response) => {
    reply(response, 'RecipientList', { items: await listRecipients(contextOf(deps, response)) });
  });
  router.post('/v1/recipients', async (request, response) => {
    const body = request.body as Omit<RecipientSettings, 'template'> &
      Partial<RecipientSettings> & { kind: RecipientKind };
    const settings = { ...body, template: body.template ?? {} };
    response.setHeader('cache-control', 'no-store');
    reply(response, 'RecipientWithCredential', await createRecipient(contextOf(deps, response), settings, rules), 201);
  });
  router.get('/v1/recipients/:recipientId', async (request, response) => {
    reply(response, 'Recipient', await readRecipient(contextOf(deps, response), request.params.recipientId));
  });
  router.patch('/v1/recipients/:recipientId', async (request, response) => {
    const change = request.body as Partial<RecipientSettings> & { enabled?: boolean };
    const input = { id: request.params.recipientId, change };
    reply(response, 'Recipient', await updateRecipient(contextOf(deps, response), input, rules));
  });
  router.post('/v1/recipients/:recipientId/rotate-credential', async (request, response) => {
    const input = { id: request.params.recipientId };
    response.setHeader('cache-control', 'no-store');
    reply(response, 'RecipientWithCredential', await rotateCredential(contextOf(deps, response), input, rules));
  });

  router.get('/v1/incidents/:incidentId/quality', async (request, response) => {
    reply(response, 'EvidenceQuality', await readQuality(contextOf(deps, response), request.params.incidentId));
  });
  router.get('/v1/incidents/:incidentId/shares', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { incidentId } = request.params;
    const shares = await listShares(ctx, incidentId);
    await access.consulted(ctx, incidentId, 'shares');
    reply(response, 'ShareList', { shares });
  });
  router.post('/v1/incidents/:incidentId/shares', async (request, response) => {
    const { packetId, recipientId, consent } = request.body as {
      packetId: string;
      recipientId: string;
      consent?: Consent | null;
    };
    const { incidentId } = request.params;
    const key = request.header('idempotency-key') ?? randomUUID();
    const input = { incidentId, packetId, recipientId, consent: consent ?? null, key };
    reply(response, 'Share', await requestShare(contextOf(deps, response), input), 201);
  });
  router.get('/v1/shares/:shareId', async (request, response) => {
    const ctx = contextOf(deps, response);
    const share = await readShare(ctx, request.params.shareId);
    await access.consulted(ctx, share.incidentId, 'shares');
    reply(response, 'Share', share);
  });
  router.post('/v1/shares/:shareId/approvals', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { decision } = request.body as { decision: 'approved' | 'refused' };
    const share = await approveShare(ctx, { shareId: request.params.shareId, decision });
    reply(response, 'Share', await tellEngine(ctx, share));
  });
  router.post('/v1/shares/:shareId/retry', async (request, response) => {
    const ctx = contextOf(deps, response);
    const share = await retryShare(ctx, { shareId: request.params.shareId });
    reply(response, 'Share', await tellEngine(ctx, share), 202);
  });
  router.post('/v1/shares/:shareId/withdraw', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { because } = request.body as { because: WithdrawalReason };
    const share = await withdrawShare(ctx, { shareId: request.params.shareId, because });
    reply(response, 'Share', await tellEngine(ctx, share));
  });
  return router;
}
