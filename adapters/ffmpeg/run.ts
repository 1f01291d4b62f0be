import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';

/** Absolute paths of the two binaries; entry points find them, adapters never look. */
export interface FfmpegBinaries {
  ffmpegPath: string;
  ffprobePath: string;
}

/** One ffmpeg run that ended badly; `stderrTail` holds its last words. */
export class FfmpegError extends Error {
  readonly code: 'DEPENDENCY_TEMPORARY' | 'DEPENDENCY_PERMANENT';
  readonly stderrTail: string;

  constructor(message: string, options: { stderrTail?: string; permanent?: boolean; cause?: unknown } = {}) {
    super(options.stderrTail ? `${message}: ${options.stderrTail}` : message, { cause: options.cause });
    this.name = 'FfmpegError';
    this.code = options.permanent ? 'DEPENDENCY_PERMANENT' : 'DEPENDENCY_TEMPORARY';
    this.stderrTail = options.stderrTail ?? '';
  }
}

/** Rejects an aborted run with the reason its owner gave, so that cancellation is never mistaken for a failure. */
const abortReason = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('The ffmpeg run was cancelled.');

// fluent-ffmpeg parses `ffmpeg -formats` before each run and misreads 7.x and later (it then refuses lavfi and hides
// every filter). The arguments come from commands.ts, which uses nothing that ffmpeg 5.1 lacks, so the check is off.
type CapabilityCheck = { _checkCapabilities: (done: (error?: Error) => void) => void };
(ffmpeg.prototype as CapabilityCheck)._checkCapabilities = (done) => done();

export interface TranscodeJob {
  /** A file that the server named, or a stream for `pipe:0`. */
  input: string | Readable;
  inputOptions: readonly string[];
  outputOptions: readonly string[];
  outPath: string;
}

/** Runs one input-to-file job through fluent-ffmpeg; kills the process on abort or after `timeoutMs`. */
export async function transcode(
  job: TranscodeJob,
  binaries: Pick<FfmpegBinaries, 'ffmpegPath'>,
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const { timeoutMs = 60_000, signal } = options;
  if (signal?.aborted) throw abortReason(signal);
  await new Promise<void>((resolve, reject) => {
    let timedOut = false;
    const command = ffmpeg(job.input)
      .setFfmpegPath(binaries.ffmpegPath)
      .inputOptions([...job.inputOptions])
      .outputOptions([...job.outputOptions])
      .output(job.outPath);
    const kill = () => command.kill('SIGKILL');
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, timeoutMs);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      finish();
    };
    signal?.addEventListener('abort', kill, { once: true });
    command.on('end', () => settle(resolve));
    command.on('error', (error: Error, _stdout: string | null, stderr: string | null) =>
      settle(() => {
        if (signal?.aborted) return reject(abortReason(signal));
        const why = timedOut ? `ffmpeg took longer than ${timeoutMs} ms and was stopped` : 'ffmpeg failed';
        reject(new FfmpegError(why, { stderrTail: tail(stderr ?? error.message), cause: error }));
      }),
    );
    command.run();
  });
}

/** Reads container and stream facts through fluent-ffmpeg's ffprobe; `probe.ts` normalises them. */
export async function probeRaw(
  path: string,
  options: readonly string[],
  binaries: Pick<FfmpegBinaries, 'ffprobePath'>,
  timeoutMs = 15_000,
): Promise<ffmpeg.FfprobeData> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new FfmpegError(`ffprobe gave no answer about ${path} in ${timeoutMs} ms`)),
      timeoutMs,
    );
    ffmpeg(path)
      .setFfprobePath(binaries.ffprobePath)
      .ffprobe([...options], (error: unknown, data: ffmpeg.FfprobeData) => {
        clearTimeout(timer);
        if (!error) return resolve(data);
        const text = error instanceof Error ? error.message : String(error);
        reject(
          new FfmpegError(`ffprobe cannot read ${path}`, { stderrTail: tail(text), permanent: true, cause: error }),
        );
      });
  });
}

export interface FfmpegProcess {
  child: ChildProcess;
  /** Resolves when the process is gone and its pipes are drained; never rejects. */
  closed: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null; stderrTail: string }>;
}

/** Starts ffmpeg with its pipes in our hands: fluent-ffmpeg has no second output pipe and no extra descriptor. */
export function spawnFfmpeg(
  args: readonly string[],
  binaries: Pick<FfmpegBinaries, 'ffmpegPath'>,
  options: { cwd?: string; stdin?: boolean; stdout?: boolean; extraPipes?: number } = {},
): FfmpegProcess {
  const pipe = (wanted: boolean | undefined) => (wanted ? 'pipe' : 'ignore');
  const extra = Array.from({ length: options.extraPipes ?? 0 }, () => 'pipe' as const);
  const child = spawn(binaries.ffmpegPath, [...args], {
    cwd: options.cwd,
    stdio: [pipe(options.stdin), pipe(options.stdout), 'pipe', ...extra],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-8_192);
  });
  const closed = new Promise<Awaited<FfmpegProcess['closed']>>((resolve) => {
    child.on('error', (error) => resolve({ exitCode: null, signal: null, stderrTail: error.message }));
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stderrTail: tail(stderr) }));
  });
  return { child, closed };
}

/** The last lines of ffmpeg's log on one line, with credentials in addresses blotted out. */
export function tail(stderr: string): string {
  const lines = stderr
    .replaceAll(/\/\/[^/@\s]+@/g, '//[redacted]@')
    .trim()
    .split('\n');
  return lines.slice(-6).join(' | ').slice(-1_200);
}
