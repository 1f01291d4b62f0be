import { describe, expect, it } from 'vitest';
import {
  type CameraRecord,
  cameraDoubt,
  countDoubled,
  crowdedStretches,
  type SightingLooks,
  usualConfidenceOf,
} from './camera-record.ts';

const window = { beforeMs: 1_000, afterMs: 2_000 };
const rung = (...instants: number[]) => instants.map((atMs) => ({ atMs, pieces: 1, passesMs: 0 }));

describe('how many crossings no line stands for, close to another', () => {
  it.each<[string, number[], ReturnType<typeof rung>, number]>([
    ['each has its line', [0, 500, 1_000], rung(300, 800, 1_300), 0],
    ['one that stands alone has none: forgotten, or stolen', [0, 3_000, 6_000], rung(300, 6_300), 0],
    ['an item and the hand that moved it', [0, 1_000], rung(600), 1],
    ['two that are further apart', [0, 1_001], rung(600), 0],
    ['a line that came as late as any may', [0, 500], rung(700, 3_000), 0],
    ['a line that came later than any may', [0, 500], rung(700, 3_001), 1],
    ['one line for four', [0, 500, 1_000, 1_500], [{ atMs: 300, pieces: 4, passesMs: 4_500 }], 0],
    ['customers with a pause between them', [0, 400, 60_000, 60_400], rung(300, 60_300), 2],
    ['lines that nothing crossed for', [], rung(300), 0],
  ])('%s', (_what, crossings, lines, doubled) => {
    expect(countDoubled(crowdedStretches(crossings), lines, window)).toBe(doubled);
  });
});

describe('how sure a camera usually is', () => {
  const items = Array.from({ length: 95 }, (_, index) => 0.83 + index / 1_000);

  it('is told from twenty confirmed items on', () => {
    expect(usualConfidenceOf(items.slice(0, 19))).toBeNull();
    expect(usualConfidenceOf(items.slice(0, 20))).not.toBeNull();
  });

  it('is hardly moved by the hands among them', () => {
    const hands = Array.from({ length: 10 }, (_, index) => 0.3 + index / 50);
    const [without, with10] = [usualConfidenceOf(items)!, usualConfidenceOf([...items, ...hands])!];
    expect(without).toBeLessThan(Math.min(...items));
    expect(Math.abs(with10 - without)).toBeLessThan(0.03);
    expect(with10).toBeGreaterThan(Math.max(...hands));
  });
});

describe('whether a camera is to be believed', () => {
  const good: CameraRecord = { seen: 400, doubled: 1, usualConfidence: 0.75 };
  const bad: CameraRecord = { seen: 400, doubled: 14, usualConfidence: 0.75 };
  const clear: SightingLooks = { confidence: 0.8, named: false };
  const vague: SightingLooks = { confidence: 0.5, named: false };
  const alone = { sightingMs: 10_000, sightingsMs: [5_000, 10_000, 11_001] };
  const crowded = { sightingMs: 10_000, sightingsMs: [5_000, 10_000, 11_000] };

  it.each<[string, CameraRecord, SightingLooks | null, typeof alone, string | null]>([
    ['a clear item of a good camera', good, clear, alone, null],
    ['two items in one hand, of a good camera', good, clear, crowded, null],
    ['what is less clear than goods are', good, vague, alone, 'SIGHTING_UNCLEAR'],
    ['what is vague and has a name', good, { ...vague, named: true }, alone, null],
    ['a clear item of a camera that sees hands', bad, clear, alone, null],
    ['two close together, of a camera that sees hands', bad, clear, crowded, 'CAMERA_UNPROVEN'],
    [
      'a named one beside another, of a camera that sees hands',
      bad,
      { ...clear, named: true },
      crowded,
      'CAMERA_UNPROVEN',
    ],
    [
      'any item of a camera that sees hands, how sure it is not being known',
      { ...bad, usualConfidence: null },
      clear,
      alone,
      'CAMERA_UNPROVEN',
    ],
    ['the same of a good camera', { ...good, usualConfidence: null }, vague, alone, null],
    [
      'a named item of a camera that nothing is known of',
      { seen: 0, doubled: 0, usualConfidence: null },
      { ...clear, named: true },
      alone,
      null,
    ],
    ['any other that stands alone', { seen: 0, doubled: 0, usualConfidence: null }, clear, alone, null],
    ['two close together of it', { seen: 0, doubled: 0, usualConfidence: null }, clear, crowded, 'CAMERA_UNPROVEN'],
    [
      'one alone of a camera that two items speak against',
      { seen: 99, doubled: 2, usualConfidence: null },
      clear,
      alone,
      null,
    ],
    [
      'one alone of a camera that three items speak against',
      { seen: 99, doubled: 3, usualConfidence: null },
      clear,
      alone,
      'CAMERA_UNPROVEN',
    ],
    ['a camera that a few dozen items speak for', { ...good, seen: 99, doubled: 0 }, clear, crowded, 'CAMERA_UNPROVEN'],
    ['one that enough items speak for', { ...good, seen: 100, doubled: 0 }, clear, crowded, null],
    ['a moment that is only asked about', good, null, crowded, null],
  ])('%s', (_what, record, looks, moment, code) => {
    expect(cameraDoubt(record, looks, moment)?.code ?? null).toBe(code);
  });
});
