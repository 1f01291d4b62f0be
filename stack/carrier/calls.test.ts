import twilio from 'twilio';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Carrier, CarrierOptions } from './server.ts';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  callThatIs,
  control,
  eventually,
  lastCall,
  PUBLIC_NUMBER,
  type ReceivedWebhook,
  sdkFor,
  startTestCarrier,
  startWebhookReceiver,
  type WebhookReceiver,
} from './testing.ts';

const PHONE = '+15550100001';
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];
let receiver: WebhookReceiver;
let carrier: Carrier;

beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await carrier.stop();
  await receiver.close();
});

const start = async (options: Partial<CarrierOptions> = {}) => {
  carrier = await startTestCarrier({ webhookBaseUrl: receiver.url, ...options });
};
const place = (change: object = {}) =>
  sdkFor(carrier).calls.create({
    to: PHONE,
    from: PUBLIC_NUMBER,
    url: `${receiver.url}/menu?tenant=a`,
    statusCallback: `${receiver.url}/call-status`,
    statusCallbackEvent: EVENTS,
    machineDetection: 'Enable',
    timeout: 30,
    ...change,
  });
const act = async (what: string, body?: object) => {
  const call = await lastCall(carrier, PHONE);
  return control(carrier, 'POST', `/phones/${PHONE}/calls/${call?.sid}/${what}`, body);
};
const at = (path: string) => receiver.received.filter((webhook) => webhook.path.startsWith(path));
const reported = () => at('/call-status').map(({ params }) => params['CallStatus']);
const isSigned = ({ headers, params, path }: ReceivedWebhook) =>
  twilio.validateRequest(AUTH_TOKEN, String(headers['x-twilio-signature']), `${receiver.url}${path}`, params);

const MENU = `<Response><Gather numDigits="1" timeout="1" action="/chosen?step=2">
  <Say language="es-ES">Pulse uno.</Say><Say language="en-GB">Press one.</Say></Gather>
  <Say language="en-GB">Goodbye.</Say><Hangup/></Response>`;
const xml = (body: string) => ({ status: 200, contentType: 'text/xml', body });
const answerWith = (pages: Record<string, string>) => {
  receiver.answer = ({ path }) => {
    const page = Object.entries(pages).find(([start]) => path.startsWith(start));
    return page ? xml(page[1]) : { status: 204 };
  };
};
const menuThen = (chosen: string) => answerWith({ '/menu': MENU, '/chosen': chosen });
const said = async () => (await lastCall(carrier, PHONE))?.lines.map(({ text }) => text);

test('rings, is answered by a person, reads the menu, takes a key and tells all of it, signed', async () => {
  await start();
  menuThen('<Response><Say language="en-GB">Noted.</Say></Response>');
  const { sid } = await place();
  await callThatIs(carrier, PHONE, 'ringing');
  expect((await act('keys', { keys: '1' })).status).toBe(409);
  expect((await act('answer')).status).toBe(200);
  const waiting = await eventually('the menu', async () => {
    const call = await lastCall(carrier, PHONE);
    return call?.waitingForKey ? call : undefined;
  });
  expect(waiting.waitingForKey).toEqual({ numDigits: 1, timeoutSeconds: 1, pressed: '' });
  expect(waiting.lines).toMatchObject([
    { kind: 'said', text: 'Pulse uno.', language: 'es-ES' },
    { kind: 'said', text: 'Press one.', language: 'en-GB' },
  ]);
  expect((await act('keys', { keys: '4' })).status).toBe(200);
  const over = await callThatIs(carrier, PHONE, 'completed');
  expect(over.lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    ...['said Pulse uno.', 'said Press one.', 'key 4', 'said Noted.'],
  ]);
  expect(over).toMatchObject({ answeredBy: 'human', durationSeconds: 1, waitingForKey: null, problem: null });

  const [menu] = at('/menu');
  const about = { CallSid: sid, AccountSid: ACCOUNT_SID, ApiVersion: '2010-04-01', From: PUBLIC_NUMBER, To: PHONE };
  expect(menu?.params).toEqual({
    ...about,
    ...{ Caller: PUBLIC_NUMBER, Called: PHONE, Direction: 'outbound-api' },
    ...{ CallStatus: 'in-progress', AnsweredBy: 'human' },
  });
  expect(at('/chosen')[0]).toMatchObject({
    path: '/chosen?step=2',
    params: { ...about, Digits: '4', FinishedOnKey: '' },
  });
  await eventually('four callbacks', () => reported().length === 4);
  const ordered = at('/call-status').sort(
    (a, b) => Number(a.params['SequenceNumber']) - Number(b.params['SequenceNumber']),
  );
  expect(ordered.map(({ params }) => `${params['SequenceNumber']} ${params['CallStatus']}`)).toEqual([
    ...['0 initiated', '1 ringing', '2 in-progress', '3 completed'],
  ]);
  expect(ordered[3]?.params).toMatchObject({
    ...about,
    CallDuration: '1',
    AnsweredBy: 'human',
    SipResponseCode: '200',
  });
  expect(ordered[2]?.params).not.toHaveProperty('CallDuration');
  expect(receiver.received.filter((webhook) => !isSigned(webhook))).toEqual([]);
});

