/** What a camera's picture is worth right now. */
export const CameraState = { recording: 'recording', lost: 'lost', frozen: 'frozen', black: 'black' } as const;
export type CameraState = (typeof CameraState)[keyof typeof CameraState];

/** A camera without a picture for so long is lost. */
export const LOST_AFTER_MS = 3_000;
/** A live sensor is never exactly the same twice; pictures identical to the bit for so long are a frozen encoder. */
const FROZEN_AFTER_MS = 10_000;
const BLACK_AFTER_MS = 3_000;
/** Mean brightness (0 to 255) under which a picture shows nothing; video black is 16. */
const BLACK_LEVEL = 20;
/** Every so many bytes are looked at: enough for a mean, and prime, so that all three colours are met. */
const SAMPLE_STEP = 97;

/** Follows a camera's pictures and says when its state changes; time is passed in. */
export class HealthWatch {
  state: CameraState | undefined;
  #lastPictureMs: number;
  #last: Uint8Array | undefined;
  #sameSinceMs: number;
  #darkSinceMs: number | undefined;

  constructor(nowMs: number) {
    this.#lastPictureMs = nowMs;
    this.#sameSinceMs = nowMs;
  }

  /** A picture came; returns the new state where it changed. */
  picture(rgb: Uint8Array, nowMs: number): CameraState | undefined {
    this.#lastPictureMs = nowMs;
    if (!this.#last || !Buffer.from(rgb.buffer, rgb.byteOffset, rgb.length).equals(this.#last))
      this.#sameSinceMs = nowMs;
    this.#last = rgb;
    const dark = meanBrightness(rgb) < BLACK_LEVEL;
    this.#darkSinceMs = dark ? (this.#darkSinceMs ?? nowMs) : undefined;
    if (this.#darkSinceMs !== undefined && nowMs - this.#darkSinceMs >= BLACK_AFTER_MS)
      return this.#become(CameraState.black);
    if (nowMs - this.#sameSinceMs >= FROZEN_AFTER_MS) return this.#become(CameraState.frozen);
    return this.#become(CameraState.recording);
  }

  /** Time passed; returns `lost` when it just became so. */
  tick(nowMs: number): CameraState | undefined {
    return nowMs - this.#lastPictureMs >= LOST_AFTER_MS ? this.#become(CameraState.lost) : undefined;
  }

  /** The stream broke off. */
  broke(): CameraState | undefined {
    this.#last = undefined;
    this.#darkSinceMs = undefined;
    return this.#become(CameraState.lost);
  }

  silentForMs(nowMs: number): number {
    return nowMs - this.#lastPictureMs;
  }

  #become(state: CameraState): CameraState | undefined {
    if (this.state === state) return undefined;
    this.state = state;
    return state;
  }
}

function meanBrightness(rgb: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < rgb.length; at += SAMPLE_STEP) {
    sum += rgb[at] as number;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}
