import { randomBytes } from 'node:crypto';
import { Client, type Connection } from '@temporalio/client';

/** A namespace is visible to every part of the server only after a moment; it is usable once a start is accepted. */
export async function createNamespace(connection: Connection): Promise<string> {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: (24 * 3600) as never },
  });
  const client = new Client({ connection, namespace });
  const untilMs = Date.now() + 30_000;
  for (;;) {
    try {
      const handle = await client.workflow.start('probe', { taskQueue: 'nobody', workflowId: 'probe', args: [] });
      await handle.terminate();
      return namespace;
    } catch (error) {
      if (Date.now() > untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
