import { readdirSync, readFileSync } from 'node:fs';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { countActions, type HistoryEvent } from '../../domain/actions.ts';
import { buildWorkflowBundle } from '../../workers/workflow-bundle.ts';
import '../harness/quiet-runtime.ts';
import { branches } from './branches.ts';

interface History {
  events: (HistoryEvent & {
    eventId: string;
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  })[];
}

const folder = new URL('./histories/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));
const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as History;

let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  workflowBundle = await buildWorkflowBundle();
}, 60_000);

async function replay(histories: Record<string, History>): Promise<Record<string, Error | undefined>> {
  const items = Object.entries(histories).map(([workflowId, history]) => ({ workflowId, history }));
  const problems: Record<string, Error | undefined> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, items))
    problems[workflowId] = error;
  return problems;
}

describe('histories of open incidents', () => {
  it('there is one for each branch', () => {
    expect([...names].sort()).toEqual(Object.keys(branches).sort());
  });

  it('every one replays on the workflow code of today', async () => {
    const problems = await replay(Object.fromEntries(names.map((name) => [name, read(name)])));
    expect(problems).toEqual(Object.fromEntries(names.map((name) => [name, undefined])));
  });

  it('one that called another activity is a violation', async () => {
    const tampered = read('escalated');
    const scheduled = tampered.events.find(
      ({ activityTaskScheduledEventAttributes }) =>
        activityTaskScheduledEventAttributes?.activityType.name === 'alertStep',
    );
    scheduled!.activityTaskScheduledEventAttributes!.activityType.name = 'sendEveryone';
    const { tampered: problem } = await replay({ tampered });
    expect(problem).toBeInstanceOf(DeterminismViolationError);
  });

  it('one whose timer is gone is a violation', async () => {
    const tampered = read('escalated');
    const index = tampered.events.findIndex(({ eventType }) => eventType === 'EVENT_TYPE_TIMER_STARTED');
    tampered.events[index]!.eventType = 'EVENT_TYPE_MARKER_RECORDED';
    const { tampered: problem } = await replay({ tampered });
    expect(problem).toBeDefined();
  });

  it('costs what it cost when it was recorded', () => {
    const costs = Object.fromEntries(names.map((name) => [name, countActions(read(name).events)]));
    expect(costs).toMatchObject({ match: 3, 'mismatch-verdict': 6, 'runbook-automatic': 3, 'runbook-gave-up': 4 });
  });

  it('none holds a name, a number or a folder', () => {
    for (const name of names) {
      const text = readFileSync(new URL(`${name}.json`, folder), 'utf8');
      const payloads = [...text.matchAll(/"data": "([A-Za-z0-9+/=]+)"/g)].map(([, data]) =>
        Buffer.from(data!, 'base64').toString('utf8'),
      );
      expect([text, ...payloads].join('\n')).not.toMatch(/\+\d{8,}|file:\/\/|\/(root|home|work|tmp)\//);
    }
  });
});
