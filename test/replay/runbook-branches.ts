import { ApplicationFailure } from '@temporalio/activity';
import type { StepOrder } from '../../domain/runbook.ts';
import type { Story, WorkflowBench } from '../harness/workflow-bench.ts';

const order = (stepId: string, change: Partial<StepOrder> = {}): StepOrder => ({
  ...{ stepId, command: 'run', attempt: 1, ackTimeoutMs: 2_000 },
  ...change,
});

/** The ways through the workflow of runbooks. */
export const runbookBranches: Record<string, (bench: WorkflowBench) => Promise<Story>> = {
  async 'runbook-automatic'(bench) {
    const story = await bench.startRunbook([order('any.prompt'), order('any.signage')]);
    await story.result();
    return story;
  },

  /** The second of three is gone for good; the others have their turn. */
  async 'runbook-gave-up'(bench) {
    const orders = [order('any.lock', { command: 'release', attempt: 2 }), order('any.gone'), order('any.sign')];
    const story = await bench.startRunbook(orders, {
      runStep: async ({ stepId }) => {
        if (stepId === 'any.gone') throw ApplicationFailure.nonRetryable('there is no such step', 'NOT_FOUND');
        return { state: 'acknowledged' };
      },
    });
    await story.result();
    return story;
  },
};
