import { ApplicationFailure } from '@temporalio/activity';
import { type RunbookOrder, runbookOrdersSignalName } from '../../workflows/runbook-contracts.ts';
import type { Story, WorkflowBench } from '../harness/workflow-bench.ts';

const order = (stepId: string, change: Partial<RunbookOrder> = {}): RunbookOrder => ({
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

  /** A lock is approved while a screen has not answered yet, and taken back; one step fails for good. */
  async 'runbook-ordered-later'(bench) {
    let answer: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const story = await bench.startRunbook([order('any.prompt')], {
      runStep: async ({ stepId }) => {
        if (stepId === 'any.prompt') await slow;
        if (stepId === 'any.gone') throw ApplicationFailure.nonRetryable('there is no such step', 'NOT_FOUND');
        return { state: 'acknowledged' };
      },
    });
    await story.called('runStep');
    await story.signal(runbookOrdersSignalName, [order('any.lock'), order('any.gone')]);
    await story.called('runStep', 3);
    await story.signal(runbookOrdersSignalName, [order('any.lock', { command: 'release', attempt: 2 })]);
    await story.called('runStep', 4);
    answer();
    await story.result();
    return story;
  },
};
