import { expect, it } from 'vitest';
import type { Crossing, Detection } from '../domain/types.ts';
import { LaneWatch, type LaneZone, type TillMessage } from './lane-watch.ts';
import { rectangle } from './scan-zone/zone.ts';
import { keepingLogger } from './testing.ts';

const WIDTH = 320;
const HEIGHT = 180;
const STEP_MS = 100;
const START_MS = Date.parse('2026-03-01T12:00:00.000Z');
const ZONE: LaneZone = {
  id: 'belt',
  polygon: rectangle({ x: 0, y: 0.3, width: 1, height: 0.5 }),
  scanLineX: 0.5,
  direction: 'left-to-right',
  terminalId: 'sco-1',
};

/** A red block for each item, 30 pixels wide, whose centre is on the line at its second. */
function picture(items: readonly number[], second: number): Uint8Array {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3).fill(95);
  for (const at of items) {
    const left = Math.round(WIDTH / 2 - 15 + (second - at) * 160);
    for (let y = 75; y < 125; y++)
      for (let x = Math.max(0, left); x < Math.min(WIDTH, left + 30); x++) rgb.set([200, 60, 40], (y * WIDTH + x) * 3);
  }
  return rgb;
}

interface Play {
  zone?: Partial<LaneZone>;
  items: number[];
  /** Lines by the second of each; they are heard at once. */
  lines?: [second: number, line: Partial<TillMessage>][];
  /** What each item looks like, in order. */
  names?: (string | undefined)[];
  seconds?: number;
}

async function play({ zone, items, lines = [], names, seconds = 12 }: Play) {
  const detections: Detection[] = [];
  const crossings: Crossing[] = [];
  const logger = keepingLogger();
  const left = [...(names ?? [])];
  const lane = new LaneWatch({
    ...{ storeId: 's-001', cameraId: 'belt-1', zone: { ...ZONE, ...zone }, logger },
    ...{ pictureWidth: WIDTH, pictureHeight: HEIGHT },
    namer: names && {
      nameItem: async () => {
        const label = left.shift();
        return label === undefined ? undefined : { label, score: 0.9, box: { x: 0, y: 0, width: 1, height: 1 } };
      },
    },
    onDetection: (detection) => void detections.push(detection),
    onCrossing: (crossing) => void crossings.push(crossing),
  });
  for (let ms = 0; ms <= seconds * 1_000; ms += STEP_MS) {
    for (const [index, [second, line]] of lines.entries())
      if (second * 1_000 === ms)
        lane.till(
          {
            ...{ type: 'scan', terminalId: 'sco-1', transactionId: 'T', line: index, plu: '4017' },
            occurredAt: new Date(START_MS + ms).toISOString(),
            ...line,
          },
          START_MS + ms,
        );
    await lane.see(picture(items, ms / 1_000), START_MS + ms);
    await lane.decide(START_MS + ms);
  }
  await lane.close();
  expect(logger.lines).toEqual([]);
  const secondOf = (iso: string) => Math.round((Date.parse(iso) - START_MS) / 100) / 10;
  return { detections, crossings, found: detections.map((one) => `${one.eventType} ${secondOf(one.detectedAt)}`) };
}

it('reports every crossing once, rung or not, with the instant and the name of its detection', async () => {
  const options = { items: [3, 6], lines: [[3.3, {}]] as Play['lines'], names: ['apple', 'orange'] };
  const { detections, crossings, found } = await play(options);
  expect(found).toEqual(['missed_scan 6']);
  expect(crossings.map(({ label }) => label)).toEqual(['apple', 'orange']);
  expect(crossings[1]).toMatchObject({
    ...{ storeId: 's-001', cameraId: 'belt-1', zoneId: 'belt', labelScore: 0.9 },
    at: detections[0]?.detectedAt,
  });
  // The same film again is the same crossings: what is sent twice is stored once.
  expect((await play(options)).crossings).toEqual(crossings);
});

const pluClasses = { '4011': ['banana'], '4012': ['orange'], '4017': ['apple'] };
const rung = (plu: string): Play['lines'] => [[3.3, { plu }]];

