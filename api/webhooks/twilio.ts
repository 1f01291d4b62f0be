import express, { type Request, type RequestHandler, Router } from 'express';
import { DomainError } from '../../domain/errors.ts';
import type { Actor } from '../../domain/types.ts';
import { noteWebhook, webhookSeen } from '../../services/access/authenticate.ts';
import { markSent, recordDelivery } from '../../services/notification/settle.ts';
import type { ApiDependencies } from '../deps.ts';
import { answerReply } from './reply.ts';

/** Statuses after which nothing more follows; the others say nothing that changes what we do. */
const delivered = new Set(['delivered', 'read']);
const undelivered = new Set(['undelivered', 'failed']);

export function twilioWebhooks(deps: ApiDependencies): Router {
  const router = Router();
  router.use(express.urlencoded({ extended: false, limit: '32kb' }), requireSignature(deps));

  router.post('/sms', async (request, response) => {
    const { MessageSid, From, Body } = request.body as Record<string, string | undefined>;
    if (!MessageSid || !From || Body === undefined)
      throw new DomainError('VALIDATION', 'MessageSid, From and Body are needed.');
    await refuseReplay(deps, 'sms', MessageSid);
    const answer = await answerReply(deps, { messageSid: MessageSid, from: From, body: Body });
    // Only now: had we died before, the carrier's retry must be dealt with, not refused.
    await noteWebhook(deps.db, 'sms', MessageSid);
    response.type('text/xml').send(deps.messageTwiml(answer));
  });

  router.post('/status', async (request, response) => {
    const { MessageSid, MessageStatus, ErrorCode } = request.body as Record<string, string | undefined>;
    const { tenant, notification } = request.query as { tenant?: string; notification?: string };
    if (!MessageSid || !MessageStatus || !tenant || !notification)
      throw new DomainError('VALIDATION', 'MessageSid, MessageStatus, tenant and notification are needed.');
    const receipt = `${MessageSid}:${MessageStatus}`;
    await refuseReplay(deps, 'status', receipt);
    if (delivered.has(MessageStatus) || undelivered.has(MessageStatus)) {
      const actor: Actor = {
        id: 'system:carrier',
        displayName: 'Carrier',
        role: 'system',
        tenantId: tenant,
        storeIds: null,
      };
      const ctx = { db: deps.db, now: deps.now, actor };
      // A receipt proves that the text was taken, even if we died before we could note it.
      await markSent(ctx, { notificationId: notification, sid: MessageSid, segments: 1 });
      const changed = await recordDelivery(ctx, {
        notificationId: notification,
        sid: MessageSid,
        delivered: delivered.has(MessageStatus),
        errorCode: ErrorCode ?? null,
      });
      if (changed) await deps.dispatcher.dispatch(tenant, changed.incidentId);
    }
    await noteWebhook(deps.db, 'status', receipt);
    response.status(204).end();
  });
  return router;
}

/** Whoever cannot sign is not the carrier. The URL must be the one the carrier was given, so it is built from PUBLIC_URL. */
function requireSignature(deps: ApiDependencies): RequestHandler {
  return (request: Request, _response, next) => {
    const valid = deps.verifySignature({
      tokens: deps.carrierTokens,
      signature: request.header('x-twilio-signature'),
      url: `${deps.publicUrl}${request.originalUrl}`,
      // Anything but a form was not read, and no carrier sends it.
      params: (request.body ?? {}) as Record<string, string>,
    });
    if (!valid) throw new DomainError('FORBIDDEN', 'The signature of this webhook is missing or wrong.');
    next();
  };
}

async function refuseReplay(deps: ApiDependencies, source: string, id: string): Promise<void> {
  if (await webhookSeen(deps.db, source, id)) throw new DomainError('CONFLICT', 'This webhook was dealt with before.');
}
