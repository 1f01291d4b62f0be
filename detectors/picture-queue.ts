/** A decoded picture and when it was taken. */
export interface Picture {
  rgb: Uint8Array;
  atMs: number;
}

/**
 * Hands pictures one at a time to a reader that may be slow. Adding never waits, so that detection can never hold up
 * the recording; when the reader falls behind by more than `limit` pictures the oldest ones are dropped and counted.
 */
export class PictureQueue {
  readonly #limit: number;
  readonly #read: (picture: Picture) => Promise<void>;
  #waiting: Picture[] = [];
  #running: Promise<void> | undefined;
  dropped = 0;

  constructor(limit: number, read: (picture: Picture) => Promise<void>) {
    this.#limit = limit;
    this.#read = read;
  }

  add(picture: Picture): void {
    this.#waiting.push(picture);
    if (this.#waiting.length > this.#limit) {
      this.#waiting.shift();
      this.dropped++;
    }
    this.#running ??= this.#drain();
  }

  /** Resolves when everything added so far was read. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #drain(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await this.#read(next);
    this.#running = undefined;
  }
}
