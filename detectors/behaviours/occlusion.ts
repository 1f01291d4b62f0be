export interface OcclusionOptions {
  /** The view is covered from this share of the zone on … */
  coveredShare: number;
  /** … and free again below this one; between the two nothing changes. */
  freeShare: number;
  /** For this long, and while somebody is signed on, before it is told. */
  coveredMs: number;
  /** Without a picture for longer than this it has to begin anew: then the camera is the trouble. */
  pictureGapMs: number;
}

export const OCCLUSION_DEFAULTS: OcclusionOptions = {
  ...{ coveredShare: 0.8, freeShare: 0.5, coveredMs: 5_000, pictureGapMs: 2_000 },
};

/** Tells once of each time that the zone is covered for long while the till is in use. Pure. */
export class OcclusionRule {
  readonly #options: OcclusionOptions;
  #signedOn = false;
  #coveredSinceMs: number | undefined;
  #told = false;
  #lastPictureMs = Number.NEGATIVE_INFINITY;

  constructor(options: Partial<OcclusionOptions> = {}) {
    this.#options = { ...OCCLUSION_DEFAULTS, ...options };
  }

  /** Whether the zone is covered now, for however short a time. */
  get covered(): boolean {
    return this.#coveredSinceMs !== undefined;
  }

  /** A line of the till: signed on is who signed on and not off, and a till that rings is in use. */
  till(type: string): void {
    if (type === 'sign_off') this.#signedOn = false;
    else if (type === 'sign_on' || type === 'scan') this.#signedOn = true;
  }

  /** The share of the zone in which something stands; returns since when, at the moment at which it is to be told. */
  saw(share: number, atMs: number): { sinceMs: number } | undefined {
    const { coveredShare, freeShare, coveredMs, pictureGapMs } = this.#options;
    const gap = atMs - this.#lastPictureMs > pictureGapMs;
    this.#lastPictureMs = atMs;
    if (gap || share < freeShare) {
      this.#coveredSinceMs = undefined;
      this.#told = false;
    }
    if (share >= coveredShare) this.#coveredSinceMs ??= atMs;
    const sinceMs = this.#coveredSinceMs;
    if (sinceMs === undefined || this.#told || !this.#signedOn || atMs - sinceMs < coveredMs) return undefined;
    this.#told = true;
    return { sinceMs };
  }
}
