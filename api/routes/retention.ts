import { Router } from 'express';
import { DomainError } from '../../domain/errors.ts';
import { scheduleHtml } from '../../domain/retention-schedule.ts';
import { StoreFullError } from '../../domain/retention-store.ts';
import type { ServiceContext } from '../../services/context.ts';
import { listHolds, placeHold, releaseHold } from '../../services/hold/manage.ts';
import { orderReconciliation, readReconciliation } from '../../services/reconciliation/settle.ts';
import { listRetained, readRetentionCalendar } from '../../services/retention/calendar.ts';
import { listDeletions } from '../../services/retention/deletions.ts';
import { followHolds } from '../../services/retention/objects.ts';
import { readRetentionSchedule } from '../../services/retention/schedule.ts';
import { noteStorage, readStorage } from '../../services/system/storage.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** What is kept, by whom and how long, what went, and whether the store agrees. */
export function retentionRoutes(deps: ApiDependencies): Router {
  const router = Router();
  router.get('/v1/incidents/:incidentId/holds', async (request, response) => {
    const { incidentId } = request.params;
    reply(response, 'HoldList', { items: await listHolds(contextOf(deps, response), { incidentId }) });
  });
  router.post('/v1/incidents/:incidentId/holds', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { incidentId } = request.params;
    const { reason, endsAt } = request.body as { reason: string; endsAt?: string | Date | null };
    const hold = await placeHold(ctx, { incidentId, reason, endsAt: endsAt == null ? null : textOf(endsAt) });
    reply(response, 'Hold', { ...hold, inStore: await follow(deps, ctx, incidentId) }, 201);
  });
  router.post('/v1/incidents/:incidentId/holds/:holdId/release', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { incidentId, holdId } = request.params;
    const { reason } = request.body as { reason: string };
    const { hold } = await releaseHold(ctx, { incidentId, holdId, reason });
    reply(response, 'Hold', { ...hold, inStore: await follow(deps, ctx, incidentId) });
  });
  router.get('/v1/retention/calendar', async (request, response) => {
    const { from, to } = request.query as { from?: string | Date; to?: string | Date };
    const period = {
      ...(from === undefined ? {} : { from: textOf(from) }),
      ...(to === undefined ? {} : { to: textOf(to) }),
    };
    reply(response, 'RetentionCalendar', await readRetentionCalendar(contextOf(deps, response), period));
  });
  router.get('/v1/retention/incidents', async (request, response) => {
    const { day, gate } = request.query as { day?: string | Date; gate?: string };
    const of = {
      ...(day === undefined ? {} : { day: textOf(day).slice(0, 10) }),
      ...(gate === undefined ? {} : { gate }),
    };
    reply(response, 'RetainedIncidentList', await listRetained(contextOf(deps, response), of));
  });
  router.get('/v1/retention/schedule', async (_request, response) => {
    reply(response, 'RetentionSchedule', await readRetentionSchedule(contextOf(deps, response)));
  });
  router.get('/v1/retention/schedule/print', async (_request, response) => {
    const schedule = await readRetentionSchedule(contextOf(deps, response));
    response.type('html').send(scheduleHtml(schedule));
  });
  router.get('/v1/deletions', async (request, response) => {
    const { cursor, incidentId } = request.query as { cursor?: string; incidentId?: string };
    const page = {
      ...(cursor === undefined ? {} : { after: cursor }),
      ...(incidentId === undefined ? {} : { incidentId }),
    };
    const { items, nextCursor } = await listDeletions(contextOf(deps, response), page);
    reply(response, 'DeletionList', {
      items: items.map(({ record, ...signed }) => ({ ...signed, record: { ...record } })),
      nextCursor,
    });
  });
  router.get('/v1/storage', async (_request, response) => {
    reply(response, 'StorageState', await readStorage(contextOf(deps, response)));
  });
  router.get('/v1/reconciliation', async (_request, response) => {
    reply(response, 'ReconciliationReport', await readReconciliation(contextOf(deps, response)));
  });
  router.post('/v1/reconciliation', async (_request, response) => {
    reply(response, 'Reconciliation', await orderReconciliation(contextOf(deps, response)), 202);
  });
  return router;
}

/** The validator turns dates of a query or body into Dates. */
const textOf = (value: string | Date): string => (value instanceof Date ? value.toISOString() : value);

/** The record has changed and counts, so a store that cannot follow now is no failure of the request. */
async function follow(deps: ApiDependencies, ctx: ServiceContext, incidentId: string): Promise<boolean> {
  try {
    await followHolds(ctx, deps.objects.retention, { incidentId });
    return true;
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'DEPENDENCY_TEMPORARY')) throw error;
    if (error instanceof StoreFullError) await noteStorage(ctx, 'full');
    return false;
  }
}
