import { FROM_DISK, fileArgument, QUIET } from './commands.ts';

/** When each picture of a clip is shown, in seconds, one a line. */
export const frameTimesArgs = (path: string): string[] => [
  ...['-hide_banner', '-loglevel', 'error', ...FROM_DISK, '-select_streams', 'v:0'],
  ...['-show_entries', 'packet=pts_time', '-of', 'csv=p=0', fileArgument(path)],
];

/** Every `step`th picture and the one numbered `last`, as raw rgb24 on stdout. */
export const sampledArgs = (path: string, step: number, last: number): string[] => [
  ...[...QUIET, ...FROM_DISK, '-i', fileArgument(path), '-map', '0:v:0', '-an', '-sn', '-dn'],
  ...['-vf', String.raw`select=not(mod(n\,${Math.trunc(step)}))+eq(n\,${Math.trunc(last)})`],
  // Each picture once, however far apart they are.
  ...['-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
];

/** Every picture as raw yuv420p on stdout. */
export const wholeArgs = (path: string): string[] => [
  ...[...QUIET, ...FROM_DISK, '-i', fileArgument(path), '-map', '0:v:0', '-an', '-sn', '-dn'],
  ...['-fps_mode', 'passthrough', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:1'],
];

/** Encodes pictures with their times from stdin, as the working copy is encoded; nothing of the original's tags goes along. */
export const maskedEncodeArgs = (outPath: string): string[] => [
  ...[...QUIET, '-protocol_whitelist', 'pipe', '-f', 'matroska', '-i', 'pipe:0', '-map', '0:v:0', '-an', '-sn', '-dn'],
  ...['-map_metadata', '-1', '-fps_mode', 'passthrough', '-enc_time_base', '1:90000'],
  ...['-video_track_timescale', '90000', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20'],
  ...['-pix_fmt', 'yuv420p', '-bf', '0', '-movflags', '+faststart', '-f', 'mp4', '-y', fileArgument(outPath)],
];