test('without a key the rest of the document is spoken and nothing is asked', async () => {
  await start({ knobs: { voice: { [PHONE]: 'answer' } } });
  menuThen('<Response/>');
  await place();
  await callThatIs(carrier, PHONE, 'completed');
  expect(await said()).toEqual(['Pulse uno.', 'Press one.', 'Goodbye.']);
  expect(at('/chosen')).toEqual([]);
});

test('a redirect repeats the menu, relative to where it came from', async () => {
  await start({ knobs: { voice: { [PHONE]: { does: 'answer', keys: '7' } }, callMs: { answer: 1, key: 1_500 } } });
  const repeating = MENU.replace('<Say language="en-GB">Goodbye.</Say><Hangup/>', '<Redirect>/menu?round=2</Redirect>');
  answerWith({
    '/menu?tenant': repeating,
    '/menu?round': MENU.replace('timeout="1"', 'timeout="9"'),
    '/chosen': '<Response/>',
  });
  await place();
  await callThatIs(carrier, PHONE, 'completed', 6_000);
  expect(at('/menu').map(({ path }) => path)).toEqual(['/menu?tenant=a', '/menu?round=2']);
  expect(at('/chosen').map(({ params }) => params['Digits'])).toEqual(['7']);
});

test('keys before the end of a sentence cut it short; # ends what has no fixed length', async () => {
  const keys = '12#';
  await start({ knobs: { callMs: { answer: 1, sayPerCharacter: 1_000 }, voice: {} } });
  answerWith({
    '/menu': '<Response><Gather action="/chosen"><Say>A very long sentence.</Say></Gather></Response>',
    '/chosen': '<Response/>',
  });
  await place();
  await callThatIs(carrier, PHONE, 'ringing');
  await act('answer', { by: 'human' });
  await eventually('the sentence', async () => (await said())?.length === 1);
  await act('keys', { keys });
  await callThatIs(carrier, PHONE, 'completed');
  expect(at('/chosen')[0]?.params).toMatchObject({ Digits: '12', FinishedOnKey: '#', msg: 'Gather End' });
});

test('a machine is told as one and hangs up after its while', async () => {
  await start({ knobs: { voice: { '*': 'machine' }, callMs: { answer: 1, machineHangsUp: 300 } } });
  answerWith({ '/menu': '<Response><Pause length="30"/></Response>' });
  await place();
  const over = await callThatIs(carrier, PHONE, 'completed');
  expect(over.answeredBy).toBe('machine');
  expect(at('/menu')[0]?.params['AnsweredBy']).toBe('machine_start');
});

test('who did not ask for machine detection is told nothing of it', async () => {
  await start({ knobs: { voice: { '*': 'machine' } } });
  answerWith({ '/menu': '<Response><Say>Hello.</Say></Response>' });
  await place({ machineDetection: undefined, statusCallbackEvent: undefined });
  await callThatIs(carrier, PHONE, 'completed');
  await eventually('the callback', () => reported().length === 1);
  for (const { params } of receiver.received) expect(params).not.toHaveProperty('AnsweredBy');
});

test.each([
  ['busy', 'busy', ['initiated', 'busy'], '486'],
  ['failed', 'failed', ['initiated', 'failed'], '404'],
  ['decline', 'busy', ['initiated', 'ringing', 'busy'], '603'],
  ['no_answer', 'no-answer', ['initiated', 'ringing', 'no-answer'], '487'],
] as const)('%s ends as %s, with no TwiML fetched', async (does, status, told, sipCode) => {
  await start({ knobs: { voice: { [PHONE]: does } } });
  await place({ timeout: 1 });
  await callThatIs(carrier, PHONE, status);
  await eventually('the callbacks', () => reported().length === told.length);
  expect(reported().sort()).toEqual([...told].sort());
  const last = at('/call-status').find(({ params }) => params['CallStatus'] === status);
  expect(last?.params).toMatchObject({
    CallDuration: '0',
    SequenceNumber: String(told.length - 1),
    SipResponseCode: sipCode,
  });
  expect(at('/menu')).toEqual([]);
});

