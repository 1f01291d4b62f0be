import createClient from 'openapi-fetch';
import type { components, paths } from '../../../schemas/generated/openapi.ts';

export type Schemas = components['schemas'];
export type Incident = Schemas['Incident'];
export type IncidentDetail = Schemas['IncidentDetail'];
export type Session = Schemas['Session'];
export type Reason = Schemas['Reason'];
export type PosLine = Schemas['PosLine'];
export type TimelineEvent = Schemas['TimelineEvent'];
export type AuditEntry = Schemas['AuditEntry'];
export type VerdictName = Schemas['VerdictCommand']['verdict'];

/** The API of this host; the session travels in an HttpOnly cookie. */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });

/** An answer that says no, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;

  constructor(status: number, title: string, detail?: string, requestId?: string) {
    super(title);
    this.name = 'ApiError';
    this.status = status;
    this.detail = detail;
    this.requestId = requestId;
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good answer; otherwise throws an ApiError that a person can act on. */
export async function expectData<T>(pending: Promise<Answer<T>>): Promise<T> {
  const answer = await settle(pending);
  if (answer.data === undefined)
    throw new ApiError(answer.response.status, 'The answer was empty', 'Load the page again.');
  return answer.data;
}

/** For answers without a body. */
export async function expectOk(pending: Promise<Answer<unknown>>): Promise<void> {
  await settle(pending);
}

async function settle<T>(pending: Promise<Answer<T>>): Promise<Answer<T>> {
  let answer: Answer<T>;
  try {
    answer = await pending;
  } catch (cause) {
    throw unreachable(cause);
  }
  if (!answer.response.ok) throw apiErrorOf(answer.response.status, answer.error);
  return answer;
}

/** The server did not answer at all. */
export function unreachable(cause: unknown): ApiError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ApiError(
    0,
    'Floorwalker did not answer',
    `Check the network of this workstation, then try again. (${why})`,
  );
}

/** Reads an RFC 9457 problem; says something useful when the body is none. */
export function apiErrorOf(status: number, body: unknown): ApiError {
  if (isProblem(body)) {
    const fields = body.errors?.map((entry) => `${entry.field}: ${entry.message}`).join('; ');
    return new ApiError(
      status,
      body.title,
      [body.detail, fields].filter(Boolean).join(' ') || undefined,
      body.requestId,
    );
  }
  return new ApiError(
    status,
    `The server answered ${status}`,
    'Try again. If it stays so, tell whoever runs Floorwalker.',
  );
}

function isProblem(body: unknown): body is Schemas['Problem'] {
  return typeof body === 'object' && body !== null && 'title' in body && typeof body.title === 'string';
}

/** What to do about it, as far as the error tells; always a sentence. */
export function nextStep(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Load the page again. If it stays so, tell whoever runs Floorwalker.';
  if (error.detail) return error.detail;
  if (error.status === 403) return 'Your role does not allow this. Ask an administrator if you need it.';
  if (error.status === 404) return 'It may belong to a store outside your scope, or the address is not complete.';
  return 'Try again in a moment. If it stays so, tell whoever runs Floorwalker.';
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}
