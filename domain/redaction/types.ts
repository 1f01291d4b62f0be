import type { Reason } from '../types.ts';

/**
 * When only what is masked may be shown. `optional`: masking is asked for by hand; `sharing`: whatever leaves the
 * company is masked; `required`: the links in texts show what is masked as well, and every clip is masked by itself.
 */
export const redactionRules = ['optional', 'sharing', 'required'] as const;
export type RedactionRule = (typeof redactionRules)[number];

/** `people`: bystanders whole, and the heads of everybody; `faces`: heads only. */
export const redactionTargets = ['faces', 'people'] as const;
export type RedactionTarget = (typeof redactionTargets)[number];

/** `solid` leaves nothing behind; `blur` keeps light and movement, and more than a machine needs to guess. */
export const redactionStyles = ['solid', 'blur'] as const;
export type RedactionStyle = (typeof redactionStyles)[number];

export interface RedactionPolicy {
  rule: RedactionRule;
  target: RedactionTarget;
  style: RedactionStyle;
}

/** `unavailable`: nothing could be looked for, since a model is missing; it is never the unmasked clip under another name. */
export type RedactionState = 'requested' | 'ready' | 'failed' | 'unavailable';

/** Fractions of the picture. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What somebody drew at one moment, counted from the first frame of the clip. */
export interface KeyFrame extends Box {
  atMs: number;
}

/**
 * A box that somebody drew: it stands from its first key frame to its last and moves evenly between them. `reveal` takes
 * away what the model masked there; it never takes away a box that somebody drew.
 */
export interface ManualTrack {
  id: string;
  action: 'mask' | 'reveal';
  keyFrames: KeyFrame[];
}

export interface Redaction {
  /** Of whose clip it is; versions are counted across all cameras of an incident. */
  cameraId: string;
  version: number;
  state: RedactionState;
  reason: Reason | null;
  target: RedactionTarget;
  style: RedactionStyle;
  requestedBy: string;
  requestedAt: string;
  settledAt: string | null;
  parentSha256: string;
  sha256: string | null;
  manual: ManualTrack[];
  /** Of the masked clip and of its map among the incident's files. */
  artifactId: string | null;
  mapArtifactId: string | null;
}
