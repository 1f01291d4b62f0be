/** The part of a history event that costs something; from Temporal's own JSON form of a history. */
export interface HistoryEvent {
  eventType: string;
  markerRecordedEventAttributes?: { workflowTaskCompletedEventId?: string | number } | null;
  activityTaskStartedEventAttributes?: { attempt?: number } | null;
}

/**
 * Temporal Actions of one closed workflow, by the published list (docs.temporal.io, Cloud Actions): start, each activity
 * start and retry, timers, signals, accepted updates, and one for all markers of a workflow task. Completion is free.
 */
export function countActions(events: readonly HistoryEvent[]): number {
  let actions = 0;
  const markerTasks = new Set<string>();
  for (const event of events) {
    switch (event.eventType) {
      case 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED':
      case 'EVENT_TYPE_TIMER_STARTED':
      case 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED':
      case 'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED':
      case 'EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES':
      case 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED':
        actions += 1;
        break;
      case 'EVENT_TYPE_ACTIVITY_TASK_STARTED':
        actions += Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1);
        break;
      case 'EVENT_TYPE_MARKER_RECORDED':
        markerTasks.add(String(event.markerRecordedEventAttributes?.workflowTaskCompletedEventId));
        break;
      default:
    }
  }
  return actions + markerTasks.size;
}
