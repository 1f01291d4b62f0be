import { common, holdsMiddleOf, type PixelBox, padded, toPixels } from './geometry.ts';
import { manualBoxAt } from './manual.ts';
import { boxAt, linkTracks, type Sample, type Track } from './tracks.ts';
import type { Box, ManualTrack, RedactionTarget } from './types.ts';

/** Every number that decides what is masked; part of the map, so that a redaction can be made again. */
export const redactionParameters = {
  /** The models look at one picture in this time at least. */
  sampleEveryMs: 200,
  /** A mask comes this much before somebody is first seen and stays this much after. */
  holdMs: 400,
  /** Somebody who is lost for no longer than this is taken for the same when seen again. */
  maxGapMs: 1_500,
  /** Low: a mask too many costs little, a face too many is somebody's. */
  personScore: 0.25,
  faceScore: 0.55,
  /** Of a face where no person is seen: patterns on shelves look like faces too. */
  loneFaceScore: 0.85,
  /** Shares of the box that are added on every side. */
  personPadding: 0.06,
  headPadding: 0.12,
  facePadding: 0.3,
  /** A sighting's box counts for pictures this near. */
  sightingMs: 500,
} as const;

export type RedactionParameters = { readonly [Name in keyof typeof redactionParameters]: number };

export type MaskedWhat = 'face' | 'head' | 'person' | 'drawn';

/** One painted rectangle, in pixels. */
export interface Mask extends PixelBox {
  source: 'model' | 'manual';
  what: MaskedWhat;
  /** The track's number, or the id of the drawn box. */
  of: string;
}

export interface PlanInput {
  video: { width: number; height: number };
  /** When each frame of the clip is shown, counted from the first. */
  frameTimesMs: readonly number[];
  samples: readonly Sample[];
  target: RedactionTarget;
  /** What the incident is about, by its detections; times counted from the first frame. */
  sightings: readonly { atMs: number; box: Box }[];
  manual: readonly ManualTrack[];
  parameters: RedactionParameters;
}

/** How many frames apart the models look, so that no two looks are further apart than they may be. */
export const sampleStep = (frameMs: number, { sampleEveryMs }: RedactionParameters): number =>
  Math.max(1, Math.floor(sampleEveryMs / frameMs));

/** The usual distance of two frames; a gap in the recording does not move it. */
export function usualFrameMs(frameTimesMs: readonly number[]): number {
  const spacings = frameTimesMs.slice(1).map((at, index) => at - frameTimesMs[index]!);
  spacings.sort((a, b) => a - b);
  return spacings[Math.floor(spacings.length / 2)] ?? 1_000 / 15;
}

/** What is painted in each frame. */
export function planMasks(input: PlanInput): Mask[][] {
  const { frameTimesMs, parameters, video } = input;
  const frameMs = usualFrameMs(frameTimesMs);
  const holdFrames = Math.max(sampleStep(frameMs, parameters), Math.ceil(parameters.holdMs / frameMs));
  const tracks = linkTracks(input.samples, Math.ceil(parameters.maxGapMs / frameMs));
  const inIncident = subjectsOf(tracks, input, holdFrames);
  return frameTimesMs.map((atMs, frame) => {
    const drawn = input.manual.flatMap((track) => {
      const box = manualBoxAt(track, atMs, frameMs);
      return box === null ? [] : [{ track, box }];
    });
    const revealed = drawn.filter(({ track }) => track.action === 'reveal').map(({ box }) => box);
    const masks: Mask[] = [];
    const add = (box: Box, mask: Pick<Mask, 'source' | 'what' | 'of'>) => {
      const pixels = toPixels(box, video);
      if (pixels) masks.push({ ...pixels, ...mask });
    };
    for (const track of tracks) {
      const box = boxAt(track, frame, holdFrames);
      if (box === null || revealed.some((reveal) => holdsMiddleOf(reveal, box))) continue;
      const whole = input.target === 'people' && !inIncident.has(track.id);
      const { what, area } = areaOf(track, box, whole, input);
      add(area, { source: 'model', what, of: String(track.id) });
    }
    for (const { track, box } of drawn)
      if (track.action === 'mask') add(box, { source: 'manual', what: 'drawn', of: track.id });
    return masks;
  });
}

function areaOf(
  track: Track,
  box: Box,
  whole: boolean,
  { parameters, video }: PlanInput,
): { what: Mask['what']; area: Box } {
  if (track.kind === 'face') return { what: 'face', area: padded(box, parameters.facePadding) };
  if (whole) return { what: 'person', area: padded(box, parameters.personPadding) };
  return { what: 'head', area: padded(headOf(box, video.width / video.height), parameters.headPadding) };
}

/**
 * Where the head of a person is, whichever way they look: the top of their box, deeper the more of the body the picture
 * cuts off. `aspect` is the picture's width by its height.
 */
export function headOf(person: Box, aspect: number): Box {
  const widthInHeights = person.width * aspect;
  const most = widthInHeights > 0.8 * person.height ? 0.85 : 0.5;
  const height = Math.max(0.22 * person.height, Math.min(0.6 * widthInHeights, most * person.height));
  return { x: person.x + 0.08 * person.width, y: person.y, width: 0.84 * person.width, height };
}

/** The people whom the incident is about: of each sighting the one person who covers most of it. */
function subjectsOf(tracks: readonly Track[], input: PlanInput, holdFrames: number): Set<number> {
  const subjects = new Set<number>();
  for (const { atMs, box } of input.sightings) {
    const frame = nearest(input.frameTimesMs, atMs);
    if (frame === -1 || Math.abs(input.frameTimesMs[frame]! - atMs) > input.parameters.sightingMs) continue;
    let best: { id: number; shared: number } | undefined;
    for (const track of tracks) {
      const person = track.kind === 'person' ? boxAt(track, frame, holdFrames) : null;
      const shared = person === null ? 0 : common(padded(person, input.parameters.personPadding), box);
      if (shared > (best?.shared ?? 0)) best = { id: track.id, shared };
    }
    if (best) subjects.add(best.id);
  }
  return subjects;
}

function nearest(timesMs: readonly number[], atMs: number): number {
  let best = -1;
  timesMs.forEach((time, index) => {
    if (best === -1 || Math.abs(time - atMs) < Math.abs(timesMs[best]! - atMs)) best = index;
  });
  return best;
}
