import type { Policy } from '../../domain/policy.ts';
import { quietNothing } from '../../domain/policy.ts';

const leads = ['soc_operator', 'soc_lead', 'admin'] as const;

/** What the console shows only when a policy has it: a gate, second looks and a runbook. */
export const peoplePolicy: Partial<Policy> = {
  noise: { ...quietNothing, gates: [{ behaviour: 'loitering', count: 3, windowMs: 10 * 60_000 }] },
  secondReview: { verdicts: ['confirmed'], share: 1 },
  runbooks: [
    {
      id: 'tamper',
      behaviours: ['equipment_tamper'],
      minSeverity: 'low',
      steps: [
        {
          ...{ id: 'look', action: 'task', mode: 'human', approvers: leads, mandatory: true, ackTimeoutMs: 1_000 },
          message: 'Have somebody look at the till',
        },
        {
          ...{ id: 'words', action: 'signage', mode: 'automatic', approvers: leads, mandatory: false },
          ...{ target: 'screen-1', message: 'Please use another till', ackTimeoutMs: 1_000 },
        },
        {
          ...{ id: 'door', action: 'door_lock', mode: 'two_person', approvers: leads, mandatory: false },
          ...{ target: 'store-room', ackTimeoutMs: 1_000 },
        },
      ],
    },
  ],
};
