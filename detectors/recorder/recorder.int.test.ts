import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { cutClip } from '../../adapters/ffmpeg/clip.ts';
import { probeFile } from '../../adapters/ffmpeg/probe.ts';
import { extractStill } from '../../adapters/ffmpeg/still.ts';
import { readFrameNumber } from '../../stack/footage/frame-strip.ts';
import { renderLane } from '../../stack/footage/self-checkout-lane.ts';
import { decodePictures, keepingLogger } from '../testing.ts';
import { readCoverage, verifySegment } from './ledger.ts';
import { type CameraHealth, runRecorder } from './recorder.ts';

const { ffmpegPath, ffprobePath, dataDir } = inject('engines');
const ffmpeg = { ffmpegPath, ffprobePath };
const format = { width: 640, height: 360, fps: 15 };
const clock = { nowMs: () => Date.now() };
const iso = (ms: number) => new Date(ms).toISOString();
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
};

let workDir: string;
let lanePath: string;
beforeAll(async () => {
  workDir = await mkdtemp(join(tmpdir(), 'recorder-'));
  lanePath = (await renderLane({ outDir: join(dataDir, 'footage'), ffmpegPath })).videoPath;
});
afterAll(async () => rm(workDir, { recursive: true }));

/** Records until told to stop; notes what the recorder says. */
function record(cameraId: string, path: string, passMs: number) {
  const stop = new AbortController();
  const seen = {
    pictures: [] as { frame: number | undefined; atMs: number }[],
    starts: [] as number[],
    health: [] as CameraHealth[],
    segments: 0,
  };
  const logger = keepingLogger();
  const done = runRecorder({
    cameraId,
    source: { kind: 'file', path, loop: true },
    ringDir: join(workDir, 'ring'),
    analysis: format,
    ffmpeg,
    clock,
    signal: stop.signal,
    logger,
    passMs,
    onPicture: (rgb, atMs) => seen.pictures.push({ frame: readFrameNumber(rgb, format.width, format.height), atMs }),
    onSegment: () => {
      seen.segments++;
    },
    onPlaybackStart: (at) => seen.starts.push(Date.parse(at)),
    onHealth: (health) => seen.health.push(health),
  });
  const pid = () => {
    const started = logger.lines.findLast((line) => line.message === 'Recording')?.details as
      | { pid?: number }
      | undefined;
    return started?.pid ?? 0;
  };
  return {
    seen,
    pid,
    logger,
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}

describe('recorder and clip', () => {
  it('dates every picture, records without a gap and cuts to the frame', async () => {
    const camera = record('cam-1', lanePath, 60_000);
    await until(() => camera.seen.pictures.length > 95);
    await camera.stop();
    const zeroMs = camera.seen.starts[0] ?? Number.NaN;
    for (const { frame, atMs } of camera.seen.pictures) expect(frame).toBe(Math.round(((atMs - zeroMs) * 15) / 1000));

    // From between two frames to between two others: frames 23 to 67 lie inside.
    const [fromAt, toAt] = [iso(zeroMs + 1_500), iso(zeroMs + 4_500)];
    const { segments, gaps } = await readCoverage(join(workDir, 'ring'), 'cam-1', fromAt, toAt);
    expect(gaps).toEqual([]);
    for (const segment of segments) await verifySegment(segment);
    const outPath = join(workDir, 'clip.mp4');
    const clip = await cutClip({ segments, fromAt, toAt, outPath }, ffmpeg);
    const numbers = (await decodePictures(outPath, format, ffmpeg)).map((rgb) => readFrameNumber(rgb, 640, 360));
    expect(numbers).toEqual(Array.from({ length: 45 }, (_, index) => 23 + index));
    expect(clip).toMatchObject({ frames: 45, fps: 15, durationMs: 3_000 });
    expect(Math.abs(Date.parse(clip.firstFrameAt) - zeroMs - (23 / 15) * 1000)).toBeLessThanOrEqual(1);
    expect(await probeFile(outPath, ffmpeg)).toMatchObject({
      videoCodec: 'h264',
      pixelFormat: 'yuv420p',
      hasAudio: false,
      width: 640,
    });

    const still = await extractStill(
      {
        segments,
        at: iso(zeroMs + 2_000),
        outPath: join(workDir, 'key.jpg'),
        thumbnailPath: join(workDir, 'thumb.jpg'),
      },
      ffmpeg,
      [{ x: 0.1, y: 0.2, width: 0.2, height: 0.2 }],
    );
    const { data } = await sharp(still.path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(readFrameNumber(data, 640, 360)).toBe(30);
    // The box's edge is amber where the counter was grey.
    const edge = (Math.round(0.2 * 360) * 640 + Math.round(0.2 * 640)) * 3;
    expect((data[edge] ?? 0) - (data[edge + 2] ?? 255)).toBeGreaterThan(100);
    expect((await sharp(join(workDir, 'thumb.jpg')).metadata()).width).toBe(320);

    const outside = { segments, fromAt: iso(zeroMs - 9_000), toAt: iso(zeroMs - 8_000), outPath };
    await expect(cutClip(outside, ffmpeg)).rejects.toThrow('Nothing was recorded');
  });

  it('loops a short film without losing or shifting a frame', async () => {
    const { seen, stop } = record('cam-1', lanePath, 60_000);
    await until(() => seen.segments >= 3);
    await stop();
    const zeroMs = seen.starts[0] ?? Number.NaN;
    const { segments } = await readCoverage(join(workDir, 'ring'), 'cam-1', iso(zeroMs), iso(zeroMs + 2_000));
    const shortPath = join(workDir, 'short.mp4');
    await cutClip({ segments, fromAt: iso(zeroMs), toAt: iso(zeroMs + 1_600), outPath: shortPath }, ffmpeg);

    const camera = record('cam-loop', shortPath, 1_600);
    await until(() => camera.seen.starts.length >= 4);
    await camera.stop();
    const start = camera.seen.starts[0] ?? Number.NaN;
    expect(camera.seen.starts.slice(0, 4).map((at) => at - start)).toEqual([0, 1_600, 3_200, 4_800]);
    for (const { frame, atMs } of camera.seen.pictures)
      expect(frame).toBe(Math.round(((atMs - start) * 15) / 1000) % 24);
  });

  it('shows a gap when ffmpeg is killed, goes on by itself, and cuts a clip across the gap', async () => {
    const camera = record('cam-2', lanePath, 60_000);
    await until(() => camera.seen.segments >= 2);
    process.kill(camera.pid(), 'SIGKILL');
    await until(() => camera.seen.segments >= 4);
    await camera.stop();
    expect(camera.seen.health.map((health) => health.state)).toEqual(['recording', 'lost', 'recording']);
    const [first = 0, second = 0] = camera.seen.starts;
    const fromAt = iso(first + 1_000);
    const toAt = iso(second + 1_000);
    const { segments, gaps } = await readCoverage(join(workDir, 'ring'), 'cam-2', fromAt, toAt);
    expect(gaps).toHaveLength(1);
    const [gap] = gaps;
    expect(gap?.toAt).toBe(iso(second));
    const clip = await cutClip({ segments, fromAt, toAt, outPath: join(workDir, 'gap.mp4') }, ffmpeg);
    // The clip's clock runs through the gap; its frames are the recorded ones and no others.
    expect(Math.abs(clip.durationMs - (second + 1_000 - first - 1_000))).toBeLessThan(70);
    const recordedMs = Date.parse(gap?.fromAt ?? '') - (first + 1_000) + 1_000;
    expect(Math.abs(clip.frames - (recordedMs * 15) / 1000)).toBeLessThanOrEqual(1);
    const media = await probeFile(join(workDir, 'gap.mp4'), ffmpeg);
    expect(Math.abs(media.durationMs - clip.durationMs)).toBeLessThan(70);
    // The killed session's open segment is on disk but never in the ledger.
    const files = (await readdir(join(workDir, 'ring', 'cam-2'))).filter((name) => name.endsWith('.ts'));
    expect(files.length).toBe(camera.seen.segments + 1);
  });
});
