import { defaultPolicy, type Policy } from '../policy.ts';
import { leastMode, type RunbookAction, type RunbookMode } from '../runbook.ts';
import type { OperatingModel, Role } from '../types.ts';

const secondMs = 1_000;

/** What a document of each model starts from; only model and chain differ. */
export const modelDefaults: Record<OperatingModel, Policy> = {
  checkout_validation: defaultPolicy,
  soc_led: {
    ...defaultPolicy,
    operatingModel: 'soc_led',
    escalation: [
      { role: 'soc_operator', timeoutMs: 45 * secondMs, attempt: 0 },
      { role: 'soc_lead', timeoutMs: 90 * secondMs, attempt: 0 },
    ],
  },
  // Nothing goes down this chain but danger to people.
  detection_only: { ...defaultPolicy, operatingModel: 'detection_only' },
};

export const stepDefaults = {
  ackTimeoutMs: 10 * secondMs,
  approvers: ['store_manager', 'regional', 'soc_operator', 'soc_lead'] satisfies Role[],
} as const;

export const promptDefaults = {
  waitMs: 10 * secondMs,
  message: 'Please scan the last item again.',
  afterMessage: 'A colleague is on the way to help you.',
  maxHoldMs: 90 * secondMs,
} as const;

/** As few people as the action may take. A task is somebody's to do. */
export const defaultMode = (action: RunbookAction): RunbookMode => (action === 'task' ? 'human' : leastMode[action]);