test('a person declines, and another hangs up', async () => {
  await start();
  answerWith({ '/menu': '<Response><Pause length="30"/></Response>' });
  await place();
  await callThatIs(carrier, PHONE, 'ringing');
  expect((await act('hang-up')).status).toBe(409);
  expect(await (await act('decline')).json()).toMatchObject({ status: 'busy' });
  expect((await act('answer')).status).toBe(409);
  await place();
  await callThatIs(carrier, PHONE, 'ringing');
  await act('answer');
  expect(await (await act('hang-up')).json()).toMatchObject({ status: 'completed' });
  await eventually('the end', () => reported().filter((status) => status === 'completed').length === 1);
  const wrong = await control(carrier, 'POST', `/phones/${PHONE}/calls/CA0/answer`, {});
  expect(wrong.status).toBe(404);
  expect((await act('keys', { keys: 'A' })).status).toBe(400);
});

test('TwiML that cannot be had or understood is heard as an application error and shown', async () => {
  const lines: string[] = [];
  await start({ webhookTimeoutMs: 150, knobs: { voice: { '*': 'answer' } }, log: (line) => lines.push(line) });
  receiver.answer = ({ path }) => (path.startsWith('/menu') ? 'hang' : { status: 204 });
  await place();
  const silent = await callThatIs(carrier, PHONE, 'completed');
  expect(silent.lines.map(({ text }) => text)).toEqual(['We are sorry, an application error has occurred. Goodbye.']);
  expect(silent.problem).toMatch(/^11200: .*no answer within 150 ms/);
  answerWith({ '/menu': '<Response><Dial>+15550100</Dial></Response>' });
  await place();
  await eventually('the second', async () => (await lastCall(carrier, PHONE))?.problem?.startsWith('12100: <Dial>'));
  expect(lines).toHaveLength(2);
});

test('connection overrides in the address decide what is asked again', async () => {
  await start({ knobs: { voice: { '*': 'answer' } } });
  let refusals = 2;
  receiver.answer = ({ path }) => {
    if (!path.startsWith('/menu')) return { status: 204 };
    return refusals-- > 0 ? { status: 503 } : xml('<Response><Say>At last.</Say></Response>');
  };
  await place();
  expect((await callThatIs(carrier, PHONE, 'completed')).problem).toContain('HTTP 503');
  expect(at('/menu')).toHaveLength(1);
  refusals = 2;
  await place({ url: `${receiver.url}/menu#rc=3&rp=5xx` });
  await eventually('the words', async () => (await said())?.includes('At last.'));
  expect(
    new Set(
      at('/menu')
        .slice(1)
        .map(({ headers }) => headers['i-twilio-idempotency-token']),
    ).size,
  ).toBe(1);
  expect(at('/menu')).toHaveLength(4);
  expect(at('/menu').every(isSigned)).toBe(true);
});

test('GET carries the fields in the address, signed', async () => {
  await start({ knobs: { voice: { '*': 'answer' } } });
  answerWith({ '/menu': '<Response/>' });
  await place({ method: 'GET' });
  await callThatIs(carrier, PHONE, 'completed');
  expect(at('/menu')[0]?.path).toMatch(/^\/menu\?tenant=a&AccountSid=.*CallStatus=in-progress/);
  expect(at('/menu').every(isSigned)).toBe(true);
});

test('a document that only redirects to itself ends', async () => {
  await start({ knobs: { voice: { '*': 'answer' } } });
  answerWith({ '/menu': '<Response><Redirect>/menu</Redirect></Response>' });
  await place();
  expect((await callThatIs(carrier, PHONE, 'completed')).problem).toContain('more than 100 documents');
});

test('callbacks are lost, doubled, late and out of order, the order of events stays readable', async () => {
  await start({ knobs: { voice: { '*': 'busy' }, dropCallbacks: 1 } });
  await place();
  await callThatIs(carrier, PHONE, 'busy');
  await control(carrier, 'POST', '/control', {
    ...{ dropCallbacks: 0, duplicateCallbacks: 1, reorder: 1, callbackDelayMs: { min: 60, max: 80 } },
  });
  const startedAtMs = performance.now();
  await place();
  await eventually('four callbacks', () => reported().length === 4);
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(240);
  expect(at('/call-status').map(({ params }) => params['SequenceNumber'])).toEqual(['1', '1', '0', '0']);
  expect(await (await control(carrier, 'GET', '/counts')).json()).toMatchObject({
    calls: { busy: 2 },
    webhooks: { dropped: 2 },
  });
});
