import { toMs } from '../time.ts';
import { at, type DecodedEvent, type DecodedHistory, firstPayload, isUnreadable, textAt } from './decoded.ts';
import { activityBegins, activityEnds, signalSentence, startSentence, updateSentence, verdictWords } from './words.ts';

/** `began` … what kind of mark it gets; a `wait` has a length, a `trouble` is what had to be done again. */
export type StoryStepKind = 'began' | 'done' | 'person' | 'news' | 'wait' | 'trouble' | 'ended';

export interface StoryStep {
  at: string;
  kind: StoryStepKind;
  text: string;
  /** Whoever did it, when it was a person; an actor id. */
  actor: string | null;
  /** How long it took or was waited for. */
  tookMs: number | null;
  /** What was waited for, or why it ended. */
  detail: string | null;
  attempts: number | null;
  /** The events in the raw history that say so. */
  eventIds: number[];
}

type Step = Partial<StoryStep> & Pick<StoryStep, 'kind' | 'text' | 'eventIds'>;

const unreadableText = 'What it said can no longer be read: its key was deleted.';

/** Tells a workflow's history as steps in the order in which they began; what the engine does for itself is left out. */
export function storyOf(history: Pick<DecodedHistory, 'events'>): StoryStep[] {
  const told: StoryStep[] = [];
  const later = laterEvents(history.events);
  for (const event of history.events) {
    const step = stepOf(event, later);
    if (step)
      told.push({
        at: event.at,
        actor: null,
        tookMs: null,
        detail: null,
        attempts: null,
        ...step,
      });
  }
  return told;
}

interface Later {
  /** The events that say how what was scheduled at this one went on. */
  of(eventId: number): DecodedEvent[];
}

/** Events that refer back, by the event to which they refer. */
function laterEvents(events: readonly DecodedEvent[]): Later {
  const byFirst = new Map<number, DecodedEvent[]>();
  for (const event of events) {
    const first = referenceOf(event);
    if (first === null) continue;
    byFirst.set(first, [...(byFirst.get(first) ?? []), event]);
  }
  return { of: (eventId) => byFirst.get(eventId) ?? [] };
}

function referenceOf({ type, attributes }: DecodedEvent): number | null {
  const name = type.startsWith('ACTIVITY_TASK_')
    ? 'scheduledEventId'
    : type.startsWith('TIMER_')
      ? 'startedEventId'
      : type === 'WORKFLOW_EXECUTION_UPDATE_COMPLETED'
        ? 'acceptedEventId'
        : null;
  const value = name === null ? undefined : attributes[name];
  return typeof value === 'string' || typeof value === 'number' ? Number(value) : null;
}

function stepOf(event: DecodedEvent, later: Later): Step | null {
  switch (event.type) {
    case 'WORKFLOW_EXECUTION_STARTED': {
      const input = firstPayload(event.attributes, 'input');
      return {
        kind: 'began',
        text: isUnreadable(input) ? unreadableText : startSentence(input),
        eventIds: [event.eventId],
      };
    }
    case 'ACTIVITY_TASK_SCHEDULED':
      return activityStep(event, later.of(event.eventId));
    case 'MARKER_RECORDED':
      return markerStep(event);
    case 'TIMER_STARTED':
      return timerStep(event, later.of(event.eventId));
    case 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED':
      return updateStep(event, later.of(event.eventId));
    case 'WORKFLOW_EXECUTION_SIGNALED':
      return {
        kind: 'news',
        text: signalSentence(textAt(event.attributes, 'signalName') ?? '', firstPayload(event.attributes, 'input')),
        eventIds: [event.eventId],
      };
    case 'WORKFLOW_TASK_FAILED':
      return {
        kind: 'trouble',
        text: 'A worker could not go on with it; another attempt followed.',
        detail: textAt(event.attributes, 'failure', 'message'),
        eventIds: [event.eventId],
      };
    case 'WORKFLOW_TASK_TIMED_OUT':
      return timedOutTask(event);
    default:
      return endStep(event);
  }
}

/** A sticky queue that nobody reads any more is how a restart of a worker looks; it is normal and still told. */
function timedOutTask(event: DecodedEvent): Step {
  const restarted = textAt(event.attributes, 'timeoutType') === 'TIMEOUT_TYPE_SCHEDULE_TO_START';
  return {
    kind: 'trouble',
    text: restarted
      ? 'The worker that had it was gone; another took over.'
      : 'A worker did not finish its turn in time; another attempt followed.',
    eventIds: [event.eventId],
  };
}

