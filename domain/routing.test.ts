import { describe, expect, it } from 'vitest';
import { defaultPolicy, type NoisePolicy } from './policy.ts';
import { type Candidate, chooseRecipient, inQuietHours, type RoutingNeed } from './routing.ts';

const person = (personId: string, change: Partial<Candidate> = {}): Candidate => ({
  personId,
  locale: 'en',
  channels: ['sms', 'voice'],
  unreachable: false,
  distance: 0,
  shiftStartsAt: '2026-05-04T06:00:00.000Z',
  shiftEndsAt: '2026-05-04T14:00:00.000Z',
  quiet: null,
  alertsThisShift: 0,
  alertsInBudget: 0,
  asked: false,
  ...change,
});
const need: RoutingNeed = { severity: 'medium', urgent: false, attempt: 0, localTime: '10:00' };
const noise: NoisePolicy = { ...defaultPolicy.noise, perShift: 5, budgets: { medium: { count: 2, windowMs: 1_000 } } };
const shown = (candidates: Candidate[], change: Partial<RoutingNeed> = {}) => {
  const routing = chooseRecipient(noise, candidates, { ...need, ...change });
  switch (routing.kind) {
    case 'reach':
      return `${routing.candidate.personId} by ${routing.channel}`;
    case 'withheld':
      return routing.reasons.map(({ code }) => code).join(' ');
    case 'nobody':
      return 'nobody';
  }
};

describe('who is reached', () => {
  it.each<[string, Candidate[], Partial<RoutingNeed>, string]>([
    ['nobody is on shift', [], {}, 'nobody'],
    ['the only one has no way to be reached', [person('a', { channels: [] })], {}, 'nobody'],
    ['over the first channel', [person('a')], {}, 'a by sms'],
    ['in the order that the person wants', [person('a', { channels: ['voice', 'sms'] })], {}, 'a by voice'],
    ['whoever can be reached', [person('a', { unreachable: true }), person('b', { distance: 1 })], {}, 'b by sms'],
    ['somebody whose phone is off, when nobody else is there', [person('a', { unreachable: true })], {}, 'a by sms'],
    ['whoever is nearest', [person('a', { distance: 1 }), person('b', { alertsThisShift: 2 })], {}, 'b by sms'],
    ['whoever was disturbed least', [person('a', { alertsThisShift: 2 }), person('b')], {}, 'b by sms'],
    [
      'a second try: the same person, the next channel',
      [person('a', { asked: true }), person('b')],
      { attempt: 1 },
      'a by voice',
    ],
    ['a third try: the first channel again', [person('a', { asked: true })], { attempt: 2 }, 'a by sms'],
    ['a second try after the first one left', [person('b')], { attempt: 1 }, 'b by sms'],
    [
      'the shift budget of one is spent',
      [person('a', { alertsThisShift: 5 }), person('b', { alertsThisShift: 4 })],
      {},
      'b by sms',
    ],
    [
      'all budgets are spent',
      [person('a', { alertsThisShift: 5 }), person('b', { alertsInBudget: 2 })],
      {},
      'SEVERITY_BUDGET_SPENT SHIFT_BUDGET_SPENT',
    ],
    ['no budget for this severity', [person('a', { alertsInBudget: 99 })], { severity: 'high' }, 'a by sms'],
    [
      'a further try is no new interruption',
      [person('a', { alertsThisShift: 5, asked: true })],
      { attempt: 1 },
      'a by voice',
    ],
    ['in quiet hours', [person('a', { quiet: { from: '09:00', to: '11:00' } })], {}, 'QUIET_HOURS'],
    [
      'in quiet hours, but severe',
      [person('a', { quiet: { from: '09:00', to: '11:00' } })],
      { severity: 'high' },
      'a by sms',
    ],
    [
      'danger disturbs everybody',
      [person('a', { quiet: { from: '09:00', to: '11:00' }, alertsThisShift: 99, alertsInBudget: 99 })],
      { urgent: true },
      'a by sms',
    ],
  ])('%s', (_, candidates, change, expected) => {
    expect(shown(candidates, change)).toBe(expected);
  });

  it.each([
    ['22:00', '06:00', '23:30', true],
    ['22:00', '06:00', '05:59', true],
    ['22:00', '06:00', '06:00', false],
    ['22:00', '06:00', '21:59', false],
    ['13:00', '14:00', '13:00', true],
    ['13:00', '14:00', '14:00', false],
  ])('quiet from %s to %s: at %s %s', (from, to, at, expected) => {
    expect(inQuietHours({ from, to }, at)).toBe(expected);
  });
});
