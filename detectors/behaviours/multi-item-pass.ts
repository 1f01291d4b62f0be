import { type PairingWindow, pairScans } from '../../domain/till/pairing.ts';

/** Items this close together crossed in one movement. */
export const PASS_MS = 1_000;

export interface PassFacts {
  /** The item in question, which must be among the crossings. */
  crossingMs: number;
  /** All items around it; one that came apart behind the line is in it as often as it has parts. */
  crossingsMs: readonly number[];
  /** All pieces rung around it: a line for three pieces three times. */
  scansMs: readonly number[];
  window: PairingWindow;
}

export interface Pass {
  items: number;
  rung: number;
}

/** Whether more items crossed in one movement than were rung for it, though at least one was. Pure. */
export function multiItemPass({ crossingMs, crossingsMs, scansMs, window }: PassFacts): Pass | undefined {
  const ordered = [...crossingsMs].sort((a, b) => a - b);
  const pairing = pairScans(
    ordered,
    [...scansMs].sort((a, b) => a - b),
    window,
  );
  const inPass = ordered.flatMap((atMs, index) => (Math.abs(atMs - crossingMs) <= PASS_MS ? [index] : []));
  const rung = inPass.filter((index) => pairing[index] !== -1).length;
  return rung >= 1 && rung < inPass.length ? { items: inPass.length, rung } : undefined;
}
