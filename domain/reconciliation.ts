import { wholeSecond } from './retention.ts';
import type { ObjectState } from './retention-store.ts';
import { toMs } from './time.ts';

/** What can be wrong between a row and the object that it names. */
export const discrepancies = [
  'object_missing',
  'size_differs',
  'hash_differs',
  'hold_missing',
  'hold_left',
  'lock_short',
  'lock_unrecorded',
  'lock_beyond_due',
  'orphan',
  'orphan_locked',
  'delete_marker',
  'unknown_object',
  'deletion_unfinished',
] as const;
export type Discrepancy = (typeof discrepancies)[number];

export interface Expectation {
  kind: string;
  sha256: string | null;
  sizeBytes: number | null;
  lockedUntil: string | null;
  purgeAfter: string | null;
  held: boolean;
}

/** A file of a packet or of the log is locked by whoever made it; a lock past the due date by less is theirs. */
const lockSlackMs = 24 * 3_600_000;

/** Everything that does not agree, with what to do where something can be done: nothing is shortened or replaced. */
export function compareObject(
  expected: Expectation,
  state: ObjectState,
  nowAt: string,
): { kind: Discrepancy; extendTo?: string; noteLock?: string; hold?: boolean }[] {
  const found: ReturnType<typeof compareObject> = [];
  if (expected.sizeBytes !== null && expected.sizeBytes !== state.sizeBytes) found.push({ kind: 'size_differs' });
  if (expected.sha256 !== null && state.sha256 !== null && expected.sha256 !== state.sha256)
    found.push({ kind: 'hash_differs' });
  if (expected.held && !state.held) found.push({ kind: 'hold_missing', hold: true });
  if (!expected.held && state.held) found.push({ kind: 'hold_left', hold: false });
  if (expected.kind === 'witness') return found;
  // A packet is locked for as long as the evidence that it was made from.
  const must = expected.kind === 'packet' ? expected.purgeAfter : expected.lockedUntil;
  const isAhead = must !== null && toMs(must) > toMs(nowAt);
  const lockedMs = state.lockedUntil === null ? 0 : toMs(state.lockedUntil);
  if (isAhead && lockedMs + 1_000 <= toMs(must)) found.push({ kind: 'lock_short', extendTo: wholeSecond(must) });
  const recorded = expected.lockedUntil ?? (expected.kind === 'packet' ? expected.purgeAfter : null);
  if (state.lockedUntil !== null && recorded !== null && lockedMs > toMs(nowAt) && lockedMs > toMs(recorded) + 1_000)
    found.push({ kind: 'lock_unrecorded', noteLock: state.lockedUntil });
  else if (expected.purgeAfter !== null && lockedMs > Math.max(toMs(expected.purgeAfter), toMs(nowAt)) + lockSlackMs)
    found.push({ kind: 'lock_beyond_due' });
  return found;
}

/** What nobody needs to look at: it was put right, or it goes by itself. */
export const isQuiet = (kind: Discrepancy, repaired: boolean): boolean => repaired || kind === 'orphan_locked';
