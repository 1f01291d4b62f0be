import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SendOutcome } from './send-day-file.ts';

export interface FolderEvent {
  level: 'info' | 'warn' | 'error';
  message: string;
  about: Record<string, unknown>;
}

export interface WatchOptions {
  folder: string;
  pollMs: number;
  /** How long a file has to stay as it is before it counts as whole. */
  settledMs: number;
  longestPauseMs: number;
  send: (file: { path: string; name: string }) => Promise<SendOutcome>;
  onEvent: (event: FolderEvent) => void;
  signal: AbortSignal;
}

/** Names under which programs write what is not finished. */
const unfinished = /^\.|\.(part|partial|tmp|filepart|crdownload|reason\.txt)$/i;

/**
 * Sends the files of a folder, oldest first, each until it is taken or refused. A file leaves the folder only after the
 * answer, so that whoever dies in between sends it again; the API knows its lines then.
 */
export async function watchDayFiles(options: WatchOptions): Promise<void> {
  const { folder, signal, onEvent } = options;
  for (const name of ['done', 'failed']) await mkdir(join(folder, name), { recursive: true });
  const seen = new Map<string, { mark: string; sinceMs: number }>();
  let pauseMs = options.pollMs;
  while (!signal.aborted) {
    try {
      const [next] = await settledFiles(options, seen);
      if (next === undefined) {
        await pause(options.pollMs, signal);
        continue;
      }
      const sent = await options.send({ path: join(folder, next.name), name: next.name });
      if (signal.aborted) return;
      if ((await markOf(join(folder, next.name))) !== next.mark) {
        onEvent({
          level: 'warn',
          message: 'the file changed while it was sent, and is sent again',
          about: { file: next.name },
        });
        continue;
      }
      if (sent.outcome === 'later') {
        onEvent({ level: 'warn', message: 'a day file waits', about: { file: next.name, reason: sent.reason } });
        await pause(pauseMs, signal);
        pauseMs = Math.min(options.longestPauseMs, pauseMs * 2);
        continue;
      }
      pauseMs = options.pollMs;
      await putAway(folder, next.name, sent, onEvent);
    } catch (error) {
      onEvent({ level: 'error', message: 'the folder of day files could not be worked on', about: { error } });
      await pause(options.longestPauseMs, signal);
    }
  }
}

/** Files that have not changed for long enough, oldest first. */
async function settledFiles(
  { folder, settledMs }: WatchOptions,
  seen: Map<string, { mark: string; sinceMs: number }>,
): Promise<{ name: string; mark: string }[]> {
  const settled: { name: string; mark: string; sinceMs: number }[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !unfinished.test(entry.name)).map(({ name }) => name);
  for (const name of seen.keys()) if (!names.includes(name)) seen.delete(name);
  for (const name of names.sort()) {
    const mark = await markOf(join(folder, name));
    if (mark === null) continue;
    const before = seen.get(name);
    if (before?.mark !== mark) seen.set(name, { mark, sinceMs: performance.now() });
    else if (performance.now() - before.sinceMs >= settledMs) settled.push({ name, mark, sinceMs: before.sinceMs });
  }
  return settled.sort((one, other) => one.sinceMs - other.sinceMs);
}

/** What tells whether a file is still the same; null once it is gone. */
async function markOf(path: string): Promise<string | null> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function putAway(
  folder: string,
  name: string,
  sent: Exclude<SendOutcome, { outcome: 'later' }>,
  onEvent: WatchOptions['onEvent'],
): Promise<void> {
  const target = join(folder, sent.outcome === 'taken' ? 'done' : 'failed');
  const newName = await freeName(target, name);
  if (sent.outcome === 'refused') await writeFile(join(target, `${newName}.reason.txt`), `${sent.reason}\n`);
  await rename(join(folder, name), join(target, newName));
  onEvent(
    sent.outcome === 'taken'
      ? { level: 'info', message: 'a day file is in', about: { file: newName, result: sent.summary } }
      : { level: 'error', message: 'a day file was refused', about: { file: newName, reason: sent.reason } },
  );
}

/** Never the name of a file that lies there: many tills write the same one every day. */
async function freeName(target: string, name: string): Promise<string> {
  const taken = new Set(await readdir(target));
  const { name: stem, ext } = parse(name);
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${stem}.${count}${ext}`;
    if (!taken.has(candidate)) return candidate;
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);
