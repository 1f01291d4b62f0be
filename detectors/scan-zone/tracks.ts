import type { Blob } from './blobs.ts';
import { type Box, Direction } from './zone.ts';

/** Where a track was at one instant. */
export interface TrackPoint {
  atMs: number;
  box: Box;
}

/** An item went over the scan line. */
export interface LineCrossing {
  atMs: number;
  box: Box;
  confidence: number;
  /** Every place the item was seen, oldest first; grows while the item stays in view. */
  track: readonly TrackPoint[];
}

export interface TrackLimits {
  scanLineX: number;
  direction: Direction;
}

interface Track {
  box: Box;
  velocityX: number;
  lastAtMs: number;
  /** Pictures in which it was seen, and pictures since then in which it was not. */
  seen: number;
  unseen: number;
  points: TrackPoint[];
  /** The line counts an item once, however often a hand moves it to and fro. */
  counted: boolean;
  wasBefore: boolean;
  crossedAt: { atMs: number; box: Box } | undefined;
  /** What it was reported as. */
  crossing: LineCrossing | undefined;
  /** Came out of another one that had been counted; told when both have gone on from where they parted. */
  parted: { from: Track; side: number; fromSide: number } | undefined;
}

/** The centre must have been this far before the line, and must get this far behind it, as fractions of the picture. */
const LINE_MARGIN = 0.02;
/** A track that is not seen for so many pictures is gone. */
const MAX_UNSEEN = 6;
/** Points kept per track: at 15 pictures a second, twenty seconds. */
const MAX_POINTS = 300;
/** Share of the measured velocity in the kept one. */
const VELOCITY_SHARE = 0.35;
/** How far (fraction of the picture) an object may leap between two pictures beyond its own size. */
const MAX_LEAP = 0.06;
/** An object came out of another one when it lay within it before, and that one is so much narrower now. */
const MIN_PART_INSIDE = 0.8;
const MAX_REST_WIDTH = 0.8;
/** Both parts must go on by this much: a hand that lets go goes back or stays. */
const MIN_PART_TRAVEL = 0.04;

/** Follows objects along the zone and reports each one that crosses the line in the zone's direction, once. */
export class LineTracker {
  readonly #limits: TrackLimits;
  readonly #sign: 1 | -1;
  #tracks: Track[] = [];
  #splits: LineCrossing[] = [];

  constructor(limits: TrackLimits) {
    this.#limits = limits;
    this.#sign = limits.direction === Direction.leftToRight ? 1 : -1;
  }

