import { Context } from '@temporalio/activity';
import { DomainError } from '../domain/errors.ts';
import { IntegrityError } from '../domain/ports.ts';
import { toIso, toMs } from '../domain/time.ts';
import type { Reason } from '../domain/types.ts';
import type { ServiceContext } from '../services/context.ts';
import { recordIntegrityFailure } from '../services/evidence/view.ts';
import {
  type PacketJob,
  type PacketResult,
  readPacketJob,
  readPacketState,
  settlePacket,
} from '../services/packets/settle.ts';
import type { PacketActivities } from './contracts.ts';
import { alive, translated } from './failure.ts';
import { evidencePrefix, systemActor } from './incident.ts';
import { assemblePacket, type PacketMakers, TimestampMissing } from './packet-assembly.ts';

export interface PacketDependencies extends PacketMakers {
  db: ServiceContext['db'];
  now: () => string;
}

/** A store refuses a lock that ends in the past. */
const shortestLockMs = 60_000;
const timestampAttempts = 6;
/** Every zip reader takes four gigabytes; beyond that some do not. */
const mostBytes = 4_000_000_000;

/** Activities of the `packet` queue. What cannot be built settles as failed with its reason; only outages are tried again. */
export function createPacketActivities(deps: PacketDependencies): PacketActivities {
  const context = (tenantId: string): ServiceContext => ({
    db: deps.db,
    now: deps.now,
    actor: systemActor(tenantId, 'packet'),
  });
  return alive(
    translated<PacketActivities>({
      async buildPacket({ tenantId, packetId }) {
        const ctx = context(tenantId);
        const job = await readPacketJob(ctx, packetId);
        if (job === null) return { state: await readPacketState(ctx, packetId) };
        const result = await build(deps, ctx, packetId, job);
        await settlePacket(ctx, { packetId, result });
        return { state: result.outcome };
      },
      async failPacket({ tenantId, packetId }) {
        const reason = { code: 'GAVE_UP', params: {} };
        await settlePacket(context(tenantId), { packetId, result: { outcome: 'failed', reason } });
      },
    }),
  );
}

async function build(
  deps: PacketDependencies,
  ctx: ServiceContext,
  packetId: string,
  job: PacketJob,
): Promise<PacketResult> {
  const { facts } = job;
  const sizeBytes = facts.artifacts.reduce((sum, artifact) => sum + artifact.sizeBytes, 0);
  if (sizeBytes > mostBytes) return failed('PACKET_TOO_LARGE', { sizeBytes, mostBytes });
  const zip = deps.tools.openZip();
  const lockedMs = Math.max(toMs(job.lockedUntil ?? ctx.now()), toMs(ctx.now()) + shortestLockMs);
  const storing = deps.store
    .putLocked({
      key: `${evidencePrefix(ctx.actor.tenantId, job.storeId, facts.incident.id)}packets/${packetId}.zip`,
      mediaType: 'application/zip',
      lockedUntil: toIso(lockedMs),
      body: zip.output,
    })
    .catch((error: unknown) => {
      zip.abort(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
  const assembling = assemblePacket(deps, ctx, packetId, job, zip, Context.current().cancellationSignal).catch(
    (error: unknown) => {
      zip.abort(error instanceof Error ? error : new Error(String(error)));
      throw error;
    },
  );
  const [stored, assembled] = await Promise.allSettled([storing, assembling]);
  // The first of them to fail makes the other fail too; what a recording is about is the cause whichever it was.
  const errors = [assembled, stored].flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const altered = errors.find((error) => error instanceof IntegrityError);
  if (altered) return alteredRecording(ctx, job, altered);
  if (errors.some((error) => error instanceof TimestampMissing)) return withoutTimestamp();
  if (stored.status === 'rejected') throw stored.reason;
  if (assembled.status === 'rejected') throw assembled.reason;
  const { version, sha256, sizeBytes: zipBytes } = stored.value;
  const objectKey = `${evidencePrefix(ctx.actor.tenantId, job.storeId, facts.incident.id)}packets/${packetId}.zip`;
  return { outcome: 'ready', objectKey, objectVersion: version, sha256, sizeBytes: zipBytes, ...assembled.value };
}

/** Asked for a few times; then people are told, rather than left waiting for somebody else's server. */
function withoutTimestamp(): PacketResult {
  if (Context.current().info.attempt >= timestampAttempts)
    return failed('TIMESTAMP_UNAVAILABLE', { attempts: timestampAttempts });
  throw new DomainError('DEPENDENCY_TEMPORARY', 'The time-stamping server gave no token. It is asked again.');
}

async function alteredRecording(ctx: ServiceContext, job: PacketJob, error: IntegrityError): Promise<PacketResult> {
  const artifact = job.facts.artifacts.find(({ objectKey }) => objectKey === error.key);
  const { expectedSha256, actualSha256 } = error;
  await recordIntegrityFailure(ctx, {
    ...{ incidentId: job.facts.incident.id, artifactId: artifact?.id ?? 'packet', expectedSha256, actualSha256 },
  });
  return failed(actualSha256 === null ? 'EVIDENCE_MISSING' : 'EVIDENCE_ALTERED', {
    ...{ artifactId: artifact?.id ?? null, expectedSha256, actualSha256 },
  });
}

const failed = (code: string, params: Reason['params']): PacketResult => ({
  outcome: 'failed',
  reason: { code, params },
});
