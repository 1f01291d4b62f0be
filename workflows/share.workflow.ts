import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { ShareActivities, ShareStep } from '../activities/contracts.ts';
import { type ShareInput, type ShareNoticeInput, shareQueue, sharingNames } from './share-contracts.ts';

const tryNowSignal = defineSignal(sharingNames.tryNowSignal);

/** What the recipient does is an outcome and never a failure; tried again is only what an outage of ours broke off. */
const steps = proxyActivities<ShareActivities>({
  taskQueue: shareQueue,
  startToCloseTimeout: '2h',
  heartbeatTimeout: '20s',
  scheduleToCloseTimeout: '8d',
  retry: { initialInterval: '500ms', maximumInterval: '1m' },
});

/** Sends one share, again and again until it has arrived, may not go any more, or is given up. */
export async function shareWorkflow({ tenantId, shareId }: ShareInput): Promise<{ state: string }> {
  return untilOver(() => steps.sendShare({ tenantId, shareId }));
}

/** Tells one recipient that what it has was corrected or withdrawn. */
export async function shareNoticeWorkflow({ tenantId, noticeId }: ShareNoticeInput): Promise<{ state: string }> {
  return untilOver(() => steps.sendShareNotice({ tenantId, noticeId }));
}

/** The database says how long to wait and when it is over; here is only the waiting, which a person can cut short. */
async function untilOver(step: () => Promise<ShareStep>): Promise<{ state: string }> {
  let hurried = false;
  setHandler(tryNowSignal, () => {
    hurried = true;
  });
  for (;;) {
    // What asked for this step is answered by it; what comes while it runs cuts the next wait short.
    hurried = false;
    const said = await step();
    if ('state' in said) return { state: said.state };
    await condition(() => hurried, said.waitMs);
  }
}
