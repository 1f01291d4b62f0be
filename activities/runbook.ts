import type { DeviceAnswer, DeviceClient } from '../adapters/mqtt/device-client.ts';
import { assertNever } from '../domain/errors.ts';
import type { ServiceContext } from '../services/context.ts';
import { beginStep, type DeviceOutcome, finishStep } from '../services/runbook/execute.ts';
import type { RunbookActivities } from './contracts.ts';
import { translated } from './failure.ts';
import { systemActor } from './incident.ts';

export interface RunbookDependencies {
  db: ServiceContext['db'];
  now: () => string;
  /** Null: this installation has no broker, and every step for a device says so. */
  devices: DeviceClient | null;
}

/**
 * The activity of runbooks, on a queue of their own. It may run twice: the command keeps its id, so the device does it
 * once; what a device or the broker does wrong is an outcome and not an error.
 */
export function createRunbookActivities(deps: RunbookDependencies): RunbookActivities {
  return translated<RunbookActivities>({
    async runStep({ tenantId, ...step }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'runbook') };
      const order = await beginStep(ctx, step);
      if (order === null) return { state: 'moot' };
      const answer: DeviceAnswer | null =
        deps.devices === null ? null : await deps.devices.tell(order.address, order.command, order.ackTimeoutMs);
      const result = outcomeOf(answer, order.ackTimeoutMs);
      await finishStep(ctx, { ...step, result });
      return { state: result.outcome };
    },
  });
}

function outcomeOf(answer: DeviceAnswer | null, ackTimeoutMs: number): DeviceOutcome {
  if (answer === null) return { outcome: 'failed', reason: { code: 'NO_BROKER', params: {} } };
  switch (answer.answer) {
    case 'ok':
      return { outcome: 'acknowledged' };
    case 'refused':
      return { outcome: 'failed', reason: { code: 'DEVICE_REFUSED', params: { detail: answer.detail } } };
    case 'no_answer':
      return { outcome: 'failed', reason: { code: 'NO_ACKNOWLEDGEMENT', params: { afterMs: ackTimeoutMs } } };
    case 'unreachable':
      return { outcome: 'failed', reason: { code: 'BROKER_UNREACHABLE', params: {} } };
    default:
      return assertNever(answer);
  }
}
