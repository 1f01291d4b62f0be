import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { exportAudit } from '../../services/audit/export.ts';
import { type AuditFilter, listAudit, readAuditRow } from '../../services/audit/read.ts';
import { verifyAudit } from '../../services/audit/verify.ts';
import { readLastWitness } from '../../services/audit/witness.ts';
import type { AccessLog } from '../access.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** The log of everything that was done and seen: reading, checking, taking it out. */
export function auditRoutes(deps: ApiDependencies, access: AccessLog): Router {
  const router = Router();
  router.get('/v1/audit', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { limit, cursor, ...filter } = request.query as AuditFilter & { cursor?: string; limit?: number };
    const page = await listAudit(ctx, { ...filter, limit: limit ?? 50, ...(cursor === undefined ? {} : { cursor }) });
    await access.logRead(ctx, { ...filter });
    reply(response, 'AuditPage', page);
  });
  router.get('/v1/audit/rows/:seq', async (request, response) => {
    const ctx = contextOf(deps, response);
    const seq = Number(request.params.seq);
    const found = await readAuditRow(ctx, seq);
    await access.logRead(ctx, { seq: String(seq) });
    reply(response, 'AuditRowDetail', found);
  });
  router.get('/v1/audit/verify', async (_request, response) => {
    const ctx = contextOf(deps, response);
    const recorded = await readLastWitness(ctx);
    reply(
      response,
      'AuditVerification',
      await verifyAudit(ctx, await deps.findWitnesses(recorded, ctx.actor.tenantId)),
    );
  });
  router.get('/v1/audit/export', async (_request, response) => {
    const ctx = contextOf(deps, response);
    const lines = await exportAudit(ctx, deps.signing);
    response.type('application/x-ndjson');
    response.setHeader('cache-control', 'private, no-store');
    const day = ctx.now().slice(0, 10);
    response.setHeader('content-disposition', `attachment; filename="audit-${ctx.actor.tenantId}-${day}.ndjson"`);
    try {
      await pipeline(Readable.from(lines), response);
    } catch (error) {
      // The connection was cut, which is all that can be said; an export without its signed end is not taken for whole.
      if (!response.headersSent) throw error;
      if (!response.closed || !(error instanceof Error) || !/aborted|premature/i.test(error.message))
        deps.log(error, { what: 'the export of the audit log' });
    }
  });
  return router;
}
