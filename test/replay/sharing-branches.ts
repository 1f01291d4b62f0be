import { sharingNames } from '../../workflows/share-contracts.ts';
import type { Story, WorkflowBench } from '../harness/workflow-bench.ts';

/** The ways through the workflows that send shares and notices. */
export const sharingBranches: Record<string, (bench: WorkflowBench) => Promise<Story>> = {
  /** It waits its turn, then waits for long, and a person has it tried now. */
  async share(bench) {
    const waits = [200, 3_600_000];
    const story = await bench.startSharing('share', {
      sendShare: async () => {
        const waitMs = waits.shift();
        return waitMs === undefined ? { state: 'delivered' } : { waitMs };
      },
    });
    await story.event('EVENT_TYPE_TIMER_STARTED', 2);
    await story.signal(sharingNames.tryNowSignal);
    await story.result();
    return story;
  },

  async 'share-notice'(bench) {
    const story = await bench.startSharing('notice', {});
    await story.result();
    return story;
  },
};
