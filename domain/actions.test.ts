import { describe, expect, it } from 'vitest';
import { countActions, type HistoryEvent } from './actions.ts';

const event = (eventType: string, more: Partial<HistoryEvent> = {}): HistoryEvent => ({
  eventType: `EVENT_TYPE_${eventType}`,
  ...more,
});
const marker = (task: string | number) =>
  event('MARKER_RECORDED', { markerRecordedEventAttributes: { workflowTaskCompletedEventId: task } });
const started = (attempt: number) =>
  event('ACTIVITY_TASK_STARTED', { activityTaskStartedEventAttributes: { attempt } });

describe('Temporal Actions', () => {
  it.each<[string, HistoryEvent[], number]>([
    ['nothing', [], 0],
    [
      'a start, and an end that is free',
      [event('WORKFLOW_EXECUTION_STARTED'), event('WORKFLOW_EXECUTION_COMPLETED')],
      1,
    ],
    ['workflow tasks are free', [event('WORKFLOW_TASK_SCHEDULED'), event('WORKFLOW_TASK_COMPLETED')], 0],
    ['an activity at its first attempt', [event('ACTIVITY_TASK_SCHEDULED'), started(1)], 1],
    ['an activity at its third attempt', [event('ACTIVITY_TASK_SCHEDULED'), started(3)], 3],
    [
      'timers, signals and accepted updates',
      [
        event('TIMER_STARTED'),
        event('WORKFLOW_EXECUTION_SIGNALED'),
        event('WORKFLOW_EXECUTION_UPDATE_ACCEPTED'),
        event('TIMER_FIRED'),
      ],
      3,
    ],
    ['all markers of one task together', [marker('4'), marker(4), marker('9')], 2],
    ['search attributes', [event('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES')], 1],
  ])('%s', (_name, history, actions) => {
    expect(countActions(history)).toBe(actions);
  });
});
