import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendLedger } from '../../detectors/recorder/ledger.ts';

/** Fills a camera's ring with one-second segments of a test picture, as the recorder would have written them. */
export async function plantRecording(options: {
  ffmpegPath: string;
  ringDir: string;
  cameraId: string;
  fromAt: string;
  seconds: number;
  except?: readonly number[];
}): Promise<void> {
  const folder = join(options.ringDir, options.cameraId);
  mkdirSync(folder, { recursive: true });
  const source = join(folder, 'source.ts');
  const encode = spawnSync(options.ffmpegPath, [
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    'testsrc=size=320x180:rate=15:duration=1',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '15',
    '-f',
    'mpegts',
    source,
  ]);
  if (encode.status !== 0) throw new Error(`ffmpeg could not make the test recording: ${encode.stderr.toString()}`);
  const bytes = readFileSync(source);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  for (let second = 0; second < options.seconds; second += 1) {
    if (options.except?.includes(second)) continue;
    const startMs = Date.parse(options.fromAt) + second * 1_000;
    const file = `planted-${String(second).padStart(5, '0')}.ts`;
    copyFileSync(source, join(folder, file));
    await appendLedger(folder, {
      file,
      startAt: new Date(startMs).toISOString(),
      endAt: new Date(startMs + 1_000).toISOString(),
      frames: 15,
      fps: 15,
      sha256,
      sizeBytes: bytes.byteLength,
      closedAt: new Date(startMs + 1_000).toISOString(),
      sessionId: 'planted',
    });
  }
}
