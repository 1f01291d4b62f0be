import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alone, type FusionFacts, fuse, type HeardEvent } from './fusion.ts';
import { reaches } from './fusion-join.ts';
import { sensorKinds } from './sensors.ts';
import { addMs } from './time.ts';

const detectedAt = '2026-03-01T12:00:00.000Z';
const look = (confidence: number, cameraId = 'cam-1', afterMs = 0) => ({
  ...{ cameraId, confidence, at: addMs(detectedAt, afterMs) },
});
const heard = (kind: HeardEvent['kind'], change: Partial<HeardEvent> = {}): HeardEvent => ({
  ...{ sensorId: `${kind}-1`, kind, at: detectedAt, what: null, pieces: null, whole: null, sold: null },
  ...change,
});
const facts = (change: Partial<FusionFacts> = {}): FusionFacts => ({
  ...{ detectedAt, looks: [look(0.8)], heard: [], quiet: [], posVerdict: 'NOT_APPLICABLE', goods: null },
  ...change,
});
const shelf = (pieces: number, change: Partial<HeardEvent> = {}) =>
  heard('shelf_weight', { pieces, whole: true, ...change });
const gate = (change: Partial<HeardEvent> = {}) => heard('eas_gate', { what: 'out', ...change });
const goods = (code: 'GOODS_PAID' | 'GOODS_NOT_PAID') => ({
  paid: code === 'GOODS_PAID',
  reason: { code, params: {} },
});
const confidence = (change: Partial<FusionFacts>) => fuse(facts(change)).confidence;

