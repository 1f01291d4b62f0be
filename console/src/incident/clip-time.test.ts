import { describe, expect, it } from 'vitest';
import { axisPercent, boxesAt, boxTracks, secondsInto } from './clip-time.ts';

const clip = { fromAt: '2026-11-21T14:00:00.000Z' };
const box = (second: number, x: number, label = 'item') => ({
  at: new Date(Date.parse(clip.fromAt) + second * 1000).toISOString(),
  x,
  y: 0.2,
  width: 0.1,
  height: 0.1,
  label,
});

describe('boxes over a clip', () => {
  it('places an instant in seconds from the first frame', () => {
    expect(secondsInto(clip, '2026-11-21T14:00:04.670Z')).toBeCloseTo(4.67);
    expect(secondsInto(clip, '2026-11-21T13:59:59.000Z')).toBe(-1);
  });

  it('moves a box between two instants of the same track', () => {
    const tracks = boxTracks(clip, [box(1, 0.8), box(1.4, 0.4)]);
    expect(tracks).toHaveLength(1);
    expect(boxesAt(tracks, 1.1)[0]?.x).toBeCloseTo(0.7);
  });

  it('shows a lone box for 0.4 s around its instant and no longer', () => {
    const tracks = boxTracks(clip, [box(2, 0.5)]);
    expect(boxesAt(tracks, 1.81)).toHaveLength(1);
    expect(boxesAt(tracks, 2.19)).toHaveLength(1);
    expect(boxesAt(tracks, 1.7)).toHaveLength(0);
    expect(boxesAt(tracks, 2.3)).toHaveLength(0);
  });

  it('does not draw a movement across a long silence', () => {
    const tracks = boxTracks(clip, [box(1, 0.1), box(5, 0.9)]);
    expect(tracks).toHaveLength(2);
    expect(boxesAt(tracks, 3)).toHaveLength(0);
  });

  it('keeps two things in one picture apart', () => {
    const tracks = boxTracks(clip, [box(1, 0.1), box(1, 0.8), box(1.2, 0.82), box(1.2, 0.12)]);
    expect(boxesAt(tracks, 1.1).map((found) => Math.round(found.x * 100))).toEqual([11, 81]);
  });

  it('gives no place on the axis to what lies outside the clip', () => {
    expect(axisPercent(3, 12)).toBe(25);
    expect(axisPercent(-0.1, 12)).toBeNull();
    expect(axisPercent(12.1, 12)).toBeNull();
  });
});
