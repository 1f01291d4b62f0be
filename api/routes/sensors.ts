import { Router } from 'express';
import { listSensors, registerSensor } from '../../services/sensors/register.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { parseSensorEvents, parseSensorStatus } from '../intake.ts';
import { reply } from '../reply.ts';
import { deliverSensorEvents, deliverSensorStatus } from '../sensor-intake.ts';
import { backPressure } from './intake.ts';

/** What sensors say; like all that devices send, it is checked by its event's schema and not limited by the minute. */
export function sensorIntakeRoutes(deps: ApiDependencies): Router {
  const router = Router();
  const limited = backPressure();
  router.post('/v1/sensors/events', limited, async (request, response) => {
    const events = parseSensorEvents(request.body);
    const receipt = await deliverSensorEvents(deps, contextOf(deps, response), events, { whole: true });
    const { accepted, duplicates } = receipt;
    const settled = receipt.events.map(({ start: _start, tell: _tell, ...event }) => event);
    reply(response, 'SensorReceipt', { accepted, duplicates, events: settled }, 202);
  });
  router.post('/v1/sensors/status', limited, async (request, response) => {
    const status = parseSensorStatus(request.body);
    const { sensors } = await deliverSensorStatus(deps, contextOf(deps, response), status);
    reply(response, 'SensorStatusReceipt', { sensors }, 202);
  });
  return router;
}

/** Which sensors there are, and how they stand. */
export function sensorRoutes(deps: ApiDependencies): Router {
  const router = Router();
  router.get('/v1/sensors', async (request, response) => {
    const { storeId } = request.query as { storeId?: string };
    const items = await listSensors(contextOf(deps, response), storeId === undefined ? {} : { storeId });
    reply(response, 'SensorList', { items });
  });
  router.put('/v1/sensors/:sensorId', async (request, response) => {
    const sensor = await registerSensor(contextOf(deps, response), {
      ...request.body,
      sensorId: request.params.sensorId,
    });
    reply(response, 'Sensor', sensor);
  });
  return router;
}
