import { runEvidenceChaos } from './evidence.ts';
import { type ChaosOptions, runPeopleChaos } from './people.ts';

const runs: Record<string, (options: ChaosOptions) => Promise<number>> = {
  evidence: runEvidenceChaos,
  people: runPeopleChaos,
};

/** Runs one chaos by name; resolves with the exit code. */
export async function runChaos(name: string, options: ChaosOptions): Promise<number> {
  const run = runs[name];
  if (!run) {
    process.stderr.write(`There is no chaos "${name}". Known: ${Object.keys(runs).join(', ')}.\n`);
    return 2;
  }
  return run(options);
}
