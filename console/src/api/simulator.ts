import type { Schemas, Session } from './client.ts';
import { apiErrorOf, unreachable } from './client.ts';

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
}

export interface Phone {
  number: string;
  label: string;
  role: string;
  messages: PhoneMessage[];
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
  if (!response.ok) throw apiErrorOf(response.status, await bodyOf(response));
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
