import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { neverEnds, openWorkflowBench, type Story, type WorkflowBench } from '../test/harness/workflow-bench.ts';
import { workflowBundle } from '../workers/workflow-bundle.ts';

let bench: WorkflowBench;

beforeAll(async () => {
  const bundle = await workflowBundle(join(tmpdir(), 'floorwalker-test-bundles'));
  bench = await openWorkflowBench(inject('engines').temporalAddress, bundle);
});
afterAll(() => bench?.close());

const now = () => new Date().toISOString();
const steps = (story: Story) => story.callsOf('alertStep').map(({ input }) => [input['kind'], input['step']]);
const patient = [
  { role: 'store_staff' as const, timeoutMs: 60_000 },
  { role: 'store_manager' as const, timeoutMs: 60_000 },
];

/** What the caller is told when a command is refused. */
async function refusalOf(command: Promise<unknown>): Promise<{ type: string; message: string }> {
  try {
    await command;
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const { type, message } = error.cause as { type?: string | null; message: string };
    return { type: type ?? '', message };
  }
  throw new Error('the command was accepted');
}

describe.concurrent('answers', () => {
  it('a verdict closes it, with who, when and how', async ({ expect }) => {
    const story = await bench.start();
    await story.called('firstContact');
    const reply = await story.decide({ verdict: 'confirmed', reasonCode: 'SEEN', expectedVersion: 0 });
    expect(reply).toMatchObject({ state: 'closed', verdict: 'confirmed', version: 1 });
    expect(await story.result()).toBe('confirmed');
    expect(story.callsOf('recordOutcome')[0]?.input).toMatchObject({
      verdict: 'confirmed',
      cause: 'human_verdict',
      decisions: [{ verdict: 'confirmed', by: { actorId: 'phone:sam' }, via: 'sms', reasonCode: 'SEEN' }],
    });
  });

  it('costs six Actions in the normal case, two more for each further person, none for duplicates', async ({
    expect,
  }) => {
    const normal = await bench.start({ policy: { escalation: patient } });
    await normal.called('secureEvidence');
    await normal.event('EVENT_TYPE_TIMER_STARTED');
    await normal.decide({ verdict: 'paid', updateId: 'once' });
    await normal.result();
    expect(await normal.actions()).toBe(6);
    await normal.decide({ verdict: 'paid', updateId: 'once' });
    await expect(
      bench.client.workflow.start('incidentWorkflow', {
        args: [normal.input],
        taskQueue: 'incident',
        workflowId: normal.input.incidentId,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      }),
    ).rejects.toThrow(/already/);
    expect(await normal.actions()).toBe(6);

    const [first, second] = patient;
    const escalated = await bench.start({
      policy: { escalation: [{ ...first!, timeoutMs: 2_000 }, second!] },
      // Proof that comes after the text moves the deadline, which is one timer more.
      script: { secureEvidence: async () => ({ state: 'ready', settledAt: new Date(0).toISOString() }) },
    });
    await escalated.called('alertStep');
    await escalated.event('EVENT_TYPE_TIMER_STARTED', 2);
    await escalated.decide({ verdict: 'paid' });
    await escalated.result();
    expect(await escalated.actions()).toBe(8);
  });

  it('a second verdict is refused in words and leaves no trace in the history', async ({ expect }) => {
    let finish: () => void = () => undefined;
    const story = await bench.start({
      script: {
        secureEvidence: () =>
          new Promise((resolve) => {
            finish = () => resolve({ state: 'ready', settledAt: now() });
          }),
      },
    });
    await story.called('secureEvidence');
    await story.decide({ verdict: 'paid' });
    await story.called('recordOutcome');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = (await story.history()).events.length;
    expect(await refusalOf(story.decide({ verdict: 'confirmed' }))).toEqual({
      type: 'ALREADY_DECIDED',
      message: 'This incident is already closed.',
    });
    const { events } = await story.history();
    expect(events.length).toBe(before);
    expect(JSON.stringify(events)).not.toContain('REJECTED');
    finish();
    expect(await story.result()).toBe('paid');
  });

  it('the same update again gives the same answer, before and after the end', async ({ expect }) => {
    const story = await bench.start();
    await story.called('firstContact');
    const first = await story.decide({ verdict: 'paid', updateId: 'sms:SM1' });
    expect(await story.decide({ verdict: 'paid', updateId: 'sms:SM1' })).toEqual(first);
    await story.result();
    expect(await story.decide({ verdict: 'paid', updateId: 'sms:SM1' })).toEqual(first);
    await expect(story.decide({ verdict: 'paid', updateId: 'sms:SM2' })).rejects.toThrow(WorkflowNotFoundError);
    expect(story.callsOf('recordOutcome')).toHaveLength(1);
  });

  it('a decision on an older version is refused', async ({ expect }) => {
    const story = await bench.start({ policy: { escalation: patient } });
    await story.called('firstContact');
    await story.acknowledge();
    expect(await refusalOf(story.decide({ verdict: 'paid', expectedVersion: 0 }))).toMatchObject({
      type: 'STALE_VERSION',
    });
    await story.decide({ verdict: 'paid', expectedVersion: 1 });
    expect(await story.result()).toBe('paid');
  });

  it('two answers at once: one counts, the other is told', async ({ expect }) => {
    const story = await bench.start();
    await story.called('firstContact');
    const settled = await Promise.allSettled([
      story.decide({ verdict: 'paid' }),
      story.decide({ verdict: 'confirmed' }),
    ]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await story.result();
    expect(story.callsOf('recordOutcome')[0]?.input['decisions']).toHaveLength(1);
  });

  it('not sure: the next person at once, and the first answer is on record', async ({ expect }) => {
    const story = await bench.start({ policy: { escalation: patient } });
    await story.called('firstContact');
    const reply = await story.decide({ verdict: 'unsure' });
    expect(reply).toMatchObject({ state: 'in_review', verdict: 'unsure' });
    await story.called('alertStep');
    expect(steps(story)).toEqual([['alert', 1]]);
    expect(story.callsOf('recordProgress')[0]?.input['decisions']).toMatchObject([{ verdict: 'unsure' }]);
    await story.decide({ verdict: 'paid', by: { actorId: 'phone:alex', role: 'store_manager' } });
    expect(await story.result()).toBe('paid');
  });

  it('not sure twice from one phone does not use up the time of the next person', async ({ expect }) => {
    const escalation = [...patient, { role: 'regional' as const, timeoutMs: 60_000 }];
    const story = await bench.start({ policy: { escalation } });
    await story.called('firstContact');
    await story.decide({ verdict: 'unsure' });
    await story.called('alertStep');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await story.decide({ verdict: 'unsure' });
    await story.called('recordProgress', 2);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(steps(story)).toEqual([['alert', 1]]);
    await story.decide({ verdict: 'paid', by: { actorId: 'phone:alex', role: 'store_manager' } });
    await story.result();
  });

  it('HELP: everyone else at once, and it can still be decided', async ({ expect }) => {
    const story = await bench.start({ policy: { escalation: patient } });
    await story.called('firstContact');
    const reply = await story.decide({ verdict: 'help' });
    expect(reply).toMatchObject({ state: 'alerting', verdict: 'help' });
    await story.called('alertStep', 4);
    // A text and a call to each.
    expect(
      story
        .callsOf('alertStep')
        .map(({ input }) => `${input['kind']} ${input['step']} without ${input['excludePersonId']}`)
        .sort(),
    ).toEqual(['help 0 without sam', 'help 1 without sam', 'help_call 0 without sam', 'help_call 1 without sam']);
    expect(story.callsOf('recordProgress')[0]?.input['status']).toMatchObject({ helpRequested: true });
    await story.decide({ verdict: 'confirmed' });
    expect(await story.result()).toBe('confirmed');
    expect(story.callsOf('recordOutcome')[0]?.input['status']).toMatchObject({ helpRequested: true });
  });

  it('HELP does not wait for an alert that is stuck at the carrier', async ({ expect }) => {
    const story = await bench.start({
      script: {
        alertStep: async ({ kind }) => (kind === 'alert' ? neverEnds() : { outcome: 'sent', at: now() }),
      },
    });
    await story.called('alertStep');
    await story.decide({ verdict: 'help' });
    await story.called('alertStep', 5);
    expect(steps(story).slice(1).sort()).toEqual([
      ['help', 0],
      ['help', 1],
      ['help_call', 0],
      ['help_call', 1],
    ]);
    await story.decide({ verdict: 'confirmed' });
    await story.called('alertStep', 6);
    await story.handle.terminate();
  });

  it('HELP reaches people even when the till could not testify', async ({ expect }) => {
    const story = await bench.start({
      script: { firstContact: async () => ({ posVerdict: 'UNKNOWN', severity: 'low', firstStep: null }) },
    });
    await story.called('firstContact');
    await story.decide({ verdict: 'help', by: { actorId: 'user:soc', role: 'soc_operator' }, via: 'api' });
    await story.called('alertStep', 2);
    expect(story.callsOf('alertStep').every(({ input }) => !('excludePersonId' in input))).toBe(true);
    await story.decide({ verdict: 'confirmed' });
    await story.result();
  });

  it('an acknowledgement stops the paging, which goes on when no verdict follows', async ({ expect }) => {
    const story = await bench.start({ policy: { acknowledgedTimeoutMs: 4_500 } });
    await story.called('firstContact');
    const acknowledgedMs = Date.now();
    expect(await story.acknowledge()).toMatchObject({ state: 'acknowledged', version: 1 });
    expect(await refusalOf(story.acknowledge())).toMatchObject({ type: 'ALREADY_ACKNOWLEDGED' });
    const next = await story.called('alertStep');
    expect(next.atMs - acknowledgedMs).toBeGreaterThanOrEqual(4_400);
    expect(next.atMs - acknowledgedMs).toBeLessThan(10_000);
    expect(story.callsOf('recordProgress')[0]?.input['acknowledgements']).toMatchObject([
      { by: { actorId: 'user:soc' } },
    ]);
    await story.decide({ verdict: 'paid' });
    await story.result();
  });
});
