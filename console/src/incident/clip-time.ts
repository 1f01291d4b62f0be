import type { IncidentDetail, Schemas } from '../api/client.ts';

export type Box = Schemas['Box'];
export type Clip = NonNullable<IncidentDetail['clip']>;

/** A box stays this long around its instant when no neighbour continues it. */
const holdS = 0.2;
// Instants of one track further apart than this are two appearances, not one movement.
const joinS = 0.8;

export interface TimedBox extends Box {
  timeS: number;
  /** Boxes of one movement share it. */
  track: number;
}

/** Seconds from the first frame of the clip to an instant; negative before it. */
export function secondsInto(clip: Pick<Clip, 'fromAt'>, at: string): number {
  return (Date.parse(at) - Date.parse(clip.fromAt)) / 1000;
}

export function clipLengthS(clip: Clip): number {
  return Math.max(0.1, secondsInto(clip, clip.toAt));
}

/** Splits the boxes into tracks (same label, nearest neighbour in time and place), each in order of time. */
export function boxTracks(clip: Pick<Clip, 'fromAt'>, boxes: readonly Box[]): TimedBox[][] {
  const tracks: TimedBox[][] = [];
  const timed = boxes
    .map((box) => ({ ...box, timeS: secondsInto(clip, box.at), track: 0 }))
    .sort((a, b) => a.timeS - b.timeS);
  for (const box of timed) {
    let best: { track: TimedBox[]; distance: number } | null = null;
    for (const track of tracks) {
      const last = track.at(-1)!;
      const gapS = box.timeS - last.timeS;
      if (gapS <= 0 || gapS > joinS || (last.label ?? '') !== (box.label ?? '')) continue;
      const distance = Math.hypot(centreX(box) - centreX(last), centreY(box) - centreY(last));
      if (!best || distance < best.distance) best = { track, distance };
    }
    if (best) best.track.push({ ...box, track: best.track[0]!.track });
    else tracks.push([{ ...box, track: tracks.length }]);
  }
  return tracks;
}

/** The boxes to draw at a moment of the clip, moved between the instants on either side. */
export function boxesAt(tracks: readonly TimedBox[][], timeS: number): TimedBox[] {
  return tracks.flatMap((track) => {
    const box = boxOfTrack(track, timeS);
    return box ? [box] : [];
  });
}

function boxOfTrack(track: readonly TimedBox[], timeS: number): TimedBox | null {
  const next = track.find((box) => box.timeS >= timeS);
  const previous = track.findLast((box) => box.timeS <= timeS);
  if (previous && next && next.timeS > previous.timeS)
    return between(previous, next, (timeS - previous.timeS) / (next.timeS - previous.timeS), timeS);
  const nearest = previous ?? next;
  return nearest && Math.abs(nearest.timeS - timeS) <= holdS ? nearest : null;
}

function between(a: TimedBox, b: TimedBox, share: number, timeS: number): TimedBox {
  const mix = (from: number, to: number) => from + (to - from) * share;
  return {
    ...(share < 0.5 ? a : b),
    timeS,
    x: mix(a.x, b.x),
    y: mix(a.y, b.y),
    width: mix(a.width, b.width),
    height: mix(a.height, b.height),
  };
}

const centreX = (box: Box) => box.x + box.width / 2;
const centreY = (box: Box) => box.y + box.height / 2;

/** Where an instant lies on the clip's axis, in percent; null outside the clip. */
export function axisPercent(timeS: number, lengthS: number): number | null {
  if (timeS < 0 || timeS > lengthS) return null;
  return (timeS / lengthS) * 100;
}
