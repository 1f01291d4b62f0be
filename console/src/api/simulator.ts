import type { Schemas, Session } from './client.ts';
import { ApiError, apiErrorOf, unreachable } from './client.ts';

// The simulator exists in development only and is no part of the public contract, hence typed by hand here.

export interface SimulatorInfo {
  mode: 'development';
  roles: Schemas['Role'][];
}

export interface PhoneMessage {
  sid: string;
  direction: 'to_phone' | 'from_phone';
  body: string;
  at: string;
  status: string;
  segments: number;
  problem: string | null;
}

export interface PhoneCall {
  sid: string;
  from: string;
  status:
    | 'queued'
    | 'initiated'
    | 'ringing'
    | 'in-progress'
    | 'completed'
    | 'busy'
    | 'no-answer'
    | 'failed'
    | 'canceled';
  at: string;
  answeredBy: 'human' | 'machine' | null;
  durationSeconds: number | null;
  lines: { kind: 'said' | 'key'; text: string; at: string }[];
  waitingForKey: { numDigits: number | null; pressed: string } | null;
  problem: string | null;
}

/** What a person does with a call. */
export type CallCommand =
  | { does: 'answer'; by: 'human' | 'machine' }
  | { does: 'decline' }
  | { does: 'keys'; keys: string }
  | { does: 'hang-up' };

export interface Phone {
  number: string;
  label: string;
  role: string;
  optedOut: boolean;
  messages: PhoneMessage[];
  calls: PhoneCall[];
}

/** What the simulator offers, or null where there is none (production). */
export async function simulatorInfo(): Promise<SimulatorInfo | null> {
  const response = await send('/simulator/info');
  if (response.status === 404) return null;
  return read<SimulatorInfo>(response);
}

export async function simulatorSignIn(role: Schemas['Role']): Promise<Session> {
  return read<Session>(await send('/simulator/session', { role }));
}

export async function listPhones(): Promise<Phone[]> {
  const answer = await read<{ phones: Phone[] }>(await send('/simulator/phones'));
  return answer.phones;
}

export async function sendFromPhone(number: string, body: string): Promise<void> {
  const response = await send(`/simulator/phones/${encodeURIComponent(number)}/messages`, { body });
  if (!response.ok) throw simulatorError(response.status, await bodyOf(response));
}

export async function commandCall(number: string, sid: string, command: CallCommand): Promise<void> {
  const { does, ...body } = command;
  const path = `/simulator/phones/${encodeURIComponent(number)}/calls/${encodeURIComponent(sid)}/${does}`;
  const response = await send(path, body);
  if (!response.ok) throw simulatorError(response.status, await bodyOf(response));
}

/** The carrier's simulator says what is wrong in `error`; everything before it answers with a problem. */
function simulatorError(status: number, body: unknown): ApiError {
  if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string')
    return new ApiError(status, 'The simulated carrier refused', body.error);
  return apiErrorOf(status, body);
}

async function send(path: string, body?: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      credentials: 'same-origin',
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw unreachable(cause);
  }
}

async function read<T>(response: Response): Promise<T> {
  const body = await bodyOf(response);
  if (!response.ok) throw apiErrorOf(response.status, body);
  return body as T;
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
