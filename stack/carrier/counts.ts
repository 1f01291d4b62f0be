import type { Store } from './store.ts';

type Counts = Record<string, number>;

const add = (counts: Counts, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/** How many messages, calls and webhooks there are of each kind: what a load test asks for instead of reading them all. */
export function countAll(store: Store) {
  const inbound: Counts = {};
  const outbound: Counts = {};
  const calls: Counts = {};
  const webhooks: Counts = {};
  const total = { messages: 0, calls: 0 };
  for (const message of store.messages()) {
    total.messages += 1;
    add(message.direction === 'inbound' ? inbound : outbound, message.status);
    for (const { outcome } of Object.values(message.webhooks)) add(webhooks, outcome);
  }
  for (const call of store.calls()) {
    total.calls += 1;
    add(calls, call.status);
    for (const { outcome } of Object.values(call.webhooks)) add(webhooks, outcome);
  }
  return { messages: { inbound, outbound }, calls, webhooks, total };
}
