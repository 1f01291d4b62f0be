import { Router } from 'express';
import {
  listWebhookDeliveries,
  pingWebhook,
  redeliverWebhook,
  type WebhookDelivery,
} from '../../services/webhook/deliveries.ts';
import {
  createWebhook,
  deleteWebhook,
  type EndpointSettings,
  listWebhooks,
  readWebhook,
  rotateWebhookSecret,
  updateWebhook,
} from '../../services/webhook/manage.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** Where other systems are told of incidents; api/deliveries.ts is what tells them. */
export function outgoingWebhookRoutes(deps: ApiDependencies): Router {
  const router = Router();
  const rules = { secretKey: deps.webhookSecretKey, mode: deps.mode };

  router.get('/v1/webhooks', async (_request, response) => {
    reply(response, 'WebhookList', { items: await listWebhooks(contextOf(deps, response)) });
  });
  router.post('/v1/webhooks', async (request, response) => {
    const body = request.body as Pick<EndpointSettings, 'url'> & Partial<EndpointSettings>;
    const settings = { description: '', eventTypes: null, storeIds: null, includeDrills: false, ...body };
    response.setHeader('cache-control', 'no-store');
    reply(response, 'WebhookWithSecret', await createWebhook(contextOf(deps, response), settings, rules), 201);
  });
  router.get('/v1/webhooks/:webhookId', async (request, response) => {
    reply(response, 'Webhook', await readWebhook(contextOf(deps, response), request.params.webhookId));
  });
  router.patch('/v1/webhooks/:webhookId', async (request, response) => {
    const change = request.body as Partial<EndpointSettings> & { enabled?: boolean };
    const input = { id: request.params.webhookId, change };
    reply(response, 'Webhook', await updateWebhook(contextOf(deps, response), input, rules));
  });
  router.delete('/v1/webhooks/:webhookId', async (request, response) => {
    await deleteWebhook(contextOf(deps, response), { id: request.params.webhookId });
    response.status(204).end();
  });
  router.post('/v1/webhooks/:webhookId/rotate-secret', async (request, response) => {
    const input = { id: request.params.webhookId };
    response.setHeader('cache-control', 'no-store');
    reply(response, 'WebhookWithSecret', await rotateWebhookSecret(contextOf(deps, response), input, rules));
  });
  router.post('/v1/webhooks/:webhookId/test', async (request, response) => {
    const input = { endpointId: request.params.webhookId };
    reply(response, 'WebhookDelivery', await pingWebhook(contextOf(deps, response), input), 202);
  });
  router.get('/v1/webhooks/:webhookId/deliveries', async (request, response) => {
    const { state, cursor, limit } = request.query as {
      state?: WebhookDelivery['state'];
      cursor?: string;
      limit?: number;
    };
    const page = await listWebhookDeliveries(contextOf(deps, response), {
      endpointId: request.params.webhookId,
      limit: limit ?? 50,
      ...(state === undefined ? {} : { state }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    reply(response, 'WebhookDeliveryPage', page);
  });
  router.post('/v1/webhooks/:webhookId/deliveries/:deliveryId/redeliver', async (request, response) => {
    const { webhookId, deliveryId } = request.params;
    const input = { endpointId: webhookId, id: deliveryId };
    reply(response, 'WebhookDelivery', await redeliverWebhook(contextOf(deps, response), input), 202);
  });
  return router;
}
