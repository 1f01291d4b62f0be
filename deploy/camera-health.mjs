// The health check of a camera: its recorder closes a segment every second or so, and notes it in a ledger.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const staleAfterMs = 15_000;
const ring = join(process.env.FLOORWALKER_DATA ?? '.floorwalker', 'ring');
const files = await readdir(ring, { recursive: true }).catch(() => []);
const ledgers = files.filter((name) => name.endsWith('ledger.jsonl'));
const ages = await Promise.all(ledgers.map(async (name) => Date.now() - (await stat(join(ring, name))).mtimeMs));
const alive = ages.some((ageMs) => ageMs < staleAfterMs);
if (!alive) console.error(`no segment was closed in the last ${staleAfterMs / 1000} s below ${ring}`);
process.exit(alive ? 0 : 1);
