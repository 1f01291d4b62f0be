import express, { Router } from 'express';
import { DomainError } from '../../domain/errors.ts';
import { markSent, recordDelivery } from '../../services/notification/settle.ts';
import type { ApiDependencies } from '../deps.ts';
import { carrierContext, fieldsOf, once, requireSignature } from './guard.ts';
import { answerReply } from './reply.ts';
import { voiceWebhooks } from './voice.ts';

/** Statuses after which nothing more follows; the others say nothing that changes what we do. */
const delivered = new Set(['delivered', 'read']);
const undelivered = new Set(['undelivered', 'failed']);

/** What the carrier tells us: answers to texts, receipts, and the steps of a call. */
export function twilioWebhooks(deps: ApiDependencies): Router {
  const router = Router();
  router.use(express.urlencoded({ extended: false, limit: '32kb' }), requireSignature(deps));

  router.post('/sms', async (request, response) => {
    const { MessageSid, From, Body, OptOutType } = request.body as Record<string, string | undefined>;
    if (!MessageSid || !From || Body === undefined)
      throw new DomainError('VALIDATION', 'MessageSid, From and Body are needed.');
    const message = {
      ...{ messageSid: MessageSid, from: From, body: Body, optOutType: OptOutType },
      writtenAt: deps.now(),
    };
    const answer = await once(deps, 'sms', MessageSid, () => answerReply(deps, message));
    response.type('text/xml').send(deps.messageTwiml(answer));
  });

  router.post('/status', async (request, response) => {
    const { tenant, notification } = fieldsOf(request.query, ['tenant', 'notification']);
    const { MessageSid, MessageStatus } = fieldsOf(request.body, ['MessageSid', 'MessageStatus']);
    const { ErrorCode, From } = request.body as Record<string, string | undefined>;
    // What is under way changes nothing, so there is nothing to remember of it either.
    if (!delivered.has(MessageStatus) && !undelivered.has(MessageStatus)) return void response.status(204).end();
    await once(deps, 'status', `${MessageSid}:${MessageStatus}`, async () => {
      const ctx = carrierContext(deps, tenant);
      const about = { notificationId: notification, sid: MessageSid };
      const receipt = { ...about, delivered: delivered.has(MessageStatus), errorCode: ErrorCode ?? null };
      let changed = await recordDelivery(ctx, receipt);
      if (!changed) {
        // A receipt proves that the text was taken, even if we died before we could note it.
        await markSent(ctx, { ...about, segments: 1, ...(From === undefined ? {} : { from: From }) });
        changed = await recordDelivery(ctx, receipt);
      }
      if (changed && !receipt.delivered) await deps.dispatcher.dispatch(tenant, changed.incidentId);
    });
    response.status(204).end();
  });

  router.use(voiceWebhooks(deps));
  return router;
}
