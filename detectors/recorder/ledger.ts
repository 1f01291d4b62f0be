import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

/** One line of the ledger: a segment as it was when it was closed. */
export interface LedgerLine {
  file: string;
  startAt: string;
  endAt: string;
  frames: number;
  fps: number;
  sha256: string;
  sizeBytes: number;
  closedAt: string;
  sessionId: string;
}

/** A recorded segment, ready to be read. */
export interface RecordedSegment {
  path: string;
  startAt: string;
  endAt: string;
  fps: number;
  sha256: string;
  sizeBytes: number;
}

export interface Coverage {
  segments: RecordedSegment[];
  /** Stretches of the asked time that were not recorded, or not yet. */
  gaps: { fromAt: string; toAt: string }[];
  /** End of the newest closed segment of the camera, undefined when there is none. */
  newestEndAt: string | undefined;
}

const LEDGER = 'ledger.jsonl';
/** Segments of one session that follow each other within so many frames are seamless: cameras jitter. */
const SEAM_FRAMES = 1.5;
/** Instants are whole milliseconds; anything above that is a gap. */
const ROUNDING_MS = 2;

/** The folder of one camera's ring; refuses a camera id that is not a plain name. */
export function cameraRing(ringDir: string, cameraId: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(cameraId)) {
    throw new RangeError(`"${cameraId}" cannot name a camera's folder: use lower-case letters, digits and dashes.`);
  }
  return join(ringDir, cameraId);
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Appends one line and waits until the disk has it; a segment without a line is not evidence. */
export async function appendLedger(folder: string, line: LedgerLine): Promise<void> {
  const file = await open(join(folder, LEDGER), 'a');
  try {
    await file.appendFile(`${JSON.stringify(line)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Reads the ledger; a last line cut short by a power failure is left out. */
export async function readLedger(folder: string): Promise<LedgerLine[]> {
  const text = await readFile(join(folder, LEDGER), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const rows = text.split('\n');
  return rows.flatMap((row, index) => {
    if (row === '') return [];
    try {
      return [JSON.parse(row) as LedgerLine];
    } catch (error) {
      if (index === rows.length - 1) return [];
      throw new Error(`Line ${index + 1} of ${join(folder, LEDGER)} is damaged.`, { cause: error });
    }
  });
}

/** Cuts off a line that a power failure left half-written, so that the next one does not run into it. */
export async function mendLedger(folder: string): Promise<void> {
  const path = join(folder, LEDGER);
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) await truncate(path, whole);
}

/** What was recorded of a stretch of time, and what was not. */
export async function readCoverage(ringDir: string, cameraId: string, fromAt: string, toAt: string): Promise<Coverage> {
  const folder = cameraRing(ringDir, cameraId);
  const lines = (await readLedger(folder)).sort((a, b) => Date.parse(a.startAt) - Date.parse(b.startAt));
  return coverageOf(lines, folder, fromAt, toAt);
}

/** The pure part of `readCoverage`: lines in order of time. */
export function coverageOf(lines: readonly LedgerLine[], folder: string, fromAt: string, toAt: string): Coverage {
  const fromMs = Date.parse(fromAt);
  const toMs = Date.parse(toAt);
  if (!(fromMs < toMs)) throw new RangeError(`A stretch of time must end after it starts, got ${fromAt} to ${toAt}.`);
  const inside = lines.filter((line) => Date.parse(line.endAt) > fromMs && Date.parse(line.startAt) < toMs);
  const gaps: Coverage['gaps'] = [];
  const iso = (ms: number) => new Date(ms).toISOString();
  let reachedMs = fromMs;
  let previous: LedgerLine | undefined;
  for (const line of inside) {
    const seamless = previous?.sessionId === line.sessionId ? (SEAM_FRAMES * 1000) / line.fps : ROUNDING_MS;
    if (Date.parse(line.startAt) - reachedMs > seamless) gaps.push({ fromAt: iso(reachedMs), toAt: line.startAt });
    reachedMs = Math.max(reachedMs, Date.parse(line.endAt));
    previous = line;
  }
  if (toMs - reachedMs > ROUNDING_MS) gaps.push({ fromAt: iso(reachedMs), toAt: iso(toMs) });
  const newestMs = lines.reduce((newest, line) => Math.max(newest, Date.parse(line.endAt)), Number.NEGATIVE_INFINITY);
  return {
    segments: inside.map(({ file, startAt, endAt, fps, sha256: hash, sizeBytes }) => ({
      path: join(folder, file),
      startAt,
      endAt,
      fps,
      sha256: hash,
      sizeBytes,
    })),
    gaps,
    newestEndAt: Number.isFinite(newestMs) ? iso(newestMs) : undefined,
  };
}

/** Reads a segment back and throws unless it is, to the byte, what was recorded. */
export async function verifySegment(segment: Pick<RecordedSegment, 'path' | 'sha256'>): Promise<void> {
  const found = sha256(await readFile(segment.path));
  if (found !== segment.sha256) {
    throw new Error(`${segment.path} is not what was recorded: SHA-256 ${found}, ledger says ${segment.sha256}.`);
  }
}

/** The bytes of a segment if they are still, to the byte, what was recorded; null when they are not, or gone. */
export async function readSegment(segment: Pick<RecordedSegment, 'path' | 'sha256'>): Promise<Uint8Array | null> {
  const bytes = await readFile(segment.path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return bytes !== null && sha256(bytes) === segment.sha256 ? bytes : null;
}

/** Drops what ended before `beforeMs`: lines first, so that no line ever names a file that is gone, then files. */
export async function trimRing(folder: string, beforeMs: number): Promise<{ removed: number }> {
  const lines = await readLedger(folder);
  const kept = lines.filter((line) => Date.parse(line.endAt) >= beforeMs);
  const dropped = lines.filter((line) => Date.parse(line.endAt) < beforeMs);
  if (dropped.length > 0) {
    const draftPath = join(folder, `${LEDGER}.part`);
    const draft = await open(draftPath, 'w');
    await draft.writeFile(kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await draft.sync();
    await draft.close();
    await rename(draftPath, join(folder, LEDGER));
  }
  await Promise.all(dropped.map((line) => rm(join(folder, line.file), { force: true })));
  await removeOrphans(folder, new Set(kept.map((line) => line.file)), beforeMs);
  return { removed: dropped.length };
}

/** A segment that a crash left open has no line; it goes when its age comes, like any other. */
async function removeOrphans(folder: string, known: ReadonlySet<string>, beforeMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.ts') || known.has(name)) continue;
    const path = join(folder, name);
    const age = await stat(path).catch(() => undefined);
    if (age && age.mtimeMs < beforeMs) await rm(path, { force: true });
  }
}
