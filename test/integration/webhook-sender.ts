/** A process that only sends webhooks, so that a test can kill it in the middle of one. */
import { openDatabase } from '../../adapters/postgres/database.ts';
import { createWebhookPoster } from '../../adapters/webhooks/post.ts';
import { runDeliveries } from '../../api/deliveries.ts';

const [databaseUrl, secretKey, leaseMs] = process.argv.slice(2);
if (databaseUrl === undefined || secretKey === undefined || leaseMs === undefined) throw new Error('three arguments');
const fail = (error: unknown) => {
  throw error;
};
const db = openDatabase({ url: databaseUrl, maxConnections: 2, applicationName: 'sender', onError: fail });
await runDeliveries(
  {
    ...{ db, secretKey, random: () => 0, onError: fail },
    now: () => new Date().toISOString(),
    post: createWebhookPoster({ timeoutMs: 10_000, maxAnswerBytes: 1_000, anyAddress: true, ownHosts: [] }),
  },
  { everyMs: 20, leaseMs: Number(leaseMs), signal: new AbortController().signal },
);