it.each<[string, Play, string[]]>([
  [
    'an orange rung as banana',
    { items: [3], lines: rung('4011'), names: ['orange'], zone: { pluClasses } },
    ['wrong_scan 3'],
  ],
  ['an orange rung as orange', { items: [3], lines: rung('4012'), names: ['orange'], zone: { pluClasses } }, []],
  ['no article is described', { items: [3], lines: rung('4011'), names: ['orange'] }, []],
  ['no item model', { items: [3], lines: rung('4011'), zone: { pluClasses } }, []],
  [
    'wrong scans are not wanted',
    { items: [3], lines: rung('4011'), names: ['orange'], zone: { pluClasses, behaviours: ['missed_scan'] } },
    [],
  ],
  [
    'missed scans are not wanted',
    { items: [3], lines: [[1, { type: 'heartbeat' }]], zone: { behaviours: ['wrong_scan'] } },
    [],
  ],
  ['another till', { items: [3], lines: [[3.3, { terminalId: 'sco-2' }]] }, ['missed_scan 3']],
  ['in training mode', { items: [3], lines: [[3.3, { training: true }]] }, ['missed_scan 3']],
  ['a line for two', { items: [3, 3.8], lines: [[3.3, { quantity: 2 }]] }, []],
  ['two kilograms are one item', { items: [3, 3.8], lines: [[3.3, { quantity: 2, unit: 'kg' }]] }, ['missed_scan 3.8']],
  ['a pack of two', { items: [3, 3.8], lines: [[3.3, { packSize: 2 }]] }, []],
  [
    'a line handed over twice is one',
    {
      items: [3, 3.8],
      lines: [
        [3.3, { line: 7 }],
        [3.4, { line: 7 }],
      ],
    },
    ['missed_scan 3.8'],
  ],
  [
    'several in one pass, where that is wanted',
    { items: [3, 3.8], lines: [[3.3, {}]], zone: { behaviours: ['missed_scan', 'multi_item_pass'] } },
    ['multi_item_pass 3.8'],
  ],
  ['a line without an item is nothing, unless wanted', { items: [], lines: [[6, {}]] }, []],
  [
    'a line without an item, where that is wanted',
    {
      items: [3],
      lines: [
        [3.3, {}],
        [7, { plu: '4011' }],
      ],
      zone: { behaviours: ['fake_scan'] },
    },
    ['fake_scan 7'],
  ],
])('%s', async (_name, options, expected) => {
  expect((await play(options)).found).toEqual(expected);
});

it('carries what the item can be and what was rung', async () => {
  const { detections } = await play({ items: [3], lines: rung('4011'), names: ['orange'], zone: { pluClasses } });
  expect(detections[0]).toMatchObject({
    ...{ expectedPlus: ['4012'], rungPlu: '4011', item: { label: 'orange', confidence: 0.9 } },
    model: { thresholds: { minItemScore: 0.5 } },
  });
});

it('reports a view that stays covered, where that is wanted', async () => {
  // A board that lies on the scanner: wider than the zone, so that nothing ever crosses.
  const board = Array.from({ length: 12 }, (_, index) => index * 0.18 - 1 + 60);
  const zone: Partial<LaneZone> = {
    behaviours: ['occlusion'],
    coveredMs: 3_000,
    polygon: rectangle({ x: 0.2, y: 0.45, width: 0.6, height: 0.2 }),
  };
  const logger = keepingLogger();
  const found: Detection[] = [];
  const lane = new LaneWatch({
    ...{ storeId: 's-001', cameraId: 'belt-1', zone: { ...ZONE, ...zone }, logger, namer: undefined },
    ...{ pictureWidth: WIDTH, pictureHeight: HEIGHT },
    onDetection: (detection) => void found.push(detection),
  });
  lane.till({ type: 'sign_on', terminalId: 'sco-1', occurredAt: new Date(START_MS).toISOString() }, START_MS);
  for (let ms = 0; ms <= 8_000; ms += STEP_MS) {
    await lane.see(picture(ms < 2_000 ? [] : board, 60), START_MS + ms);
    await lane.decide(START_MS + ms);
  }
  await lane.close();
  expect(found.map(({ eventType, detectedAt }) => [eventType, Date.parse(detectedAt) - START_MS])).toEqual([
    ['occlusion', 2_000],
  ]);
});
