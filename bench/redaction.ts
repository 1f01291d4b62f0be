import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redactClip } from '../activities/redact-clip.ts';
import { fileArgument } from '../adapters/ffmpeg/commands.ts';
import { readClipPictures, renderMasked, sampledPictures } from '../adapters/ffmpeg/pictures.ts';
import { type FfmpegBinaries, spawnFfmpeg } from '../adapters/ffmpeg/run.ts';
import { MODELS } from '../detectors/models/manifest.ts';
import { PeopleFinder } from '../detectors/redaction/people-finder.ts';
import { findFootage, findModels, readTruth } from '../detectors/testing.ts';
import type { RedactionMap } from '../domain/redaction/map.ts';
import { headOf } from '../domain/redaction/plan.ts';
import type { RedactionTarget } from '../domain/redaction/types.ts';
import { provisionTools } from '../stack/tools/find.ts';
import { say } from './lib/measure.ts';
import { isCovered, Referee } from './lib/redaction-recall.ts';
import { machine, publish, round } from './lib/results.ts';

/** As the media worker has them. */
const threads = 1;
/** Not the steps of the product, so that frames between its looks are judged as well. */
const films = [
  { name: 'store-aisle.mp4', everyFrames: 2 },
  { name: 'one-by-one-person.mp4', everyFrames: 13 },
] as const;

interface Visits {
  tolerance_s: number;
  visits: { in_s: number; out_s: number }[];
}

interface Tools {
  ffmpeg: FfmpegBinaries;
  finder: PeopleFinder;
  referee: Referee;
  work: string;
}

/** How long masking takes, and who is still to be seen: against a far closer look, and against visits noted by hand. */
export async function runRedactionBench(): Promise<void> {
  const modelsDir = findModels(MODELS.rfb320Face.file, process.env['FLOORWALKER_MODELS']);
  const paths = films.map(({ name }) => findFootage(name, process.env['FLOORWALKER_FOOTAGE']));
  if (modelsDir === undefined || paths.some((path) => path === undefined))
    throw new Error(
      `This bench needs ${films.map(({ name }) => name).join(' and ')} in FLOORWALKER_FOOTAGE, and ${MODELS.yoloxNano.file} and ${MODELS.rfb320Face.file} in FLOORWALKER_MODELS.`,
    );
  const found = await provisionTools(['ffmpeg'], { env: process.env, onProgress: () => undefined }).ffmpeg;
  const ffmpeg = { ffmpegPath: found.path, ffprobePath: found.companions['ffprobe']! };
  const finder = await PeopleFinder.open({ modelsDir }, threads);
  if (!(finder instanceof PeopleFinder)) throw new Error(`The model ${finder.id} is not in ${modelsDir}.`);
  const referee = await Referee.open({ modelsDir });
  const work = await mkdtemp(join(tmpdir(), 'floorwalker-redaction-'));
  const tools = { ffmpeg, finder, referee, work };
  try {
    const [aislePath, visitsPath] = paths as [string, string];
    const speed15 = await measureSpeed(tools, aislePath, 15);
    const speed30 = await measureSpeed(tools, aislePath, 30);
    const aisle = await measureRecall(tools, aislePath, films[0].everyFrames);
    const table = await measureRecall(tools, visitsPath, films[1].everyFrames);
    const visits = visitShares(table.map, readTruth<Visits>(visitsPath));
    const faces = aisle.faces + table.faces;
    const heads = aisle.heads + table.heads;
    await publish({
      name: 'redaction',
      at: new Date().toISOString(),
      machine: machine(),
      command: 'npm run bench -- redaction',
      figures: {
        secondsPerSecond720p15: round(speed15.whole, 2),
        secondsPerSecond720p30: round(speed30.whole, 2),
        lookMs: round(speed15.lookMs, 0),
        facesLookedFor: faces,
        faceRecall: round((aisle.facesCovered + table.facesCovered) / Math.max(1, faces), 4),
        headsLookedFor: heads,
        headRecall: round((aisle.headsCovered + table.headsCovered) / Math.max(1, heads), 4),
        visitSeconds: round(visits.seconds, 0),
        visitShareMasked: round(visits.masked, 4),
        emptyShareClear: round(visits.clear, 4),
      },
      floor: {
        transcodeSecondsPerSecond720p15: round(speed15.floor, 2),
        transcodeSecondsPerSecond720p30: round(speed30.floor, 2),
      },
    });
  } finally {
    await rm(work, { recursive: true, force: true });
    await finder.close();
    await referee.close();
  }
}

