import { describe, expect, it } from 'vitest';
import {
  effectiveMode,
  isHighRisk,
  isTarget,
  leastMode,
  type Runbook,
  type RunbookAction,
  type RunbookMode,
  runbookFor,
} from './runbook.ts';

describe('how many people an action takes', () => {
  it.each<[RunbookAction, RunbookMode, RunbookMode]>([
    ['terminal_prompt', 'automatic', 'automatic'],
    ['signage', 'human', 'human'],
    ['intercom', 'two_person', 'two_person'],
    ['door_lock', 'automatic', 'human'],
    ['door_lock', 'human', 'human'],
    ['door_lock', 'two_person', 'two_person'],
    ['credential_disable', 'automatic', 'human'],
    ['police_report', 'automatic', 'two_person'],
    ['police_report', 'human', 'two_person'],
  ])('%s that a policy calls %s is %s', (action, mode, expected) => {
    expect(effectiveMode({ action, mode })).toBe(expected);
  });

  it('whatever a policy says, high risk is never automatic', () => {
    const actions = Object.keys(leastMode) as RunbookAction[];
    expect(actions.filter(isHighRisk)).toEqual(['door_lock', 'credential_disable', 'police_report']);
    for (const action of actions.filter(isHighRisk))
      expect(effectiveMode({ action, mode: 'automatic' })).not.toBe('automatic');
  });
});

describe('the runbook of an incident', () => {
  const runbook = (id: string, behaviours: Runbook['behaviours'], minSeverity: Runbook['minSeverity']): Runbook => ({
    ...{ id, behaviours, minSeverity, steps: [] },
  });
  const runbooks = [
    runbook('violence', ['violence'], 'high'),
    runbook('any-high', 'any', 'high'),
    runbook('any', 'any', 'low'),
  ];

  it.each([
    ['violence', 'critical', 'violence'],
    ['violence', 'medium', 'any'],
    ['missed_scan', 'high', 'any-high'],
    ['missed_scan', 'low', 'any'],
  ] as const)('%s of severity %s: %s', (behaviour, severity, expected) => {
    expect(runbookFor(runbooks, { behaviour, severity })?.id).toBe(expected);
  });

  it('there may be none', () => {
    expect(runbookFor([runbooks[0]!], { behaviour: 'missed_scan', severity: 'critical' })).toBeNull();
  });
});

it.each([
  ['sco-3', true],
  ['Door_1', true],
  ['a/b', false],
  ['+', false],
  ['#', false],
  ['', false],
  [null, false],
  ['x'.repeat(65), false],
])('%j as a level of a topic: %s', (target, expected) => {
  expect(isTarget(target)).toBe(expected);
});
