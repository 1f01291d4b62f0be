import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** What goes wrong with a request to a simulated recipient, once for each. */
export interface Fault {
  /** Only for requests whose `METHOD /path` begins so. */
  on: string;
  /**
   * `refuse`: answers with this status. `reset`: takes the request and cuts the connection instead of answering.
   * `drop`: cuts it before anything is taken. `slow`: answers after a while.
   */
  what: { refuse: number; retryAfterSeconds?: number } | 'reset' | 'drop' | { slowMs: number };
}

export interface Simulator {
  url: string;
  /** The one that it accepts; a recipient that was just named has a new one. */
  credential: string;
  /** Every request, as `METHOD /path -> status`; a connection that was cut has the status 0. */
  requests: string[];
  /** Faults that are still to come, in order. */
  faults: Fault[];
  stop(): Promise<void>;
}

export interface Answer {
  status: number;
  body?: object;
}

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  header(name: string): string | undefined;
  body: Buffer;
}

export interface SimulatorOptions {
  credential: string;
  maxBodyBytes: number;
}

export const refused = (status: number, error: string): Answer => ({ status, body: { error } });
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** A strict HTTP server on 127.0.0.1 that knows one caller and misbehaves when it is told to. */
export async function startSimulator(options: SimulatorOptions, answer: (asked: Asked) => Answer): Promise<Simulator> {
  const requests: string[] = [];
  const faults: Fault[] = [];
  const simulator: Simulator = {
    ...{ url: '', credential: options.credential, requests, faults },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => request.socket.destroy());
  });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const name = `${request.method} ${pathname}`;
    const cut = () => {
      requests.push(`${name} -> 0`);
      request.socket.destroy();
    };
    const next = faults.findIndex(({ on }) => name.startsWith(on));
    const fault = next < 0 ? undefined : faults.splice(next, 1)[0]?.what;
    if (fault === 'drop') return cut();
    const body = await readBody(request, options.maxBodyBytes);
    const said =
      typeof fault === 'object' && 'refuse' in fault
        ? refused(fault.refuse, 'as ordered')
        : request.headers.authorization !== `Bearer ${simulator.credential}`
          ? refused(401, 'unknown caller')
          : body === null
            ? refused(413, 'too large')
            : answer({
                ...{ method: request.method ?? '', path: pathname, query: searchParams, body },
                header: (header) => [request.headers[header]].flat()[0],
              });
    if (fault === 'reset') return cut();
    if (typeof fault === 'object' && 'slowMs' in fault)
      await new Promise((resolve) => setTimeout(resolve, fault.slowMs));
    requests.push(`${name} -> ${said.status}`);
    const retryAfter = typeof fault === 'object' && 'refuse' in fault ? fault.retryAfterSeconds : undefined;
    response.writeHead(said.status, {
      'content-type': 'application/json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
    response.end(said.body ? JSON.stringify(said.body) : undefined);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  simulator.url = `http://127.0.0.1:${port}`;
  return simulator;
}

/** Null: there is more than is taken. The rest is read away, so that the answer arrives. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
  }
  return length > maxBytes ? null : Buffer.concat(chunks);
}

export function jsonOf(body: Buffer): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Keeps what came under an idempotency key, and tells a repetition from another content under the same key. */
export function keyed<T>(): {
  take(asked: Asked, make: () => T): { fresh: boolean; value: T } | Answer;
  get(key: string): T | undefined;
  values(): T[];
} {
  const kept = new Map<string, { bodySha256: string; value: T }>();
  return {
    take(asked, make) {
      const key = asked.header('idempotency-key');
      if (key === undefined || key === '') return refused(400, 'no idempotency-key');
      const bodySha256 = sha256(asked.body);
      const before = kept.get(key);
      if (before)
        return before.bodySha256 === bodySha256
          ? { fresh: false, value: before.value }
          : refused(409, 'this key has another content');
      const value = make();
      kept.set(key, { bodySha256, value });
      return { fresh: true, value };
    },
    get: (key) => kept.get(key)?.value,
    values: () => [...kept.values()].map(({ value }) => value),
  };
}

export interface TakenNotice {
  id: string;
  document: Record<string, unknown>;
  at: number;
  receiptNumber: string;
}

/** Notices below a case or claim: signed, and one for each key. */
export function noticeBox(): { take(asked: Asked): Answer; taken(): TakenNotice[] } {
  const notices = keyed<TakenNotice>();
  return {
    take(asked) {
      const document = jsonOf(asked.body);
      if (!document || typeof document['signature'] !== 'string' || typeof document['statement'] !== 'object')
        return refused(422, 'no signed notice');
      const taken = notices.take(asked, () => {
        const id = asked.header('idempotency-key') ?? '';
        return { id, document, at: Date.now(), receiptNumber: `N-${sha256(id).slice(0, 8)}` };
      });
      if ('status' in taken) return taken;
      return { status: taken.fresh ? 201 : 200, body: { receiptNumber: taken.value.receiptNumber } };
    },
    taken: () => notices.values(),
  };
}

/** The published schemas are what a recipient holds us to. */
export function messageValidator(name: 'police-case' | 'insurer-claim'): (message: unknown) => boolean {
  const ajv = new Ajv2020({ allErrors: false });
  addFormats.default(ajv);
  const path = new URL(`../../schemas/sharing/${name}.schema.json`, import.meta.url);
  return ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
}
