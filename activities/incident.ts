import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { canonicalJson } from '../domain/audit-chain.ts';

import { DomainError } from '../domain/errors.ts';
import type { IncidentInput } from '../domain/incident-input.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import { addMs, toMs } from '../domain/time.ts';
import type { Actor } from '../domain/types.ts';
import { forgetOldWebhooks } from '../services/access/authenticate.ts';
import { readAuditHead, recordWitness } from '../services/audit/read.ts';
import { type ServiceContext, sha256Hex } from '../services/context.ts';
import { readLocks, recordLocks } from '../services/evidence/record.ts';
import { correctIncident, listToldPeople } from '../services/incident/correct.ts';
import { makeFirstContact, recheckTill } from '../services/incident/first-contact.ts';
import { type ProgressFact, recordOutcome, recordProgress } from '../services/incident/record.ts';
import type { Intent, LinkOptions } from '../services/notification/intend.ts';
import { splitDetection } from '../services/outbox/drain.ts';
import { analyseDay } from '../services/pos/analyse.ts';
import { analysesDue } from '../services/pos/due-analyses.ts';
import { wipeQuarantine } from '../services/pos/imports.ts';
import { findDueIncidents, listTenantIds, purgeIncident, type Signer } from '../services/retention/purge.ts';
import { forgetSensorEvents, forgetTillDays, tillDaysKept } from '../services/retention/till-days.ts';
import { sensorDaysKept } from '../services/sensors/ingest.ts';
import type { IncidentActivities, StepOutcome } from './contracts.ts';
import { alive, translated } from './failure.ts';
import { outcomeOf, sendFreshText, type TextDependencies } from './send-text.ts';

export interface IncidentDependencies extends TextDependencies {
  db: ServiceContext['db'];
  now: () => string;
  links: LinkOptions;
  objects: EvidenceStore;
  signer: Signer;
  /** How long the witness of the audit log stays locked. */
  witnessLockMs: number;
  onSweepError: (error: unknown, about: Record<string, string>) => void;
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

const purgeBatch = 50;
/** The carrier's list is read a day back. */
const webhooksKeptDays = 30;

/** Activities of the `incident` queue: short, and idempotent on the incident's own keys. */
export function createIncidentActivities(deps: IncidentDependencies): IncidentActivities {
  const context = (tenantId: string): ServiceContext => ({
    db: deps.db,
    now: deps.now,
    actor: systemActor(tenantId, 'incident'),
  });
  const short: Omit<IncidentActivities, 'purgeDue' | 'witnessAudit' | 'analyseTills'> = {
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
  // The sweep says by itself how far it is.
  const sweep: Pick<IncidentActivities, 'purgeDue' | 'witnessAudit' | 'analyseTills'> = {
    async purgeDue() {
      let purged = 0;
      let failed = 0;
      for (const tenantId of await listTenantIds(deps.db)) {
        const ctx: ServiceContext = { ...context(tenantId), actor: systemActor(tenantId, 'retention') };
        const stuck = new Set<string>();
        for (;;) {
          const due = (await findDueIncidents(ctx, purgeBatch + stuck.size)).filter(
            ({ incidentId }) => !stuck.has(incidentId),
          );
          if (due.length === 0) break;
          for (const incident of due) {
            Context.current().heartbeat({ purged, failed });
            try {
              await purgeIncident(ctx, incident, deps.signer, () =>
                deps.objects.deletePrefix(evidencePrefix(tenantId, incident.storeId, incident.incidentId)),
              );
              purged += 1;
            } catch (error) {
              // One that cannot be deleted yet must not keep the others; it stays due and is counted.
              deps.onSweepError(error, { tenantId, incidentId: incident.incidentId });
              stuck.add(incident.incidentId);
              failed += 1;
            }
          }
        }
        await wipeQuarantine(ctx);
      }
      await forgetTillDays(deps.db, tillDaysKept);
      await forgetSensorEvents(deps.db, sensorDaysKept);
      await forgetOldWebhooks(deps.db, webhooksKeptDays);
      return { purged, failed };
    },

    async analyseTills() {
      let analysed = 0;
      let failed = 0;
      for (const tenantId of await listTenantIds(deps.db)) {
        const ctx: ServiceContext = { ...context(tenantId), actor: systemActor(tenantId, 'tills') };
        for (const due of await analysesDue(ctx)) {
          Context.current().heartbeat({ analysed, failed });
          try {
            await analyseDay(ctx, due);
            analysed += 1;
          } catch (error) {
            // A database that is away is no fault of the day: tried again, and what is done stays done.
            if (error instanceof DomainError && error.code === 'DEPENDENCY_TEMPORARY') throw error;
            // Its own record says that it failed, and it is due again the next night; it must not keep the others waiting.
            deps.onSweepError(error, { tenantId, ...due });
            failed += 1;
          }
        }
      }
      return { analysed, failed };
    },

    async witnessAudit() {
      let witnessed = 0;
      for (const tenantId of await listTenantIds(deps.db)) {
        const ctx: ServiceContext = { ...context(tenantId), actor: systemActor(tenantId, 'witness') };
        const { seq, hash } = await readAuditHead(ctx);
        if (seq === 0) continue;
        const at = ctx.now();
        const statement = canonicalJson({ kind: 'floorwalker.audit-head.v1', tenantId, seq, hash, at });
        const signature = deps.signer.sign(statement);
        const body = Buffer.from(
          JSON.stringify({ statement: JSON.parse(statement), signature, publicKey: deps.signer.publicKeyPem }, null, 2),
        );
        const key = `${tenantId}/audit/head-${String(seq).padStart(12, '0')}.json`;
        const { version } = await deps.objects.putLocked({
          key,
          body,
          mediaType: 'application/json',
          sha256: sha256Hex(body),
          lockedUntil: addMs(at, deps.witnessLockMs),
        });
        await recordWitness(ctx, { seq, hash, at, objectKey: key, objectVersion: version, signature });
        witnessed += 1;
      }
      return { witnessed };
    },
  };
  return { ...alive(translated(short)), ...translated(sweep) };
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

export const evidencePrefix = (tenantId: string, storeId: string, incidentId: string): string =>
  `${tenantId}/${storeId}/${incidentId}/`;

/** The store must keep what the verdict says must be kept; a lock is only ever lengthened. */
export async function extendLocks(
  deps: { objects: EvidenceStore },
  ctx: ServiceContext,
  incidentId: string,
  until: string,
): Promise<void> {
  const shorter = (await readLocks(ctx, incidentId)).filter((lock) => lock.lockedUntil < until);
  if (shorter.length === 0) return;
  await Promise.all(
    shorter.map((lock) => deps.objects.extendLock({ key: lock.objectKey, version: lock.objectVersion, until })),
  );
  await recordLocks(ctx, { incidentId, lockedUntil: until });
}
