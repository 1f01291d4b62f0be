import { isAbsolute } from 'node:path';

/** Where a camera's pictures come from. */
export type CameraSource =
  | { kind: 'file'; path: string; startAt?: string; loop?: boolean }
  | { kind: 'rtsp'; url: string };

/** The decoded stream that the detectors read: size in pixels, rate in frames a second, rgb24. */
export interface AnalysisFormat {
  width: number;
  height: number;
  fps: number;
}

/** Length of a recorded segment; a segment closes at the first key frame at or after it. */
export const SEGMENT_SECONDS = 1;

// -nostdin: ffmpeg otherwise reads the terminal and stops when it is in the background.
export const QUIET = ['-nostdin', '-hide_banner', '-loglevel', 'warning', '-nostats'];

// A media file can name other files and addresses (playlists, concat scripts). Only plain containers are opened, and
// only from disk, so that a recording handed to us cannot make ffmpeg fetch or read anything else.
const PLAIN_CONTAINERS = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts';
export const FROM_DISK = ['-protocol_whitelist', 'file', '-format_whitelist', PLAIN_CONTAINERS];

/** Names a file for ffmpeg so that no character of the path can be read as an option or a protocol. */
export function fileArgument(path: string): string {
  if (!isAbsolute(path)) throw new RangeError(`ffmpeg is given absolute paths only, got "${path}".`);
  return `file:${path}`;
}

/** Validates a camera address and writes it back in canonical form. */
export function rtspArgument(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'rtsp:' && url.protocol !== 'rtsps:') || !url.hostname) {
    throw new RangeError('A camera address must look like rtsp://host[:port]/path.');
  }
  return url.href;
}

export interface RecorderCommand {
  source: CameraSource;
  analysis: AnalysisFormat;
  /** Names the session's segments; ffmpeg runs inside the camera's ring folder and writes `<session>-<n>.ts`. */
  sessionId: string;
}

/**
 * One process with two outputs: segments on disk with their exact times on descriptor 3, decoded pictures on stdout.
 * One decode serves both, and both share one time line.
 */
export function recorderArgs({ source, analysis, sessionId }: RecorderCommand): string[] {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(sessionId)) throw new RangeError(`"${sessionId}" cannot name a recording session.`);
  return source.kind === 'file'
    ? [
        ...QUIET,
        ...fileInput(source),
        ...split(analysis),
        ...FILE_ENCODER,
        ...segmentOutput(sessionId),
        ...pictures('[seen]'),
      ]
    : [
        ...QUIET,
        ...networkInput(source),
        '-map',
        '0:v:0',
        '-c:v',
        'copy',
        ...segmentOutput(sessionId),
        ...viewed(analysis),
      ];
}

function fileInput({ path, loop }: Extract<CameraSource, { kind: 'file' }>): string[] {
  return [...(loop ? ['-stream_loop', '-1'] : []), ...FROM_DISK, '-i', fileArgument(path)];
}

function networkInput({ url }: Extract<CameraSource, { kind: 'rtsp' }>): string[] {
  return [
    // UDP loses packets under load and a lost packet smears a whole second of evidence.
    ...['-rtsp_transport', 'tcp'],
    // Microseconds without a byte before ffmpeg gives up; without it a dead camera hangs for ever.
    ...['-timeout', '5000000'],
    ...['-protocol_whitelist', 'rtsp,rtsps,rtp,tcp,tls,udp,crypto'],
    ...['-i', rtspArgument(url)],
  ];
}

// round=up: picture n is the newest one at or before n/fps, never one from the future. start_time=0: picture 0 is
// instant 0 of the session even when a stream begins with undecodable frames. eof_action=pass: nothing is repeated at
// the end.
const view = ({ width, height, fps }: AnalysisFormat): string =>
  `fps=fps=${fps}:round=up:start_time=0:eof_action=pass,scale=${width}:${height}:flags=bilinear`;

/**
 * A file is played at its own speed by the realtime filter. -re would do it in ffmpeg 5, but from 6.1 on it reads the
 * first half second at once, and the option against that is unknown to 5.
 */
function split(analysis: AnalysisFormat): string[] {
  return ['-filter_complex', `[0:v:0]realtime,split[kept][whole];[whole]${view(analysis)}[seen]`, '-map', '[kept]'];
}

// Encoded as a camera's encoder would: no look-ahead and no B-frames, so that a segment can be closed the moment its
// last frame exists; key frames on whole seconds and nowhere else.
const FILE_ENCODER = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-threads', '1', '-crf', '21'],
  ...['-pix_fmt', 'yuv420p', '-bf', '0', '-sc_threshold', '0', '-g', '600'],
  ...['-force_key_frames', `expr:gte(t,n_forced*${SEGMENT_SECONDS})`],
];

