import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readClipPictures, sampledPictures } from '../adapters/ffmpeg/pictures.ts';
import { holdsMiddleOf } from '../domain/redaction/geometry.ts';
import type { Crossing, Detection } from '../domain/types.ts';
import { type FootageTruth, LANE_ZONE, type RenderedLane, renderLane } from '../stack/footage/self-checkout-lane.ts';
import { MissedScanRule } from './behaviours/missed-scan.ts';
import { runCamera } from './camera.ts';
import type { LaneDecision, TillMessage } from './lane-watch.ts';
import { MODELS, type ModelPlaces } from './models/manifest.ts';
import { PeopleFinder } from './redaction/people-finder.ts';
import type { LineCrossing } from './scan-zone/tracks.ts';
import { rectangle, type ScanZone } from './scan-zone/zone.ts';
import { countRecording, findFootage, findModels, keepingLogger, readTruth } from './testing.ts';

const { ffmpegPath, ffprobePath, dataDir } = inject('engines');
const ffmpeg = { ffmpegPath, ffprobePath };
const beltPath = findFootage('produce-belt.mp4', process.env['FLOORWALKER_FOOTAGE']);
const BELT_ZONE: ScanZone = {
  id: 'belt',
  polygon: rectangle({ x: 0, y: 0.35, width: 1, height: 0.5 }),
  scanLineX: 0.5,
  direction: 'right-to-left',
};

const BELT_CLASSES = { '4011': ['banana'], '4012': ['orange'], '4017': ['apple'], '4060': ['broccoli'] };
const modelsDir = findModels(MODELS.yoloxNano.file, process.env['FLOORWALKER_MODELS']);

let workDir: string;
beforeAll(async () => {
  workDir = await mkdtemp(join(tmpdir(), 'footage-'));
});
afterAll(async () => rm(workDir, { recursive: true }));

/** Every crossing of the truth was seen, at its time, and nothing else was. */
function expectCrossings(found: readonly LineCrossing[], truth: FootageTruth): void {
  const seconds = found.map((crossing) => crossing.atMs / 1000);
  expect(seconds).toHaveLength(truth.crossings.length);
  truth.crossings.forEach(({ item, t_s }, index) => {
    expect(Math.abs((seconds[index] ?? Number.NaN) - t_s), `${item} at ${t_s} s`).toBeLessThanOrEqual(
      truth.scanLine.tolerance_s,
    );
  });
}

function nearestItem(truth: FootageTruth, atMs: number): string {
  const distance = (t_s: number) => Math.abs(t_s * 1000 - atMs);
  return [...truth.crossings].sort((a, b) => distance(a.t_s) - distance(b.t_s))[0]?.item ?? 'nothing';
}

/** Replays the till tape against the crossings and names the items that were never rung. */
function missedItems(found: readonly LineCrossing[], truth: FootageTruth): string[] {
  const rule = new MissedScanRule<LineCrossing, { atMs: number }>();
  const missed: string[] = [];
  for (let now = 0; now < 70_000; now += 50) {
    for (const crossing of found) if (crossing.atMs > now - 50 && crossing.atMs <= now) rule.crossed(crossing);
    for (const { t_s } of truth.tillTape)
      if (t_s * 1000 > now - 50 && t_s * 1000 <= now) rule.scanned({ atMs: t_s * 1000 }, now);
    for (const { crossing, verdict } of rule.decide(now)) {
      if (verdict !== 'missed_scan') continue;
      missed.push(nearestItem(truth, crossing.atMs));
    }
  }
  return missed;
}

const planted = (truth: FootageTruth) =>
  truth.expected.filter((one) => one.exception === 'missed_scan').map((one) => one.item);

describe('the rendered lane', () => {
  let lane: RenderedLane;
  beforeAll(async () => {
    lane = await renderLane({ outDir: join(dataDir, 'footage'), ffmpegPath });
  });

  it.each([
    { width: 640, height: 360, fps: 15 },
    { width: 320, height: 180, fps: 10 },
  ])('every crossing and exactly the planted missed scans, seen at $width×$height and $fps fps', async (format) => {
    const { crossings } = await countRecording(lane.videoPath, LANE_ZONE, format, ffmpeg);
    expectCrossings(crossings, lane.truth);
    expect(missedItems(crossings, lane.truth)).toEqual(planted(lane.truth));
  });

  it('is rendered once, and a render that was cut short leaves nothing behind', async () => {
    const again = await renderLane({ outDir: join(dataDir, 'footage'), ffmpegPath });
    expect(again.rendered).toBe(false);
    const stop = new AbortController();
    const outDir = join(workDir, 'cut-short');
    const onProgress = (share: number) => share > 0.02 && stop.abort(new Error('enough'));
    await expect(renderLane({ outDir, ffmpegPath, signal: stop.signal, onProgress })).rejects.toThrow('enough');
    expect(await readdir(outDir)).toEqual([]);
  });
});

