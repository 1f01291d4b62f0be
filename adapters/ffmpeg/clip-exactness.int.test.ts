import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { segmentStart } from '../../detectors/recorder/session.ts';
import { drawFrameStrip, readFrameNumber } from '../../stack/footage/frame-strip.ts';
import { type ClipSegment, cutClip, listFrames } from './clip.ts';
import { fileArgument, QUIET, segmentOutput } from './commands.ts';
import { drawHeatmap } from './heatmap.ts';
import { frameOffsets } from './mpegts.ts';
import { spawnFfmpeg } from './run.ts';

const { ffmpegPath, ffprobePath } = inject('engines');
const ffmpeg = { ffmpegPath, ffprobePath };
const [width, height] = [256, 144];
/** Any instant; the recorder's are of whole milliseconds as well. */
const zeroMs = Date.parse('2026-03-02T10:00:00.000Z');
const iso = (ms: number) => new Date(ms).toISOString();
/** As a camera that signs its pictures does: 16 bytes of its own and the signature, in each picture that stands alone. */
const signature = '086f3693b7b34f2c965321492feee5b8+signed by the camera itself';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'exact-'));
});
afterAll(async () => rm(work, { recursive: true }));

async function run(args: readonly string[], cwd = work): Promise<void> {
  const { exitCode, stderrTail } = await spawnFfmpeg(args, ffmpeg, { cwd }).closed;
  expect(stderrTail, args.join(' ')).not.toMatch(/error|invalid/i);
  expect(exitCode, stderrTail).toBe(0);
}

interface Camera {
  /** As ffmpeg writes rates: 30 or 30000/1001. */
  rate: string;
  seconds: number;
  keyFrameEvery: number;
  reordered?: boolean;
}

/** What a camera sends: H.264 with a number burnt into each picture and a signature beside it. */
async function film({ rate, seconds, keyFrameEvery, reordered = false }: Camera): Promise<string> {
  const path = join(work, `film-${randomUUID()}.ts`);
  const [top = 1, bottom = 1] = rate.split('/').map(Number);
  const { child, closed } = spawnFfmpeg(
    [
      ...[...QUIET, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', rate, '-i', 'pipe:0'],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p', '-sc_threshold', '0'],
      ...['-g', String(keyFrameEvery), '-bf', reordered ? '2' : '0'],
      // ffmpeg puts it into the wrong picture where they are reordered, which no camera does.
      ...(reordered ? [] : ['-bsf:v', `h264_metadata=sei_user_data=${signature}`]),
      ...['-f', 'mpegts', fileArgument(path)],
    ],
    ffmpeg,
    { stdin: true },
  );
  for (let frame = 0; frame < Math.round((seconds * top) / bottom); frame += 1) {
    const picture = Buffer.alloc(width * height * 3, 60 + (frame % 40));
    drawFrameStrip(picture, width, height, frame);
    if (child.stdin?.write(picture) === false) await once(child.stdin, 'drain');
  }
  child.stdin?.end();
  const { exitCode, stderrTail } = await closed;
  expect(exitCode, stderrTail).toBe(0);
  return path;
}

/** The film as the recorder keeps a network camera's stream: copied into segments, each dated to the millisecond. */
async function record(filmPath: string): Promise<ClipSegment[]> {
  const folder = join(work, randomUUID());
  await mkdir(folder);
  const output = segmentOutput('s1').map((argument) => (argument === 'pipe:3' ? 'list.csv' : argument));
  await run([...QUIET, '-i', fileArgument(filmPath), '-map', '0:v:0', '-c:v', 'copy', ...output], folder);
  const rows = (await readFile(join(folder, 'list.csv'), 'utf8')).trim().split('\n');
  const dated = await Promise.all(
    rows.map(async (row) => {
      const [file = '', start, end] = row.split(',');
      const path = join(folder, file);
      return { path, start: segmentStart(Number(start), await readFile(path)), end: Number(end) };
    }),
  );
  const at = (seconds: number) => iso(Math.round(zeroMs + (seconds - (dated[0]?.start ?? 0)) * 1000));
  return dated.map(({ path, start, end }) => ({ path, startAt: at(start), endAt: at(end) }));
}

async function numbersIn(path: string): Promise<number[]> {
  const args = [...QUIET, '-i', fileArgument(path), '-pix_fmt', 'rgb24', '-fps_mode', 'passthrough', '-f', 'rawvideo'];
  const { child, closed } = spawnFfmpeg([...args, 'pipe:1'], ffmpeg, { stdout: true });
  const parts: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => parts.push(part));
  await closed;
  const bytes = Buffer.concat(parts);
  const size = width * height * 3;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => {
    const number = readFrameNumber(bytes.subarray(index * size, (index + 1) * size), width, height);
    return number ?? Number.NaN;
  });
}

/** What stands before each unit: two or three zero bytes and a one. */
const startCode = new RegExp(`${String.fromCharCode(0)}{2,3}${String.fromCharCode(1)}`);

