/** Reads, and for `forMs` gives what was read last instead; whoever asks meanwhile shares one reading. A failure is not kept. */
export function kept<Value>(forMs: number, read: () => Promise<Value>): () => Promise<Value> {
  let last: { value: Promise<Value>; untilMs: number } | undefined;
  return () => {
    if (last && Date.now() < last.untilMs) return last.value;
    const value = read();
    const mine = { value, untilMs: Date.now() + forMs };
    last = mine;
    value.catch(() => {
      if (last === mine) last = undefined;
    });
    return value;
  };
}
