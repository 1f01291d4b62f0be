import { invalidField } from '../errors.ts';
import { between } from './geometry.ts';
import type { Box, ManualTrack } from './types.ts';

export const mostManualTracks = 50;
export const mostKeyFrames = 200;

/** Where a drawn box is at a moment: it stands from its first key frame to its last and moves evenly between them. */
export function manualBoxAt(track: ManualTrack, atMs: number, frameMs: number): Box | null {
  const { keyFrames } = track;
  const first = keyFrames[0]!;
  const last = keyFrames.at(-1)!;
  // Half a frame: a moment that was read off a player lies between two frames.
  if (atMs < first.atMs - frameMs / 2 || atMs > last.atMs + frameMs / 2) return null;
  const index = keyFrames.findIndex((keyFrame) => keyFrame.atMs >= atMs);
  const after = keyFrames[index] ?? last;
  const before = keyFrames[index === -1 ? keyFrames.length - 1 : index - 1];
  if (!before || before.atMs >= after.atMs) return boxOf(after);
  return between(before, after, (atMs - before.atMs) / (after.atMs - before.atMs));
}

const boxOf = ({ x, y, width, height }: Box): Box => ({ x, y, width, height });

/** Throws the first thing that is wrong with what somebody drew; `durationMs` null: not known here. */
export function checkManualTracks(tracks: readonly ManualTrack[], durationMs: number | null): void {
  if (tracks.length > mostManualTracks) throw invalidField('manual', `has more than ${mostManualTracks} boxes`);
  const ids = new Set<string>();
  tracks.forEach((track, index) => {
    const field = `manual[${index}]`;
    if (ids.has(track.id)) throw invalidField(`${field}.id`, `"${track.id}" is there twice: give each box its own`);
    ids.add(track.id);
    const { keyFrames } = track;
    if (keyFrames.length === 0) throw invalidField(`${field}.keyFrames`, 'is empty: a box needs one moment at least');
    if (keyFrames.length > mostKeyFrames)
      throw invalidField(`${field}.keyFrames`, `has more than ${mostKeyFrames} moments`);
    keyFrames.forEach((keyFrame, at) => {
      const name = `${field}.keyFrames[${at}]`;
      const before = keyFrames[at - 1];
      if (before && before.atMs >= keyFrame.atMs)
        throw invalidField(`${name}.atMs`, 'must be later than the moment before it');
      if (durationMs !== null && keyFrame.atMs > durationMs)
        throw invalidField(`${name}.atMs`, `lies after the end of the clip (${Math.round(durationMs)} ms)`);
      if (keyFrame.x + keyFrame.width <= 0 || keyFrame.x >= 1 || keyFrame.y + keyFrame.height <= 0 || keyFrame.y >= 1)
        throw invalidField(name, 'lies outside of the picture');
    });
  });
}
