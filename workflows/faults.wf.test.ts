import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/activity';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { neverEnds, openWorkflowBench, type Story, type WorkflowBench } from '../test/harness/workflow-bench.ts';
import { workflowBundle } from '../workers/workflow-bundle.ts';
import { detectionMergedSignalName, receiptSignalName } from './contracts.ts';

let bench: WorkflowBench;

beforeAll(async () => {
  const bundle = await workflowBundle(join(tmpdir(), 'floorwalker-test-bundles'));
  bench = await openWorkflowBench(inject('engines').temporalAddress, bundle);
});
afterAll(() => bench?.close());

const now = () => new Date().toISOString();
const steps = (story: Story) => story.callsOf('alertStep').map(({ input }) => [input['kind'], input['step']]);

/** Evidence that is ready when the test says so. */
function heldEvidence() {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    release: () => release(),
    secureEvidence: async () => {
      await held;
      return { state: 'ready' as const, settledAt: now() };
    },
  };
}

describe.concurrent('the path to the first text', () => {
  it('a local activity that keeps failing falls back to the patient path', async ({ expect }) => {
    let attempts = 0;
    const story = await bench.start({
      script: {
        firstContact: async () => {
          attempts += 1;
          if (attempts <= 4) throw new Error('the database is away');
          return { posVerdict: 'MISMATCH', severity: 'medium', firstStep: { outcome: 'sent', at: now() } };
        },
      },
    });
    await story.called('firstContact', 5);
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
    const { events } = await story.history();
    const scheduled = events.filter(({ eventType }) => eventType === 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
    expect(JSON.stringify(scheduled)).toContain('firstContact');
  });

  it('an unsettled first text is settled by the notify queue, and its time counts from there', async ({ expect }) => {
    const story = await bench.start({
      script: {
        firstContact: async () => ({
          posVerdict: 'MISMATCH',
          severity: 'medium',
          firstStep: { outcome: 'unsettled', at: now() },
        }),
      },
    });
    const settled = await story.called('alertStep');
    expect(settled.input).toMatchObject({ step: 0, kind: 'alert' });
    const next = await story.called('alertStep', 2);
    expect(next.input).toMatchObject({ step: 1 });
    expect(next.atMs - settled.atMs).toBeGreaterThanOrEqual(1_950);
    await story.event('EVENT_TYPE_TIMER_STARTED', 2);
    await story.decide({ verdict: 'paid' });
    await story.result();
    expect(steps(story)).toEqual([
      ['alert', 0],
      ['alert', 1],
    ]);
  });

  it('a verdict that overtakes an unsettled first text still has it settled after the end', async ({ expect }) => {
    const story: Story = await bench.start({
      script: {
        firstContact: async () => ({
          posVerdict: 'MISMATCH',
          severity: 'medium',
          firstStep: { outcome: 'unsettled', at: now() },
        }),
        alertStep: async () => {
          if (story.callsOf('alertStep').length === 1) await neverEnds();
          return { outcome: 'sent', at: now() };
        },
      },
    });
    await story.called('alertStep');
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
    expect(steps(story)).toEqual([
      ['alert', 0],
      ['alert', 0],
    ]);
    const closedAtMs = story.callsOf('recordOutcome')[0]?.atMs ?? 0;
    expect(story.callsOf('alertStep')[1]?.atMs).toBeGreaterThan(closedAtMs);
  });

  it('a verdict while a text is being sent cancels it and closes at once', async ({ expect }) => {
    const story: Story = await bench.start({
      script: {
        alertStep: async () => {
          if (story.callsOf('alertStep').length === 1) await neverEnds();
          return { outcome: 'undeliverable', at: now() };
        },
      },
    });
    await story.called('alertStep');
    const decidedMs = Date.now();
    await story.decide({ verdict: 'paid' });
    const outcome = await story.called('recordOutcome');
    expect(outcome.atMs - decidedMs).toBeLessThan(8_000);
    expect(await story.result()).toBe('paid');
    const { events } = await story.history();
    expect(events.map(({ eventType }) => eventType)).toContain('EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED');
  });
});

describe.concurrent('detections and receipts that come late', () => {
  it('a merged detection has the till asked again', async ({ expect }) => {
    const story = await bench.start();
    await story.called('firstContact');
    await story.signal(detectionMergedSignalName, { dedupKey: 'v1:second' });
    await story.called('recheckTill');
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
    expect(story.callsOf('splitMerged')).toEqual([]);
  });

  it('a merge after the decision gets an incident of its own', async ({ expect }) => {
    const evidence = heldEvidence();
    const story = await bench.start({ script: { secureEvidence: evidence.secureEvidence } });
    await story.called('secureEvidence');
    await story.decide({ verdict: 'paid' });
    await story.called('recordOutcome');
    await story.signal(detectionMergedSignalName, { dedupKey: 'v1:late' });
    const split = await story.called('splitMerged');
    expect(split.input['dedupKeys']).toEqual(['v1:late']);
    evidence.release();
    expect(await story.result()).toBe('paid');
    expect(story.callsOf('splitMerged')).toHaveLength(1);
  });

  it('a merge that arrives while another is being split is split too', async ({ expect }) => {
    const evidence = heldEvidence();
    const story: Story = await bench.start({
      script: {
        secureEvidence: evidence.secureEvidence,
        splitMerged: async ({ dedupKeys }) => {
          if (!dedupKeys.includes('v1:first')) return;
          evidence.release();
          await story.signal(detectionMergedSignalName, { dedupKey: 'v1:second' });
        },
      },
    });
    await story.called('secureEvidence');
    await story.decide({ verdict: 'paid' });
    await story.called('recordOutcome');
    await story.signal(detectionMergedSignalName, { dedupKey: 'v1:first' });
    expect(await story.result()).toBe('paid');
    expect(story.callsOf('splitMerged').map(({ input }) => input['dedupKeys'])).toEqual([['v1:first'], ['v1:second']]);
  });

  it('a receipt after the verdict, while the evidence is still being made, corrects it', async ({ expect }) => {
    const evidence = heldEvidence();
    const story = await bench.start({
      script: {
        secureEvidence: evidence.secureEvidence,
        correctIncident: async () => ({ toldPersonIds: ['sam'] }),
      },
    });
    await story.called('secureEvidence');
    await story.called('firstContact');
    await story.decide({ verdict: 'confirmed' });
    await story.called('recordOutcome');
    await story.signal(receiptSignalName);
    const correction = await story.called('alertStep');
    expect(correction.input).toMatchObject({ kind: 'correction', personId: 'sam' });
    evidence.release();
    await story.result();
    expect(story.callsOf('correctIncident')).toHaveLength(1);
    expect(story.callsOf('recheckTill')).toHaveLength(0);
  });

  it('a correction of a closed incident texts everybody who was told', async ({ expect }) => {
    const story = await bench.startCorrection({
      correctIncident: async () => ({ toldPersonIds: ['alex', 'sam'] }),
    });
    expect(await story.result()).toEqual({ told: 2 });
    expect(story.callsOf('alertStep').map(({ input }) => [input['kind'], input['personId']])).toEqual(
      expect.arrayContaining([
        ['correction', 'alex'],
        ['correction', 'sam'],
      ]),
    );
  });
});

describe.concurrent('the outcome', () => {
  it('is written again and again until the database takes it', async ({ expect }) => {
    let attempts = 0;
    const story = await bench.start({
      script: {
        recordOutcome: async () => {
          attempts += 1;
          if (attempts < 3) throw ApplicationFailure.retryable('the database is away', 'DEPENDENCY_TEMPORARY');
          return { purgeAfter: now(), toldPersonIds: [] };
        },
      },
    });
    await story.called('firstContact');
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
    expect(attempts).toBe(3);
  });

  it('two incidents in one worker share no state', async ({ expect }) => {
    const [first, second] = await Promise.all([bench.start(), bench.start()]);
    await Promise.all([first.called('firstContact'), second.called('firstContact')]);
    await first.decide({ verdict: 'help' });
    await first.called('alertStep', 2);
    await second.decide({ verdict: 'paid' });
    await second.result();
    const closed = second.callsOf('recordOutcome')[0]?.input;
    expect(closed).toMatchObject({ status: { helpRequested: false, version: 1 }, decisions: [{ verdict: 'paid' }] });
    expect(second.callsOf('alertStep')).toEqual([]);
    await first.decide({ verdict: 'confirmed' });
    await first.result();
  });
});
