import { Router } from 'express';
import type { RosterRole } from '../../domain/roster/rights.ts';
import { deleteHoliday, listHolidays, putHoliday } from '../../services/roster/holidays.ts';
import { type ImportInput, importShifts } from '../../services/roster/import.ts';
import {
  createPerson,
  deactivatePerson,
  listPeople,
  type NewPerson,
  type PersonChange,
  updatePerson,
} from '../../services/roster/people.ts';
import { createShift, deleteShift, listGaps, listShifts, updateShift } from '../../services/roster/shifts.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

const usuallyNeeded: readonly RosterRole[] = ['store_staff', 'store_manager'];

/** Who is on shift: people, shifts, holidays. */
export function rosterRoutes(deps: ApiDependencies): Router {
  const router = Router();
  router.get('/v1/people', async (request, response) => {
    const filter = request.query as { includeInactive?: boolean };
    reply(response, 'PersonList', { items: await listPeople(contextOf(deps, response), filter) });
  });
  router.post('/v1/people', async (request, response) => {
    reply(response, 'Person', await createPerson(contextOf(deps, response), request.body as NewPerson), 201);
  });
  router.patch('/v1/people/:personId', async (request, response) => {
    const change = request.body as PersonChange;
    const { personId } = request.params;
    reply(response, 'Person', await updatePerson(contextOf(deps, response), { ...change, personId }));
  });
  router.delete('/v1/people/:personId', async (request, response) => {
    await deactivatePerson(contextOf(deps, response), { personId: request.params.personId });
    response.status(204).end();
  });

  router.get('/v1/shifts', async (request, response) => {
    const { from, to, limit, ...filter } = request.query as unknown as {
      from: string;
      to: string;
      limit?: number;
      storeId?: string;
      cursor?: string;
    };
    const page = await listShifts(contextOf(deps, response), { ...filter, fromAt: from, toAt: to, limit: limit ?? 50 });
    reply(response, 'ShiftPage', page);
  });
  router.post('/v1/shifts', async (request, response) => {
    const input = request.body as Parameters<typeof createShift>[1];
    reply(response, 'Shift', await createShift(contextOf(deps, response), input), 201);
  });
  router.post('/v1/shifts/import', async (request, response) => {
    reply(response, 'RosterImport', await importShifts(contextOf(deps, response), request.body as ImportInput));
  });
  router.get('/v1/shifts/gaps', async (request, response) => {
    const { storeId, from, to, role } = request.query as unknown as {
      storeId: string;
      from: string;
      to: string;
      role?: RosterRole[];
    };
    const filter = { storeId, fromAt: from, toAt: to, roles: role ?? usuallyNeeded };
    reply(response, 'GapList', { items: await listGaps(contextOf(deps, response), filter) });
  });
  router.patch('/v1/shifts/:shiftId', async (request, response) => {
    const change = request.body as { personId?: string; startsAt?: string; endsAt?: string };
    const { shiftId } = request.params;
    reply(response, 'Shift', await updateShift(contextOf(deps, response), { ...change, shiftId }));
  });
  router.delete('/v1/shifts/:shiftId', async (request, response) => {
    await deleteShift(contextOf(deps, response), { shiftId: request.params.shiftId });
    response.status(204).end();
  });

  router.get('/v1/holidays', async (request, response) => {
    const filter = request.query as { storeId?: string; from?: string; to?: string };
    reply(response, 'HolidayList', { items: await listHolidays(contextOf(deps, response), filter) });
  });
  router.put('/v1/holidays', async (request, response) => {
    const input = request.body as { storeId?: string | null; date: string; name: string };
    reply(response, 'DeclaredHoliday', await putHoliday(contextOf(deps, response), input));
  });
  router.delete('/v1/holidays', async (request, response) => {
    await deleteHoliday(contextOf(deps, response), request.query as unknown as { storeId?: string; date: string });
    response.status(204).end();
  });
  return router;
}
