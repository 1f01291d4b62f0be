import { Context } from '@temporalio/activity';
import { FfmpegError } from '../adapters/ffmpeg/run.ts';
import { type Coverage, readCoverage } from '../detectors/recorder/ledger.ts';
import { StoreFullError } from '../domain/retention-store.ts';
import { toMs } from '../domain/time.ts';
import type { ServiceContext } from '../services/context.ts';
import { type OtherCamera, planOtherCameras, recordOtherCamera } from '../services/evidence/cameras.ts';
import {
  type EvidenceRequest,
  type EvidenceResult,
  readEvidenceRequest,
  recordEvidence,
} from '../services/evidence/record.ts';
import { noteStorage, readStorage } from '../services/system/storage.ts';
import type { MediaActivities } from './contracts.ts';
import { translated } from './failure.ts';
import { extendLocks, systemActor } from './incident.ts';
import { acquire, type MediaTools, noFootage, type Shot } from './media-acquire.ts';

export interface MediaDependencies extends MediaTools {
  db: ServiceContext['db'];
  now: () => string;
  ringDir: string;
  /** How long after the post-roll a segment may take to be closed before it counts as missing. */
  closingAllowanceMs: number;
}

const pollMs = 150;
const mostStills = 3;
/** Each heartbeat that reaches the server is an Action: none until a clip takes longer than a normal one, half the timeout. */
const quietMs = 10_000;

/** Activities of a store's media queue; they run where its recordings lie. */
export function createMediaActivities(deps: MediaDependencies): MediaActivities {
  return translated<MediaActivities>({
    async secureEvidence({ tenantId, incidentId }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'media') };
      const own = await sayWhenFull(ctx, async () => {
        const secured = await secureOwnCamera(deps, ctx, incidentId);
        if (secured.state !== 'not_kept') await secureOtherCameras(deps, ctx, incidentId);
        return secured;
      });
      return { state: own.state === 'not_kept' ? 'failed' : own.state, settledAt: own.settledAt };
    },
  });
}

/** A store that takes nothing is tried again, and everybody is told; one that takes something again is known by that. */
export async function sayWhenFull<Result>(ctx: ServiceContext, secure: () => Promise<Result>): Promise<Result> {
  try {
    const result = await secure();
    if ((await readStorage(ctx)).state === 'full') await noteStorage(ctx, 'ok');
    return result;
  } catch (error) {
    if (error instanceof StoreFullError) await noteStorage(ctx, 'full');
    throw error;
  }
}

/** What somebody waits for comes first, and is on record before the other cameras are looked at. */
async function secureOwnCamera(
  deps: MediaDependencies,
  ctx: ServiceContext,
  incidentId: string,
): Promise<{ state: EvidenceResult['state'] | 'not_kept'; settledAt: string }> {
  const request = await readEvidenceRequest(ctx, incidentId);
  if (request.secured) return { state: 'ready', settledAt: ctx.now() };
  const coverage = await awaitRecording(deps, request);
  // The till may have found the receipt meanwhile: a paying customer's picture is not stored.
  if ((await readEvidenceRequest(ctx, incidentId)).notKept) return { state: 'not_kept', settledAt: ctx.now() };
  const shot = ownShot(request);
  const result =
    coverage.segments.length === 0 ? noFootage(shot, coverage.gaps) : await acquire(deps, ctx, shot, coverage, beat);
  const { purgeAfter } = await recordEvidence(ctx, { incidentId, result });
  const settledAt = ctx.now();
  if (purgeAfter !== null) await extendLocks(deps, ctx, incidentId, purgeAfter);
  return { state: result.state, settledAt };
}

