import { canonicalJson } from '../audit-chain.ts';
import type { Mask, RedactionParameters } from './plan.ts';
import type { ManualTrack, RedactionStyle, RedactionTarget } from './types.ts';

/** Stands beside a masked clip: what was masked, frame by frame, by what, and from which original. */
export interface RedactionMap {
  kind: 'floorwalker.redaction-map.v1';
  incidentId: string;
  version: number;
  requestedAt: string;
  /** The clip as it was secured; it was not touched. */
  parent: { artifactId: string; sha256: string };
  derivative: { sha256: string; sizeBytes: number };
  video: { width: number; height: number; frames: number };
  /** Clips are recorded without sound, and none is added. */
  audio: 'none';
  target: RedactionTarget;
  style: RedactionStyle;
  parameters: RedactionParameters;
  models: readonly { id: string; version: string; sha256: string }[];
  manual: readonly ManualTrack[];
  /** Every frame, those without a mask too; boxes in pixels. */
  frames: { atMs: number; boxes: Mask[] }[];
}

/** The map's bytes: the same redaction gives the same ones. */
export function redactionMapBytes(
  about: Omit<RedactionMap, 'kind' | 'audio' | 'frames'>,
  frameTimesMs: readonly number[],
  masks: readonly (readonly Mask[])[],
): Uint8Array {
  const map: RedactionMap = {
    kind: 'floorwalker.redaction-map.v1',
    ...about,
    audio: 'none',
    frames: frameTimesMs.map((atMs, index) => ({ atMs: Math.round(atMs), boxes: [...(masks[index] ?? [])] })),
  };
  return new TextEncoder().encode(canonicalJson(map));
}
