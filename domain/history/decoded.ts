/** One event of a workflow's history with its payloads read; otherwise as the engine keeps it. */
export interface DecodedEvent {
  eventId: number;
  at: string;
  /** The engine's own name without its prefix, such as `TIMER_STARTED`. */
  type: string;
  attributes: Record<string, unknown>;
}

/** What is stored beside the raw export, for people and for other programs. */
export interface DecodedHistory {
  kind: 'floorwalker.workflow-history.v1';
  tenantId: string;
  storeId: string;
  incidentId: string;
  run: number;
  workflowId: string;
  runId: string;
  /** How the run ended, in the engine's words. */
  status: string;
  startedAt: string;
  endedAt: string;
  /** The builds of the workflow code that worked on it, in order. */
  buildIds: string[];
  sdk: string | null;
  /** Temporal Actions, by the published list. */
  actions: number;
  rawSha256: string;
  events: DecodedEvent[];
}

/** Stands for a payload that cannot be read any more, or by nobody. */
export interface UnreadablePayload {
  unreadable: 'KEY_DELETED' | 'UNKNOWN_ENCODING';
  encoding: string;
}

export const isUnreadable = (value: unknown): value is UnreadablePayload =>
  typeof value === 'object' && value !== null && 'unreadable' in value && 'encoding' in value;

type Attributes = Record<string, unknown>;

const part = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Attributes)[name] : undefined;

/** The value below a path of names; undefined when any of it is missing. */
export const at = (value: unknown, ...path: string[]): unknown => path.reduce(part, value);

export const textAt = (value: unknown, ...path: string[]): string | null => {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : null;
};

/** The first of a list of payloads, as calls of ours have one argument and one result. */
export const firstPayload = (value: unknown, ...path: string[]): unknown => {
  const payloads = at(value, ...path, 'payloads');
  return Array.isArray(payloads) ? payloads[0] : undefined;
};