function activityStep(event: DecodedEvent, events: readonly DecodedEvent[]): Step {
  const name = textAt(event.attributes, 'activityType', 'name') ?? 'unknown';
  const input = firstPayload(event.attributes, 'input');
  const started = events.find(({ type }) => type === 'ACTIVITY_TASK_STARTED');
  const ended = events.find(
    ({ type }) => type !== 'ACTIVITY_TASK_STARTED' && type !== 'ACTIVITY_TASK_CANCEL_REQUESTED',
  );
  const attempts = Number(at(started?.attributes, 'attempt') ?? 1);
  const retried = textAt(started?.attributes, 'lastFailure', 'message');
  const begins = activityBegins(name, input);
  const ids = { eventIds: [event.eventId, ...events.map(({ eventId }) => eventId)], attempts };
  const tookMs = ended === undefined ? null : toMs(ended.at) - toMs(event.at);
  const again = attempts > 1 ? `Needed ${attempts} attempts${retried === null ? '' : `; before: ${retried}`}.` : null;
  if (ended === undefined)
    return { kind: 'trouble', text: `${begins}: not finished when the workflow ended.`, detail: again, ...ids };
  switch (ended.type) {
    case 'ACTIVITY_TASK_COMPLETED': {
      const result = firstPayload(ended.attributes, 'result');
      const ends = isUnreadable(result) ? unreadableText : activityEnds(name, result);
      return { kind: 'done', text: ends === null ? `${begins}.` : `${begins}: ${ends}`, tookMs, detail: again, ...ids };
    }
    case 'ACTIVITY_TASK_TIMED_OUT':
      return { kind: 'trouble', text: `${begins}: nobody did it in time.`, tookMs, detail: again, ...ids };
    case 'ACTIVITY_TASK_CANCELED':
      return { kind: 'done', text: `${begins}: stopped, as it was no longer needed.`, tookMs, detail: again, ...ids };
    default:
      return {
        kind: 'trouble',
        text: `${begins}: it failed.`,
        tookMs,
        detail: [textAt(ended.attributes, 'failure', 'message'), again].filter((words) => words !== null).join(' '),
        ...ids,
      };
  }
}

/** What is done within a turn leaves a marker; the engine's own marks of changed code are not part of the story. */
function markerStep(event: DecodedEvent): Step | null {
  if (textAt(event.attributes, 'markerName') !== 'core_local_activity') return null;
  const about = firstPayload(event.attributes, 'details', 'data');
  const name = textAt(about, 'activity_type') ?? 'unknown';
  const attempts = Number(at(about, 'attempt') ?? 1);
  const failure = textAt(event.attributes, 'failure', 'message');
  const begins = activityBegins(name, undefined);
  const base = { eventIds: [event.eventId], attempts, detail: attempts > 1 ? `Needed ${attempts} attempts.` : null };
  if (failure !== null) return { kind: 'trouble', text: `${begins}: it failed.`, ...base, detail: failure };
  const result = firstPayload(event.attributes, 'details', 'result');
  const ends = isUnreadable(result) ? unreadableText : activityEnds(name, result);
  return { kind: 'done', text: ends === null ? `${begins}.` : `${begins}: ${ends}`, ...base };
}

function timerStep(event: DecodedEvent, events: readonly DecodedEvent[]): Step {
  const lengthMs = durationMs(textAt(event.attributes, 'startToFireTimeout'));
  const end = events.find(({ type }) => type === 'TIMER_FIRED' || type === 'TIMER_CANCELED');
  const ids = { eventIds: [event.eventId, ...events.map(({ eventId }) => eventId)] };
  const upTo = `up to ${durationWords(lengthMs)}`;
  if (end === undefined)
    return { kind: 'wait', text: `Waited, ${upTo}.`, detail: 'It was still waiting when the workflow ended.', ...ids };
  const tookMs = toMs(end.at) - toMs(event.at);
  return end.type === 'TIMER_FIRED'
    ? { kind: 'wait', text: `Waited ${durationWords(lengthMs)}: nothing came in that time.`, tookMs, ...ids }
    : { kind: 'wait', text: `Waited, ${upTo}; something came before that.`, tookMs, ...ids };
}

function updateStep(event: DecodedEvent, events: readonly DecodedEvent[]): Step {
  const name = textAt(event.attributes, 'acceptedRequest', 'input', 'name') ?? '';
  const command = firstPayload(event.attributes, 'acceptedRequest', 'input', 'args');
  const refused = events.some(({ attributes }) => at(attributes, 'outcome', 'failure') !== undefined);
  return {
    kind: 'person',
    text: isUnreadable(command) ? unreadableText : updateSentence(name, command),
    actor: textAt(command, 'by', 'actorId'),
    detail: refused ? 'It was refused.' : null,
    eventIds: [event.eventId, ...events.map(({ eventId }) => eventId)],
  };
}

function endStep(event: DecodedEvent): Step | null {
  const eventIds = [event.eventId];
  switch (event.type) {
    case 'WORKFLOW_EXECUTION_COMPLETED': {
      const result = firstPayload(event.attributes, 'result');
      const verdict = typeof result === 'string' ? ` with the verdict ${verdictWords(result)}` : '';
      return { kind: 'ended', text: `The workflow ended${verdict}.`, eventIds };
    }
    case 'WORKFLOW_EXECUTION_FAILED':
      return {
        kind: 'ended',
        text: 'The workflow failed.',
        detail: textAt(event.attributes, 'failure', 'message'),
        eventIds,
      };
    case 'WORKFLOW_EXECUTION_TIMED_OUT':
      return { kind: 'ended', text: 'The workflow ran out of time.', eventIds };
    case 'WORKFLOW_EXECUTION_CANCELED':
      return { kind: 'ended', text: 'The workflow was cancelled.', eventIds };
    case 'WORKFLOW_EXECUTION_TERMINATED':
      return {
        kind: 'ended',
        text: 'Somebody with access to the engine ended the workflow by force.',
        detail: textAt(event.attributes, 'reason'),
        eventIds,
      };
    default:
      return null;
  }
}

/** The engine writes durations as seconds, such as `2.030s`. */
const durationMs = (text: string | null): number => Math.round(Number.parseFloat(text ?? '0') * 1_000);

export function durationWords(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 6_000) / 10} min`;
  return `${Math.round(ms / 360_000) / 10} h`;
}
