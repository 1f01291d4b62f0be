import { setTimeout as delay } from 'node:timers/promises';
import type { IncidentInput } from '../domain/incident-input.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import { toMs } from '../domain/time.ts';
import type { Actor } from '../domain/types.ts';
import type { ServiceContext } from '../services/context.ts';
import { readLocks, recordLocks } from '../services/evidence/record.ts';
import { correctIncident, listToldPeople } from '../services/incident/correct.ts';
import { makeFirstContact, recheckTill } from '../services/incident/first-contact.ts';
import { type ProgressFact, recordOutcome, recordProgress } from '../services/incident/record.ts';
import type { Intent, LinkOptions } from '../services/notification/intend.ts';
import { splitDetection } from '../services/outbox/drain.ts';
import { readLockTarget } from '../services/retention/appraise.ts';
import type { IncidentActivities, StepOutcome } from './contracts.ts';
import { alive, translated } from './failure.ts';
import { outcomeOf, sendFreshText, type TextDependencies } from './send-text.ts';

export interface IncidentDependencies extends TextDependencies {
  db: ServiceContext['db'];
  now: () => string;
  links: LinkOptions;
  objects: Pick<EvidenceStore, 'extendLock'>;
}

export const systemActor = (tenantId: string, name: string): Actor => ({
  id: `system:${name}`,
  displayName: 'Floorwalker',
  role: 'system',
  tenantId,
  storeIds: null,
});

/** The workflow's timers come by the second, so that less than one of the till's window may be left. */
const longestRestMs = 1_000;

function restOfWindowMs({ behaviour, detectedAt, policy }: IncidentInput, nowAt: string): number {
  if (!policy.receiptFirst.includes(behaviour)) return 0;
  const leftMs = toMs(detectedAt) + policy.posWindow.afterMs - toMs(nowAt);
  return Math.min(longestRestMs, Math.max(0, leftMs));
}

/** Activities of the `incident` queue: short, and idempotent on the incident's own keys. */
export function createIncidentActivities(deps: IncidentDependencies): IncidentActivities {
  const context = (tenantId: string): ServiceContext => ({
    db: deps.db,
    now: deps.now,
    actor: systemActor(tenantId, 'incident'),
  });
  const activities: IncidentActivities = {
    async firstContact({ incident }) {
      const restMs = restOfWindowMs(incident, deps.now());
      if (restMs > 0) await delay(restMs);
      const ctx = context(incident.tenantId);
      const { intent, prompt, ...found } = await makeFirstContact(ctx, deps.links, incident.incidentId);
      return { ...found, firstStep: await firstStep(deps, ctx, intent), ...(prompt === null ? {} : { prompt }) };
    },

    recheckTill: ({ tenantId, incidentId }) => recheckTill(context(tenantId), incidentId),

    async recordProgress({
      tenantId,
      incidentId,
      status,
      acknowledgements,
      decisions,
      escalationExhausted,
      evidenceGivenUp,
    }) {
      const facts: ProgressFact[] = [
        ...acknowledgements.map((acknowledgement) => ({ kind: 'acknowledged' as const, ...acknowledgement })),
        ...decisions.map((decision) => ({ kind: 'decision' as const, decision })),
        ...(escalationExhausted ? [{ kind: 'escalation_exhausted' as const }] : []),
        ...(evidenceGivenUp === null ? [] : [{ kind: 'evidence_given_up' as const, reason: evidenceGivenUp }]),
      ];
      await recordProgress(context(tenantId), { incidentId, status, facts });
    },

    async recordOutcome({ tenantId, ...outcome }) {
      const ctx = context(tenantId);
      const recorded = await recordOutcome(ctx, outcome);
      await extendLocks(deps, ctx, outcome.incidentId, recorded.purgeAfter);
      return recorded;
    },

    async splitMerged({ tenantId, incidentId, dedupKeys }) {
      for (const dedupKey of dedupKeys)
        await splitDetection(context(tenantId), { incidentId, dedupKey, because: 'INCIDENT_ALREADY_CLOSED' });
    },

    async correctIncident({ tenantId, incidentId, round }) {
      return round === undefined
        ? correctIncident(context(tenantId), { incidentId })
        : { toldPersonIds: await listToldPeople(context(tenantId), { incidentId }), round };
    },
  };
  return alive(translated(activities));
}

async function firstStep(
  deps: TextDependencies,
  ctx: ServiceContext,
  intent: Intent | null,
): Promise<StepOutcome | null> {
  if (intent === null || intent.outcome === 'moot') return null;
  if (intent.outcome === 'nobody_on_shift' || intent.outcome === 'withheld')
    return { outcome: intent.outcome, at: ctx.now() };
  if (intent.outcome !== 'intended') return outcomeOf(intent);
  // Written by an attempt that died: whether the carrier has it takes longer to find out than a local activity may run.
  if (!intent.fresh) return { outcome: 'unsettled', at: ctx.now() };
  return sendFreshText(deps, ctx, intent);
}

export { evidencePrefix } from '../domain/retention-store.ts';

/** The store must keep what the verdict says must be kept; a lock is only ever lengthened. */
export async function extendLocks(
  deps: { objects: Pick<EvidenceStore, 'extendLock'> },
  ctx: ServiceContext,
  incidentId: string,
  until: string,
): Promise<void> {
  const target = await readLockTarget(ctx, { incidentId, until });
  const shorter = (await readLocks(ctx, incidentId)).filter((lock) => lock.lockedUntil < target);
  if (shorter.length === 0) return;
  await Promise.all(
    shorter.map((lock) => deps.objects.extendLock({ key: lock.objectKey, version: lock.objectVersion, until: target })),
  );
  await recordLocks(ctx, { incidentId, lockedUntil: target });
}