  /** Takes the objects of one picture; returns the crossings that this picture completes. */
  update(blobs: readonly Blob[], atMs: number): LineCrossing[] {
    const owners = this.#assign(blobs, atMs);
    const crossings: LineCrossing[] = [];
    for (const track of this.#tracks) {
      const blob = owners.get(track);
      if (blob === undefined) this.#coast(track, undefined, atMs);
      else if (shared(owners, blob)) this.#coast(track, blob, atMs);
      else this.#follow(track, blob, atMs);
      const crossing = this.#judge(track);
      if (crossing) crossings.push(crossing);
    }
    for (const track of this.#tracks) this.#judgePart(track);
    const taken = new Set(owners.values());
    for (const blob of blobs) if (!taken.has(blob)) this.#tracks.push(this.#begin(blob, atMs));
    this.#tracks = this.#tracks.filter((track) => track.unseen <= MAX_UNSEEN);
    return crossings;
  }

  /** The crossings that have turned out to be of one more item each, since this was last asked. */
  takeSplits(): LineCrossing[] {
    const splits = this.#splits;
    this.#splits = [];
    return splits;
  }

  /** Each track takes the blob it overlaps most at its predicted place; two tracks may share a merged blob. */
  #assign(blobs: readonly Blob[], atMs: number): Map<Track, Blob> {
    const pairs = this.#tracks.flatMap((track) => {
      const predicted = shift(track.box, track.velocityX * (atMs - track.lastAtMs));
      return blobs.map((blob) => ({ track, blob, overlap: overlap(predicted, blob.box) }));
    });
    pairs.sort((a, b) => b.overlap - a.overlap);
    const owners = new Map<Track, Blob>();
    const taken = new Set<Blob>();
    for (const { track, blob, overlap } of pairs) {
      if (overlap <= 0 || owners.has(track) || taken.has(blob)) continue;
      owners.set(track, blob);
      taken.add(blob);
    }
    // What is left over either merged with a neighbour (it lies inside a taken blob) or leapt.
    for (const { track, blob, overlap } of pairs) {
      if (owners.has(track)) continue;
      if (overlap > 0.5) owners.set(track, blob);
      else if (overlap > -MAX_LEAP && !taken.has(blob)) {
        owners.set(track, blob);
        taken.add(blob);
      }
    }
    return owners;
  }

  #begin(blob: Blob, atMs: number): Track {
    const parted = this.#partedFrom(blob);
    return {
      box: blob.box,
      velocityX: parted?.from.velocityX ?? 0,
      lastAtMs: atMs,
      seen: 1,
      unseen: 0,
      points: [{ atMs, box: blob.box }],
      counted: false,
      wasBefore: this.#side(blob.box) < -LINE_MARGIN,
      crossedAt: undefined,
      crossing: undefined,
      parted,
    };
  }

  #partedFrom(blob: Blob): Track['parted'] {
    const from = this.#tracks.find(({ counted, unseen, points, box }) => {
      const before = points.at(-2)?.box;
      if (!counted || unseen > 0 || !before || box.width > before.width * MAX_REST_WIDTH) return false;
      const reach = [before.x - MAX_LEAP, before.x + before.width + MAX_LEAP] as const;
      const inside = Math.min(reach[1], blob.box.x + blob.box.width) - Math.max(reach[0], blob.box.x);
      return inside >= blob.box.width * MIN_PART_INSIDE;
    });
    return from && { from, side: this.#side(blob.box), fromSide: this.#side(from.box) };
  }

  #judgePart(track: Track): void {
    const { parted, unseen, box } = track;
    if (!parted || unseen > 0 || track.counted || !parted.from.crossing) return;
    const { from, side, fromSide } = parted;
    if (from.unseen > 0 || this.#side(box) < side + MIN_PART_TRAVEL) return;
    if (this.#side(from.box) < fromSide + MIN_PART_TRAVEL) return;
    track.counted = true;
    track.crossing = parted.from.crossing;
    this.#splits.push(parted.from.crossing);
  }

  #follow(track: Track, blob: Blob, atMs: number): void {
    const elapsedMs = Math.max(1, atMs - track.lastAtMs);
    const measured = (centreX(blob.box) - centreX(track.box)) / elapsedMs;
    const share = track.seen === 1 ? 1 : VELOCITY_SHARE;
    track.velocityX += (measured - track.velocityX) * share;
    this.#move(track, blob.box, atMs);
    track.seen++;
    track.unseen = 0;
  }

  /** Unseen, or inside a merged blob: goes on as it went. */
  #coast(track: Track, merged: Blob | undefined, atMs: number): void {
    const box = shift(track.box, track.velocityX * (atMs - track.lastAtMs));
    this.#move(track, box, atMs);
    track.unseen = merged ? 0 : track.unseen + 1;
  }

  #move(track: Track, box: Box, atMs: number): void {
    const before = this.#side(track.box);
    const now = this.#side(box);
    if (before < 0 && now >= 0) {
      const share = before / (before - now);
      track.crossedAt = { atMs: track.lastAtMs + share * (atMs - track.lastAtMs), box: share < 0.5 ? track.box : box };
    } else if (before >= 0 && now < 0) track.crossedAt = undefined;
    if (now < -LINE_MARGIN) track.wasBefore = true;
    track.box = box;
    track.lastAtMs = atMs;
    track.points.push({ atMs, box });
    if (track.points.length > MAX_POINTS) track.points.shift();
  }

  #judge(track: Track): LineCrossing | undefined {
    const behind = this.#side(track.box) > LINE_MARGIN;
    if (track.counted || !track.wasBefore || !track.crossedAt || !behind || track.unseen > 0) return undefined;
    track.counted = true;
    track.crossing = { ...track.crossedAt, confidence: confidence(track), track: track.points };
    return track.crossing;
  }

  /** Negative before the line, positive behind it. */
  #side(box: Box): number {
    return (centreX(box) - this.#limits.scanLineX) * this.#sign;
  }
}

/** An object followed over five pictures or more is as sure as motion alone can make it. */
function confidence(track: Track): number {
  return Math.round((0.55 + 0.4 * Math.min(1, track.seen / 5)) * 100) / 100;
}

const centreX = (box: Box): number => box.x + box.width / 2;
const shift = (box: Box, dx: number): Box => ({ ...box, x: box.x + dx });

function shared(owners: ReadonlyMap<Track, Blob>, blob: Blob): boolean {
  let count = 0;
  for (const owned of owners.values()) if (owned === blob) count++;
  return count > 1;
}

/** Share of the narrower one that both cover along x; negative is the distance between them. */
function overlap(a: Box, b: Box): number {
  const common = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  return common > 0 ? common / Math.min(a.width, b.width) : common;
}
