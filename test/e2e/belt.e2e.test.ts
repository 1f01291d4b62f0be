import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCamera } from '../../detectors/camera.ts';
import type { TillMessage } from '../../detectors/lane-watch.ts';
import { findFootage, keepingLogger, readTruth } from '../../detectors/testing.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import type { Detection } from '../../domain/types.ts';
import { prepareScene } from '../../stack/scene.ts';
import { playTape } from '../../stack/till/play.ts';
import type { TapeLine } from '../../stack/till/tape.ts';
import { openStage, type Stage, unhurried } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';

const engines = inject('engines');
const footage = findFootage('produce-belt.mp4', process.env['FLOORWALKER_FOOTAGE']);
if (footage === undefined)
  process.stderr.write('the story of the produce belt is skipped: put produce-belt.mp4 into FLOORWALKER_FOOTAGE\n');

let stage: Stage;

beforeAll(async () => {
  stage = await openStage(engines, { ...unhurried, posWindow: defaultPolicy.posWindow });
});
afterAll(() => stage?.close());

describe.skipIf(footage === undefined)('a real belt, in real time', () => {
  it('the cauliflower that was never rung is one incident, and nothing else is', async () => {
    const truth = readTruth<{ tillTape: TapeLine[] }>(footage!);
    const over = new AbortController();
    const { camera } = await prepareScene({
      ...{ dataDir: engines.dataDir, ffmpegPath: engines.ffmpegPath, loop: false, signal: over.signal },
      footage: footage!,
      tape: footage!.replace(/\.mp4$/, '.truth.json'),
      onProgress: () => undefined,
    });
    const listeners = new Set<(message: TillMessage) => void>();
    const detections: Detection[] = [];
    let startAt = '';
    let playing: Promise<void> | undefined;
    const logger = keepingLogger();
    await runCamera({
      ...camera,
      ringDir: stage.system.ringDir,
      ffmpeg: { ffmpegPath: engines.ffmpegPath, ffprobePath: engines.ffprobePath },
      scans: (deliver) => {
        listeners.add(deliver);
        return () => listeners.delete(deliver);
      },
      ...{ clock: { nowMs: () => Date.now() }, signal: over.signal, logger },
      onDetection: async (detection) => {
        detections.push(detection);
        expect((await stage.system.api('device', 'POST', '/v1/detections', detection)).status).toBe(202);
      },
      onPlaybackStart: (mediaStartAt) => {
        startAt = mediaStartAt;
        playing = playTape({
          ...{ tape: truth.tillTape, mediaStartAt, storeId: 'high-street', terminalId: 'sco-3', signal: over.signal },
          publish: async (event) => {
            for (const deliver of listeners) deliver(event);
            expect((await stage.system.api('device', 'POST', '/v1/pos/events', event)).status).toBe(202);
          },
        });
      },
    });
    await playing;
    over.abort();

    const text = await stage.sam.expectText(/please check SCO 3, High Street/);
    const { body } = await stage.system.api<{ items: { id: string; detectedAt: string; type: string }[] }>(
      'soc_operator',
      'GET',
      '/v1/incidents',
    );
    expect(body.items).toHaveLength(1);
    expect(detections).toHaveLength(1);
    const [incident] = body.items;
    expect(incident).toMatchObject({ type: 'missed_scan' });
    const mediaSeconds = (Date.parse(incident!.detectedAt) - Date.parse(startAt)) / 1_000;
    expect(Math.abs(mediaSeconds - 4.67)).toBeLessThanOrEqual(0.3);
    const kept = await eventually(async () => {
      const now = await stage.incident(incident!.id);
      return now.evidenceState !== 'requested' && now;
    }, 45_000);
    expect(kept).toMatchObject({ evidenceState: 'ready', posVerdict: 'MISMATCH' });
    expect(text.body).toContain(kept.code);
    await stage.sam.reply('4');
    await stage.sam.expectText(/noted/);
    expect(await stage.closed(incident!.id)).toMatchObject({ verdict: 'confirmed', textsSent: 1 });
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    await stage.endsWell();
  }, 60_000);
});
