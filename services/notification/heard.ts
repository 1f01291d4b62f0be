import type { HumanVerdict } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import type { IncidentFacts } from '../incident/facts.ts';

/** After these the chain goes on, so nobody need be kept from being told. */
const goesOn: ReadonlySet<HumanVerdict> = new Set(['unsure', 'help']);

/**
 * Said beside the question to the engine, whose record of an answer may take a while: nobody else is told meanwhile. It
 * decides nothing, and is forgotten after seconds.
 */
export async function noteAnswerHeard(
  ctx: ServiceContext,
  { incidentId, answer }: { incidentId: string; answer: HumanVerdict | 'acknowledged' },
): Promise<void> {
  if (answer !== 'acknowledged' && goesOn.has(answer)) return;
  await write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    await holdOthersBack(tx, ctx.actor.tenantId, incidentId);
  });
}

/** The engine has been told of answers that were kept for it, and its record of them is on the way. */
export async function noteAnswersTold(
  tx: WriteTransaction,
  tenantId: string,
  answers: readonly { incidentId: string; verdict: HumanVerdict }[],
): Promise<void> {
  for (const { incidentId, verdict } of answers)
    if (!goesOn.has(verdict)) await holdOthersBack(tx, tenantId, incidentId);
}

async function holdOthersBack(tx: WriteTransaction, tenantId: string, incidentId: string): Promise<void> {
  await tx.query("update incidents set answer_heard_at = $3 where tenant_id = $1 and id = $2 and state <> 'closed'", [
    ...[tenantId, incidentId, tx.at],
  ]);
}

/** An answer or a receipt that is on its way to the engine, or to our books, may well mean that nobody else is to be told. */
export async function engineHasNews(tx: WriteTransaction, { tenantId, incidentId }: IncidentFacts): Promise<boolean> {
  const [row] = await tx.query<{ news: boolean }>(
    'select engine_has_news(tenant_id, id, answer_heard_at, $3) as news from incidents where tenant_id = $1 and id = $2',
    [tenantId, incidentId, tx.at],
  );
  return row!.news;
}
