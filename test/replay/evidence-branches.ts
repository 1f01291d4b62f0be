import { ApplicationFailure } from '@temporalio/activity';
import type { Story, WorkflowBench } from '../harness/workflow-bench.ts';

/** The ways through the workflow that has a recording tried again. */
export const evidenceBranches: Record<string, (bench: WorkflowBench) => Promise<Story>> = {
  async 'evidence-again'(bench) {
    const story = await bench.startEvidence();
    await story.result();
    return story;
  },

  /** The store's worker cannot do it; that is put on record elsewhere. */
  async 'evidence-gave-up'(bench) {
    const story = await bench.startEvidence({
      secureEvidence: async () => {
        throw ApplicationFailure.nonRetryable('no room left on the disk', 'DEPENDENCY_PERMANENT');
      },
    });
    await story.result();
    return story;
  },
};
