import type { DeviceAddress, DeviceAnswer, DeviceClient } from '../adapters/mqtt/device-client.ts';
import type { DeviceCommand } from '../domain/device-command.ts';
import { assertNever, DomainError } from '../domain/errors.ts';
import type { ServiceContext } from '../services/context.ts';
import { beginPrompt, finishPrompt, promptAckTimeoutMs } from '../services/pos/prompt.ts';
import { beginHold, beginRelease, finishHold, finishRelease } from '../services/pos/terminal-hold.ts';
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
  const tell = async (
    order: { address: DeviceAddress; command: DeviceCommand },
    ackTimeoutMs: number,
  ): Promise<DeviceOutcome> => {
    if (deps.devices === null) return { outcome: 'failed', reason: { code: 'NO_BROKER', params: {} } };
    return outcomeOf(await deps.devices.tell(order.address, order.command, ackTimeoutMs), ackTimeoutMs);
  };
  return translated<RunbookActivities>({
    async runStep({ tenantId, ...step }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'runbook') };
      const order = await beginStep(ctx, step);
      if (order === null) return { state: 'moot' };
      const result = await tell(order, order.ackTimeoutMs);
      await finishStep(ctx, { ...step, result });
      return { state: result.outcome };
    },
    async promptTerminal({ tenantId, incidentId }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'till') };
      const order = await beginPrompt(ctx, incidentId);
      if (order === null) return { state: 'moot' };
      const result = await tell(order, promptAckTimeoutMs);
      await finishPrompt(ctx, { incidentId, result });
      return { state: result.outcome };
    },
    async holdTerminal({ tenantId, incidentId }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'till') };
      const { order, ordered } = await beginHold(ctx, incidentId);
      if (order !== null) await finishHold(ctx, { incidentId, result: await tell(order, promptAckTimeoutMs) });
      return { ordered };
    },
    async releaseTerminal({ tenantId, incidentId, cause }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'till') };
      const order = await beginRelease(ctx, { incidentId, cause });
      if (order === null) return;
      const { outcome } = await tell(order, promptAckTimeoutMs);
      if (!(await finishRelease(ctx, { incidentId, confirmed: outcome === 'acknowledged' })))
        throw new DomainError('DEPENDENCY_TEMPORARY', 'The till did not say that it let go; it is asked again.');
    },
  });
}

function outcomeOf(answer: DeviceAnswer, ackTimeoutMs: number): DeviceOutcome {
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
