import { Client, Connection } from '@temporalio/client';
import type { Running } from '../../stack/start.ts';

export interface LateCase {
  workflowId: string;
  fromMs: number;
  toMs: number;
}

/** What the workflow engine did around a late moment, one line an event; for whoever wants to know why. */
export async function traceLate(running: Running, cases: readonly LateCase[]): Promise<string[]> {
  if (cases.length === 0) return [];
  const { address } = await running.engines.temporal;
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const lines: string[] = [];
    for (const { workflowId, fromMs, toMs } of cases) {
      lines.push(workflowId);
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      for (const { eventTime, eventType, workflowTaskTimedOutEventAttributes: timedOut } of events ?? []) {
        const atMs = Number(eventTime?.seconds ?? 0) * 1_000 + Math.round((eventTime?.nanos ?? 0) / 1e6);
        if (atMs < fromMs || atMs > toMs) continue;
        const cause = timedOut ? ` (timeout ${timedOut.timeoutType})` : '';
        lines.push(`  ${new Date(atMs).toISOString().slice(11, 23)} ${eventType}${cause}`);
      }
    }
    return lines;
  } finally {
    await connection.close();
  }
}
