import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BenchResult {
  name: string;
  at: string;
  machine: string;
  command: string;
  figures: Record<string, number>;
  /** The same machine in the same run doing the least that could be done: figures are read as ratios to these. */
  floor: Record<string, number>;
}

const folder = fileURLToPath(new URL('../results', import.meta.url));

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;

export async function publish(result: BenchResult): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  const rows = [
    ...Object.entries(result.figures),
    ...Object.entries(result.floor).map(([key, value]) => [`floor.${key}`, value] as const),
  ];
  const width = Math.max(...rows.map(([key]) => key.length));
  process.stdout.write(`\n${result.name} · ${result.machine}\n${result.command}\n\n`);
  for (const [key, value] of rows) process.stdout.write(`  ${key.padEnd(width)}  ${value}\n`);
}

/** Nearest-rank percentile; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
