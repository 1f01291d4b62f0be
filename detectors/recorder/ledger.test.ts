import { appendFile, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  appendLedger,
  cameraRing,
  coverageOf,
  type LedgerLine,
  mendLedger,
  readCoverage,
  readLedger,
  sha256,
  trimRing,
  verifySegment,
} from './ledger.ts';

const at = (seconds: number) => new Date(1_790_000_000_000 + seconds * 1000).toISOString();
const line = (start: number, end: number, sessionId = 's1', fps = 15): LedgerLine => ({
  file: `${sessionId}-${start}.ts`,
  startAt: at(start),
  endAt: at(end),
  frames: Math.round((end - start) * fps),
  fps,
  sha256: sha256(Buffer.from(`bytes of ${start}`)),
  sizeBytes: 12,
  closedAt: at(end),
  sessionId,
});

let ringDir: string;
let folder: string;
beforeEach(async () => {
  ringDir = await mkdtemp(join(tmpdir(), 'ring-'));
  folder = cameraRing(ringDir, 'cam-1');
  await mkdir(folder);
});
afterEach(async () => rm(ringDir, { recursive: true }));

async function record(...lines: LedgerLine[]): Promise<void> {
  for (const one of lines) {
    await writeFile(join(folder, one.file), `bytes of ${(Date.parse(one.startAt) - 1_790_000_000_000) / 1000}`);
    await appendLedger(folder, one);
  }
}

it('says what was recorded and what was not, at both ends and in the middle', async () => {
  await record(line(1, 2), line(2, 3), line(5, 6, 's2'));
  const coverage = await readCoverage(ringDir, 'cam-1', at(0.5), at(7));
  expect(coverage.segments.map((segment) => segment.startAt)).toEqual([at(1), at(2), at(5)]);
  expect(coverage.gaps).toEqual([
    { fromAt: at(0.5), toAt: at(1) },
    { fromAt: at(3), toAt: at(5) },
    { fromAt: at(6), toAt: at(7) },
  ]);
  expect(coverage.newestEndAt).toBe(at(6));
});

it('takes a lost frame between two segments of one session for jitter, but never a new session', () => {
  const jitter = coverageOf([line(1, 2), line(2.06, 3)], '/r', at(1), at(3));
  expect(jitter.gaps).toEqual([]);
  const restart = coverageOf([line(1, 2), line(2.06, 3, 's2')], '/r', at(1), at(3));
  expect(restart.gaps).toEqual([{ fromAt: at(2), toAt: at(2.06) }]);
});

it('knows a camera that never recorded', async () => {
  expect(await readCoverage(ringDir, 'cam-2', at(0), at(1))).toEqual({
    segments: [],
    gaps: [{ fromAt: at(0), toAt: at(1) }],
    newestEndAt: undefined,
  });
});

it('refuses a segment that is not, to the byte, what was recorded', async () => {
  await record(line(1, 2));
  const [segment] = (await readCoverage(ringDir, 'cam-1', at(0), at(3))).segments;
  if (!segment) throw new Error('nothing was recorded');
  await verifySegment(segment);
  await appendFile(segment.path, 'x');
  await expect(verifySegment(segment)).rejects.toThrow('is not what was recorded');
});

it('forgets old segments and their lines, and what a crash left behind', async () => {
  await record(line(1, 2), line(2, 3), line(3, 4));
  await writeFile(join(folder, 's0-000009.ts'), 'half a segment');
  await utimes(join(folder, 's0-000009.ts'), new Date(at(0)), new Date(at(0)));
  await writeFile(join(folder, 's1-000004.ts'), 'being written');
  expect(await trimRing(folder, Date.parse(at(2.5)))).toEqual({ removed: 1 });
  expect((await readLedger(folder)).map((kept) => kept.startAt)).toEqual([at(2), at(3)]);
  expect((await readdir(folder)).sort()).toEqual(['ledger.jsonl', 's1-000004.ts', 's1-2.ts', 's1-3.ts']);
});

it('goes on after a line that a power failure cut short, and refuses damage anywhere else', async () => {
  await record(line(1, 2));
  await appendFile(join(folder, 'ledger.jsonl'), '{"file":"s1-2.ts","sta');
  expect(await readLedger(folder)).toHaveLength(1);
  await mendLedger(folder);
  await record(line(3, 4));
  expect((await readLedger(folder)).map((kept) => kept.startAt)).toEqual([at(1), at(3)]);
  await appendFile(join(folder, 'ledger.jsonl'), '{"file":\n');
  await record(line(5, 6));
  await expect(readLedger(folder)).rejects.toThrow('Line 3');
});

it('refuses a camera id that would leave the ring', () => {
  for (const id of ['../x', 'Cam', '', 'a/b', '-x']) expect(() => cameraRing('/ring', id)).toThrow(RangeError);
});
