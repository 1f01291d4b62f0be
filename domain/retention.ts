import type { Policy } from './policy.ts';
import { addMs } from './time.ts';
import type { Verdict } from './types.ts';

/** When the evidence of a closed incident is due for deletion; open questions keep the longest of their kind. */
export function purgeAfter(policy: Pick<Policy, 'retentionMs'>, verdict: Verdict, closedAt: string): string {
  const key = verdict === 'unsure' || verdict === 'help' || verdict === 'safe' ? 'unreviewed' : verdict;
  return addMs(closedAt, policy.retentionMs[key]);
}
