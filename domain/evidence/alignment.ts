/** How far one clock runs ahead of another, and how far that may be off. */
export interface ClockOffset {
  offsetMs: number;
  errorMs: number;
}

/** What is known of the clock that dates a camera's pictures. */
export interface CameraClock {
  /** Ahead of true time, as somebody measured it; null: nobody did. */
  declared: ClockOffset | null;
  /** How far the clocks of tills run ahead of it, by terminal, measured from crossings and scans. */
  tills: ReadonlyMap<string, ClockOffset>;
}

export interface Alignment extends ClockOffset {
  source: 'measured' | 'declared' | 'assumed';
}

/**
 * Pictures are dated by the recorder when they arrive, so all cameras of a recorder share its clock; what nobody has
 * measured is how late each camera sends. Network cameras were seen between 50 and 400 ms.
 */
export const assumedErrorMs = 500;

/**
 * How far the pictures of `other` are dated ahead of those of `own`. A till that both cameras watch tells best; then what
 * was declared of both; with neither they count as equal, as far as they may be apart. Errors add up: they are bounds.
 */
export function alignCameras(own: CameraClock, other: CameraClock): Alignment {
  let best: Alignment | null = null;
  for (const [terminalId, ofOwn] of own.tills) {
    const ofOther = other.tills.get(terminalId);
    if (!ofOther) continue;
    const errorMs = ofOwn.errorMs + ofOther.errorMs;
    if (best === null || errorMs < best.errorMs)
      best = { offsetMs: ofOwn.offsetMs - ofOther.offsetMs, errorMs, source: 'measured' };
  }
  if (best !== null) return best;
  if (own.declared !== null && other.declared !== null)
    return {
      offsetMs: other.declared.offsetMs - own.declared.offsetMs,
      errorMs: own.declared.errorMs + other.declared.errorMs,
      source: 'declared',
    };
  return { offsetMs: 0, errorMs: 2 * assumedErrorMs, source: 'assumed' };
}

/** Never so much that the moment itself is lost among what surrounds it. */
const widestMs = 2_000;

/** The stretch of the other camera's time that surely holds the same moment: moved by the offset, wider by its error. */
export function alignedStretch(
  stretch: { fromMs: number; toMs: number },
  { offsetMs, errorMs }: ClockOffset,
): { fromMs: number; toMs: number } {
  const slackMs = Math.min(errorMs, widestMs);
  return { fromMs: stretch.fromMs + offsetMs - slackMs, toMs: stretch.toMs + offsetMs + slackMs };
}
