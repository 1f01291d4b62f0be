import type { Reason } from '../types.ts';
import { median } from './clock-offset.ts';
import { type PairingWindow, pairPieces, type Rung } from './pairing.ts';
import { maxPassesMs } from './pieces.ts';

/** How the last items that a camera saw at a till fared, once the receipts of that time were in. */
export interface CameraRecord {
  /** Items that it saw cross. */
  seen: number;
  /** Those that no line stands for, within a second of another: an item that was seen twice, or the hand that moved it. */
  doubled: number;
  /** It has been at least this sure of nearly all items that turned out to be rung; null: too few to tell. */
  usualConfidence: number | null;
}

export interface SightingLooks {
  confidence: number;
  /** The item model has a name for it. */
  named: boolean;
}

/** Few take two items in one hand and scan one of them; a camera that sees it more often sees what is no item. */
const maxDoubledShare = 0.02;
/** Fewer are nothing to suspect a camera of, nor is a smaller share. */
const minAgainst = 3;
const suspectShare = 0.01;
/** Two this close together may be one item and the hand that moved it. */
const crowdedWithinMs = 1_000;
/** Fewer confirmed items say nothing about how sure a camera usually is. */
const minConfirmed = 20;
/** Robust standard deviations below the middle; a median absolute deviation is 1/1.4826 of one. */
const unusualBelow = 3 * 1.4826;

/** By the middle and the spread around it, so that a few hands among the confirmed items change nothing. */
export function usualConfidenceOf(confirmed: readonly number[]): number | null {
  if (confirmed.length < minConfirmed) return null;
  const middle = median(confirmed);
  return middle - unusualBelow * median(confirmed.map((confidence) => Math.abs(confidence - middle)));
}

/** Whether the share is small even when luck was with the camera: two standard deviations of such a count. */
const isProven = ({ seen, doubled }: CameraRecord): boolean =>
  doubled + 2 * Math.sqrt(doubled + 1) <= maxDoubledShare * seen;

/**
 * Why this camera's word is not enough against a shopper; null when it is. What is less clear than goods are to it may be
 * a hand. One that is not proven to see only goods is believed where an item stands alone; a suspect one, where it is
 * clear as well.
 */
export function cameraDoubt(
  record: CameraRecord,
  looks: SightingLooks | null,
  moment: { sightingMs: number; sightingsMs: readonly number[] },
): Reason | null {
  const { seen, doubled, usualConfidence } = record;
  const isNamed = looks === null || looks.named;
  if (!isNamed && usualConfidence !== null && looks.confidence < usualConfidence)
    return { code: 'SIGHTING_UNCLEAR', params: { confidence: looks.confidence, usualConfidence } };
  if (isProven(record)) return null;
  const crowded = moment.sightingsMs.some(
    (atMs) => atMs !== moment.sightingMs && Math.abs(atMs - moment.sightingMs) <= crowdedWithinMs,
  );
  const suspect = doubled >= minAgainst && doubled > suspectShare * seen;
  if (!crowded && (isNamed || usualConfidence !== null || !suspect)) return null;
  return { code: 'CAMERA_UNPROVEN', params: { why: crowded ? 'crowded' : 'unclear', seen, doubled } };
}

/** An article that is scanned late or early within its customer's reach was rung all the same. */
const slackMs = 500;
/** Where nothing crossed for so long one customer's goods end and another's begin, so they are paired apart. */
const pauseMs = 20_000;

const isClose = (a: number, b: number | undefined) => b !== undefined && Math.abs(a - b) <= crowdedWithinMs;

/** One customer's goods after the other's, oldest first; only those among which two crossed within a second. */
export function crowdedStretches(crossingsMs: readonly number[]): number[][] {
  const stretches: number[][] = [];
  for (const atMs of crossingsMs) {
    const stretch = stretches.at(-1);
    if (stretch && atMs - stretch.at(-1)! < pauseMs) stretch.push(atMs);
    else stretches.push([atMs]);
  }
  return stretches.filter((stretch) => stretch.some((atMs, index) => isClose(atMs, stretch[index - 1])));
}

/** How many of the crossings no line stands for although another crossed within a second; all on one clock, oldest first. */
export function countDoubled(
  stretches: readonly (readonly number[])[],
  rung: readonly Rung[],
  { beforeMs, afterMs }: PairingWindow,
): number {
  const window = { beforeMs: beforeMs + slackMs, afterMs: afterMs + slackMs };
  const reachMs = window.beforeMs + window.afterMs + maxPassesMs;
  let doubled = 0;
  let first = 0;
  for (const stretch of stretches) {
    while (first < rung.length && rung[first]!.atMs < stretch[0]! - reachMs) first += 1;
    let end = first;
    while (end < rung.length && rung[end]!.atMs <= stretch.at(-1)! + reachMs) end += 1;
    const pairing = pairPieces(stretch, rung.slice(first, end), window);
    doubled += stretch.filter(
      (atMs, index) => pairing[index]! < 0 && (isClose(atMs, stretch[index - 1]) || isClose(atMs, stretch[index + 1])),
    ).length;
  }
  return doubled;
}
