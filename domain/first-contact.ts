import type { Policy } from './policy.ts';
import { addMs, toIso, toMs } from './time.ts';
import type { Behaviour } from './types.ts';

/** When the first person is to be told at the latest: the till had its time to speak, and the customer theirs to answer it. */
export function firstContactDueAt(incident: {
  policy: Pick<Policy, 'receiptFirst' | 'posWindow' | 'prompt'>;
  behaviour: Behaviour;
  detectedAt: string;
  receivedAt: string;
}): string {
  const { policy, behaviour, detectedAt, receivedAt } = incident;
  if (!policy.receiptFirst.includes(behaviour)) return receivedAt;
  const saidAt = toIso(Math.max(toMs(detectedAt) + policy.posWindow.afterMs, toMs(receivedAt)));
  return policy.prompt === null ? saidAt : addMs(saidAt, policy.prompt.waitMs);
}
