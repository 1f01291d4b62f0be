import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout or the installed package. */
export const root = fileURLToPath(new URL('..', import.meta.url));

export const executable = join(root, 'bin', 'floorwalker.mjs');
