import type { ServiceContext } from '../context.ts';

/**
 * Takes the next free moment of a sending number, all workers together. `taken: false` when that is further away than
 * `maxWaitMs`; then nothing was taken and `waitMs` says when to ask again. `moot`: the message's incident was closed
 * meanwhile, so that it must not be sent any more.
 */
export async function takeSendSlot(
  ctx: Pick<ServiceContext, 'db' | 'actor'>,
  input: { notificationId: string; number: string; messagesPerSecond: number; maxWaitMs: number },
): Promise<{ taken: boolean; waitMs: number; moot: boolean }> {
  const [row] = await ctx.db.query<{ taken: boolean; wait_ms: number; moot: boolean }>(
    'select * from take_send_slot($1, $2, $3, $4, $5)',
    [input.number, input.messagesPerSecond, input.maxWaitMs, ctx.actor.tenantId, input.notificationId],
  );
  return { taken: row!.taken, waitMs: row!.wait_ms, moot: row!.moot };
}
