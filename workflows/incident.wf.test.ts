import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/activity';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { neverEnds, openWorkflowBench, type Story, type WorkflowBench } from '../test/harness/workflow-bench.ts';
import { workflowBundle } from '../workers/workflow-bundle.ts';
import { receiptSignalName, undeliveredSignalName } from './contracts.ts';

let bench: WorkflowBench;

beforeAll(async () => {
  const bundle = await workflowBundle(join(tmpdir(), 'floorwalker-test-bundles'));
  bench = await openWorkflowBench(inject('engines').temporalAddress, bundle);
});
afterAll(() => bench?.close());

const now = () => new Date().toISOString();
const steps = (story: Story) => story.callsOf('alertStep').map(({ input }) => [input['kind'], input['step']]);
const outcome = (story: Story) => story.callsOf('recordOutcome')[0]?.input;
const unknownTill = {
  firstContact: async () => ({ posVerdict: 'UNKNOWN' as const, severity: 'low' as const, firstStep: null }),
};
/** Slack for a busy machine, and for timers, which the server fires up to a second late. */
const slackMs = 3_500;

describe.concurrent('what the till says', () => {
  it('MATCH closes as paid, texts nobody and makes no evidence', async ({ expect }) => {
    const story = await bench.start({
      script: { firstContact: async () => ({ posVerdict: 'MATCH', severity: 'low', firstStep: null }) },
    });
    expect(await story.result()).toBe('paid');
    expect(outcome(story)).toMatchObject({ cause: 'receipt_found', verdict: 'paid', decisions: [] });
    expect(steps(story)).toEqual([]);
    expect(story.callsOf('secureEvidence')).toEqual([]);
    expect(await story.actions()).toBe(3);
  });

  it('an early detection waits until the till has had its window', async ({ expect }) => {
    const startedMs = Date.now();
    const story = await bench.start({ detectedAgoMs: 0, policy: { posWindow: window(2_000) } });
    const { atMs } = await story.called('firstContact');
    expect(atMs - startedMs).toBeGreaterThanOrEqual(1_900);
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
  });

  it('where the till itself may ask, whole seconds by a timer: the activity waits out the rest', async ({ expect }) => {
    const startedMs = Date.now();
    const prompt = { waitMs: 10_000, message: 'Please scan the last item again.' };
    const story = await bench.start({ detectedAgoMs: 0, policy: { prompt, posWindow: window(2_900) } });
    const { atMs } = await story.called('firstContact');
    expect(atMs - startedMs).toBeGreaterThanOrEqual(1_900);
    expect(JSON.stringify(await story.history())).toMatch(/"startToFireTimeout":"[12]s"/);
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
  });

  it('a behaviour without a till does not wait for one', async ({ expect }) => {
    const startedMs = Date.now();
    const story = await bench.start({
      detectedAgoMs: 0,
      behaviour: 'restricted_zone',
      policy: { posWindow: window(30_000) },
      script: {
        firstContact: async () => ({
          posVerdict: 'NOT_APPLICABLE',
          severity: 'high',
          firstStep: { outcome: 'sent', at: now() },
        }),
      },
    });
    const { atMs } = await story.called('firstContact');
    expect(atMs - startedMs).toBeLessThan(10_000);
    await story.decide({ verdict: 'confirmed' });
    expect(await story.result()).toBe('confirmed');
  });

  it('UNKNOWN alerts nobody and waits in review until the deadline closes it as unreviewed', async ({ expect }) => {
    const story = await bench.start({ script: unknownTill, policy: { reviewTimeoutMs: 6_000 } });
    expect(await story.result()).toBe('unreviewed');
    expect(steps(story)).toEqual([]);
    expect(outcome(story)).toMatchObject({ cause: 'review_deadline', verdict: 'unreviewed' });
    expect(outcome(story)?.['status']).toMatchObject({ posVerdict: 'UNKNOWN' });
  });

  it('UNKNOWN that becomes MISMATCH alerts, and goes back to review when nobody answers', async ({ expect }) => {
    const story = await bench.start({ script: unknownTill });
    await story.called('firstContact');
    await story.signal(receiptSignalName);
    await story.called('alertStep', 2);
    const progress = await story.called('recordProgress');
    expect(progress.input).toMatchObject({ escalationExhausted: true, status: { state: 'in_review' } });
    expect(steps(story)).toEqual([
      ['alert', 0],
      ['alert', 1],
    ]);
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
  });

  it('a late receipt while it is open closes it as paid and corrects everybody who was told', async ({ expect }) => {
    const story = await bench.start({
      script: {
        recheckTill: async () => ({ posVerdict: 'MATCH' }),
        recordOutcome: async () => ({ purgeAfter: now(), toldPersonIds: ['alex', 'sam'] }),
        secureEvidence: neverEnds,
      },
    });
    await story.called('firstContact');
    await story.signal(receiptSignalName);
    expect(await story.result()).toBe('paid');
    expect(outcome(story)).toMatchObject({ cause: 'receipt_found' });
    expect(story.callsOf('alertStep').map(({ input }) => [input['kind'], input['personId']])).toEqual(
      expect.arrayContaining([
        ['correction', 'alex'],
        ['correction', 'sam'],
      ]),
    );
    expect(story.callsOf('alertStep')).toHaveLength(2);
    const { events } = await story.history();
    expect(events.map(({ eventType }) => eventType)).toContain('EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED');
  });

  it('one correction that cannot be delivered does not keep the other back', async ({ expect }) => {
    const story = await bench.start({
      script: {
        recheckTill: async () => ({ posVerdict: 'MATCH' }),
        recordOutcome: async () => ({ purgeAfter: now(), toldPersonIds: ['alex', 'sam'] }),
        alertStep: async ({ personId }) => {
          if (personId === 'alex') throw ApplicationFailure.nonRetryable('no such number', 'DEPENDENCY_PERMANENT');
          return { outcome: 'sent', at: now() };
        },
      },
    });
    await story.called('firstContact');
    await story.signal(receiptSignalName);
    expect(await story.result()).toBe('paid');
    expect(story.callsOf('alertStep')).toHaveLength(2);
  });
});

