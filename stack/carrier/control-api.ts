import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Calls } from './calls.ts';
import { countAll } from './counts.ts';
import type { Delivery } from './delivery.ts';
import { type Control, turnKnobs } from './knobs.ts';
import { callOnHandset } from './phone-view.ts';
import type { Store } from './store.ts';
import { type Call, isPhoneNumber } from './types.ts';

export interface ControlApiOptions {
  store: Store;
  control: Control;
  delivery: Delivery;
  calls: Calls;
  /** The customer's numbers, the first of which a handset writes to that was never written to. */
  numbers: readonly string[];
  stopped: AbortSignal;
}

const registration = z.strictObject({ label: z.string().max(100).default(''), role: z.string().max(50).default('') });
const text = z.strictObject({ body: z.string().min(1).max(1600), to: z.string().optional() });
const answering = z.strictObject({ by: z.enum(['human', 'machine']).default('human') });
const keys = z.strictObject({ keys: z.string().regex(/^[0-9*#]{1,20}$/, 'must be keys such as 4 or 12#') });
const nothing = z.strictObject({});
const STREAM_INTERVAL_MS = 50;
const KEEP_ALIVE_MS = 15_000;

/** The handsets and the knobs: what no real carrier offers. */
export function createControlApi(options: ControlApiOptions): Router {
  const { store, control, delivery, calls, numbers } = options;
  const router = express.Router({ caseSensitive: true });

  router.use((request, response, next) => {
    const problem = refusalOf(request);
    if (problem) answer(response, 403, problem);
    else next();
  });
  router.use(express.json({ limit: '16kb' }));

  router
    .route('/phones')
    .get((_request, response) => void response.json({ phones: store.phones() }))
    .all(notAllowed('GET'));

  router
    .route('/phones/:number')
    .put(async (request, response) => {
      const { number } = request.params;
      const input = registration.safeParse(request.body ?? {});
      if (!isPhoneNumber(number)) return answer(response, 400, `"${number}" is not an E.164 number such as +15550100.`);
      if (!input.success) return answer(response, 400, z.prettifyError(input.error));
      await store.setPhone(number, input.data.label, input.data.role);
      response.json({ number, ...input.data });
    })
    .all(notAllowed('PUT'));

  router
    .route('/phones/:number/messages')
    .post(async (request, response) => {
      const { number } = request.params;
      const input = text.safeParse(request.body);
      if (!isPhoneNumber(number)) return answer(response, 400, `"${number}" is not an E.164 number such as +15550100.`);
      if (!input.success) return answer(response, 400, z.prettifyError(input.error));
      const to = input.data.to ?? store.lastSenderTo(number) ?? numbers[0] ?? '';
      if (!numbers.includes(to)) return answer(response, 400, `"${to}" is none of the customer's numbers.`);
      const message = await delivery.receive(number, to, input.data.body);
      response.status(201).json({ sid: message.sid, at: message.receivedAt, status: message.status });
    })
    .all(notAllowed('POST'));

  /** Something that a person does with a call; refused when the call is not in the state for it. */
  const onCall = <T>(path: string, input: z.ZodType<T>, act: (call: Call, given: T) => Promise<boolean>) =>
    router
      .route(`/phones/:number/calls/:sid/${path}`)
      .post(async (request, response) => {
        const { number, sid } = request.params as { number: string; sid: string };
        const call = store.call(sid);
        if (call?.to !== number) return answer(response, 404, `${number} has no call ${sid}.`);
        const given = input.safeParse(request.body ?? {});
        if (!given.success) return answer(response, 400, z.prettifyError(given.error));
        if (await act(call, given.data)) response.json(callOnHandset(call));
        else answer(response, 409, `A call that is ${call.status} cannot do that.`);
      })
      .all(notAllowed('POST'));
  onCall('answer', answering, (call, { by }) => calls.answer(call, by));
  onCall('decline', nothing, (call) => calls.decline(call));
  onCall('keys', keys, (call, given) => calls.press(call, given.keys));
  onCall('hang-up', nothing, async (call) => call.status === 'in-progress' && calls.hangUp(call));

  router
    .route('/counts')
    .get((_request, response) => void response.json(countAll(store)))
    .all(notAllowed('GET'));

  router
    .route('/stream')
    .get((request, response) => streamPhones(store, options.stopped, request, response))
    .all(notAllowed('GET'));

  router
    .route('/control')
    .get((_request, response) => void response.json(control.knobs))
    .post((request, response) => {
      const problem = turnKnobs(control, request.body ?? {});
      if (problem) answer(response, 400, problem);
      else response.json(control.knobs);
    })
    .all(notAllowed('GET, POST'));

  return router;
}

/** A web page can neither set the header across origins nor, by rebinding its name to 127.0.0.1, send a loopback Host. */
function refusalOf(request: Request): string | null {
  if (request.headers['x-floorwalker-simulator'] !== '1') return 'Send the header "x-floorwalker-simulator: 1".';
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  return host === '127.0.0.1' || host === 'localhost' ? null : `Host "${host}" is not the loopback address.`;
}

const answer = (response: Response, status: number, message: string): void => {
  response.status(status).json({ error: message });
};

const notAllowed = (allowed: string) => (request: Request, response: Response) => {
  response.setHeader('allow', allowed);
  answer(response, 405, `${request.method} is not offered here; use ${allowed}.`);
};

/** Sends all handsets at once and again after every change; a burst of changes becomes one event. */
function streamPhones(store: Store, stopped: AbortSignal, request: Request, response: Response): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let due: NodeJS.Timeout | null = null;
  const send = () => {
    due = null;
    response.write(`event: phones\ndata: ${JSON.stringify({ phones: store.phones() })}\n\n`);
  };
  const unsubscribe = store.onChange(() => {
    due ??= setTimeout(send, STREAM_INTERVAL_MS);
  });
  const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
  const end = () => {
    unsubscribe();
    clearInterval(keepAlive);
    if (due) clearTimeout(due);
    response.end();
  };
  request.on('close', end);
  stopped.addEventListener('abort', end, { once: true });
  send();
}
