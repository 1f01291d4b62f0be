import { pipeline } from 'node:stream/promises';
import { type Response, Router } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { DomainError } from '../../domain/errors.ts';
import type { Block, PageDocument } from '../../domain/packet/documents.ts';
import { prettyJson } from '../../domain/packet/json.ts';
import { IntegrityError } from '../../domain/ports.ts';
import type { Choice, IncidentMark, RefusalGround } from '../../domain/rights/requests.ts';
import { found, type ServiceContext } from '../../services/context.ts';
import { listConsents, recordConsent, type StaffFeature, withdrawConsent } from '../../services/rights/consents.ts';
import { readDataFlows } from '../../services/rights/data-flows.ts';
import { decideSubjectRequest, liftRestriction } from '../../services/rights/decide.ts';
import { endNotice, listNotices, type NoticeKind, recordNotice } from '../../services/rights/notices.ts';
import { listOptOuts, removeOptOut, setOptOut } from '../../services/rights/opt-outs.ts';
import {
  listSubjectRequests,
  openSubjectExport,
  readAppealStatus,
  readSubjectRequest,
  type SubjectExport,
} from '../../services/rights/read.ts';
import {
  checkIdentity,
  extendRequest,
  markIncident,
  type NewSubjectRequest,
  recordSubjectRequest,
  withdrawRequest,
} from '../../services/rights/requests.ts';
import type { IdentityMethod } from '../../services/rights/rows.ts';
import { appealPage } from '../appeal-page.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** What people who were recorded can ask for, what they were told beforehand, and where data go. */
export function rightsRoutes(deps: ApiDependencies): Router {
  const router = Router();
  const show = async (response: Response, ctx: ServiceContext, requestId: string, status = 200): Promise<void> =>
    reply(response, 'SubjectRequest', await readSubjectRequest(ctx, requestId), status);

  router.get('/v1/subject-requests', async (request, response) => {
    const open = request.query['state'] !== 'all';
    reply(response, 'SubjectRequestList', { items: await listSubjectRequests(contextOf(deps, response), { open }) });
  });
  router.post('/v1/subject-requests', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { cameraIds = [], ...given } = request.body as Omit<NewSubjectRequest, 'cameraIds'> & {
      cameraIds?: string[];
    };
    const { requestId } = await recordSubjectRequest(ctx, { ...given, cameraIds });
    await show(response, ctx, requestId, 201);
  });
  router.get('/v1/subject-requests/:requestId', async (request, response) => {
    await show(response, contextOf(deps, response), request.params.requestId);
  });
  router.put('/v1/subject-requests/:requestId/identity', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { requestId } = request.params;
    const { result, method } = request.body as { result: 'confirmed' | 'not_confirmed'; method: IdentityMethod };
    await checkIdentity(ctx, { requestId, result, method });
    await show(response, ctx, requestId);
  });
  router.post('/v1/subject-requests/:requestId/extension', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { requestId } = request.params;
    await extendRequest(ctx, { requestId, reason: (request.body as { reason: string }).reason });
    await show(response, ctx, requestId);
  });
  router.put('/v1/subject-requests/:requestId/incidents/:incidentId', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { requestId, incidentId } = request.params;
    await markIncident(ctx, { requestId, incidentId, mark: (request.body as { mark: IncidentMark }).mark });
    await show(response, ctx, requestId);
  });
  router.post('/v1/subject-requests/:requestId/decision', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { requestId } = request.params;
    const { choices = [], ground } = request.body as { choices?: Choice[]; ground?: RefusalGround };
    await decideSubjectRequest(ctx, { requestId, choices, ...(ground === undefined ? {} : { ground }) });
    await show(response, ctx, requestId);
  });
  router.post('/v1/subject-requests/:requestId/withdrawal', async (request, response) => {
    const ctx = contextOf(deps, response);
    await withdrawRequest(ctx, request.params);
    await show(response, ctx, request.params.requestId);
  });
  router.delete('/v1/subject-requests/:requestId/restrictions/:incidentId', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { requestId, incidentId } = request.params;
    await liftRestriction(ctx, { requestId, incidentId, reason: String(request.query['reason']) });
    await show(response, ctx, requestId);
  });
  router.get('/v1/subject-requests/:requestId/letter', async (request, response) => {
    const { requestId } = request.params;
    const view = await readSubjectRequest(contextOf(deps, response), requestId);
    const letter = found(view.letter ?? undefined, `the letter of request ${requestId}`);
    const pdf = await deps.rights.renderPdf(letterPage(requestId, view.decidedAt ?? view.receivedAt, letter));
    response.setHeader('cache-control', 'private, no-store');
    response.setHeader('content-disposition', `inline; filename="${requestId}.pdf"`);
    response.type('application/pdf').send(Buffer.from(pdf));
  });
  router.get('/v1/subject-requests/:requestId/export', async (request, response) => {
    const { requestId } = request.params;
    const exported = await openSubjectExport(contextOf(deps, response), requestId);
    await sendExport(deps, response, exported);
  });

  router.get('/v1/notices', async (request, response) => {
    const { storeId, at } = request.query as { storeId?: string; at?: string };
    const filter = { ...(storeId === undefined ? {} : { storeId }), ...(at === undefined ? {} : { at }) };
    reply(response, 'NoticeList', { items: await listNotices(contextOf(deps, response), filter) });
  });
  router.post('/v1/notices', async (request, response) => {
    const body = request.body as Parameters<typeof recordNotice>[1] & { kind: NoticeKind };
    reply(response, 'NoticeReceipt', await recordNotice(contextOf(deps, response), body), 201);
  });
  router.delete('/v1/notices/:noticeId', async (request, response) => {
    await endNotice(contextOf(deps, response), request.params);
    response.status(204).end();
  });
  router.get('/v1/consents', async (_request, response) => {
    reply(response, 'ConsentList', { items: await listConsents(contextOf(deps, response)) });
  });
  router.post('/v1/consents', async (request, response) => {
    const body = request.body as { personId: string; feature: StaffFeature; noticeVersion: string };
    reply(response, 'ConsentReceipt', await recordConsent(contextOf(deps, response), body), 201);
  });
  router.delete('/v1/consents/:consentId', async (request, response) => {
    await withdrawConsent(contextOf(deps, response), request.params);
    response.status(204).end();
  });
  router.get('/v1/opt-outs', async (_request, response) => {
    reply(response, 'OptOutList', { items: await listOptOuts(contextOf(deps, response)) });
  });
  router.put('/v1/stores/:storeId/opt-outs/:what', async (request, response) => {
    const { jurisdiction, reason } = request.body as { jurisdiction: string; reason: string };
    await setOptOut(contextOf(deps, response), { ...request.params, jurisdiction, reason });
    response.status(204).end();
  });
  router.delete('/v1/stores/:storeId/opt-outs/:what', async (request, response) => {
    await removeOptOut(contextOf(deps, response), request.params);
    response.status(204).end();
  });
  router.get('/v1/data-flows', async (request, response) => {
    const { storeId } = request.query as { storeId?: string };
    const filter = storeId === undefined ? {} : { storeId };
    reply(response, 'DataFlows', await readDataFlows(contextOf(deps, response), filter));
  });
  return router;
}

