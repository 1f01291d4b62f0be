import { sha256Hex } from '../context.ts';

/** Deterministic: the same detection always means the same incident. */
export const incidentIdOf = (dedupKey: string): string => `inc_${sha256Hex(dedupKey).slice(0, 20)}`;
