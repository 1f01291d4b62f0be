import { DomainError } from '../errors.ts';
import { type DecodedHistory, isUnreadable } from './decoded.ts';

interface RawEvent {
  eventType: string;
  workflowExecutionStartedEventAttributes?: { workflowId?: string };
}

/** What people hand in: the export as the engine gave it, or the decoded copy. */
export type HistoryFile = { events: RawEvent[] } | DecodedHistory;

export interface ReplayableHistory {
  workflowId: string;
  buildIds: string[];
  /** In the engine's own JSON form. */
  history: { events: Record<string, unknown>[] };
}

const base64 = (text: string): string => {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
};
const encryptedEncoding = base64('binary/encrypted');

/** The history in the form that a replay takes; the decoded copy is put back into it, so that it needs no key. */
export function replayable(file: HistoryFile): ReplayableHistory {
  if (!Array.isArray(file.events) || file.events.length === 0)
    throw new DomainError('VALIDATION', 'This is no exported history: it has no events.');
  if ('kind' in file) {
    const events = file.events.map((event) => ({
      eventId: String(event.eventId),
      eventTime: event.at,
      eventType: `EVENT_TYPE_${event.type}`,
      [attributesName(event.type)]: withPayloads(event.attributes),
    }));
    return { workflowId: file.workflowId, buildIds: file.buildIds, history: { events } };
  }
  const text = JSON.stringify(file);
  if (text.includes(`"${encryptedEncoding}"`))
    throw new DomainError(
      'PRECONDITION_FAILED',
      'What this export says is encrypted with the key of its incident. Give the decoded copy of the same run instead.',
    );
  const buildIds = [...new Set([...text.matchAll(/"buildId":"([^"]+)"/g)].map(([, id]) => id!))];
  return {
    workflowId: file.events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? 'unknown',
    ...{ buildIds, history: { events: file.events as unknown as Record<string, unknown>[] } },
  };
}

/** `TIMER_STARTED` is described by `timerStartedEventAttributes`. */
const attributesName = (type: string): string =>
  `${type.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())}EventAttributes`;

function withPayloads(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPayloads);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'payloads' && Array.isArray(each) ? each.map(payloadOf) : withPayloads(each),
    ]),
  );
}

function payloadOf(value: unknown): unknown {
  if (isUnreadable(value))
    throw new DomainError(
      'PRECONDITION_FAILED',
      'A part of this history cannot be read any more, as its key was deleted; it cannot be replayed.',
    );
  if (value === null) return { metadata: { encoding: base64('binary/null') } };
  return { metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(value)) };
}
