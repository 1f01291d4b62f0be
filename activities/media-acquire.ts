import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { type Clip, cutClip } from '../adapters/ffmpeg/clip.ts';
import { drawHeatmap } from '../adapters/ffmpeg/heatmap.ts';
import type { FfmpegBinaries } from '../adapters/ffmpeg/run.ts';
import { extractStill } from '../adapters/ffmpeg/still.ts';
import { type Coverage, type RecordedSegment, readSegment } from '../detectors/recorder/ledger.ts';
import { canonicalJson } from '../domain/audit-chain.ts';
import type { Alignment } from '../domain/evidence/alignment.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import { toIso, toMs } from '../domain/time.ts';
import type { DetectionBox } from '../domain/types.ts';
import type { ServiceContext } from '../services/context.ts';
import type { EvidenceResult, StoredArtifact } from '../services/evidence/record.ts';
import { evidencePrefix } from './incident.ts';
import { withWorkFolder } from './work-folder.ts';

export interface MediaTools {
  objects: EvidenceStore;
  ffmpeg: FfmpegBinaries;
}

/** One camera's part in an incident. */
export interface Shot {
  storeId: string;
  incidentId: string;
  cameraId: string;
  fromAt: string;
  toAt: string;
  lockedUntil: string;
  /** Comes before the names of its files; empty for the incident's own camera. */
  prefix: string;
  boxes: DetectionBox[];
  stillsAt: string[];
  /** How its clock lies to that of the incident's own camera; null: it is that camera. */
  alignment: Alignment | null;
}

type Gaps = Coverage['gaps'];
const shortestLockMs = 1_000;

export function noFootage(shot: Shot, gaps: Gaps): EvidenceResult {
  const { cameraId, fromAt, toAt } = shot;
  return { state: 'failed', gaps, artifacts: [], failure: { code: 'NO_FOOTAGE', params: { cameraId, fromAt, toAt } } };
}

/** Verifies the native segments, cuts the clip, draws stills and heatmap, and stores all under lock with a manifest. */
export async function acquire(
  deps: MediaTools,
  ctx: ServiceContext,
  shot: Shot,
  coverage: Coverage,
  beat: (doing: string) => void,
): Promise<EvidenceResult> {
  const { segments, gaps, altered } = await intactPart(shot, coverage);
  if (segments.length === 0)
    return {
      state: 'failed',
      gaps,
      artifacts: [],
      failure: { code: 'SEGMENTS_ALTERED', params: { segments: altered } },
    };
  return withWorkFolder(async (work) => {
    const { clip, derived } = await makeDerivatives(deps, shot, segments, work, beat);
    const put = artifactWriter(deps, ctx, shot);
    const artifacts: StoredArtifact[] = [];
    for (const file of [...nativeFiles(shot, segments), ...derived]) {
      beat('storing');
      artifacts.push(await put(file, artifacts));
    }
    const manifest = manifestOf(ctx, shot, gaps, clip, artifacts);
    artifacts.push(
      await put(
        { name: 'manifest', kind: 'manifest', ...json, ...stretchOf(shot), read: async () => manifest },
        artifacts,
      ),
    );
    const picture = { width: clip.width, height: clip.height, fps: clip.fps };
    const state = gaps.length > 0 ? 'partial' : 'ready';
    return { state, gaps, artifacts, picture, failure: incompleteness(gaps, altered) };
  });
}

function incompleteness(gaps: Gaps, altered: number): EvidenceResult['failure'] {
  if (altered > 0) return { code: 'SEGMENTS_ALTERED', params: { segments: altered } };
  return gaps.length > 0 ? { code: 'RECORDING_HAS_GAPS', params: { gaps: gaps.length } } : null;
}

/** A segment that is no longer what was recorded is no evidence: its time is a gap like any other. */
async function intactPart(
  shot: Shot,
  coverage: Coverage,
): Promise<{ segments: RecordedSegment[]; gaps: Gaps; altered: number }> {
  const segments: RecordedSegment[] = [];
  const lost: Gaps = [];
  for (const segment of coverage.segments)
    if ((await readSegment(segment)) !== null) segments.push(segment);
    else
      lost.push({
        fromAt: toIso(Math.max(toMs(segment.startAt), toMs(shot.fromAt))),
        toAt: toIso(Math.min(toMs(segment.endAt), toMs(shot.toAt))),
      });
  const gaps = [...coverage.gaps, ...lost].sort((a, b) => toMs(a.fromAt) - toMs(b.fromAt));
  return { segments, gaps, altered: lost.length };
}

interface NewFile {
  /** Without the prefix of its camera. */
  name: string;
  kind: StoredArtifact['kind'];
  mediaType: string;
  extension: string;
  fromAt: string;
  toAt: string;
  read: () => Promise<Uint8Array>;
  /** The file, by its name, that it was made from. */
  parent?: string;
}

const json = { mediaType: 'application/json', extension: 'json' };
const jpeg = { mediaType: 'image/jpeg', extension: 'jpg' };
const stretchOf = ({ fromAt, toAt }: Shot) => ({ fromAt, toAt });

const nativeFiles = (shot: Shot, segments: readonly RecordedSegment[]): NewFile[] =>
  segments.map((segment, index) => ({
    name: `segment-${String(index + 1).padStart(3, '0')}`,
    kind: shot.alignment === null ? 'segment' : 'other_segment',
    ...{ mediaType: 'video/mp2t', extension: 'ts', fromAt: segment.startAt, toAt: segment.endAt },
    read: async () => {
      const bytes = await readSegment(segment);
      if (bytes === null) throw new Error(`a segment of camera ${shot.cameraId} changed while it was read`);
      return bytes;
    },
  }));

