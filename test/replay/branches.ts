import { ApplicationFailure } from '@temporalio/activity';
import { detectionMergedSignalName, receiptSignalName } from '../../workflows/contracts.ts';
import type { Story, WorkflowBench } from '../harness/workflow-bench.ts';
import { evidenceBranches } from './evidence-branches.ts';
import { redactionBranches } from './redaction-branches.ts';
import { runbookBranches } from './runbook-branches.ts';
import { sharingBranches } from './sharing-branches.ts';

const now = () => new Date().toISOString();

const asksAtTheTill = { posVerdict: 'MISMATCH' as const, severity: 'medium' as const, firstStep: null };

/** One story for each way through the workflows; `npx tsx scripts/record-histories.ts` keeps their histories. */
export const branches: Record<string, (bench: WorkflowBench) => Promise<Story>> = {
  ...runbookBranches,
  ...redactionBranches,
  ...evidenceBranches,
  ...sharingBranches,

  async match(bench) {
    const story = await bench.start({
      script: { firstContact: async () => ({ posVerdict: 'MATCH', severity: 'low', firstStep: null }) },
    });
    await story.result();
    return story;
  },

  async 'mismatch-verdict'(bench) {
    const story = await bench.start();
    await story.called('firstContact');
    await story.decide({ verdict: 'confirmed' });
    await story.result();
    return story;
  },

  async escalated(bench) {
    const story = await bench.start();
    await story.called('recordProgress');
    await story.decide({ verdict: 'paid' });
    await story.result();
    return story;
  },

  async 'escalated-at-once'(bench) {
    let tries = 0;
    const story = await bench.start({
      stepsAtOnce: true,
      script: {
        alertStepAtOnce: async () => {
          tries += 1;
          if (tries === 1) return { outcome: 'sent', at: new Date().toISOString() };
          throw new Error('nobody knows whether the carrier took it');
        },
      },
      policy: {
        escalation: [
          { role: 'store_staff', timeoutMs: 2_000 },
          { role: 'store_manager', timeoutMs: 2_000 },
          { role: 'store_manager', timeoutMs: 2_000, attempt: 1 },
        ],
      },
    });
    await story.called('recordProgress');
    await story.decide({ verdict: 'paid' });
    await story.result();
    return story;
  },

  async 'unknown-review'(bench) {
    const story = await bench.start({
      policy: { reviewTimeoutMs: 5_000 },
      script: { firstContact: async () => ({ posVerdict: 'UNKNOWN', severity: 'low', firstStep: null }) },
    });
    await story.result();
    return story;
  },

  async help(bench) {
    const story = await bench.start();
    await story.called('firstContact');
    await story.acknowledge();
    await story.decide({ verdict: 'unsure' });
    await story.called('alertStep');
    await story.decide({ verdict: 'help' });
    await story.called('alertStep', 3);
    await story.decide({ verdict: 'confirmed' });
    await story.result();
    return story;
  },

  async 'late-receipt'(bench) {
    const story = await bench.start({
      script: {
        recheckTill: async () => ({ posVerdict: 'MATCH' }),
        recordOutcome: async () => ({ purgeAfter: now(), toldPersonIds: ['sam'] }),
      },
    });
    await story.called('firstContact');
    await story.signal(receiptSignalName);
    await story.result();
    return story;
  },

  async 'evidence-failed'(bench) {
    const story = await bench.start({
      script: {
        secureEvidence: async () => {
          throw ApplicationFailure.nonRetryable('the disk is gone', 'INTERNAL');
        },
      },
    });
    await story.called('recordProgress');
    await story.decide({ verdict: 'confirmed' });
    await story.result();
    return story;
  },

  /** The evidence outlasts the verdict; a merge and a receipt arrive meanwhile. */
  async 'late-news'(bench) {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const story = await bench.start({
      script: {
        secureEvidence: async () => {
          await held;
          return { state: 'ready', settledAt: now() };
        },
        correctIncident: async () => ({ toldPersonIds: ['sam'] }),
      },
    });
    await story.called('firstContact');
    await story.decide({ verdict: 'confirmed' });
    await story.called('recordOutcome');
    await story.signal(detectionMergedSignalName, { dedupKey: 'v1:late' });
    await story.called('splitMerged');
    await story.signal(receiptSignalName);
    await story.called('alertStep');
    release();
    await story.result();
    return story;
  },

  /** The carrier did not say whether it took the first text. */
  async unsettled(bench) {
    const story = await bench.start({
      script: {
        firstContact: async () => ({
          posVerdict: 'MISMATCH',
          severity: 'medium',
          firstStep: { outcome: 'unsettled', at: now() },
        }),
      },
    });
    await story.called('alertStep');
    await story.decide({ verdict: 'paid' });
    await story.result();
    return story;
  },

  /** The self-checkout asks, and the customer scans it. */
  async 'till-asked'(bench) {
    const story = await bench.start({
      script: {
        firstContact: async () => ({ ...asksAtTheTill, prompt: { waitMs: 10_000 } }),
        recheckTill: async () => ({ posVerdict: 'MATCH' }),
      },
    });
    await story.called('promptTerminal');
    await story.signal(receiptSignalName);
    await story.result();
    return story;
  },

  /** Reported while the window of a till that may be told is open: whole seconds by a timer. */
  async 'window-open'(bench) {
    const story = await bench.start({
      detectedAgoMs: 0,
      policy: {
        prompt: { waitMs: 10_000, message: 'Please scan the last item again.' },
        posWindow: { beforeMs: 1_000, afterMs: 2_500, feedStaleAfterMs: 60_000 },
      },
      script: { firstContact: async () => ({ posVerdict: 'MATCH', severity: 'low', firstStep: null }) },
    });
    await story.result();
    return story;
  },

  /** Nobody scans, and the till has fallen silent meanwhile: nobody is sent. */
  async 'till-asked-in-vain'(bench) {
    const story = await bench.start({
      policy: { reviewTimeoutMs: 5_000 },
      script: {
        firstContact: async () => ({ ...asksAtTheTill, prompt: { waitMs: 1_000 } }),
        recheckTill: async () => ({ posVerdict: 'UNKNOWN' }),
      },
    });
    await story.result();
    return story;
  },

  /** Nobody scans: the payment waits for the attendant, until they have answered. */
  async 'till-held'(bench) {
    const story = await bench.start({
      script: { firstContact: async () => ({ ...asksAtTheTill, prompt: { waitMs: 1_000, after: { maxMs: 60_000 } } }) },
    });
    await story.called('holdTerminal');
    await story.called('alertStep');
    await story.decide({ verdict: 'unsure' });
    await story.called('releaseTerminal');
    await story.decide({ verdict: 'paid' });
    await story.result();
    return story;
  },

  async correction(bench) {
    const story = await bench.startCorrection({ correctIncident: async () => ({ toldPersonIds: ['alex', 'sam'] }) });
    await story.result();
    return story;
  },
};
