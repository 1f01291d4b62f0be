import { runRetentionSimulation, type SimulationOptions } from './retention/main.ts';

const simulations: Record<string, (options: SimulationOptions) => Promise<number>> = {
  retention: runRetentionSimulation,
};

/** Runs one simulation by name; resolves with the exit code. */
export async function runSimulation(name: string, options: SimulationOptions): Promise<number> {
  const run = simulations[name];
  if (!run) {
    process.stderr.write(`There is no simulation "${name}". Known: ${Object.keys(simulations).join(', ')}.\n`);
    return 2;
  }
  return run(options);
}