/** Writes what comes as segments, untouched if it is copied: what the recorder does with a camera's stream. */
export function segmentOutput(sessionId: string): string[] {
  return [
    // Sound is never recorded: -an drops it, -sn and -dn drop subtitles and data.
    ...['-an', '-sn', '-dn', '-f', 'segment', '-segment_time', String(SEGMENT_SECONDS), '-segment_format', 'mpegts'],
    // Each file starts at zero, so the 33-bit clock of MPEG-TS (26.5 hours) can never wrap inside the ring.
    ...['-reset_timestamps', '1', '-muxdelay', '0', '-muxpreload', '0'],
    // One CSV line (name, start, end in seconds of the session) the moment a segment is complete.
    ...['-segment_list', 'pipe:3', '-segment_list_type', 'csv'],
    `${sessionId}-%06d.ts`,
  ];
}

const pictures = (stream: string): string[] => [
  ...['-map', stream, '-an', '-sn', '-dn', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
];

const viewed = (analysis: AnalysisFormat): string[] => ['-vf', view(analysis), ...pictures('0:v:0')];

/** Decodes a recording to raw rgb24 pictures on stdout as fast as it can (tests, benchmarks, nearline analysis). */
export function decodeArgs(path: string, analysis: AnalysisFormat): string[] {
  return [...QUIET, ...FROM_DISK, '-i', fileArgument(path), ...viewed(analysis)];
}

/** Encodes raw rgb24 pictures from stdin into an MP4 (the rendered lane). */
export function encodeRawArgs(format: AnalysisFormat, outPath: string): string[] {
  return [
    ...QUIET,
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${format.width}x${format.height}`, '-r', String(format.fps)],
    ...['-i', 'pipe:0', '-an', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '19', '-pix_fmt', 'yuv420p'],
    ...['-g', String(format.fps * 2), '-movflags', '+faststart', '-f', 'mp4', '-y', fileArgument(outPath)],
  ];
}

export interface ConcatEntry {
  path: string;
  /** From the start of this segment to the start of the next one: longer than the segment where a gap follows. */
  spanSeconds: number;
}

/** The script of the concat demuxer; `duration` puts each segment at its own wall-clock offset, so a gap stays a gap. */
export function concatScript(entries: readonly ConcatEntry[]): string {
  const lines = entries.map(({ path, spanSeconds }) => {
    // Inside single quotes the demuxer knows one escape only: close, quoted quote, open again.
    const quoted = fileArgument(path).replaceAll("'", String.raw`'\''`);
    if (/[\r\n]/.test(path)) throw new RangeError('A segment path with a line break cannot be read by ffmpeg.');
    return `file '${quoted}'\nduration ${spanSeconds.toFixed(6)}`;
  });
  return `ffconcat version 1.0\n${lines.join('\n')}\n`;
}

/** Options of the clip cut: the script comes on stdin, frames outside [from, to) seconds are dropped. */
export function clipOptions(fromSeconds: number, toSeconds: number): { input: string[]; output: string[] } {
  return {
    // -safe 0: the script names absolute paths, all of them made by the recorder.
    input: [...QUIET, '-f', 'concat', '-safe', '0', '-protocol_whitelist', 'file,pipe'],
    output: [
      ...['-map', '0:v:0', '-an', '-sn', '-dn'],
      ...['-vf', `trim=start=${fromSeconds.toFixed(6)}:end=${toSeconds.toFixed(6)},setpts=PTS-STARTPTS`],
      // vfr: no frame is made up for a gap and none is dropped; the frame before a gap simply stays longer.
      ...['-fps_mode', 'vfr', '-enc_time_base', '1:90000', '-video_track_timescale', '90000'],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p', '-bf', '0'],
      // faststart moves the index to the front so that a browser plays before it has the whole file.
      ...['-movflags', '+faststart', '-f', 'mp4'],
    ],
  };
}

/** Options that write picture number `index` of a segment as raw rgb24: not every build has a PNG encoder. */
export function stillOptions(index: number): { input: string[]; output: string[] } {
  return {
    input: [...QUIET, ...FROM_DISK],
    output: [
      ...['-map', '0:v:0', '-an', '-vf', String.raw`select=eq(n\,${Math.trunc(index)})`],
      ...['-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo'],
    ],
  };
}

/** Decodes a clip to small grey pictures on stdout, at one steady rate: enough to see where something moves. */
export function motionArgs(path: string, { width, height, fps }: AnalysisFormat): string[] {
  return [
    ...[...QUIET, ...FROM_DISK, '-i', fileArgument(path), '-map', '0:v:0', '-an', '-sn', '-dn'],
    ...['-vf', `fps=fps=${fps},scale=${width}:${height}:flags=area`, '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
  ];
}

/** Options of a probe of a file on disk. */
export const PROBE_OPTIONS: readonly string[] = ['-hide_banner', '-loglevel', 'error', ...FROM_DISK];