/** A film of twenty seconds in 720p, made from a real one. */
async function make720p({ ffmpeg, work }: Tools, source: string, fps: number): Promise<string> {
  const path = join(work, `720p-${fps}.mp4`);
  await run(ffmpeg, [
    ...['-nostdin', '-v', 'error', '-stream_loop', '-1', '-i', fileArgument(source), '-t', '20', '-an'],
    ...['-vf', `scale=1280:720,fps=${fps}`, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-bf', '0'],
    ...['-pix_fmt', 'yuv420p', '-video_track_timescale', '90000', '-y', fileArgument(path)],
  ]);
  return path;
}

async function run(ffmpeg: FfmpegBinaries, args: string[]): Promise<void> {
  const { exitCode, stderrTail } = await spawnFfmpeg(args, ffmpeg).closed;
  if (exitCode !== 0) throw new Error(`ffmpeg failed: ${stderrTail}`);
}

async function measureSpeed(
  tools: Tools,
  source: string,
  fps: number,
): Promise<{ whole: number; floor: number; lookMs: number }> {
  say(`speed: 20 s of 1280 × 720 at ${fps} a second`);
  const path = await make720p(tools, source, fps);
  const pictures = await readClipPictures(path, tools.ffmpeg);
  const seconds = pictures.timesUs.at(-1)! / 1_000_000;
  const started = performance.now();
  await redactFile(tools, path, 'people');
  const wholeMs = performance.now() - started;
  const bare = performance.now();
  const masks = pictures.timesUs.map(() => []);
  const outPath = join(tools.work, 'bare.mp4');
  await renderMasked({ inPath: path, outPath, clip: pictures, masks, style: 'solid' }, tools.ffmpeg);
  const bareMs = performance.now() - bare;
  let [lookMs, looks] = [0, 0];
  const { width, height } = pictures;
  for await (const { rgb } of sampledPictures(path, pictures, fps, tools.ffmpeg)) {
    const before = performance.now();
    await tools.finder.look({ rgb, width, height }, { person: 0.25, face: 0.55, loneFace: 0.85 });
    lookMs += performance.now() - before;
    looks += 1;
  }
  return { whole: wholeMs / 1_000 / seconds, floor: bareMs / 1_000 / seconds, lookMs: lookMs / looks };
}

async function redactFile({ ffmpeg, finder }: Tools, path: string, target: RedactionTarget): Promise<RedactionMap> {
  const clip = await readFile(path);
  const { map } = await redactClip(
    clip,
    {
      ...{ incidentId: 'bench', version: 1, requestedAt: '2026-01-01T00:00:00.000Z', target, style: 'solid' },
      ...{ manual: [], sightings: [] },
      parent: { artifactId: 'clip', sha256: createHash('sha256').update(clip).digest('hex') },
    },
    { ffmpeg, finder },
  );
  return JSON.parse(Buffer.from(map).toString()) as RedactionMap;
}

/** The harder target: only heads are masked, so that a head is covered only when it was found. */
async function measureRecall(tools: Tools, path: string, everyFrames: number) {
  say(`recall: ${path.slice(path.lastIndexOf('/') + 1)}, every ${everyFrames} frames`);
  const map = await redactFile(tools, path, 'faces');
  const pictures = await readClipPictures(path, tools.ffmpeg);
  const { width, height } = pictures;
  const count = { faces: 0, facesCovered: 0, heads: 0, headsCovered: 0 };
  for await (const { frame, rgb } of sampledPictures(path, pictures, everyFrames, tools.ffmpeg)) {
    const { faces, people } = await tools.referee.look({ rgb, width, height });
    const masks = map.frames[frame]!.boxes;
    for (const face of faces) {
      count.faces += 1;
      if (isCovered(face, masks, pictures)) count.facesCovered += 1;
      else say(`a face is bare in frame ${frame} at ${face.x.toFixed(2)}, ${face.y.toFixed(2)}`);
    }
    for (const person of people) {
      const head = headOf(person, width / height);
      // Somebody whose head is out of the picture has none to mask.
      if (person.y <= 0.01) continue;
      count.heads += 1;
      if (isCovered(head, masks, pictures)) count.headsCovered += 1;
      else say(`a head is bare in frame ${frame} at ${head.x.toFixed(2)}, ${head.y.toFixed(2)}`);
    }
  }
  return { ...count, map };
}

/** Of the time that somebody was there, by hand-made notes, the share in which something is masked; and the other way round. */
function visitShares({ frames }: RedactionMap, { visits, tolerance_s: slack }: Visits) {
  const within = (seconds: number, grow: number) =>
    visits.some((visit) => seconds >= visit.in_s - grow && seconds <= visit.out_s + grow);
  const there = frames.filter(({ atMs }) => within(atMs / 1_000, -slack));
  const empty = frames.filter(({ atMs }) => !within(atMs / 1_000, slack + 0.5));
  const share = (some: typeof frames, good: (frame: (typeof frames)[number]) => boolean) =>
    some.filter(good).length / Math.max(1, some.length);
  return {
    seconds: visits.reduce((sum, { in_s, out_s }) => sum + out_s - in_s - 2 * slack, 0),
    masked: share(there, ({ boxes }) => boxes.length > 0),
    clear: share(empty, ({ boxes }) => boxes.length === 0),
  };
}
