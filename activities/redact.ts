import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { type FfmpegBinaries, FfmpegError } from '../adapters/ffmpeg/run.ts';
import type { Missing } from '../detectors/redaction/people-finder.ts';
import { DomainError } from '../domain/errors.ts';
import { type EvidenceStore, IntegrityError } from '../domain/ports.ts';
import { toIso, toMs } from '../domain/time.ts';
import type { Reason } from '../domain/types.ts';
import type { ServiceContext } from '../services/context.ts';
import type { StoredArtifact } from '../services/evidence/record.ts';
import {
  type RedactionResult,
  type RedactionWork,
  readRedactionWork,
  recordRedaction,
} from '../services/evidence/record-redaction.ts';
import { ofOther } from '../services/evidence/redaction-rows.ts';
import { recordIntegrityFailure } from '../services/evidence/view.ts';
import type { RedactionMediaActivities, RedactionReference } from './contracts.ts';
import { translated } from './failure.ts';
import { evidencePrefix, extendLocks, systemActor } from './incident.ts';
import { type Finder, redactClip } from './redact-clip.ts';

export interface RedactionDependencies {
  db: ServiceContext['db'];
  now: () => string;
  objects: EvidenceStore;
  ffmpeg: FfmpegBinaries;
  /** Opens the models, or says which one is nowhere; throws on weights that are not the pinned ones. */
  openFinder: () => Promise<Finder | Missing>;
  onError: (error: unknown) => void;
}

const shortestLockMs = 1_000;
/** Heartbeats are Actions: none in the first ten seconds, which a usual clip takes. */
const quietMs = 10_000;
const beatEveryMs = 5_000;

/** Activities of a store's queue for masking; they run beside those that secure clips. */
export function createRedactionActivities(deps: RedactionDependencies): RedactionMediaActivities {
  return translated<RedactionMediaActivities>({
    async redactClip(input) {
      const stop = startBeating();
      try {
        return await redactOnce(deps, input);
      } finally {
        stop();
      }
    },
  });
}

async function redactOnce(
  deps: RedactionDependencies,
  { tenantId, incidentId, version }: RedactionReference,
): Promise<{ state: RedactionResult['state'] | 'moot' }> {
  const { cancellationSignal } = Context.current();
  cancellationSignal.throwIfAborted();
  const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'redaction') };
  const work = await readRedactionWork(ctx, { incidentId, version });
  if (work === null) return { state: 'moot' };
  const result = await makeRedaction(deps, ctx, { incidentId, version, work });
  const { purged, purgeAfter } = await recordRedaction(ctx, { incidentId, version, result });
  if (purged) await deps.objects.deletePrefix(evidencePrefix(tenantId, work.storeId, incidentId));
  else if (purgeAfter !== null) await extendLocks(deps, ctx, incidentId, purgeAfter);
  return { state: result.state };
}

async function makeRedaction(
  deps: RedactionDependencies,
  ctx: ServiceContext,
  about: { incidentId: string; version: number; work: RedactionWork },
): Promise<RedactionResult> {
  const { work, incidentId, version } = about;
  const { clip } = work;
  const finder = await openFinder(deps);
  if ('unavailable' in finder) return { state: 'unavailable', reason: finder.unavailable };
  try {
    const bytes = await deps.objects.readVerified({
      key: clip.objectKey,
      version: clip.objectVersion,
      sha256: clip.sha256,
    });
    const startMs = clip.fromAt === null ? 0 : toMs(clip.fromAt);
    const { video, map } = await redactClip(
      bytes,
      {
        ...{ incidentId, version, requestedAt: work.requestedAt },
        ...{ target: work.target, style: work.style, manual: work.manual },
        parent: { artifactId: clip.artifactId, sha256: clip.sha256 },
        sightings: work.boxes.map(({ at, x, y, width, height }) => ({
          atMs: toMs(at) - startMs,
          box: { x, y, width, height },
        })),
      },
      { ffmpeg: deps.ffmpeg, finder },
      { signal: Context.current().cancellationSignal },
    );
    const put = writerOf(deps, ctx, about);
    return {
      state: 'ready',
      video: await put({
        id: `redacted-${version}`,
        kind: 'redacted',
        extension: 'mp4',
        mediaType: 'video/mp4',
        bytes: video,
      }),
      map: await put({
        id: `redaction-map-${version}`,
        kind: 'redaction_map',
        extension: 'json',
        mediaType: 'application/json',
        bytes: map,
      }),
    };
  } catch (error) {
    const reason = await lastingReason(ctx, incidentId, clip.artifactId, error);
    if (reason === null) throw error;
    return { state: 'failed', reason };
  } finally {
    await finder.close();
  }
}

async function openFinder(deps: RedactionDependencies): Promise<Finder | { unavailable: Reason }> {
  try {
    const finder = await deps.openFinder();
    if ('look' in finder) return finder;
    return { unavailable: { code: 'MODEL_MISSING', params: { model: finder.id, file: finder.file } } };
  } catch (error) {
    deps.onError(error);
    return { unavailable: { code: 'MODEL_UNUSABLE', params: {} } };
  }
}

/** Why trying again will not help; null when it may. */
async function lastingReason(
  ctx: ServiceContext,
  incidentId: string,
  artifactId: string,
  error: unknown,
): Promise<Reason | null> {
  if (error instanceof IntegrityError) {
    const { expectedSha256, actualSha256 } = error;
    await recordIntegrityFailure(ctx, { incidentId, artifactId, expectedSha256, actualSha256 });
    return { code: 'CLIP_ALTERED', params: {} };
  }
  if (error instanceof DomainError && error.code === 'VALIDATION')
    return { code: 'BOXES_OUTSIDE_CLIP', params: { message: error.message } };
  if (error instanceof FfmpegError && error.code === 'DEPENDENCY_PERMANENT')
    return { code: 'CLIP_UNREADABLE', params: {} };
  return null;
}

function writerOf(
  deps: RedactionDependencies,
  ctx: ServiceContext,
  { incidentId, work }: { incidentId: string; work: RedactionWork },
) {
  return async (file: {
    id: string;
    kind: StoredArtifact['kind'];
    extension: string;
    mediaType: string;
    bytes: Uint8Array;
  }): Promise<StoredArtifact> => {
    const { id, kind, mediaType, bytes } = file;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const objectKey = `${evidencePrefix(ctx.actor.tenantId, work.storeId, incidentId)}${id}.${file.extension}`;
    // As long as its parent, and no shorter than a store accepts.
    const lockedUntil = toIso(Math.max(toMs(work.clip.lockedUntil), toMs(ctx.now()) + shortestLockMs));
    const { version } = await deps.objects.putLocked({ key: objectKey, body: bytes, mediaType, sha256, lockedUntil });
    if (work.held) await deps.objects.setLegalHold({ key: objectKey, version, on: true });
    return {
      ...{ id, kind, mediaType, objectKey, objectVersion: version, sizeBytes: bytes.byteLength, sha256, lockedUntil },
      ...{ fromAt: work.clip.fromAt, toAt: work.clip.toAt, ...ofOther(work.clip.otherCameraId) },
    };
  };
}

function startBeating(): () => void {
  const activity = Context.current();
  const startedMs = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - startedMs > quietMs) activity.heartbeat();
  }, beatEveryMs);
  return () => clearInterval(timer);
}