describe('one confidence', () => {
  it('of a camera alone is what the camera says, within its bounds', () => {
    expect(confidence({ looks: [look(0.7)] })).toBeCloseTo(0.7, 2);
    expect(confidence({ looks: [look(0.999)] })).toBeCloseTo(alone.CAMERA_SAW, 2);
    expect(confidence({ looks: [look(0.01)] })).toBeCloseTo(1 - alone.CAMERA_SAW, 2);
    expect(confidence({ looks: [] })).toBe(0.5);
  });

  it.each<[string, Partial<FusionFacts>]>([
    ['a shelf that is lighter', { heard: [shelf(2)] }],
    ['a gate', { heard: [gate()] }],
    ['an unsold tag', { heard: [heard('rfid', { sold: false })] }],
    ['a forced door', { heard: [heard('door', { what: 'forced' })] }],
    ['a till that has no line', { posVerdict: 'MISMATCH' }],
    ['goods that were not paid for', { goods: goods('GOODS_NOT_PAID') }],
  ])('is raised by %s', (_name, change) => {
    expect(confidence(change)).toBeGreaterThan(confidence({}));
  });

  it.each<[string, Partial<FusionFacts>]>([
    ['a shelf to which it was put back', { heard: [shelf(2), shelf(-2, { at: addMs(detectedAt, 9_000) })] }],
    [
      'a shelf that noticed nothing',
      { quiet: [{ sensorId: 's', kind: 'shelf_weight', state: 'unchanged', lastSeenAt: null }] },
    ],
    ['a tag that was sold', { heard: [heard('rfid', { sold: true })] }],
    ['a till that has the line', { posVerdict: 'MATCH' }],
    ['goods that were paid for', { goods: goods('GOODS_PAID') }],
  ])('is lowered by %s', (_name, change) => {
    expect(confidence(change)).toBeLessThan(confidence({}));
  });

  it.each<[string, Partial<FusionFacts>]>([
    ['a second camera of the same scene', { looks: [look(0.8), look(0.75, 'cam-2', 400)] }],
    ['the same camera again', { looks: [look(0.8), look(0.8, 'cam-1', 900)] }],
    ['a till that cannot say', { posVerdict: 'UNKNOWN' }],
    ['a tag of which nobody knows', { heard: [heard('rfid')] }],
    ['a door that closed', { heard: [heard('door', { what: 'closed' })] }],
    [
      'a shelf that has fallen silent',
      { quiet: [{ sensorId: 's', kind: 'shelf_weight', state: 'silent', lastSeenAt: null }] },
    ],
  ])('is left as it is by %s, which is shown all the same', (_name, change) => {
    expect(confidence(change)).toBe(confidence({}));
    expect(fuse(facts(change)).contributions).toHaveLength(2);
    expect(fuse(facts(change)).contributions.filter(({ weight }) => weight === 0)).toHaveLength(1);
  });

  it('counts two pillars of one gate once, and says so', () => {
    const both = fuse(facts({ heard: [gate(), gate({ sensorId: 'gate-2' })] }));
    expect(both.confidence).toBe(confidence({ heard: [gate()] }));
    expect(both.contributions.at(-1)).toMatchObject({ weight: 0, reason: { params: { sameKind: true } } });
  });

  it('hears a sold tag only where no unsold one speaks', () => {
    const sold = heard('rfid', { sold: true, sensorId: 'a' });
    const unsold = heard('rfid', { sold: false, sensorId: 'b' });
    expect(confidence({ heard: [sold, unsold] })).toBe(confidence({ heard: [unsold] }));
  });

  it('trusts what is near more than what is at the edge of its window', () => {
    const near = confidence({ heard: [shelf(1)] });
    const far = confidence({ heard: [shelf(1, { at: addMs(detectedAt, reaches.shelf_weight.afterMs) })] });
    expect(near).toBeGreaterThan(far);
    expect(far).toBeGreaterThan(confidence({}));
  });

  it('of shelf, gate and till together passes what one of them never reaches', () => {
    expect(confidence({ heard: [shelf(2), gate()], goods: goods('GOODS_NOT_PAID') })).toBeGreaterThan(0.95);
    expect(confidence({ heard: [shelf(2), gate()], goods: goods('GOODS_PAID') })).toBeLessThan(0.5);
  });

  it('is the sum of what is shown, never certain, and one source alone never passes its own bound', () => {
    const event = fc.record({
      sensorId: fc.constantFrom('a', 'b'),
      kind: fc.constantFrom(...sensorKinds),
      at: fc.integer({ min: -2_000_000, max: 2_000_000 }).map((ms) => addMs(detectedAt, ms)),
      what: fc.constantFrom(null, 'opened', 'closed', 'forced', 'held_open', 'in', 'out'),
      pieces: fc.option(fc.integer({ min: -3, max: 5 })),
      whole: fc.option(fc.boolean()),
      sold: fc.option(fc.boolean()),
    });
    const anything = fc.record({
      detectedAt: fc.constant(detectedAt),
      looks: fc.array(
        fc.double({ min: 0, max: 1, noNaN: true }).map((sure) => look(sure)),
        { maxLength: 3 },
      ),
      heard: fc.array(event, { maxLength: 6 }),
      quiet: fc.constant([]),
      posVerdict: fc.constantFrom('MATCH', 'MISMATCH', 'UNKNOWN', 'NOT_APPLICABLE', 'PENDING'),
      goods: fc.constantFrom(null, goods('GOODS_PAID'), goods('GOODS_NOT_PAID')),
    }) satisfies fc.Arbitrary<FusionFacts>;
    fc.assert(
      fc.property(anything, (given) => {
        const { confidence: together, contributions } = fuse(given);
        const sum = contributions.reduce((total, { weight }) => total + weight, 0);
        const shown = 1 / (1 + Math.exp(-sum));
        expect(together).toBeCloseTo(Math.min(0.99, Math.max(0.01, shown)), 2);
        const speaking = contributions.filter(({ weight }) => weight !== 0);
        expect(new Set(speaking.map(({ source }) => source)).size).toBe(speaking.length);
        for (const { reason, weight } of speaking) {
          const bound = Math.abs(
            Math.log(alone[reason.code as keyof typeof alone] / (1 - alone[reason.code as keyof typeof alone])),
          );
          expect(Math.abs(weight)).toBeLessThanOrEqual(bound + 0.01);
        }
      }),
    );
  });
});

describe('the document', () => {
  const text = readFileSync(new URL('../docs/sensors.md', import.meta.url), 'utf8');

  it.each(Object.entries(alone))('says what %s is worth alone', (code, share) => {
    expect(text).toContain(`| \`${code}\` | ${share.toFixed(2)} |`);
  });

  it.each(sensorKinds)('says how far %s reaches', (kind) => {
    const { beforeMs, afterMs } = reaches[kind];
    const seconds = (ms: number) => (ms >= 600_000 ? `${ms / 60_000} min` : `${ms / 1_000} s`);
    expect(text).toMatch(new RegExp(`\\| \`${kind}\` \\| ${seconds(beforeMs)} \\| ${seconds(afterMs)} \\|`));
  });
});
