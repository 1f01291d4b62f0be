import { Context } from '@temporalio/activity';
import { type SignedHead, signHead } from '../domain/audit-head.ts';
import { DomainError } from '../domain/errors.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import type { RetentionStore } from '../domain/retention-store.ts';
import { addMs } from '../domain/time.ts';
import { forgetOldWebhooks } from '../services/access/authenticate.ts';
import { readAuditHead } from '../services/audit/read.ts';
import { recordWitness } from '../services/audit/witness.ts';
import { type ServiceContext, sha256Hex } from '../services/context.ts';
import { analyseDay } from '../services/pos/analyse.ts';
import { analysesDue } from '../services/pos/due-analyses.ts';
import { wipeQuarantine } from '../services/pos/imports.ts';
import { listTenantIds } from '../services/retention/purge.ts';
import type { Signer } from '../services/retention/record.ts';
import { sweepTenant } from '../services/retention/sweep.ts';
import { forgetSensorEvents, forgetTillDays, tillDaysKept } from '../services/retention/till-days.ts';
import { wipeAnsweredRequests } from '../services/rights/requests.ts';
import { sensorDaysKept } from '../services/sensors/ingest.ts';
import type { SweepActivities } from './contracts.ts';
import { translated } from './failure.ts';
import { systemActor } from './incident.ts';

export interface SweepDependencies {
  db: ServiceContext['db'];
  now: () => string;
  objects: EvidenceStore & { retention: RetentionStore };
  signer: Signer & { keyId: string };
  /** Puts a signed head into the outside file as well, where one is configured. */
  keepHead?: (head: SignedHead) => Promise<void>;
  /** How long the witness of the audit log stays locked. */
  witnessLockMs: number;
  onSweepError: (error: unknown, about: Record<string, string>) => void;
}

const purgeBatch = 50;
/** The carrier's list is read a day back. */
const webhooksKeptDays = 30;

/** Activities of the daily sweep, on the `records` queue: nobody on a shop floor waits for them. Each says how far it is. */
export function createSweepActivities(deps: SweepDependencies): SweepActivities {
  const context = (tenantId: string): ServiceContext => ({
    db: deps.db,
    now: deps.now,
    actor: systemActor(tenantId, 'incident'),
  });
  return translated<SweepActivities>({
    async purgeDue() {
      let purged = 0;
      let failed = 0;
      for (const tenantId of await listTenantIds(deps.db)) {
        const ctx: ServiceContext = { ...context(tenantId), actor: systemActor(tenantId, 'retention') };
        const swept = await sweepTenant(ctx, {
          ...{ store: deps.objects.retention, signer: deps.signer, batch: purgeBatch, onError: deps.onSweepError },
          beat: (so) => Context.current().heartbeat(so),
        });
        purged += swept.purged;
        failed += swept.failed;
        await wipeQuarantine(ctx);
        await wipeAnsweredRequests(ctx);
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
        const { keyId, publicKeyPem } = deps.signer;
        const head = signHead(deps.signer, { tenantId, seq, hash, at });
        const body = Buffer.from(JSON.stringify({ ...head, publicKey: publicKeyPem }, null, 2));
        const key = `${tenantId}/audit/head-${String(seq).padStart(12, '0')}.json`;
        const { version } = await deps.objects.putLocked({
          key,
          body,
          mediaType: 'application/json',
          sha256: sha256Hex(body),
          lockedUntil: addMs(at, deps.witnessLockMs),
        });
        await deps.keepHead?.(head);
        const { signature } = head;
        await recordWitness(ctx, { seq, hash, at, keyId, objectKey: key, objectVersion: version, signature });
        witnessed += 1;
      }
      return { witnessed };
    },
  });
}
