import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import {
  neverEnds,
  openWorkflowBench,
  type Script,
  type Story,
  type WorkflowBench,
} from '../test/harness/workflow-bench.ts';
import { workflowBundle } from '../workers/workflow-bundle.ts';
import {
  mandatoryStepsSignalName,
  receiptSignalName,
  terminalReleaseSignalName,
  undeliveredSignalName,
} from './contracts.ts';

let bench: WorkflowBench;

beforeAll(async () => {
  const bundle = await workflowBundle(join(tmpdir(), 'floorwalker-test-bundles'));
  bench = await openWorkflowBench(inject('engines').temporalAddress, bundle);
});
afterAll(() => bench?.close());

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const steps = (story: Story) =>
  story.callsOf('alertStep').map(({ input }) => `${input['kind']} ${input['step']}.${input['round'] ?? 0}`);
const patient = [
  { role: 'store_staff' as const, timeoutMs: 60_000 },
  { role: 'store_manager' as const, timeoutMs: 60_000 },
];
const contact = (more: object): Script => ({
  firstContact: async () => ({
    posVerdict: 'MISMATCH',
    severity: 'medium',
    firstStep: { outcome: 'sent', at: inMs(0) },
    ...more,
  }),
});

describe.concurrent('a step inside the workflow task', () => {
  const step = (story: Story, name: 'alertStep' | 'alertStepAtOnce') =>
    story.callsOf(name).map(({ input }) => input['step']);

  it('takes no activity of a queue: a timer and a marker are all that it costs', async ({ expect }) => {
    const story = await bench.start({ stepsAtOnce: true });
    await story.called('recordProgress');
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
    expect(step(story, 'alertStepAtOnce')).toEqual([1]);
    expect(step(story, 'alertStep')).toEqual([]);
  });

  it('goes over the queue when the worker has too many that wait, or the carrier did not say', async ({ expect }) => {
    const doubts: NonNullable<Script['alertStepAtOnce']>[] = [
      async () => ({ outcome: 'busy' }),
      async () => {
        throw new Error('the carrier did not say');
      },
    ];
    for (const alertStepAtOnce of doubts) {
      const story = await bench.start({ stepsAtOnce: true, script: { alertStepAtOnce } });
      await story.called('recordProgress');
      await story.decide({ verdict: 'paid' });
      expect(await story.result()).toBe('paid');
      expect(step(story, 'alertStepAtOnce')).toEqual([1]);
      expect(step(story, 'alertStep')).toEqual([1]);
      expect(story.callsOf('alertStep')[0]?.input).toEqual(story.callsOf('alertStepAtOnce')[0]?.input);
    }
  });

  it('that hangs does not keep a verdict waiting for ever, and what became of it is settled after the end', async ({
    expect,
  }) => {
    const story = await bench.start({ stepsAtOnce: true, script: { alertStepAtOnce: neverEnds } });
    await story.called('alertStepAtOnce');
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
    expect(step(story, 'alertStepAtOnce')).toEqual([1]);
    expect(step(story, 'alertStep')).toEqual([1]);
    const [settled] = story.callsOf('alertStep');
    expect(settled!.atMs).toBeGreaterThan(story.callsOf('recordOutcome')[0]!.atMs);
  });
});