const looksPerMinute = 30;

/** Whether an appeal has been decided, for whoever was given its number; it names nobody and no place. */
export function appealRoutes(deps: ApiDependencies): Router {
  const router = Router();
  const limit = rateLimit({
    keyGenerator: (request) => ipKeyGenerator(request.ip ?? ''),
    ...{ windowMs: 60_000, limit: looksPerMinute, standardHeaders: 'draft-8' as const, legacyHeaders: false },
    handler: (_request, _response, next) =>
      next(new DomainError('LIMIT_EXCEEDED', 'Too many looks. Wait a minute and try again.', { retryAfterMs: 60_000 })),
  });
  router.get('/a/:number', limit, async (request, response) => {
    const number = String(request.params['number']).toUpperCase();
    const status = /^A(-[2-9A-Z]{4}){4}$/.test(number) ? await readAppealStatus(deps.db, number) : null;
    response.setHeader('cache-control', 'private, no-store');
    response.setHeader('referrer-policy', 'no-referrer');
    response
      .status(status === null ? 404 : 200)
      .type('html')
      .send(appealPage(number, status));
  });
  return router;
}

/** The stored words, set in type; their first line is who writes. */
function letterPage(requestId: string, at: string, letter: string): PageDocument {
  const [company = '', ...rest] = letter.split('\n');
  const blocks: Block[] = [{ kind: 'title', text: company }];
  for (const [index, line] of rest.entries()) {
    if (/^-+$/.test(line) || line === '') continue;
    blocks.push({ kind: /^-+$/.test(rest[index + 1] ?? '') ? 'heading' : 'text', text: line });
  }
  return { title: `Answer to your request ${requestId}`, at, blocks };
}

async function sendExport(deps: ApiDependencies, response: Response, exported: SubjectExport): Promise<void> {
  const zip = deps.rights.openZip();
  const top = exported.requestId.replace('_', '-');
  const fill = async (): Promise<void> => {
    const page = letterPage(exported.requestId, exported.at, exported.letter);
    await zip.add(`${top}/letter.pdf`, await deps.rights.renderPdf(page));
    await zip.add(`${top}/letter.txt`, Buffer.from(exported.letter));
    const facts = exported.incidents.map(({ facts: each }) => each);
    await zip.add(
      `${top}/recordings.json`,
      Buffer.from(prettyJson({ requestId: exported.requestId, recordings: facts })),
    );
    for (const { facts: each, artifacts } of exported.incidents)
      for (const [index, { objectKey, objectVersion, sha256 }] of artifacts.entries()) {
        const bytes = await deps.objects.readVerified({ key: objectKey, version: objectVersion, sha256 });
        await zip.add(`${top}/recording-${each.number}${index === 0 ? '' : `-${index + 1}`}.mp4`, bytes);
      }
    await zip.end();
  };
  response.setHeader('cache-control', 'private, no-store');
  response.setHeader('content-type', 'application/zip');
  response.setHeader('content-disposition', `attachment; filename="${top}.zip"`);
  const filled = fill().catch((error: unknown) => {
    zip.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  // Half of it is on its way already: the connection is cut, and the log says why.
  await Promise.all([pipeline(zip.output, response), filled]).catch((error: unknown) => {
    deps.log(error, { requestId: exported.requestId, altered: error instanceof IntegrityError });
    response.destroy();
  });
}
