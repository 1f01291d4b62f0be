import { fileArgument, PROBE_OPTIONS } from './commands.ts';
import { type FfmpegBinaries, FfmpegError, probeRaw } from './run.ts';

/** What the rest of the system may know about a media file; nothing downstream parses ffprobe. */
export interface MediaInfo {
  durationMs: number;
  width: number;
  height: number;
  fps: number;
  /** Pictures in the file where the container counts them, else undefined. */
  frames: number | undefined;
  videoCodec: string;
  pixelFormat: string;
  hasAudio: boolean;
  sizeBytes: number;
}

/** Probes a file on disk; throws FfmpegError (permanent) when it holds no video. */
export async function probeFile(path: string, binaries: Pick<FfmpegBinaries, 'ffprobePath'>): Promise<MediaInfo> {
  const { streams, format } = await probeRaw(fileArgument(path), PROBE_OPTIONS, binaries);
  const video = streams.find((stream) => stream.codec_type === 'video');
  if (!video?.width || !video.height) {
    throw new FfmpegError(`${path} holds no video stream`, { permanent: true });
  }
  const durationSeconds = finite(video.duration) ?? finite(format.duration) ?? 0;
  return {
    durationMs: Math.round(durationSeconds * 1000),
    width: video.width,
    height: video.height,
    fps: rate(video.avg_frame_rate) ?? rate(video.r_frame_rate) ?? 0,
    frames: finite(video.nb_frames),
    videoCodec: video.codec_name ?? 'unknown',
    pixelFormat: video.pix_fmt ?? 'unknown',
    hasAudio: streams.some((stream) => stream.codec_type === 'audio'),
    sizeBytes: finite(format.size) ?? 0,
  };
}

function finite(value: unknown): number | undefined {
  const number = Number(value);
  return value !== undefined && value !== null && value !== 'N/A' && Number.isFinite(number) ? number : undefined;
}

/** ffprobe writes rates as fractions ("15/1", "30000/1001", "0/0" when unknown). */
function rate(fraction: string | undefined): number | undefined {
  const [numerator, denominator = '1'] = (fraction ?? '').split('/');
  const value = Number(numerator) / Number(denominator);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
