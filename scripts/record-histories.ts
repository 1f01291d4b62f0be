import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDataDir, startEngines } from '../stack/engines/index.ts';
import { provisionTools } from '../stack/tools/find.ts';
import { openWorkflowBench } from '../test/harness/workflow-bench.ts';
import { branches } from '../test/replay/branches.ts';
import { workflowBundle } from '../workers/workflow-bundle.ts';

// Plays every branch on a real server and keeps its history. Run it for a new branch; a history that exists is a promise
// to incidents that are open during an update, so it is only recorded anew with `--all`, when the break is meant.
const folder = new URL('../test/replay/histories/', import.meta.url);
const wanted = process.argv.slice(2);

const dataDir = await mkdtemp(join(tmpdir(), 'floorwalker-record-'));
const tools = provisionTools(['temporal'], { env: process.env });
const engines = await startEngines({ dataDir, tools, env: process.env, only: ['temporal'] });
try {
  const bench = await openWorkflowBench(engines.temporalAddress, await workflowBundle(join(dataDir, 'cache')));
  for (const [name, play] of Object.entries(branches)) {
    if (wanted.length > 0 && !wanted.includes('--all') && !wanted.includes(name)) continue;
    const story = await play(bench);
    const file = new URL(`${name}.json`, folder);
    // Without overwriting unless told to: `wx` refuses a file that exists.
    const flag = wanted.length > 0 ? 'w' : 'wx';
    const written = await writeFile(file, `${withoutPlaces(await story.history())}\n`, { flag }).then(
      () => 'recorded',
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return 'kept as it is';
      },
    );
    process.stdout.write(`${name}: ${written}\n`);
  }
  await bench.close();
} finally {
  await engines.stop();
  await removeDataDir(dataDir);
}

/** Stack traces name folders of the machine, and replay does not read them. */
function withoutPlaces(history: unknown): string {
  return JSON.stringify(history, (key, value: unknown) => (key === 'stackTrace' ? '' : value), 1);
}
