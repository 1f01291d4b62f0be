import { DomainError } from '../../domain/errors.ts';
import type { HumanVerdict } from '../../domain/types.ts';
import type { ServiceContext } from '../../services/context.ts';
import { noteAnswerHeard } from '../../services/notification/heard.ts';
import type { AnswerableIncident } from '../../services/notification/reply.ts';
import { keepDecision, settleOutbox } from '../../services/outbox/drain.ts';
import { type DecideCommand, decideUpdateName } from '../../workflows/contracts.ts';
import type { ApiDependencies } from '../deps.ts';

export interface Answer {
  verdict: HumanVerdict;
  via: 'sms' | 'voice';
  /** Made of the carrier's own id, so that a webhook that comes twice decides once. */
  updateId: string;
  /** How long whoever answered waits to hear that it counts. */
  withinMs: number;
}

/** An engine that takes longer has trouble: from then on the answer is on record, and nobody else is told meanwhile. */
const keepAfterMs = 1_500;

/** Hands an answer to the incident's workflow. `kept`: the engine is away or slow, and hears of it later. */
export async function decide(
  deps: ApiDependencies,
  ctx: ServiceContext,
  incident: AnswerableIncident,
  { verdict, via, updateId, withinMs }: Answer,
): Promise<'accepted' | 'kept' | 'refused'> {
  const { incidentId, storeId, run } = incident;
  const command: DecideCommand = { verdict, by: { actorId: ctx.actor.id, role: ctx.actor.role }, via };
  const address = { tenantId: ctx.actor.tenantId, storeId, incidentId, run };
  let keptId: number | null = null;
  // The answer must count all the same, and the person should not have to give it twice. The same update twice is one.
  const keep = async () => {
    keptId ??= await keepDecision(ctx, { incidentId, storeId, updateId, command });
  };
  const heard = noteAnswerHeard(ctx, { incidentId, answer: verdict });
  const update = heard.then(() => deps.engine.update(address, decideUpdateName, command, updateId));
  try {
    if (await settlesWithin(keepAfterMs, update)) return 'accepted';
    await keep();
    if (!(await settlesWithin(withinMs - keepAfterMs, update))) return 'kept';
    if (keptId !== null) await settleOutbox(ctx, [keptId]);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'CONFLICT') return 'refused';
    if (error.code !== 'DEPENDENCY_TEMPORARY') throw error;
    await keep();
    return 'kept';
  }
}

/** False when it takes longer; what it throws by then is thrown. */
async function settlesWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