async function secureOtherCameras(deps: MediaDependencies, ctx: ServiceContext, incidentId: string): Promise<void> {
  const waiting = (await planOtherCameras(ctx, incidentId)).filter(({ state }) => state === 'requested');
  if (waiting.length === 0) return;
  const request = await readEvidenceRequest(ctx, incidentId);
  for (const camera of waiting) {
    const coverage = await awaitRecording(deps, camera);
    const result = await acquireOther(deps, ctx, otherShot(request, camera), coverage);
    const { purgeAfter } = await recordOtherCamera(ctx, { incidentId, cameraId: camera.cameraId, result });
    if (purgeAfter !== null) await extendLocks(deps, ctx, incidentId, purgeAfter);
  }
}

/** One camera whose recording cannot be read must not keep the next one. */
async function acquireOther(
  deps: MediaDependencies,
  ctx: ServiceContext,
  shot: Shot,
  coverage: Coverage,
): Promise<EvidenceResult> {
  if (coverage.segments.length === 0) return noFootage(shot, coverage.gaps);
  try {
    return await acquire(deps, ctx, shot, coverage, beat);
  } catch (error) {
    if (!(error instanceof FfmpegError) || error.code !== 'DEPENDENCY_PERMANENT') throw error;
    const failure = { code: 'RECORDING_UNREADABLE', params: { cameraId: shot.cameraId } };
    return { state: 'failed', gaps: coverage.gaps, artifacts: [], failure };
  }
}

/** Waits until the recorder has closed the last segment of the stretch, or should long have. */
async function awaitRecording(
  deps: MediaDependencies,
  { cameraId, fromAt, toAt }: { cameraId: string; fromAt: string; toAt: string },
): Promise<Coverage> {
  const activity = Context.current();
  const lastMs = toMs(toAt) + deps.closingAllowanceMs;
  for (;;) {
    beat('waiting for the post-roll');
    const coverage = await readCoverage(deps.ringDir, cameraId, fromAt, toAt);
    const closed = coverage.newestEndAt !== undefined && toMs(coverage.newestEndAt) >= toMs(toAt);
    const nowMs = toMs(deps.now());
    // A camera that never recorded will not have closed a segment in a few seconds either.
    const hopeless = coverage.newestEndAt === undefined && nowMs > toMs(toAt);
    if (closed || hopeless || nowMs > lastMs) return coverage;
    await activity.sleep(Math.max(pollMs, toMs(toAt) - nowMs));
  }
}

function beat(doing: string): void {
  const activity = Context.current();
  if (Date.now() - activity.info.currentAttemptScheduledTimestampMs > quietMs) activity.heartbeat(doing);
}

const ownShot = (request: EvidenceRequest): Shot => ({
  ...{ storeId: request.storeId, incidentId: request.incidentId, cameraId: request.cameraId },
  ...{ fromAt: request.fromAt, toAt: request.toAt, lockedUntil: request.lockedUntil },
  ...{ prefix: '', boxes: request.boxes, stillsAt: stillInstants(request), alignment: null },
});

/** What the detector drew lies in its own camera's picture, so there is nothing to draw in another's. */
const otherShot = (request: EvidenceRequest, camera: OtherCamera): Shot => ({
  ...{ storeId: request.storeId, incidentId: request.incidentId, cameraId: camera.cameraId },
  ...{ fromAt: camera.fromAt, toAt: camera.toAt, lockedUntil: request.lockedUntil },
  ...{ prefix: `camera-${camera.position}-`, boxes: [], stillsAt: [], alignment: camera.alignment },
});

/** The moment itself, then the first and last box of the track. */
function stillInstants(request: EvidenceRequest): string[] {
  const boxes = [...request.boxes].sort((a, b) => toMs(a.at) - toMs(b.at));
  const wanted = [request.sightingsAt[0] ?? request.detectedAt, boxes[0]?.at, boxes.at(-1)?.at].filter(
    (at): at is string => at !== undefined,
  );
  const inside = wanted
    .filter((at) => toMs(at) >= toMs(request.fromAt) && toMs(at) < toMs(request.toAt))
    .map((at) => new Date(toMs(at)).toISOString());
  return [...new Set(inside)].slice(0, mostStills);
}
