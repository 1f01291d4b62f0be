import { around, between, overlap, padded } from './geometry.ts';
import type { Box } from './types.ts';

export type SeenKind = 'person' | 'face';

/** What a model saw in one picture. */
export interface Seen {
  kind: SeenKind;
  box: Box;
  score: number;
}

/** What was seen in one of the pictures that were looked at. */
export interface Sample {
  frame: number;
  seen: readonly Seen[];
}

/** One person or face over time. */
export interface Track {
  id: number;
  kind: SeenKind;
  points: { frame: number; box: Box }[];
}

/** Without any overlap, this many sizes apart may still be the same: somebody walks fast, a face is small. */
const farthestInSizes = 1.2;

/**
 * Links what was seen in one picture with what was seen in the next. Nothing is dropped, however short: a face that was
 * seen once is a face. A track that was lost for longer than `maxGapFrames` ends.
 */
export function linkTracks(samples: readonly Sample[], maxGapFrames: number): Track[] {
  const tracks: Track[] = [];
  for (const { frame, seen } of [...samples].sort((a, b) => a.frame - b.frame)) {
    const open = tracks.filter((track) => frame - lastOf(track).frame <= maxGapFrames);
    const pairs = open
      .flatMap((track) =>
        seen
          .filter(({ kind }) => kind === track.kind)
          .map((candidate) => ({ track, candidate, likeness: likeness(lastOf(track).box, candidate.box) })),
      )
      .filter(({ likeness }) => likeness > 0)
      .sort((a, b) => b.likeness - a.likeness);
    const taken = new Set<Track | Seen>();
    for (const { track, candidate } of pairs) {
      if (taken.has(track) || taken.has(candidate)) continue;
      taken.add(track).add(candidate);
      track.points.push({ frame, box: candidate.box });
    }
    for (const candidate of seen) {
      if (taken.has(candidate)) continue;
      tracks.push({ id: tracks.length + 1, kind: candidate.kind, points: [{ frame, box: candidate.box }] });
    }
  }
  return tracks;
}

const lastOf = (track: Track) => track.points.at(-1)!;

/** From 1 to 2 where they overlap, from 0 to 1 where they are only near; 0 is somebody else. */
function likeness(a: Box, b: Box): number {
  const shared = overlap(a, b);
  if (shared > 0) return 1 + shared;
  const across = (a.x + a.width / 2 - b.x - b.width / 2) / Math.max(a.width, b.width);
  const down = (a.y + a.height / 2 - b.y - b.height / 2) / Math.max(a.height, b.height);
  return Math.max(0, 1 - Math.hypot(across, down) / farthestInSizes);
}

/** Somebody who was seen once may have moved any way. */
const unknownWayShare = 0.25;

/**
 * Where a track is in a frame. Between two looks it is on the straight way from one to the other. Before the first and
 * after the last it stays for `holdFrames` more and stretches the way it was going, so that no face is bare for a frame.
 */
export function boxAt(track: Track, frame: number, holdFrames: number): Box | null {
  const { points } = track;
  const first = points[0]!;
  const last = lastOf(track);
  if (frame < first.frame - holdFrames || frame > last.frame + holdFrames) return null;
  if (frame < first.frame) return held(first, points[1], frame);
  if (frame > last.frame) return held(last, points.at(-2), frame);
  const index = points.findIndex((point) => point.frame >= frame);
  const after = points[index]!;
  const before = points[index - 1];
  if (!before || after.frame === frame) return after.box;
  return between(before.box, after.box, (frame - before.frame) / (after.frame - before.frame));
}

function held(edge: { frame: number; box: Box }, inner: { frame: number; box: Box } | undefined, frame: number): Box {
  if (!inner) return padded(edge.box, unknownWayShare);
  const onward = between(inner.box, edge.box, (frame - inner.frame) / (edge.frame - inner.frame));
  return around(edge.box, onward);
}
