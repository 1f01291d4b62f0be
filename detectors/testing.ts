import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AnalysisFormat, decodeArgs } from '../adapters/ffmpeg/commands.ts';
import { type FfmpegBinaries, spawnFfmpeg } from '../adapters/ffmpeg/run.ts';
import { PictureAssembler } from './recorder/frames.ts';
import type { DetectorLogger } from './recorder/recorder.ts';
import { ScanZoneCounter } from './scan-zone/counter.ts';
import type { LineCrossing } from './scan-zone/tracks.ts';
import type { ScanZone } from './scan-zone/zone.ts';

/** Decodes a recording into pictures as fast as it can. */
export async function decodePictures(
  path: string,
  format: AnalysisFormat,
  ffmpeg: Pick<FfmpegBinaries, 'ffmpegPath'>,
): Promise<Uint8Array[]> {
  const { child, closed } = spawnFfmpeg(decodeArgs(path, format), ffmpeg, { stdout: true });
  const pictures: Uint8Array[] = [];
  const assembler = new PictureAssembler(format.width * format.height * 3, (picture) => pictures.push(picture));
  child.stdout?.on('data', (chunk: Buffer) => assembler.push(chunk));
  const { exitCode, stderrTail } = await closed;
  if (exitCode !== 0) throw new Error(`${path} could not be decoded: ${stderrTail}`);
  return pictures;
}

/** Counts a whole recording; instants are milliseconds of the recording. */
export async function countRecording(
  path: string,
  zone: ScanZone,
  format: AnalysisFormat,
  ffmpeg: Pick<FfmpegBinaries, 'ffmpegPath'>,
): Promise<{ crossings: LineCrossing[]; msPerPicture: number }> {
  const pictures = await decodePictures(path, format, ffmpeg);
  const counter = await ScanZoneCounter.open(zone, { pictureWidth: format.width, pictureHeight: format.height });
  const crossings: LineCrossing[] = [];
  const startedMs = performance.now();
  for (const [index, picture] of pictures.entries())
    crossings.push(...(await counter.see(picture, (index * 1000) / format.fps)));
  const msPerPicture = (performance.now() - startedMs) / Math.max(1, pictures.length);
  await counter.close();
  return { crossings, msPerPicture };
}

/** Finds a real recording kept beside the repository, or undefined with nothing said: the test says why it skips. */
export function findFootage(name: string, folder: string | undefined): string | undefined {
  const besides = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'shared', 'footage');
  return [folder, besides].flatMap((place) => (place ? [join(place, name)] : [])).find((path) => existsSync(path));
}

/** Finds the folder of a model file kept beside the repository, or undefined with nothing said. */
export function findModels(file: string, folder: string | undefined): string | undefined {
  const beside = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'shared', 'models');
  return [folder, beside].find((place) => place !== undefined && existsSync(join(place, file)));
}

/** Reads the truth file of a recording. */
export function readTruth<T>(videoPath: string): T {
  return JSON.parse(readFileSync(videoPath.replace(/\.mp4$/, '.truth.json'), 'utf8')) as T;
}

/** A logger that keeps what it was told. */
export function keepingLogger(): DetectorLogger & { lines: { level: string; details: object; message: string }[] } {
  const lines: { level: string; details: object; message: string }[] = [];
  const keep = (level: string) => (details: object, message: string) => {
    lines.push({ level, details, message });
  };
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
