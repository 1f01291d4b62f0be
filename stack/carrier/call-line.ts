/** Thrown to leave a call's story when the call is over, whoever ended it. */
export class CallOver extends Error {}

/** One call that is under way: whoever holds it waits for time, keys, an answer or the end. */
export class CallLine {
  #over = false;
  readonly #waiting = new Set<() => void>();
  #keys: Promise<unknown> = Promise.resolve();

  /** True for whoever ends the call first. */
  end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.changed();
    return true;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Tells whoever waits to look again. */
  changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Waits until `done` or until the time is over; leaves with `CallOver` when the call ends first. */
  async until(done: () => boolean, ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const leave = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const look = () => {
        if (this.#over || done()) leave();
      };
      const timer = setTimeout(leave, ms);
      this.#waiting.add(look);
      look();
    });
    if (this.#over) throw new CallOver();
  }

  /** Waits for that long. */
  rest(ms: number): Promise<void> {
    return this.until(() => ms <= 0, ms);
  }

  /** One key after the other, as a finger presses them. */
  async oneByOne(press: () => Promise<void>): Promise<void> {
    const turn = this.#keys.then(press);
    this.#keys = turn.catch(() => undefined);
    await turn;
  }
}
