import type { Schemas } from '../api/client.ts';

export type Track = Schemas['RedactionTrack'];
export type KeyFrame = Schemas['RedactionKeyFrame'];
export type Box = Pick<KeyFrame, 'x' | 'y' | 'width' | 'height'>;

/** Two moments closer than this are one: a player cannot tell them apart. */
const sameMomentMs = 20;
const leastSize = 0.005;

/** A box between two corners of a drag, within the picture; null when it is only a click. */
export function dragged(from: { x: number; y: number }, to: { x: number; y: number }): Box | null {
  const inside = (value: number) => Math.min(1, Math.max(0, value));
  const [left, right] = [inside(Math.min(from.x, to.x)), inside(Math.max(from.x, to.x))];
  const [top, bottom] = [inside(Math.min(from.y, to.y)), inside(Math.max(from.y, to.y))];
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  return box.width < leastSize || box.height < leastSize ? null : box;
}

/** Where a box is at a moment; null before its first key frame and after its last. */
export function boxAt(track: Track, atMs: number): Box | null {
  const { keyFrames } = track;
  const first = keyFrames[0];
  const last = keyFrames.at(-1);
  if (!first || !last || atMs < first.atMs - sameMomentMs || atMs > last.atMs + sameMomentMs) return null;
  const after = keyFrames.find((keyFrame) => keyFrame.atMs >= atMs) ?? last;
  const before = keyFrames.findLast((keyFrame) => keyFrame.atMs <= atMs) ?? first;
  const share = after.atMs > before.atMs ? (atMs - before.atMs) / (after.atMs - before.atMs) : 0;
  const part = (name: keyof Box) => before[name] + (after[name] - before[name]) * share;
  return { x: part('x'), y: part('y'), width: part('width'), height: part('height') };
}

/** The box, put where it is wanted at a moment: a key frame there, in place of one that was there. */
export function withKeyFrame(track: Track, atMs: number, box: Box): Track {
  const others = track.keyFrames.filter((keyFrame) => Math.abs(keyFrame.atMs - atMs) > sameMomentMs);
  const keyFrames = [...others, { atMs, ...box }].sort((a, b) => a.atMs - b.atMs);
  return { ...track, keyFrames };
}

/** The box, as it is nearest to the moment, begins or ends there; what lies beyond is dropped. */
export function withEdge(track: Track, edge: 'start' | 'end', atMs: number): Track {
  const first = track.keyFrames[0];
  const last = track.keyFrames.at(-1);
  if (!first || !last) return track;
  const box = boxAt(track, atMs) ?? (atMs < first.atMs ? boxOf(first) : boxOf(last));
  const kept = track.keyFrames.filter((keyFrame) => (edge === 'start' ? keyFrame.atMs > atMs : keyFrame.atMs < atMs));
  return withKeyFrame({ ...track, keyFrames: kept }, atMs, box);
}

const boxOf = ({ x, y, width, height }: Box): Box => ({ x, y, width, height });

/** An id that no other box has. */
export function freeId(tracks: readonly Track[]): string {
  for (let number = tracks.length + 1; ; number += 1)
    if (tracks.every((track) => track.id !== `box-${number}`)) return `box-${number}`;
}
