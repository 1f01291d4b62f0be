import { ApplicationFailure } from '@temporalio/activity';
import type { Story, WorkflowBench } from '../harness/workflow-bench.ts';

/** The ways through the workflow that masks a clip. */
export const redactionBranches: Record<string, (bench: WorkflowBench) => Promise<Story>> = {
  async redaction(bench) {
    const story = await bench.startRedaction();
    await story.result();
    return story;
  },

  /** The store's worker cannot do it; that is put on record elsewhere. */
  async 'redaction-gave-up'(bench) {
    const story = await bench.startRedaction({
      redactClip: async () => {
        throw ApplicationFailure.nonRetryable('no room left on the disk', 'DEPENDENCY_PERMANENT');
      },
    });
    await story.result();
    return story;
  },
};
