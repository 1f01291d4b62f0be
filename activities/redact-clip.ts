import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readClipPictures, renderMasked, sampledPictures } from '../adapters/ffmpeg/pictures.ts';
import type { FfmpegBinaries } from '../adapters/ffmpeg/run.ts';
import type { PeopleFinder } from '../detectors/redaction/people-finder.ts';
import { checkManualTracks } from '../domain/redaction/manual.ts';
import { redactionMapBytes } from '../domain/redaction/map.ts';
import { planMasks, redactionParameters, sampleStep, usualFrameMs } from '../domain/redaction/plan.ts';
import type { Sample } from '../domain/redaction/tracks.ts';
import type { Box, ManualTrack, RedactionStyle, RedactionTarget } from '../domain/redaction/types.ts';
import { withWorkFolder } from './work-folder.ts';

export interface ClipToRedact {
  incidentId: string;
  version: number;
  requestedAt: string;
  parent: { artifactId: string; sha256: string };
  target: RedactionTarget;
  style: RedactionStyle;
  manual: readonly ManualTrack[];
  /** What the incident is about; times counted from the clip's first frame. */
  sightings: readonly { atMs: number; box: Box }[];
}

/** Whoever finds people in pictures; tests have one that needs no weights. */
export type Finder = Pick<PeopleFinder, 'models' | 'look' | 'close'>;

export interface RedactedClip {
  video: Uint8Array;
  map: Uint8Array;
}

/** Looks for everybody in the clip, paints over them, and says in a map what was painted where. */
export async function redactClip(
  clip: Uint8Array,
  about: ClipToRedact,
  tools: { ffmpeg: FfmpegBinaries; finder: Finder },
  running: { signal?: AbortSignal; progress?: (doing: string) => void } = {},
): Promise<RedactedClip> {
  const { ffmpeg, finder } = tools;
  const { signal, progress } = running;
  const parameters = redactionParameters;
  return withWorkFolder(async (work) => {
    const inPath = join(work, 'clip.mp4');
    const outPath = join(work, 'redacted.mp4');
    await writeFile(inPath, clip);
    const pictures = await readClipPictures(inPath, ffmpeg, signal);
    const frameTimesMs = pictures.timesUs.map((at) => at / 1_000);
    const frameMs = usualFrameMs(frameTimesMs);
    checkManualTracks(about.manual, frameTimesMs.at(-1)! + frameMs);

    const samples: Sample[] = [];
    const { width, height } = pictures;
    for await (const { frame, rgb } of sampledPictures(
      inPath,
      pictures,
      sampleStep(frameMs, parameters),
      ffmpeg,
      signal,
    )) {
      progress?.(`looking at frame ${frame}`);
      const scores = {
        person: parameters.personScore,
        face: parameters.faceScore,
        loneFace: parameters.loneFaceScore,
      };
      samples.push({ frame, seen: await finder.look({ rgb, width, height }, scores) });
    }
    const { target, style, manual, sightings } = about;
    const masks = planMasks({ video: { width, height }, frameTimesMs, samples, target, sightings, manual, parameters });
    await renderMasked(
      { inPath, outPath, clip: pictures, masks, style, onPicture: (index) => progress?.(`painting frame ${index}`) },
      ffmpeg,
      signal,
    );
    const video = await readFile(outPath);
    const map = redactionMapBytes(
      {
        incidentId: about.incidentId,
        version: about.version,
        requestedAt: about.requestedAt,
        parent: about.parent,
        derivative: { sha256: createHash('sha256').update(video).digest('hex'), sizeBytes: video.byteLength },
        video: { width, height, frames: frameTimesMs.length },
        target,
        style,
        parameters,
        models: finder.models,
        manual,
      },
      frameTimesMs,
      masks,
    );
    return { video, map };
  });
}