describe.concurrent('who is told, and when', () => {
  it('an unanswered text goes to the next person, then to review', async ({ expect }) => {
    const story = await bench.start();
    const first = await story.called('firstContact');
    const second = await story.called('alertStep');
    expect(second.input).toMatchObject({ step: 1, kind: 'alert' });
    expect(second.atMs - first.atMs).toBeGreaterThanOrEqual(1_950);
    expect(second.atMs - first.atMs).toBeLessThan(2_000 + slackMs);
    const progress = await story.called('recordProgress');
    expect(progress.input).toMatchObject({ escalationExhausted: true, status: { state: 'in_review' } });
    await story.decide({ verdict: 'confirmed' });
    expect(await story.result()).toBe('confirmed');
    expect(steps(story)).toEqual([['alert', 1]]);
  });

  it('nobody on shift, or a number that refuses: the next person at once', async ({ expect }) => {
    const story = await bench.start({
      policy: {
        escalation: [
          { role: 'store_staff', timeoutMs: 60_000 },
          { role: 'store_manager', timeoutMs: 60_000 },
          { role: 'regional', timeoutMs: 60_000 },
        ],
      },
      script: {
        firstContact: async () => ({
          posVerdict: 'MISMATCH',
          severity: 'medium',
          firstStep: { outcome: 'nobody_on_shift', at: now() },
        }),
        alertStep: async ({ step }) => ({ outcome: step === 1 ? 'undeliverable' : 'sent', at: now() }),
      },
    });
    const contact = await story.called('firstContact');
    const third = await story.called('alertStep', 2);
    expect(steps(story)).toEqual([
      ['alert', 1],
      ['alert', 2],
    ]);
    expect(third.atMs - contact.atMs).toBeLessThan(10_000);
    await story.decide({ verdict: 'paid' });
    await story.result();
  });

  it('an alert that throws for good counts as undeliverable', async ({ expect }) => {
    const story = await bench.start({
      policy: { escalation: chain(60_000, 3) },
      script: {
        firstContact: async () => ({
          posVerdict: 'MISMATCH',
          severity: 'medium',
          firstStep: { outcome: 'nobody_on_shift', at: now() },
        }),
        alertStep: async ({ step }) => {
          if (step === 1) throw ApplicationFailure.nonRetryable('broken', 'INTERNAL');
          return { outcome: 'sent', at: now() };
        },
      },
    });
    await story.called('alertStep', 2);
    expect(steps(story).at(-1)).toEqual(['alert', 2]);
    // Decided before the second is known to have left, it would be asked about as well.
    await story.event('EVENT_TYPE_TIMER_STARTED');
    await story.decide({ verdict: 'paid' });
    await story.result();
    // Nobody knows whether it left: asked once more after the end.
    expect(steps(story).slice(2)).toEqual([['alert', 1]]);
  });

  it('a text that the carrier could not deliver moves on at once', async ({ expect }) => {
    const story = await bench.start({ policy: { escalation: chain(60_000) } });
    await story.event('EVENT_TYPE_TIMER_STARTED');
    await story.signal(undeliveredSignalName, { step: 0 });
    await story.called('alertStep');
    expect(steps(story)).toEqual([['alert', 1]]);
    await story.event('EVENT_TYPE_TIMER_STARTED', 2);
    await story.signal(undeliveredSignalName, { step: 0 });
    await story.decide({ verdict: 'paid' });
    await story.result();
    expect(story.callsOf('alertStep')).toHaveLength(1);
  });

  it('hears that a text was undeliverable even before the activity that sent it has ended', async ({ expect }) => {
    const story: Story = await bench.start({
      policy: { escalation: chain(60_000, 3) },
      script: {
        firstContact: async () => ({
          posVerdict: 'MISMATCH',
          severity: 'medium',
          firstStep: { outcome: 'nobody_on_shift', at: now() },
        }),
        alertStep: async ({ step }) => {
          if (step === 1) await story.signal(undeliveredSignalName, { step });
          return { outcome: 'sent', at: now() };
        },
      },
    });
    await story.called('alertStep', 2);
    expect(steps(story)).toEqual([
      ['alert', 1],
      ['alert', 2],
    ]);
    await story.decide({ verdict: 'paid' });
    await story.result();
  });

  it('the time to answer counts from the proof, which came after the text', async ({ expect }) => {
    const story = await bench.start({
      script: {
        secureEvidence: async () => {
          await new Promise((resolve) => setTimeout(resolve, 1_500));
          return { state: 'ready', settledAt: now() };
        },
      },
    });
    const first = await story.called('firstContact');
    const second = await story.called('alertStep');
    expect(second.atMs - first.atMs).toBeGreaterThanOrEqual(3_400);
    expect(second.atMs - first.atMs).toBeLessThan(3_500 + slackMs);
    await story.decide({ verdict: 'paid' });
    await story.result();
  });

  it('proof that never comes extends the time by the grace only', async ({ expect }) => {
    let release: () => void = () => undefined;
    const story = await bench.start({
      script: {
        secureEvidence: () =>
          new Promise((resolve) => {
            release = () => resolve({ state: 'failed', settledAt: now() });
          }),
      },
    });
    const first = await story.called('firstContact');
    const second = await story.called('alertStep');
    expect(second.atMs - first.atMs).toBeGreaterThanOrEqual(3_900);
    expect(second.atMs - first.atMs).toBeLessThan(4_000 + slackMs);
    await story.decide({ verdict: 'paid' });
    await story.called('recordOutcome');
    release();
    await story.result();
  });

  it('evidence that fails is on record, and escalation goes on', async ({ expect }) => {
    const story = await bench.start({
      script: {
        secureEvidence: async () => {
          throw ApplicationFailure.nonRetryable('the disk is gone', 'INTERNAL');
        },
      },
    });
    const progress = await story.called('recordProgress');
    expect(progress.input).toMatchObject({ evidenceGivenUp: { code: 'EVIDENCE_WORKER_GAVE_UP' } });
    await story.called('alertStep');
    await story.decide({ verdict: 'confirmed' });
    expect(await story.result()).toBe('confirmed');
    const told = story.callsOf('recordProgress').filter(({ input }) => input['evidenceGivenUp'] !== null);
    expect(told).toHaveLength(1);
  });

  it('evidence that fails after the verdict is still put on record, once', async ({ expect }) => {
    let fail: () => void = () => undefined;
    const story = await bench.start({
      script: {
        secureEvidence: () =>
          new Promise((_resolve, reject) => {
            fail = () => reject(ApplicationFailure.nonRetryable('the disk is gone', 'INTERNAL'));
          }),
      },
    });
    await story.called('secureEvidence');
    await story.called('firstContact');
    await story.decide({ verdict: 'confirmed' });
    await story.called('recordOutcome');
    fail();
    expect(await story.result()).toBe('confirmed');
    expect(story.callsOf('recordProgress').map(({ input }) => input['evidenceGivenUp'])).toEqual([
      expect.objectContaining({ code: 'EVIDENCE_WORKER_GAVE_UP' }),
    ]);
  });
});

function window(afterMs: number) {
  return { beforeMs: 1_000, afterMs, feedStaleAfterMs: 60_000 };
}

function chain(timeoutMs: number, length = 2) {
  const roles = ['store_staff', 'store_manager', 'regional'] as const;
  return roles.slice(0, length).map((role) => ({ role, timeoutMs }));
}
