import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { historyToJSON, type JSONPayload, JSONToPayload } from '@temporalio/common/lib/proto-utils.js';
import type { DecodedEvent, UnreadablePayload } from '../../domain/history/decoded.ts';
import type { HistorySource } from '../../domain/history/ports.ts';
import { type PayloadCipher, PayloadKeyMissing } from './payload-codec.ts';

const callTimeoutMs = 10_000;

/** Reads whole histories from the engine, as it keeps them and with their payloads read. */
export function openHistorySource(client: Client, cipher: PayloadCipher | null): HistorySource {
  return {
    async fetch(workflowId) {
      const handle = client.workflow.getHandle(workflowId);
      try {
        return await client.withDeadline(Date.now() + callTimeoutMs, async () => {
          const about = await handle.describe();
          if (about.status.name === 'RUNNING') return { state: 'running' };
          const history = await client.workflow.getHandle(workflowId, about.runId).fetchHistory();
          const raw = inOrder(historyToJSON(history));
          return {
            state: 'ended',
            ...{ runId: about.runId, status: about.status.name, raw },
            ...(await decodeHistory(JSON.parse(raw), cipher)),
          };
        });
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return { state: 'unknown' };
        throw error;
      }
    },
  };
}

/** The engine gives the entries of a map in any order; the same history has to be the same bytes. */
function inOrder(json: string): string {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return `${JSON.stringify(JSON.parse(json), sorted, 1)}\n`;
}

interface RawHistory {
  events: ({ eventId: string; eventTime: string; eventType: string } & Record<string, unknown>)[];
}

/** Replaces every payload of a history in its JSON form by what it says. */
export async function decodeHistory(
  history: RawHistory,
  cipher: PayloadCipher | null,
): Promise<{ events: DecodedEvent[]; buildIds: string[]; sdk: string | null }> {
  const events: DecodedEvent[] = [];
  for (const event of history.events) {
    const name = Object.keys(event).find((key) => key.endsWith('EventAttributes'));
    events.push({
      eventId: Number(event.eventId),
      at: new Date(event.eventTime).toISOString(),
      type: event.eventType.replace(/^EVENT_TYPE_/, ''),
      attributes: name === undefined ? {} : ((await readPayloads(event[name], cipher)) as Record<string, unknown>),
    });
  }
  const text = JSON.stringify(history);
  const buildIds = [...text.matchAll(/"buildId":"([^"]+)"/g)].map(([, id]) => id!);
  return {
    events,
    buildIds: [...new Set(buildIds)],
    sdk: /"sdkName":"([^"]+)","sdkVersion":"([^"]+)"/.exec(text)?.slice(1).join(' ') ?? null,
  };
}

async function readPayloads(value: unknown, cipher: PayloadCipher | null): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((each) => readPayloads(each, cipher)));
  if (typeof value !== 'object' || value === null) return value;
  if (isPayload(value)) return readPayload(JSONToPayload(value), cipher);
  const entries = Object.entries(value).map(async ([key, each]) => [key, await readPayloads(each, cipher)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

const isPayload = (value: object): value is JSONPayload =>
  'metadata' in value &&
  typeof value.metadata === 'object' &&
  value.metadata !== null &&
  'encoding' in value.metadata &&
  Object.keys(value).every((key) => key === 'metadata' || key === 'data');

async function readPayload(payload: Payload, cipher: PayloadCipher | null): Promise<unknown> {
  const encoding = Buffer.from(payload.metadata?.['encoding'] ?? []).toString('utf8');
  const unreadable = (why: UnreadablePayload['unreadable']): UnreadablePayload => ({ unreadable: why, encoding });
  let opened: Payload;
  try {
    opened = cipher === null ? payload : await cipher.open(payload);
  } catch (error) {
    if (error instanceof PayloadKeyMissing) return unreadable('KEY_DELETED');
    throw error;
  }
  try {
    return defaultPayloadConverter.fromPayload<unknown>(opened) ?? null;
  } catch {
    return unreadable('UNKNOWN_ENCODING');
  }
}