/** The units of an H.264 stream, without the access unit delimiters that a container may add. */
async function unitsOf(path: string): Promise<string[]> {
  const elementary = join(work, `${randomUUID()}.h264`);
  await run([...QUIET, '-i', fileArgument(path), '-map', '0:v:0', '-c:v', 'copy', '-f', 'h264', elementary]);
  const units = (await readFile(elementary)).toString('latin1').split(startCode).slice(1);
  return units.filter((unit) => (unit.charCodeAt(0) & 0x1f) !== 9);
}

const hashOf = (units: readonly string[]) => createHash('sha256').update(units.join('|'), 'latin1').digest('hex');

describe.each<[string, Camera]>([
  ['15 pictures a second', { rate: '15', seconds: 4, keyFrameEvery: 15 }],
  ['25 pictures a second', { rate: '25', seconds: 4, keyFrameEvery: 25 }],
  ['30 pictures a second', { rate: '30', seconds: 4, keyFrameEvery: 30 }],
  ['29.97 pictures a second', { rate: '30000/1001', seconds: 4, keyFrameEvery: 45 }],
  ['key frames ten seconds apart', { rate: '25', seconds: 13, keyFrameEvery: 250 }],
  ['pictures sent in another order than shown', { rate: '25', seconds: 4, keyFrameEvery: 25, reordered: true }],
])('%s', (_name, camera) => {
  let filmPath: string;
  let segments: ClipSegment[];
  beforeAll(async () => {
    filmPath = await film(camera);
    segments = await record(filmPath);
  });
  const frameMs = (() => {
    const [top = 1, bottom = 1] = camera.rate.split('/').map(Number);
    return (1000 * bottom) / top;
  })();

  it('the segments hold every unit that the camera sent, its signatures among them', async () => {
    const sent = await unitsOf(filmPath);
    const kept = (await Promise.all(segments.map(({ path }) => unitsOf(path)))).flat();
    expect(kept).toHaveLength(sent.length);
    expect(hashOf(kept)).toBe(hashOf(sent));
    if (camera.reordered) return;
    const signed = kept.filter((unit) => (unit.charCodeAt(0) & 0x1f) === 6 && unit.includes('signed by the camera'));
    expect(signed.length).toBeGreaterThanOrEqual(Math.floor((camera.seconds * 1000) / frameMs / camera.keyFrameEvery));
  });

  it('the clip begins and ends with the very pictures that were asked for', async () => {
    const border = Date.parse(segments[1]!.startAt) - zeroMs;
    const lastMs = camera.seconds * 1000;
    const stretches: [string, number, number][] = [
      ['between two pictures', 1.5 * frameMs + 700, lastMs - 1_310],
      ['from a border between segments', border, border + 1_000],
      ['to a border between segments', Math.max(0, border - 900), border],
      ['a millisecond past a border', border + 1, border + 901],
      ['one picture', 2_000, 2_000 + frameMs],
    ];
    for (const [name, fromMs, toMs] of stretches) {
      const outPath = join(work, `${randomUUID()}.mp4`);
      const request = { segments, fromAt: iso(zeroMs + Math.round(fromMs)), toAt: iso(zeroMs + Math.round(toMs)) };
      const clip = await cutClip({ ...request, outPath }, ffmpeg);
      const numbers = await numbersIn(outPath);
      const [first, last] = [numbers[0]!, numbers.at(-1)!];
      // None is missing, none comes twice, none is out of order.
      expect(numbers, name).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
      expect(clip.frames, name).toBe(numbers.length);
      // What was asked for lies within one picture of what is shown, at both ends.
      expect(Math.abs(first * frameMs - fromMs), name).toBeLessThanOrEqual(frameMs);
      expect(Math.abs((last + 1) * frameMs - toMs), name).toBeLessThanOrEqual(frameMs);
      expect(Math.abs(Date.parse(clip.firstFrameAt) - zeroMs - first * frameMs), name).toBeLessThanOrEqual(1.5);
    }
  });
});

it('reads the times of pictures that are sent in another order than shown', async () => {
  const filmPath = await film({ rate: '25', seconds: 2, keyFrameEvery: 25, reordered: true });
  const offsets = frameOffsets(await readFile(filmPath));
  expect(offsets.map((seconds) => Math.round(seconds * 25))).toEqual(Array.from({ length: 50 }, (_, index) => index));
  const frames = await listFrames(await record(filmPath));
  expect(frames.map(({ atMs }) => Math.round((atMs - zeroMs) / 40))).toEqual(
    Array.from({ length: 50 }, (_, index) => index),
  );
});

it('draws the same heatmap of the same clip, red where most moved', async () => {
  const segments = await record(await film({ rate: '15', seconds: 3, keyFrameEvery: 15 }));
  const outPath = join(work, 'heat.mp4');
  await cutClip({ segments, fromAt: iso(zeroMs), toAt: iso(zeroMs + 3_000), outPath }, ffmpeg);
  const [one, other] = [await drawHeatmap(outPath, ffmpeg), await drawHeatmap(outPath, ffmpeg)];
  expect(createHash('sha256').update(one.png).digest('hex')).toBe(createHash('sha256').update(other.png).digest('hex'));
  expect([one.width, one.height]).toEqual([640, 360]);
  expect(one.pictures).toBeGreaterThanOrEqual(14);
  expect((await readdir(work)).some((name) => name.endsWith('.part'))).toBe(false);
});
