import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { cutClip } from '../adapters/ffmpeg/clip.ts';
import type { FfmpegBinaries } from '../adapters/ffmpeg/run.ts';
import { extractStill } from '../adapters/ffmpeg/still.ts';
import { type Coverage, readCoverage, verifySegment } from '../detectors/recorder/ledger.ts';
import { canonicalJson } from '../domain/audit-chain.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import { addMs, toIso, toMs } from '../domain/time.ts';
import type { ServiceContext } from '../services/context.ts';
import {
  type EvidenceRequest,
  type EvidenceResult,
  readEvidenceRequest,
  recordEvidence,
  type StoredArtifact,
} from '../services/evidence/record.ts';
import type { MediaActivities } from './contracts.ts';
import { translated } from './failure.ts';
import { evidencePrefix, extendLocks, systemActor } from './incident.ts';

export interface MediaDependencies {
  db: ServiceContext['db'];
  now: () => string;
  objects: EvidenceStore;
  ffmpeg: FfmpegBinaries;
  ringDir: string;
  /** How long after the post-roll a segment may take to be closed before it counts as missing. */
  closingAllowanceMs: number;
}

const pollMs = 150;
const mostStills = 3;
const shortestLockMs = 1_000;
/** Each heartbeat that reaches the server is an Action: none until a clip takes longer than a normal one, half the timeout. */
const quietMs = 10_000;

/** Activities of a store's media queue; they run where its recordings lie. */
export function createMediaActivities(deps: MediaDependencies): MediaActivities {
  return translated<MediaActivities>({
    async secureEvidence({ tenantId, incidentId }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'media') };
      const request = await readEvidenceRequest(ctx, incidentId);
      const coverage = await awaitPostRoll(deps, request);
      // The till may have found the receipt meanwhile: a paying customer's picture is not stored.
      if ((await readEvidenceRequest(ctx, incidentId)).notKept) return { state: 'failed', settledAt: ctx.now() };
      const result =
        coverage.segments.length === 0 ? noFootage(request, coverage) : await acquire(deps, ctx, request, coverage);
      const { purgeAfter } = await recordEvidence(ctx, { incidentId, result });
      if (purgeAfter !== null) await extendLocks(deps, ctx, incidentId, purgeAfter);
      return { state: result.state, settledAt: ctx.now() };
    },
  });
}

/** Waits until the recorder has closed the last segment of the clip, or should long have. */
async function awaitPostRoll(deps: MediaDependencies, request: EvidenceRequest): Promise<Coverage> {
  const activity = Context.current();
  const lastMs = toMs(request.toAt) + deps.closingAllowanceMs;
  for (;;) {
    beat('waiting for the post-roll');
    const coverage = await readCoverage(deps.ringDir, request.cameraId, request.fromAt, request.toAt);
    const closed = coverage.newestEndAt !== undefined && toMs(coverage.newestEndAt) >= toMs(request.toAt);
    const nowMs = toMs(deps.now());
    // A camera that never recorded will not have closed a segment in a few seconds either.
    const hopeless = coverage.newestEndAt === undefined && nowMs > toMs(request.toAt);
    if (closed || hopeless || nowMs > lastMs) return coverage;
    await activity.sleep(Math.max(pollMs, toMs(request.toAt) - nowMs));
  }
}

function beat(doing: string): void {
  const activity = Context.current();
  if (Date.now() - activity.info.currentAttemptScheduledTimestampMs > quietMs) activity.heartbeat(doing);
}

function noFootage(request: EvidenceRequest, coverage: Coverage): EvidenceResult {
  return {
    state: 'failed',
    gaps: coverage.gaps,
    artifacts: [],
    failure: { code: 'NO_FOOTAGE', params: { cameraId: request.cameraId, fromAt: request.fromAt, toAt: request.toAt } },
  };
}

