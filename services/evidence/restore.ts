import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { RangedStore } from '../../domain/ports.ts';
import { addMs, toIso, toMs } from '../../domain/time.ts';
import { found, readOnly, type ServiceContext, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

interface Quarantined {
  objectKey: string;
  mediaType: string;
  sha256: string;
  lockedUntil: string;
  held: boolean;
}

const shortestLockMs = 1_000;

/**
 * Puts an intact copy of a file that is kept back in its place: a version in the store whose bytes have the recorded
 * hash. Whoever asks is told whether there is one; without one the file stays kept back.
 */
export async function restoreArtifact(
  ctx: ServiceContext,
  store: Pick<RangedStore, 'restore'> & {
    setLegalHold(input: { key: string; version: string; on: boolean }): Promise<void>;
  },
  input: { incidentId: string; artifactId: string },
): Promise<void> {
  requirePermission(ctx.actor, 'evidence.release');
  const { objectKey, mediaType, sha256, lockedUntil, held } = await readQuarantined(ctx, input);
  const soonest = addMs(ctx.now(), shortestLockMs);
  const until = toIso(Math.max(toMs(lockedUntil), toMs(soonest)));
  const intact = await store.restore({ key: objectKey, mediaType, sha256, lockedUntil: until });
  if (intact === null)
    throw new DomainError(
      'PRECONDITION_FAILED',
      'No version in the object store has the recorded hash. Look for a copy in a backup or in a packet that was handed over.',
    );
  if (held) await store.setLegalHold({ key: objectKey, version: intact.version, on: true });
  await recordRestored(ctx, { ...input, sha256, lockedUntil: until, ...intact });
}

function readQuarantined(
  ctx: ServiceContext,
  { incidentId, artifactId }: { incidentId: string; artifactId: string },
): Promise<Quarantined> {
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<{
      object_key: string;
      media_type: string;
      sha256: string;
      locked_until: Date;
      quarantined_at: Date | null;
      held: boolean;
    }>(
      `select a.object_key, a.media_type, a.sha256, a.locked_until, a.quarantined_at,
         exists (select from holds h where h.tenant_id = a.tenant_id and h.incident_id = a.incident_id and h.released_at is null) as held
       from evidence_artifacts a where a.tenant_id = $1 and a.incident_id = $2 and a.id = $3 and a.purged_at is null`,
      [ctx.actor.tenantId, incidentId, artifactId],
    );
    const artifact = found(row, `artifact ${artifactId} of incident ${incidentId}`);
    if (artifact.quarantined_at === null)
      throw new DomainError('CONFLICT', 'This file is not kept back, so there is nothing to put in its place.');
    return {
      ...{ objectKey: artifact.object_key, mediaType: artifact.media_type, sha256: artifact.sha256 },
      ...{ lockedUntil: artifact.locked_until.toISOString(), held: artifact.held },
    };
  });
}

function recordRestored(
  ctx: ServiceContext,
  input: {
    incidentId: string;
    artifactId: string;
    sha256: string;
    lockedUntil: string;
    version: string;
    from: string;
  },
): Promise<void> {
  const { incidentId, artifactId, sha256, lockedUntil, version, from } = input;
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const [row] = await tx.query<{ id: string }>(
      'update evidence_artifacts set object_version = $4, locked_until = $5, quarantined_at = null, quarantined_because = null where tenant_id = $1 and incident_id = $2 and id = $3 and quarantined_at is not null and purged_at is null returning id',
      [ctx.actor.tenantId, incidentId, artifactId, version, lockedUntil],
    );
    if (!row) return tx.noAudit('nothing changed');
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      ...{ kind: 'evidence_restored', actor: ctx.actor.id, params: { artifactId } },
    });
    tx.audit({
      action: 'evidence.restored',
      subject: `incident:${incidentId}`,
      details: { artifactId, sha256, objectVersion: version, copiedFrom: from },
    });
  });
}
