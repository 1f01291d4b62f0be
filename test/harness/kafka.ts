import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KafkaEngine, startKafka } from '../../stack/engines/kafka.ts';
import { openLedger } from '../../stack/engines/ledger.ts';
import { findFreePort } from '../../stack/engines/ports.ts';
import { findTool } from '../../stack/tools/find.ts';

/** A Kafka for one test file, found or fetched; the other engines are there already. Stop it at the end. */
export async function startTestKafka(): Promise<KafkaEngine> {
  const stopping = new AbortController();
  const tool = await findTool('kafka', { env: process.env });
  const dataDir = await mkdtemp(join(tmpdir(), 'floorwalker-kafka-'));
  const kafka = await findFreePort();
  const engine = await startKafka(
    tool,
    { kafka, kafkaController: await findFreePort(new Set([kafka])) },
    {
      ...{ dataDir, env: process.env, onProgress: () => undefined, stopping: stopping.signal },
      ledger: openLedger(join(dataDir, 'engine-processes.json')),
    },
  );
  const { stop } = engine;
  return Object.assign(engine, {
    async stop() {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  });
}
