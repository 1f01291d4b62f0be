import { setTimeout as wait } from 'node:timers/promises';
import express, { type Request, type Response, type Router } from 'express';
import type { Delivery } from './delivery.ts';
import type { Control } from './knobs.ts';
import { filterMessages, type MessageFilter, pageOf } from './listing.ts';
import { answerError, type RefusalCode, refuse } from './rest-errors.ts';
import type { Store } from './store.ts';
import { isPhoneNumber, type Message } from './types.ts';

export interface RestApiOptions {
  store: Store;
  control: Control;
  delivery: Delivery;
  accountSid: string;
  authToken: string;
  publicNumber: string;
  stopped: AbortSignal;
}

const LONGEST_BODY = 1600;
/** Twilio offers these; a simulator that ignored them would lie about what was sent. */
const NOT_CARRIED = ['MediaUrl', 'ContentSid', 'SendAt', 'ScheduleType', 'MessagingServiceSid', 'ApplicationSid'];

/** Twilio's Messages resource, below `/2010-04-01`. */
export function createRestApi(options: RestApiOptions): Router {
  const { store, control, accountSid } = options;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${options.authToken}`).toString('base64')}`;
  const allow = createRateLimit(control);
  const router = express.Router({ caseSensitive: true });

  router.use(express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 200 }));
  router.use((request, response, next) => {
    if (request.headers.authorization !== authorization) refuse(response, 20003);
    else if (!allow()) refuse(response, 20429);
    else next();
  });

  router.use('/Accounts/:accountSid', (request, response, next) => {
    if (request.params.accountSid === accountSid) next();
    else refuse(response, 20404, request.originalUrl);
  });

  router
    .route('/Accounts/:accountSid/Messages.json')
    .post((request, response) => create(options, request, response))
    .get((request, response) => {
      const filter = parseFilter(request);
      if (typeof filter === 'string') return refuse(response, 20001, filter);
      const page = pageOf(filterMessages(store.messages(), filter), request.query, `${request.baseUrl}${request.path}`);
      if (typeof page === 'string') return refuse(response, 20001, page);
      response.json({ ...page, messages: page.messages.map((message) => represent(accountSid, message)) });
    })
    .all((_request, response) => refuse(response, 20004));

  router
    .route('/Accounts/:accountSid/Messages/:file')
    .get((request, response) => {
      const message = store.message(request.params.file.replace(/\.json$/, ''));
      if (message && request.params.file.endsWith('.json')) response.json(represent(accountSid, message));
      else refuse(response, 20404, request.originalUrl);
    })
    .all((_request, response) => refuse(response, 20004));

  router.use((request, response) => refuse(response, 20404, request.originalUrl));
  return router;
}

async function create(options: RestApiOptions, request: Request, response: Response): Promise<void> {
  const { control, store } = options;
  // The instant of arrival, before any simulated slowness: this is what "handed to the carrier" is measured by.
  const receivedAt = new Date().toISOString();
  const { acceptLatencyMs } = control.knobs;
  if (acceptLatencyMs > 0) await wait(acceptLatencyMs, undefined, { signal: options.stopped });

  const failure = control.knobs.failNextSends.shift();
  if (failure && !failure.accepted) {
    if (failure.status === 429) response.setHeader('retry-after', '1');
    return answerError(response, failure.status, failure.code, 'Told to fail by the simulator');
  }
  const hang = failure ? undefined : control.knobs.hangNextSends.shift();
  if (hang && !hang.accepted) return;

  const fields = textFields(request);
  const refusal = check(options, fields);
  if (refusal) return refuse(response, refusal.code, refusal.detail);

  const message = await store.addMessage({
    direction: 'outbound-api',
    from: fields.From ?? '',
    to: fields.To ?? '',
    body: fields.Body ?? '',
    receivedAt,
    statusCallbackUrl: fields.StatusCallback ?? null,
  });
  options.delivery.carry(message);
  if (hang) return;
  if (failure) return answerError(response, failure.status, failure.code, 'Told to fail by the simulator');
  response.status(201).json(represent(options.accountSid, message));
}

function check(
  { publicNumber, store }: RestApiOptions,
  fields: Partial<Record<string, string>>,
): { code: RefusalCode; detail?: string } | null {
  const { To, From, Body, StatusCallback } = fields;
  const notCarried = NOT_CARRIED.find((name) => name in fields);
  if (notCarried) return { code: 20001, detail: `${notCarried} is not carried by this simulator` };
  if (!To) return { code: 21604 };
  if (!isPhoneNumber(To)) return { code: 21211, detail: To };
  if (!From) return { code: 21603 };
  if (!isPhoneNumber(From)) return { code: 21212, detail: From };
  if (To === From) return { code: 21266 };
  if (From !== publicNumber) return { code: 21606 };
  if (!Body) return { code: 21602 };
  if ([...Body].length > LONGEST_BODY) return { code: 21617 };
  if (StatusCallback !== undefined && !isHttpUrl(StatusCallback)) return { code: 21609, detail: StatusCallback };
  if (store.phone(To)?.optedOut) return { code: 21610 };
  return null;
}

/** A field sent twice arrives as a list; the last one counts. */
function textFields(request: Request): Partial<Record<string, string>> {
  const body = (request.body ?? {}) as Record<string, string | string[]>;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]),
  );
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function parseFilter(request: Request): MessageFilter | string {
  const query = request.query as Record<string, unknown>;
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : undefined);
  const dates: Pick<MessageFilter, 'sentOn' | 'sentBeforeMs' | 'sentAfterMs'> = {};
  for (const [name, key] of [
    ['DateSent<', 'sentBeforeMs'],
    ['DateSent>', 'sentAfterMs'],
  ] as const) {
    const value = text(name);
    if (value === undefined) continue;
    const instant = Date.parse(value);
    if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(value) || Number.isNaN(instant)) return `${name}=${value}`;
    dates[key] = instant;
  }
  const day = text('DateSent');
  if (day !== undefined && !/^\d{4}-\d{2}-\d{2}/.test(day)) return `DateSent=${day}`;
  return { to: text('To'), from: text('From'), ...dates, ...(day ? { sentOn: day.slice(0, 10) } : {}) };
}

/** A fixed window of a second: strict at its edges, as a refusal should be easy to provoke. */
function createRateLimit(control: Control): () => boolean {
  let windowAt = 0;
  let count = 0;
  return () => {
    const second = Math.floor(performance.now() / 1000);
    if (second !== windowAt) {
      windowAt = second;
      count = 0;
    }
    count += 1;
    return control.knobs.requestsPerSecond === null || count <= control.knobs.requestsPerSecond;
  };
}

const rfc2822 = (at: string) => new Date(at).toUTCString().replace('GMT', '+0000');

function represent(accountSid: string, message: Message): Record<string, unknown> {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.receivedAt),
    date_sent: message.sentAt && rfc2822(message.sentAt),
    date_updated: rfc2822(message.updatedAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : 'Unreachable destination handset',
    from: message.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(message.segments),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}
