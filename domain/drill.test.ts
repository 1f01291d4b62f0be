import { describe, expect, it } from 'vitest';
import { guardedCommand, promptCommand } from './device-command.ts';
import { assertReal, type DrillFacts, readinessOf } from './drill.ts';

const incident = { incidentId: 'inc_1', drill: false };
const drill = { incidentId: 'inc_2', drill: true };
const lock = {
  ...{ stepId: 'any.lock', action: 'door_lock' as const, command: 'run' as const, attempt: 1 },
  ...{ message: null, about: null },
};
const prompt = { ...lock, stepId: 'any.prompt', action: 'terminal_prompt' as const, message: 'Please scan again' };
const expiresAt = '2026-11-21T06:00:00.000Z';

describe('what reaches beyond a screen', () => {
  it('takes only an incident that was found to be real', () => {
    expect(guardedCommand(assertReal(incident), lock, expiresAt)).toMatchObject({
      ...{ commandId: 'inc_1:any.lock:1', action: 'door_lock', drill: false },
    });
  });

  it('cannot be asked for with any other, as the compiler says', () => {
    // @ts-expect-error an incident that nobody looked at is not known to be real
    guardedCommand(incident, lock, expiresAt);
    // @ts-expect-error saying that it is no drill does not make it real
    guardedCommand({ ...incident, drill: false as const }, lock, expiresAt);
    // @ts-expect-error a lock is no prompt
    promptCommand(incident, lock, expiresAt);
  });

  it('refuses a drill when it runs', () => {
    expect(() => guardedCommand(assertReal(drill), lock, expiresAt)).toThrow(
      expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining('is a drill') }),
    );
  });

  it('takes back what it did', () => {
    const release = { ...lock, command: 'release' as const, attempt: 2 };
    expect(guardedCommand(assertReal(incident), release, expiresAt)).toMatchObject({
      ...{ commandId: 'inc_1:any.lock:2', action: 'door_unlock' },
    });
  });
});

it.each([
  [incident, 'Please scan again'],
  [drill, 'DRILL. Please scan again'],
])('a prompt of %o says %s', (of, message) => {
  expect(promptCommand(of, prompt, expiresAt)).toMatchObject({ message, drill: of.drill });
});

describe('readiness', () => {
  const perfect: DrillFacts = {
    detectedAt: '2026-11-21T06:00:00.000Z',
    firstMessageAt: '2026-11-21T06:00:00.300Z',
    firstAnswerAt: '2026-11-21T06:00:20.300Z',
    evidenceState: 'ready',
    ...{ stepsDone: 2, stepsPlanned: 2 },
  };

  it.each<[string, Partial<DrillFacts>, number]>([
    ['all went well', {}, 100],
    ['nobody answered', { firstAnswerAt: null }, 70],
    ['nobody was reached', { firstMessageAt: null, firstAnswerAt: null }, 40],
    ['the first message took 35 s', { firstMessageAt: '2026-11-21T06:00:35.000Z' }, 85],
    ['no clip', { evidenceState: 'failed' }, 80],
    ['a clip with gaps', { evidenceState: 'partial' }, 90],
    ['one step of two', { stepsDone: 1 }, 90],
    ['there is no runbook', { stepsDone: 0, stepsPlanned: 0 }, 100],
    ['nothing happened', { firstMessageAt: null, firstAnswerAt: null, evidenceState: 'failed', stepsDone: 0 }, 0],
  ])('%s', (_name, change, score) => {
    expect(readinessOf({ ...perfect, ...change }).score).toBe(score);
  });

  it('says what it is made of', () => {
    expect(readinessOf(perfect)).toMatchObject({
      detectionToPhoneSeconds: 0.3,
      replySeconds: 20,
      evidenceComplete: true,
    });
  });
});
