import { readFile } from 'node:fs/promises';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { type HistoryFile, replayable } from '../domain/history/replayable.ts';
import { buildWorkflowBundle } from '../workers/workflow-bundle.ts';

export interface ReplayOptions {
  /** A raw or a decoded export. */
  file: string;
  /** The workflow code of another version; default: that of this checkout. */
  bundleFile?: string;
  write: (text: string) => void;
}

/** As a command: the engine's own chatter says in many lines what the answer says in one. */
export function runReplayHistory(options: ReplayOptions): Promise<number> {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  return replayHistory(options);
}

/** Replays an exported history on workflow code: 0 when it would do the same again, 1 with what it would do differently. */
export async function replayHistory({ file, bundleFile, write }: ReplayOptions): Promise<number> {
  const { workflowId, history, buildIds } = replayable(JSON.parse(await readFile(file, 'utf8')) as HistoryFile);
  const workflowBundle: WorkflowBundleOption =
    bundleFile === undefined ? await buildWorkflowBundle() : { codePath: bundleFile };
  write(
    `${workflowId}: ${history.events.length} events, worked on by ${buildIds.join(', ') || 'no build that said its name'}\n`,
  );
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, [{ workflowId, history }])) {
    if (error === undefined) continue;
    write(`NOT COMPATIBLE: ${error.message}\n`);
    return 1;
  }
  write('COMPATIBLE: this code does what the history says.\n');
  return 0;
}
