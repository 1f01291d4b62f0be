import type { Runbook } from '../../domain/runbook.ts';

/** The devices that the demo's runbooks address; a real store has its own on the same topics. */
export const demoDevices = ['sco-3', 'signage-1', 'intercom-1', 'door-1'] as const;

const device = { mandatory: false, ackTimeoutMs: 5_000 } as const;
const leads = ['store_manager', 'regional', 'soc_lead'] as const;

/** What the demo store does besides telling people: a word at the till, and the whole range when people are in danger. */
export const demoRunbooks: readonly Runbook[] = [
  {
    ...{ id: 'people-first', behaviours: ['violence', 'group_intrusion'], minSeverity: 'medium' },
    steps: [
      {
        ...{ id: 'announce', action: 'intercom', mode: 'automatic', approvers: leads, target: 'intercom-1', ...device },
        message: 'A colleague is on the way.',
      },
      {
        ...{ id: 'sign', action: 'signage', mode: 'human', approvers: leads, target: 'signage-1', ...device },
        message: 'Please use the other entrance.',
      },
      {
        ...{ id: 'door', action: 'door_lock', mode: 'human', approvers: leads, target: 'door-1', ...device },
        message: 'Close the entrance to newcomers; leaving stays possible.',
      },
      {
        ...{ id: 'look-after', action: 'task', mode: 'human', mandatory: true, ackTimeoutMs: 5_000 },
        approvers: ['store_staff', ...leads],
        message: 'Ask everybody who was near whether they are well.',
      },
      { ...{ id: 'report', action: 'police_report', mode: 'two_person', approvers: leads, ...device } },
    ],
  },
  {
    ...{ id: 'self-checkout', minSeverity: 'low' },
    behaviours: ['missed_scan', 'wrong_scan', 'fake_scan', 'multi_item_pass'],
    steps: [
      {
        ...{ id: 'prompt', action: 'terminal_prompt', mode: 'automatic', approvers: leads, ...device },
        message: 'Please check that every item was scanned.',
      },
    ],
  },
];