describe.concurrent('reaching people', () => {
  it('pages nobody about an incident that the rules hold back; the console decides, at no further cost', async ({
    expect,
  }) => {
    const story = await bench.start({ script: contact({ firstStep: null, suppressed: true }) });
    await story.event('EVENT_TYPE_TIMER_STARTED');
    await story.decide({ verdict: 'false_positive' });
    expect(await story.result()).toBe('false_positive');
    expect(steps(story)).toEqual([]);
    expect(story.callsOf('recordProgress')).toEqual([]);
    expect(await story.actions()).toBe(6);
  });

  it('starts to page when the rules let it through after all', async ({ expect }) => {
    const story = await bench.start({
      policy: { escalation: patient },
      script: {
        ...contact({ firstStep: null, suppressed: true }),
        recheckTill: async () => ({ posVerdict: 'MISMATCH', suppressed: false }),
      },
    });
    await story.event('EVENT_TYPE_TIMER_STARTED');
    await story.signal(receiptSignalName);
    await story.called('alertStep');
    expect(steps(story)).toEqual(['alert 0.0']);
    await story.decide({ verdict: 'paid' });
    await story.result();
  });

  it('hands over when the shift of whoever was asked ends, once to each', async ({ expect }) => {
    const endsAt = inMs(2_500);
    const story = await bench.start({
      policy: { escalation: patient },
      script: contact({ firstStep: { outcome: 'sent', at: inMs(0), shiftEndsAt: endsAt } }),
    });
    const handedOver = await story.called('alertStep');
    expect(steps(story)).toEqual(['alert 0.1']);
    expect(handedOver.input['dueAt']).toBe(endsAt);
    expect(handedOver.atMs - Date.parse(endsAt)).toBeGreaterThanOrEqual(0);
    expect(handedOver.atMs - Date.parse(endsAt)).toBeLessThan(5_000);
    await story.decide({ verdict: 'paid' });
    await story.result();
  });

  it('moves on at once when a hand-over is undelivered, and not for the text before it', async ({ expect }) => {
    const story = await bench.start({
      policy: { escalation: patient },
      script: contact({ firstStep: { outcome: 'sent', at: inMs(0), shiftEndsAt: inMs(1_500) } }),
    });
    await story.called('alertStep');
    await story.event('EVENT_TYPE_TIMER_STARTED', 2);
    await story.signal(undeliveredSignalName, { step: 0, round: 0 });
    await story.signal(undeliveredSignalName, { step: 0, round: 1 });
    await story.called('alertStep', 2);
    expect(steps(story)).toEqual(['alert 0.1', 'alert 1.0']);
    await story.decide({ verdict: 'paid' });
    await story.result();
  });

  it('goes to the next person when a message is withheld', async ({ expect }) => {
    const story = await bench.start({
      policy: { escalation: patient },
      script: contact({ firstStep: { outcome: 'withheld', at: inMs(0) } }),
    });
    await story.called('alertStep');
    expect(steps(story)).toEqual(['alert 1.0']);
    await story.decide({ verdict: 'paid' });
    await story.result();
  });

  it('SAFE ends the call for help: nobody else is called out, and a verdict is still needed', async ({ expect }) => {
    const story = await bench.start({ policy: { escalation: patient } });
    await story.called('firstContact');
    await story.decide({ verdict: 'help' });
    await story.called('alertStep', 4);
    expect(await story.decide({ verdict: 'safe' })).toMatchObject({ state: 'in_review', verdict: 'safe' });
    await story.called('recordProgress', 2);
    expect(story.callsOf('recordProgress')[1]?.input['status']).toMatchObject({ helpRequested: false });
    await story.decide({ verdict: 'confirmed' });
    expect(await story.result()).toBe('confirmed');
    expect(steps(story)).toHaveLength(4);
  });

  it('closes a confirmed incident only when what must be done is done', async ({ expect }) => {
    const story = await bench.start({ policy: { escalation: patient }, script: contact({ openMandatory: 2 }) });
    await story.called('firstContact');
    expect(await story.decide({ verdict: 'confirmed' })).toMatchObject({ state: 'acknowledged', verdict: 'confirmed' });
    await story.called('recordProgress');
    await story.signal(mandatoryStepsSignalName, { open: 1 });
    await story.event('EVENT_TYPE_TIMER_STARTED', 2);
    expect(story.callsOf('recordOutcome')).toEqual([]);
    await story.signal(mandatoryStepsSignalName, { open: 0 });
    expect(await story.result()).toBe('confirmed');
    expect(steps(story)).toEqual([]);
    expect(story.callsOf('recordOutcome')[0]?.input).toMatchObject({ verdict: 'confirmed', cause: 'human_verdict' });
  });

  it('asks for an approval beside everything else, and an end that comes first does not lose the message', async ({
    expect,
  }) => {
    const story = await bench.start({ policy: { escalation: patient }, script: contact({ approvals: [2] }) });
    await story.called('alertStep');
    expect(story.callsOf('alertStep')[0]?.input).toMatchObject({ kind: 'notice', step: 2 });
    await story.decide({ verdict: 'paid' });
    expect(await story.result()).toBe('paid');
    expect(steps(story)).toEqual(['notice 2.0']);
  });

  it('opened again: nobody is paged, nothing is secured twice, and the version goes on', async ({ expect }) => {
    const story = await bench.start({ reopened: { run: 2, version: 7, posVerdict: 'MISMATCH' } });
    await story.event('EVENT_TYPE_TIMER_STARTED');
    const reply = await story.decide({ verdict: 'paid', expectedVersion: 7 });
    expect(reply).toMatchObject({ state: 'closed', version: 8 });
    expect(await story.result()).toBe('paid');
    expect([...steps(story), ...story.callsOf('secureEvidence'), ...story.callsOf('firstContact')]).toEqual([]);
    expect(await story.actions()).toBe(4);
  });

  it('tells everybody of a correction by the round that is owed to them', async ({ expect }) => {
    const story = await bench.startCorrection({
      correctIncident: async () => ({ toldPersonIds: ['sam', 'alex'], round: 1 }),
    });
    await story.result();
    expect(
      story
        .callsOf('alertStep')
        .map(({ input }) => [input['kind'], input['personId'], input['round']])
        .sort(),
    ).toEqual([
      ['correction', 'alex', 1],
      ['correction', 'sam', 1],
    ]);
  });
});

