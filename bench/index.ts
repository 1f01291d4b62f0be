import { runAuditBench } from './audit.ts';
import { runCorrelationBench } from './correlation.ts';
import { runLatencyBench } from './latency.ts';
import { runPacketBench } from './packet.ts';
import { runPeopleBench } from './people.ts';
import { runRedactionBench } from './redaction.ts';
import { runTillsBench } from './tills.ts';

const benches: Record<string, () => Promise<void>> = {
  audit: runAuditBench,
  correlation: runCorrelationBench,
  latency: runLatencyBench,
  packet: runPacketBench,
  people: runPeopleBench,
  redaction: runRedactionBench,
  tills: runTillsBench,
};

/** Runs one bench by name, or all of them; resolves with the exit code. */
export async function runBench(name: string): Promise<number> {
  const chosen = name === 'all' ? Object.values(benches) : [benches[name]];
  for (const bench of chosen) {
    if (!bench) {
      process.stderr.write(`There is no bench "${name}". Known: ${[...Object.keys(benches), 'all'].join(', ')}.\n`);
      return 2;
    }
    await bench();
  }
  return 0;
}
