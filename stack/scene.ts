import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Direction, rectangle } from '../detectors/scan-zone/zone.ts';
import type { CameraConfig } from '../workers/camera.ts';
import { LANE_ZONE, renderLane } from './footage/self-checkout-lane.ts';
import type { OnProgress } from './tools/progress.ts';

export interface Scene {
  camera: CameraConfig;
  tapePath: string;
  videoPath: string;
}

/** What of a tape file says where the scan line is; its crossings are for tests and are not read. */
const tapeFileSchema = z.object({
  scanLine: z.object({
    x: z.number().min(0).max(1),
    direction: z.enum([Direction.leftToRight, Direction.rightToLeft]),
  }),
});

/** How far to both sides of the scan line of a given recording is watched, and how high. */
const watchedReach = 0.2;

/** Look-up numbers of produce are the same in every shop; others of a recording are not doubted. */
const produceClasses: CameraConfig['zones'][number]['pluClasses'] = {
  '4011': ['banana'],
  '4012': ['orange'],
  '4017': ['apple'],
  '4060': ['broccoli'],
};

const place = { tenantId: 'demo', storeId: 'high-street', cameraId: 'sco-3-cam' } as const;

/** The default self-checkout lane, rendered once, or any recording with its tape. */
export async function prepareScene(options: {
  dataDir: string;
  footage?: string;
  tape?: string;
  loop: boolean;
  ffmpegPath: string;
  onProgress: OnProgress;
  signal: AbortSignal;
}): Promise<Scene> {
  if (options.footage !== undefined && options.tape !== undefined)
    return recordedScene(options.footage, options.tape, options.loop);
  options.onProgress({ subject: 'footage', state: 'working', message: 'rendering the self-checkout lane' });
  const lane = await renderLane({
    outDir: join(options.dataDir, 'footage'),
    ffmpegPath: options.ffmpegPath,
    signal: options.signal,
    onProgress: (fraction) =>
      options.onProgress({
        subject: 'footage',
        state: 'working',
        message: 'rendering the self-checkout lane',
        fraction,
      }),
  });
  options.onProgress({ subject: 'footage', state: 'done', message: lane.rendered ? 'rendered' : 'already there' });
  const { polygon, ...zone } = LANE_ZONE;
  return {
    camera: {
      ...place,
      source: { kind: 'file', path: lane.videoPath, loop: options.loop },
      zones: [{ ...zone, polygon: [...polygon], id: 'scanner', terminalId: 'sco-3' }],
    },
    tapePath: lane.truthPath,
    videoPath: lane.videoPath,
  };
}

async function recordedScene(footage: string, tape: string, loop: boolean): Promise<Scene> {
  const { scanLine } = tapeFileSchema.parse(JSON.parse(await readFile(tape, 'utf8')));
  const left = Math.max(0, scanLine.x - watchedReach);
  const right = Math.min(1, scanLine.x + watchedReach);
  return {
    camera: {
      ...place,
      source: { kind: 'file', path: resolve(footage), loop },
      zones: [
        {
          id: 'scanner',
          terminalId: 'sco-3',
          polygon: rectangle({ x: left, y: 0.1, width: right - left, height: 0.8 }),
          scanLineX: scanLine.x,
          direction: scanLine.direction,
          pluClasses: produceClasses,
        },
      ],
    },
    tapePath: resolve(tape),
    videoPath: resolve(footage),
  };
}