describe.skipIf(!beltPath)(
  `the produce belt ${beltPath ? '' : '(skipped: put produce-belt.mp4 into FLOORWALKER_FOOTAGE)'}`,
  () => {
    const path = beltPath ?? '';

    it.each([15, 10, 5])('exactly its four crossings at %i fps, the cauliflower missed', async (fps) => {
      const truth = readTruth<FootageTruth>(path);
      const { crossings } = await countRecording(path, BELT_ZONE, { width: 480, height: 270, fps }, ffmpeg);
      expectCrossings(crossings, truth);
      expect(missedItems(crossings, truth)).toEqual(['cauliflower']);
    });

    /** Plays it in real time with its till; returns what was decided and reported, and when the film began. */
    async function playLive(models: ModelPlaces | undefined, logger: ReturnType<typeof keepingLogger>) {
      const truth = readTruth<FootageTruth>(path);
      const detections: Detection[] = [];
      const crossings: Crossing[] = [];
      const decisions: LaneDecision[] = [];
      let tell: (message: TillMessage) => void = () => {};
      let zeroMs = Number.NaN;
      await runCamera({
        tenantId: 'demo',
        storeId: 's-001',
        cameraId: 'belt-1',
        zones: [{ ...BELT_ZONE, pluClasses: BELT_CLASSES }],
        source: { kind: 'file', path },
        ringDir: join(workDir, models ? 'ring-named' : 'ring'),
        ffmpeg,
        ...(models ? { models } : {}),
        scans: (deliver) => {
          tell = deliver;
          return () => {};
        },
        clock: { nowMs: () => Date.now() },
        signal: new AbortController().signal,
        logger,
        onPlaybackStart: (at) => {
          zeroMs = Date.parse(at);
          for (const { t_s, type, plu } of truth.tillTape) {
            const dueMs = zeroMs + t_s * 1000;
            setTimeout(() => tell({ type, plu, occurredAt: new Date(dueMs).toISOString() }), dueMs - Date.now());
          }
        },
        onDecision: (_zoneId, decision) => decisions.push(decision),
        onCrossing: (crossing) => void crossings.push(crossing),
        onDetection: (detection) => {
          detections.push(detection);
        },
      });
      const reported = detections.map(({ eventType, detectedAt }) => {
        const atMs = Date.parse(detectedAt) - zeroMs;
        return { eventType, item: nearestItem(truth, atMs) };
      });
      return { truth, detections, crossings, decisions, reported, zeroMs };
    }

    it('as a live camera: one missed scan, for the cauliflower, and nothing for what was rung', async () => {
      const logger = keepingLogger();
      const { truth, detections, crossings, decisions, reported, zeroMs } = await playLive(undefined, logger);
      expect(decisions.map((decision) => decision.verdict)).toEqual(['scanned', 'scanned', 'missed_scan', 'scanned']);
      expect(reported).toEqual([{ eventType: 'missed_scan', item: 'cauliflower' }]);
      const cauliflower = truth.crossings.find((crossing) => crossing.item === 'cauliflower');
      const offBy = Date.parse(detections[0]?.detectedAt ?? '') - zeroMs - (cauliflower?.t_s ?? 0) * 1000;
      expect(Math.abs(offBy)).toBeLessThanOrEqual(truth.scanLine.tolerance_s * 1000);
      expect(crossings.map(({ at }) => nearestItem(truth, Date.parse(at) - zeroMs))).toEqual(
        truth.crossings.map(({ item }) => item),
      );
      expect(crossings[2]?.at).toBe(detections[0]?.detectedAt);
      expect(logger.lines.filter((line) => line.level === 'error')).toEqual([]);
    });

    it.skipIf(!modelsDir)(
      `with the item model: the orange rung as banana is a wrong item, apple and broccoli are quiet ${modelsDir ? '' : `(skipped: put ${MODELS.yoloxNano.file} into FLOORWALKER_MODELS)`}`,
      async () => {
        const logger = keepingLogger();
        const { detections, crossings, reported } = await playLive({ modelsDir: modelsDir ?? '' }, logger);
        expect(reported).toEqual([
          { eventType: 'missed_scan', item: 'cauliflower' },
          { eventType: 'wrong_scan', item: 'orange' },
        ]);
        expect(detections[1]).toMatchObject({ item: { label: 'orange' }, expectedPlus: ['4012'], rungPlu: '4011' });
        expect(crossings.map(({ label }) => label)).toEqual(['apple', undefined, undefined, 'orange']);
        expect(logger.lines.filter((line) => line.level === 'error')).toEqual([]);
      },
    );
  },
);

describe('people in an aisle', () => {
  const aislePath = findFootage('store-aisle.mp4', process.env['FLOORWALKER_FOOTAGE']);
  const facesDir = findModels(MODELS.rfb320Face.file, process.env['FLOORWALKER_MODELS']);

  it('cannot be looked for without both models', async () => {
    expect(await PeopleFinder.open({})).toEqual(MODELS.yoloxNano);
  });

  it.skipIf(!aislePath || !facesDir)(
    `are found, and the one face that shows ${facesDir ? '' : `(skipped: put ${MODELS.rfb320Face.file} into FLOORWALKER_MODELS)`}`,
    async () => {
      const finder = await PeopleFinder.open({ modelsDir: facesDir! });
      if (!(finder instanceof PeopleFinder)) throw new Error(`${finder.id} is missing`);
      const clip = await readClipPictures(aislePath!, ffmpeg);
      const { width, height } = clip;
      const scores = { person: 0.5, face: 0.55, loneFace: 0.85 };
      for await (const { rgb } of sampledPictures(aislePath!, clip, clip.timesUs.length, ffmpeg)) {
        const seen = await finder.look({ rgb, width, height }, scores);
        const people = seen.filter(({ kind }) => kind === 'person');
        expect(people.length).toBeGreaterThanOrEqual(2);
        for (const face of seen.filter(({ kind }) => kind === 'face')) {
          expect(people.some(({ box }) => holdsMiddleOf(box, face.box))).toBe(true);
          expect(face.box.height).toBeLessThan(0.2);
        }
      }
      await finder.close();
    },
  );
});