describe.concurrent('a till that waits for the attendant', () => {
  const asked = (more: Script = {}): { script: Script; policy: { escalation: typeof patient } } => ({
    policy: { escalation: patient },
    script: { ...contact({ firstStep: null, prompt: { waitMs: 1_000, after: { maxMs: 60_000 } } }), ...more },
  });
  const causes = (story: Story) => story.callsOf('releaseTerminal').map(({ input }) => input['cause']);

  it('does not keep anybody from being paged, and goes on with the first answer', async ({ expect }) => {
    const story = await bench.start(asked({ holdTerminal: () => neverEnds() }));
    await story.called('holdTerminal');
    await story.called('alertStep');
    await story.decide({ verdict: 'confirmed' });
    await story.result();
    // Nobody knows whether it heard us, so it is told to let go.
    expect(causes(story)).toEqual(['closed']);
  });

  it.for([
    ['answered', (story: Story) => story.decide({ verdict: 'unsure' })],
    ['person', (story: Story) => story.signal(terminalReleaseSignalName)],
    ['till_unsure', (story: Story) => story.signal(receiptSignalName)],
  ] as const)('goes on once: %s', async ([cause, tell], { expect }) => {
    // Asked when the time is over it still has no receipt; asked again it is no longer sure.
    let times = 0;
    const recheckTill = async () => {
      times += 1;
      return { posVerdict: times === 1 ? ('MISMATCH' as const) : ('UNKNOWN' as const) };
    };
    const story = await bench.start(asked({ recheckTill }));
    await story.called('alertStep');
    await tell(story);
    await story.called('releaseTerminal');
    await story.decide({ verdict: 'paid' });
    await story.result();
    expect(causes(story)).toEqual([cause]);
  });

  it('is asked once more before anybody is sent, and nobody is when it is not sure', async ({ expect }) => {
    const story = await bench.start(asked({ recheckTill: async () => ({ posVerdict: 'UNKNOWN' }) }));
    await story.called('recheckTill');
    await story.decide({ verdict: 'paid' });
    await story.result();
    expect([...story.callsOf('holdTerminal'), ...story.callsOf('alertStep')]).toEqual([]);
  });

  it('goes on when its time is over', async ({ expect }) => {
    const story = await bench.start(
      asked(contact({ firstStep: null, prompt: { waitMs: 1_000, after: { maxMs: 1_000 } } })),
    );
    await story.called('releaseTerminal');
    expect(causes(story)).toEqual(['time_over']);
    await story.decide({ verdict: 'paid' });
    await story.result();
  });

  it('is not made to wait when the words were not shown, nothing was ordered, or somebody has answered', async ({
    expect,
  }) => {
    const dark = await bench.start(asked({ promptTerminal: async () => ({ state: 'failed' }) }));
    const moot = await bench.start(asked({ holdTerminal: async () => ({ ordered: false }) }));
    const early = await bench.start(asked());
    await early.called('promptTerminal');
    await early.decide({ verdict: 'unsure' });
    for (const story of [dark, moot, early]) {
      await story.called('alertStep');
      await story.decide({ verdict: 'paid' });
      await story.result();
      expect(causes(story)).toEqual([]);
    }
    expect([dark, moot, early].map((story) => story.callsOf('holdTerminal').length)).toEqual([0, 1, 0]);
  });
});
