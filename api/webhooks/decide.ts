import { DomainError } from '../../domain/errors.ts';
import type { HumanVerdict } from '../../domain/types.ts';
import type { ServiceContext } from '../../services/context.ts';
import type { AnswerableIncident } from '../../services/notification/reply.ts';
import { keepDecision } from '../../services/outbox/drain.ts';
import { type DecideCommand, decideUpdateName } from '../../workflows/contracts.ts';
import type { ApiDependencies } from '../deps.ts';

export interface Answer {
  verdict: HumanVerdict;
  via: 'sms' | 'voice';
  /** Made of the carrier's own id, so that a webhook that comes twice decides once. */
  updateId: string;
  /** How long the engine has before the answer is kept for it. */
  withinMs: number;
}

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
  try {
    await within(withinMs, deps.engine.update(address, decideUpdateName, command, updateId));
    return 'accepted';
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'CONFLICT') return 'refused';
    if (error.code !== 'DEPENDENCY_TEMPORARY') throw error;
    // The answer must count all the same, and the person should not have to give it twice.
    await keepDecision(ctx, { incidentId, storeId, updateId, command });
    return 'kept';
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new DomainError('DEPENDENCY_TEMPORARY', `The workflow engine took longer than ${timeoutMs} ms.`);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