/** Verifies the native segments, cuts the clip and stills, and stores everything under lock with a manifest. */
async function acquire(
  deps: MediaDependencies,
  ctx: ServiceContext,
  request: EvidenceRequest,
  coverage: Coverage,
): Promise<EvidenceResult> {
  const signal = Context.current().cancellationSignal;
  const work = await mkdtemp(join(tmpdir(), 'floorwalker-clip-'));
  const put = artifactWriter(deps, ctx, request);
  try {
    for (const segment of coverage.segments) await verifySegment(segment);
    const clip = await cutClip(
      { segments: coverage.segments, fromAt: request.fromAt, toAt: request.toAt, outPath: join(work, 'clip.mp4') },
      deps.ffmpeg,
      signal,
    );
    const pictures: { id: string; kind: 'still' | 'thumbnail'; path: string; at: string }[] = [];
    for (const [index, at] of stillInstants(request).entries()) {
      beat('stills');
      const boxes = boxesAt(request, at);
      const still = await extractStill(
        {
          segments: coverage.segments,
          at,
          outPath: join(work, `still-${index}.jpg`),
          thumbnailPath: join(work, `thumbnail-${index}.jpg`),
        },
        deps.ffmpeg,
        boxes,
        signal,
      );
      pictures.push({ id: `still-${index + 1}`, kind: 'still', path: still.path, at: still.frameAt });
      if (index === 0 && still.thumbnailPath !== undefined)
        pictures.push({ id: 'thumbnail', kind: 'thumbnail', path: still.thumbnailPath, at: still.frameAt });
    }
    const artifacts: StoredArtifact[] = [];
    for (const [index, segment] of coverage.segments.entries()) {
      beat('storing');
      const name = `segment-${String(index + 1).padStart(3, '0')}`;
      artifacts.push(
        await put({
          id: name,
          kind: 'segment',
          file: `${name}.ts`,
          mediaType: 'video/mp2t',
          bytes: await readFile(segment.path),
          fromAt: segment.startAt,
          toAt: segment.endAt,
          expectedSha256: segment.sha256,
        }),
      );
    }
    const clipEndAt = addMs(clip.firstFrameAt, clip.durationMs);
    artifacts.push(
      await put({
        id: 'clip',
        kind: 'clip',
        file: 'clip.mp4',
        mediaType: 'video/mp4',
        bytes: await readFile(clip.path),
        fromAt: clip.firstFrameAt,
        toAt: clipEndAt,
      }),
    );
    for (const picture of pictures)
      artifacts.push(
        await put({
          id: picture.id,
          kind: picture.kind,
          file: `${picture.id}.jpg`,
          mediaType: 'image/jpeg',
          bytes: await readFile(picture.path),
          fromAt: picture.at,
          toAt: picture.at,
        }),
      );
    artifacts.push(
      await put({
        id: 'manifest',
        kind: 'manifest',
        file: 'manifest.json',
        mediaType: 'application/json',
        bytes: manifestOf(ctx, request, coverage, clip, artifacts),
        fromAt: request.fromAt,
        toAt: request.toAt,
      }),
    );
    const partial = coverage.gaps.length > 0;
    return {
      state: partial ? 'partial' : 'ready',
      gaps: coverage.gaps,
      artifacts,
      failure: partial ? { code: 'RECORDING_HAS_GAPS', params: { gaps: coverage.gaps.length } } : null,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface NewArtifact {
  id: string;
  kind: StoredArtifact['kind'];
  file: string;
  mediaType: string;
  bytes: Uint8Array;
  fromAt: string;
  toAt: string;
  expectedSha256?: string;
}

function artifactWriter(deps: MediaDependencies, ctx: ServiceContext, request: EvidenceRequest) {
  // A store refuses a lock that ends in the past.
  const soonestMs = toMs(ctx.now()) + shortestLockMs;
  const lockedUntil = toIso(Math.max(toMs(request.lockedUntil), soonestMs));
  return async (artifact: NewArtifact): Promise<StoredArtifact> => {
    const sha256 = createHash('sha256').update(artifact.bytes).digest('hex');
    if (artifact.expectedSha256 !== undefined && artifact.expectedSha256 !== sha256)
      throw new Error(`segment ${artifact.id} changed while it was read`);
    const objectKey = `${evidencePrefix(ctx.actor.tenantId, request.storeId, request.incidentId)}${artifact.file}`;
    const { version } = await deps.objects.putLocked({
      key: objectKey,
      body: artifact.bytes,
      mediaType: artifact.mediaType,
      sha256,
      lockedUntil,
    });
    return {
      id: artifact.id,
      kind: artifact.kind,
      mediaType: artifact.mediaType,
      objectKey,
      objectVersion: version,
      sizeBytes: artifact.bytes.byteLength,
      sha256,
      fromAt: artifact.fromAt,
      toAt: artifact.toAt,
      lockedUntil,
    };
  };
}

/** The moment itself, then the first and last box of the track. */
function stillInstants(request: EvidenceRequest): string[] {
  const boxes = [...request.boxes].sort((a, b) => toMs(a.at) - toMs(b.at));
  const wanted = [request.sightingsAt[0] ?? request.detectedAt, boxes[0]?.at, boxes.at(-1)?.at].filter(
    (at): at is string => at !== undefined,
  );
  const inside = wanted
    .filter((at) => toMs(at) >= toMs(request.fromAt) && toMs(at) < toMs(request.toAt))
    .map((at) => addMs(at, 0));
  return [...new Set(inside)].slice(0, mostStills);
}

const boxMatchMs = 120;

function boxesAt(request: EvidenceRequest, at: string) {
  const near = request.boxes
    .map((box) => ({ box, distanceMs: Math.abs(toMs(box.at) - toMs(at)) }))
    .filter(({ distanceMs }) => distanceMs <= boxMatchMs);
  near.sort((a, b) => a.distanceMs - b.distanceMs);
  return near.slice(0, 1).map(({ box }) => box);
}

function manifestOf(
  ctx: ServiceContext,
  request: EvidenceRequest,
  coverage: Coverage,
  clip: { frames: number; fps: number; firstFrameAt: string; lastFrameAt: string },
  artifacts: readonly StoredArtifact[],
): Uint8Array {
  const manifest = {
    kind: 'floorwalker.manifest.v1',
    tenantId: ctx.actor.tenantId,
    storeId: request.storeId,
    incidentId: request.incidentId,
    cameraId: request.cameraId,
    acquiredAt: ctx.now(),
    requested: { fromAt: request.fromAt, toAt: request.toAt },
    gaps: coverage.gaps,
    clip: { frames: clip.frames, fps: clip.fps, firstFrameAt: clip.firstFrameAt, lastFrameAt: clip.lastFrameAt },
    files: artifacts.map(({ id, kind, objectKey, sizeBytes, sha256, fromAt, toAt }) => ({
      id,
      kind,
      file: objectKey.slice(objectKey.lastIndexOf('/') + 1),
      sizeBytes,
      sha256,
      fromAt,
      toAt,
    })),
  };
  return Buffer.from(canonicalJson(manifest));
}
