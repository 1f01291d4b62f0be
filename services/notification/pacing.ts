import type { ServiceContext } from '../context.ts';

/**
 * Takes the next free moment of a sending number, all workers together. `taken: false` when that is further away than
 * `maxWaitMs`; then nothing was taken and `waitMs` says when to ask again.
 */
export async function takeSendSlot(
  ctx: Pick<ServiceContext, 'db'>,
  input: { number: string; messagesPerSecond: number; maxWaitMs: number },
): Promise<{ taken: boolean; waitMs: number }> {
  const [row] = await ctx.db.query<{ taken: boolean; wait_ms: number }>('select * from take_send_slot($1, $2, $3)', [
    input.number,
    input.messagesPerSecond,
    input.maxWaitMs,
  ]);
  return { taken: row!.taken, waitMs: row!.wait_ms };
}
