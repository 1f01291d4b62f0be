import { describe, expect, it } from 'vitest';
import {
  type IncidentCommand,
  type IncidentStatus,
  newIncidentStatus,
  refusalMessages,
  transition,
} from './incident-state.ts';
import { accusingWords } from './message-text.ts';
import type { IncidentState } from './types.ts';

const commands: Record<string, IncidentCommand> = {
  alert: { kind: 'alert' },
  await_review: { kind: 'await_review' },
  acknowledge: { kind: 'acknowledge' },
  receipt_matched: { kind: 'receipt_matched' },
  review_deadline: { kind: 'review_deadline' },
  paid: { kind: 'decide', verdict: 'paid' },
  staff_error: { kind: 'decide', verdict: 'staff_error' },
  confirmed: { kind: 'decide', verdict: 'confirmed' },
  false_positive: { kind: 'decide', verdict: 'false_positive' },
  unsure: { kind: 'decide', verdict: 'unsure' },
  help: { kind: 'decide', verdict: 'help' },
};

/** What each command leads to in each state; a word in capitals is the refusal. */
const open = {
  alert: 'alerting',
  await_review: 'in_review',
  acknowledge: 'acknowledged',
  receipt_matched: 'closed',
  review_deadline: 'closed',
  paid: 'closed',
  staff_error: 'closed',
  confirmed: 'closed',
  false_positive: 'closed',
  unsure: 'in_review',
  help: 'alerting',
};
const table: Record<IncidentState, Record<string, string>> = {
  new: open,
  alerting: open,
  in_review: open,
  acknowledged: { ...open, acknowledge: 'ALREADY_ACKNOWLEDGED' },
  closed: Object.fromEntries(Object.keys(commands).map((name) => [name, 'ALREADY_DECIDED'])),
};

describe.each(Object.entries(table))('an incident that is %s', (state, row) => {
  const status: IncidentStatus = { ...newIncidentStatus, state: state as IncidentState, version: 3 };
  it.each(Object.entries(row))('%s leads to %s', (name, expected) => {
    const result = transition(status, commands[name]!);
    expect(result.ok ? result.next.state : result.refusal).toBe(expected);
    if (!result.ok) expect(refusalMessages[result.refusal]).toMatch(/\.$/);
  });
});

const accepted = (status: IncidentStatus, command: IncidentCommand): IncidentStatus => {
  const result = transition(status, command);
  if (!result.ok) throw new Error(result.refusal);
  return result.next;
};

describe('what a command leaves behind', () => {
  it.each([
    ['paid', { verdict: 'paid', version: 1 }],
    ['confirmed', { verdict: 'confirmed', version: 1 }],
    ['unsure', { verdict: 'unsure', helpRequested: false, version: 1 }],
    ['help', { verdict: 'help', helpRequested: true, version: 1 }],
    ['receipt_matched', { verdict: 'paid', posVerdict: 'MATCH', version: 1 }],
    ['review_deadline', { verdict: 'unreviewed', version: 1 }],
    ['acknowledge', { verdict: null, version: 1 }],
    // Nobody decided: what somebody is looking at stays valid.
    ['alert', { verdict: null, version: 0 }],
    ['await_review', { verdict: null, version: 0 }],
  ])('%s', (name, expected) => {
    expect(accepted(newIncidentStatus, commands[name]!)).toMatchObject(expected);
  });

  it('keeps a call for help through the verdict that follows', () => {
    const helped = accepted(newIncidentStatus, commands['help']!);
    expect(accepted(helped, commands['confirmed']!)).toMatchObject({ verdict: 'confirmed', helpRequested: true });
  });

  it('takes a decision on the version that was looked at, and refuses one on another', () => {
    const status: IncidentStatus = { ...newIncidentStatus, state: 'alerting', version: 3 };
    const decide = (expectedVersion: number) =>
      transition(status, { kind: 'decide', verdict: 'paid', expectedVersion });
    expect(decide(3)).toMatchObject({ ok: true, next: { version: 4 } });
    expect([decide(2), decide(4)]).toEqual(Array(2).fill({ ok: false, refusal: 'STALE_VERSION' }));
  });

  it('changes nothing of the status it was given', () => {
    const status: IncidentStatus = Object.freeze({ ...newIncidentStatus });
    for (const command of Object.values(commands)) transition(status, command);
    expect(status).toEqual(newIncidentStatus);
  });

  it('refuses without an accusing word', () => {
    expect(Object.values(refusalMessages).filter((text) => accusingWords.test(text))).toEqual([]);
  });
});

describe('what must be done before the end', () => {
  const status: IncidentStatus = { ...newIncidentStatus, state: 'alerting' };
  const withOpen = (open: number) => accepted(status, { kind: 'steps_open', open });

  it('keeps a confirmed incident open until the last mandatory step is done', () => {
    const decided = accepted(withOpen(2), { kind: 'decide', verdict: 'confirmed' });
    expect(decided).toMatchObject({ state: 'acknowledged', verdict: 'confirmed' });
    const one = accepted(decided, { kind: 'steps_open', open: 1 });
    expect(one).toMatchObject({ state: 'acknowledged', version: decided.version });
    expect(accepted(one, { kind: 'steps_open', open: 0 })).toMatchObject({ state: 'closed', verdict: 'confirmed' });
  });

  it.each(['paid', 'staff_error', 'false_positive'] as const)(
    '%s closes at once: nothing is to be done to anybody',
    (verdict) => {
      expect(accepted(withOpen(2), { kind: 'decide', verdict })).toMatchObject({ state: 'closed', verdict });
    },
  );

  it('closes as confirmed when the review deadline passes with steps left undone', () => {
    const decided = accepted(withOpen(1), { kind: 'decide', verdict: 'confirmed' });
    expect(accepted(decided, { kind: 'review_deadline' })).toMatchObject({ state: 'closed', verdict: 'confirmed' });
  });

  it('closes nothing by itself when no verdict was given', () => {
    expect(accepted(withOpen(1), { kind: 'steps_open', open: 0 })).toMatchObject({ state: 'alerting', verdict: null });
  });
});

describe('a call for help', () => {
  it('ends with SAFE, and the incident waits for a verdict', () => {
    const helped = accepted(newIncidentStatus, { kind: 'decide', verdict: 'help' });
    expect(accepted(helped, { kind: 'decide', verdict: 'safe' })).toMatchObject({
      state: 'in_review',
      verdict: 'safe',
      helpRequested: false,
    });
  });

  it('cannot end when nobody asked', () => {
    expect(transition(newIncidentStatus, { kind: 'decide', verdict: 'safe' })).toEqual({
      ok: false,
      refusal: 'NO_HELP_REQUESTED',
    });
  });
});