async function makeDerivatives(
  deps: MediaTools,
  shot: Shot,
  segments: readonly RecordedSegment[],
  work: string,
  beat: (doing: string) => void,
): Promise<{ clip: Clip; derived: NewFile[] }> {
  const signal = Context.current().cancellationSignal;
  const { fromAt, toAt } = shot;
  const clip = await cutClip({ segments, fromAt, toAt, outPath: join(work, 'clip.mp4') }, deps.ffmpeg, signal);
  const clipStretch = {
    fromAt: clip.firstFrameAt,
    toAt: toIso(toMs(clip.firstFrameAt) + clip.durationMs),
  };
  const derived: NewFile[] = [
    {
      ...{
        name: 'clip',
        kind: shot.alignment === null ? 'clip' : 'other_clip',
        mediaType: 'video/mp4',
        extension: 'mp4',
      },
      ...clipStretch,
      read: () => readFile(clip.path),
    },
  ];
  for (const [index, at] of shot.stillsAt.entries()) {
    beat('stills');
    const outPath = join(work, `still-${index}.jpg`);
    const thumbnailPath = join(work, `thumbnail-${index}.jpg`);
    const request = { segments, at, outPath, thumbnailPath };
    const still = await extractStill(request, deps.ffmpeg, boxesAt(shot.boxes, at), signal);
    const shows = { ...jpeg, fromAt: still.frameAt, toAt: still.frameAt };
    derived.push({ name: `still-${index + 1}`, kind: 'still', ...shows, read: () => readFile(outPath) });
    if (index === 0)
      derived.push({ name: 'thumbnail', kind: 'thumbnail', ...shows, read: () => readFile(thumbnailPath) });
  }
  beat('heatmap');
  const heatmapPath = join(work, 'heatmap.png');
  await writeFile(heatmapPath, (await drawHeatmap(clip.path, deps.ffmpeg, signal)).png);
  derived.push({
    ...{ name: 'heatmap', kind: 'heatmap', mediaType: 'image/png', extension: 'png', parent: 'clip' },
    ...clipStretch,
    read: () => readFile(heatmapPath),
  });
  return { clip, derived };
}

const boxMatchMs = 120;

function boxesAt(boxes: readonly DetectionBox[], at: string): DetectionBox[] {
  const near = boxes
    .map((box) => ({ box, distanceMs: Math.abs(toMs(box.at) - toMs(at)) }))
    .filter(({ distanceMs }) => distanceMs <= boxMatchMs);
  near.sort((a, b) => a.distanceMs - b.distanceMs);
  return near.slice(0, 1).map(({ box }) => box);
}

function artifactWriter(deps: MediaTools, ctx: ServiceContext, shot: Shot) {
  // A store refuses a lock that ends in the past.
  const soonestMs = toMs(ctx.now()) + shortestLockMs;
  const lockedUntil = toIso(Math.max(toMs(shot.lockedUntil), soonestMs));
  const folder = evidencePrefix(ctx.actor.tenantId, shot.storeId, shot.incidentId);
  return async (file: NewFile, stored: readonly StoredArtifact[]): Promise<StoredArtifact> => {
    const id = `${shot.prefix}${file.name}`;
    const body = await file.read();
    const sha256 = createHash('sha256').update(body).digest('hex');
    const { kind, mediaType, fromAt, toAt } = file;
    const objectKey = `${folder}${id}.${file.extension}`;
    const { version } = await deps.objects.putLocked({ key: objectKey, body, mediaType, sha256, lockedUntil });
    const parent = stored.find((artifact) => artifact.id === `${shot.prefix}${file.parent}`);
    return {
      ...{ id, kind, mediaType, objectKey, objectVersion: version, sizeBytes: body.byteLength, sha256 },
      ...{ fromAt, toAt, lockedUntil },
      ...(shot.alignment === null ? {} : { cameraId: shot.cameraId }),
      ...(parent === undefined ? {} : { parentSha256: parent.sha256 }),
    };
  };
}

function manifestOf(
  ctx: ServiceContext,
  shot: Shot,
  gaps: Gaps,
  clip: Clip,
  artifacts: readonly StoredArtifact[],
): Uint8Array {
  const { frames, fps, firstFrameAt, lastFrameAt } = clip;
  const manifest = {
    kind: 'floorwalker.manifest.v1',
    ...{ tenantId: ctx.actor.tenantId, storeId: shot.storeId, incidentId: shot.incidentId, cameraId: shot.cameraId },
    acquiredAt: ctx.now(),
    requested: { fromAt: shot.fromAt, toAt: shot.toAt },
    gaps,
    clip: { frames, fps, firstFrameAt, lastFrameAt },
    ...(shot.alignment === null ? {} : { clock: { ...shot.alignment } }),
    files: artifacts.map(({ id, kind, objectKey, sizeBytes, sha256, fromAt, toAt, parentSha256 }) => ({
      ...{ id, kind, file: objectKey.slice(objectKey.lastIndexOf('/') + 1), sizeBytes, sha256, fromAt, toAt },
      ...(parentSha256 === undefined ? {} : { parentSha256 }),
    })),
  };
  return Buffer.from(canonicalJson(manifest));
}
