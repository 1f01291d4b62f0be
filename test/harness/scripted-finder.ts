import type { Finder } from '../../activities/redact-clip.ts';

/** Where somebody stands all the time. */
export const standing = { x: 0.1, y: 0.1, width: 0.2, height: 0.8 };

/** Finds one person who never moves, without weights. */
export const scriptedFinder: Finder = {
  models: [{ id: 'scripted', version: '1', sha256: '0'.repeat(64) }],
  look: async () => [{ kind: 'person', box: standing, score: 1 }],
  close: async () => undefined,
};
