import { type Request, type Response, Router } from 'express';
import { filterCalls, pageOf, readDates } from './listing.ts';
import type { RestApiOptions } from './rest-api.ts';
import { type RefusalCode, refuse } from './rest-errors.ts';
import { type Fields, isHttpUrl, listField, rfc2822, takeIn, textFields } from './rest-request.ts';
import { type Call, type CallEvent, callEvents, durationSeconds, isOver, isPhoneNumber } from './types.ts';
import { readVoiceTwiml } from './voice-twiml.ts';

/** What is carried; a simulator that ignored the rest would lie about what was done. */
const CARRIED = [
  ...['To', 'From', 'Url', 'Twiml', 'Method', 'MachineDetection', 'Timeout'],
  ...['StatusCallback', 'StatusCallbackEvent', 'StatusCallbackMethod'],
];
const DEFAULT_RING_SECONDS = 60;
const LONGEST_RING_SECONDS = 600;
const LONGEST_TWIML = 4000;

/** Twilio's Calls resource. */
export function callsResource(options: RestApiOptions): Router {
  const { store, accountSid } = options;
  const router = Router({ caseSensitive: true });

  router
    .route('/Calls.json')
    .post((request, response) => create(options, request, response))
    .get((request, response) => {
      const query = request.query as Record<string, unknown>;
      const text = (name: string) => (typeof query[name] === 'string' ? query[name] : undefined);
      const dates = readDates(text, 'StartTime');
      if (typeof dates === 'string') return refuse(response, 20001, dates);
      const wanted = { to: text('To'), from: text('From'), status: text('Status'), dates };
      const listed = filterCalls(store.calls(), wanted, statusOf);
      const page = pageOf(listed, request.query, `${request.baseUrl}${request.path}`);
      if (typeof page === 'string') return refuse(response, 20001, page);
      const { found, ...links } = page;
      response.json({ ...links, calls: found.map((call) => represent(accountSid, call)) });
    })
    .all((_request, response) => refuse(response, 20004));

  router
    .route('/Calls/:file')
    .all((request, response, next) => {
      if (request.params.file.endsWith('.json') && callOf(options, request)) next();
      else refuse(response, 20404, request.originalUrl);
    })
    .get((request, response) => {
      const call = callOf(options, request);
      if (call) response.json(represent(accountSid, call));
    })
    .post((request, response) => update(options, request, response))
    .all((_request, response) => refuse(response, 20004));
  return router;
}

const callOf = ({ store }: RestApiOptions, request: Request): Call | undefined =>
  store.call(String(request.params['file']).replace(/\.json$/, ''));

async function create(options: RestApiOptions, request: Request, response: Response): Promise<void> {
  const receivedAt = new Date().toISOString();
  await takeIn(options.control, 'Calls', options.stopped, response, async () => {
    const fields = textFields(request);
    const events = listField(request, 'StatusCallbackEvent');
    const refusal = check(options, fields, events);
    if (refusal) {
      refuse(response, refusal.code, refusal.detail);
      return null;
    }
    const call = await options.calls.place({
      from: fields.From ?? '',
      to: fields.To ?? '',
      url: fields.Url ?? null,
      method: fields.Method === 'GET' ? 'GET' : 'POST',
      twiml: fields.Url === undefined ? (fields.Twiml ?? null) : null,
      statusCallbackUrl: fields.StatusCallback ?? null,
      // Twilio tells only the end unless it is asked for more.
      statusCallbackEvents: events.length === 0 ? ['completed'] : callEvents.filter((event) => events.includes(event)),
      detectMachine: fields.MachineDetection === 'Enable',
      ringTimeoutSeconds: Number(fields.Timeout ?? DEFAULT_RING_SECONDS),
      receivedAt,
    });
    return represent(options.accountSid, call);
  });
}

function check(
  { numbers, control: { knobs } }: RestApiOptions,
  fields: Fields,
  events: string[],
): { code: RefusalCode; detail?: string } | null {
  const { To, From, Url, Twiml, Method = 'POST', StatusCallback, Timeout } = fields;
  const notCarried = Object.keys(fields).find((name) => !CARRIED.includes(name));
  if (notCarried) return { code: 20001, detail: `${notCarried} is not carried by this simulator` };
  if (!To) return { code: 21201 };
  if (!isPhoneNumber(To)) return { code: 21211, detail: To };
  if (!From) return { code: 21213 };
  if (!isPhoneNumber(From)) return { code: 21212, detail: From };
  if (!numbers.includes(From)) return { code: 21210, detail: From };
  if (Url === undefined ? Twiml === undefined : !isHttpUrl(Url)) return { code: 21205, detail: Url ?? '' };
  if (Url === undefined && Twiml !== undefined) {
    const read = readVoiceTwiml('text/xml', Twiml);
    if (Twiml.length > LONGEST_TWIML)
      return { code: 20001, detail: `Twiml is longer than ${LONGEST_TWIML} characters` };
    if (!read.ok) return { code: 20001, detail: `Twiml, ${read.reason}` };
  }
  if (Method !== 'GET' && Method !== 'POST') return { code: 20001, detail: `Method=${Method}` };
  if (StatusCallback !== undefined && !isHttpUrl(StatusCallback)) return { code: 21609, detail: StatusCallback };
  if ((fields.StatusCallbackMethod ?? 'POST') !== 'POST') return { code: 20001, detail: 'StatusCallbackMethod' };
  const event = events.find((each) => !callEvents.includes(each as CallEvent));
  if (event !== undefined) return { code: 21626, detail: event };
  if ((fields.MachineDetection ?? 'Enable') !== 'Enable') return { code: 20001, detail: 'MachineDetection' };
  if (
    Timeout !== undefined &&
    !(/^\d+$/.test(Timeout) && Number(Timeout) >= 1 && Number(Timeout) <= LONGEST_RING_SECONDS)
  )
    return { code: 20001, detail: `Timeout=${Timeout}` };
  if (knobs.verifiedOnly && !knobs.verifiedOnly.includes(To)) return { code: 21219, detail: To };
  return null;
}

/** `canceled` ends what has not been answered and leaves a conversation alone; `completed` ends both. */
async function update(options: RestApiOptions, request: Request, response: Response): Promise<void> {
  const call = callOf(options, request);
  if (!call) return refuse(response, 20404, request.originalUrl);
  const { Status, ...others } = textFields(request);
  const other = Object.keys(others)[0];
  if (other) return refuse(response, 20001, `${other} is not carried by this simulator`);
  if (Status !== 'canceled' && Status !== 'completed') return refuse(response, 21218, `Status=${Status ?? ''}`);
  if (isOver(call)) return refuse(response, 21220);
  if (Status === 'completed' || call.status !== 'in-progress') await options.calls.hangUp(call);
  response.json(represent(options.accountSid, call));
}

/** A call that is dialled and does not ring yet is still called queued by the REST API. */
const statusOf = (call: Call): string => (call.status === 'initiated' ? 'queued' : call.status);

function represent(accountSid: string, call: Call): Record<string, unknown> {
  const path = `/2010-04-01/Accounts/${accountSid}/Calls/${call.sid}`;
  const startedAt = call.answeredAt ?? call.ringingAt;
  return {
    account_sid: accountSid,
    answered_by:
      call.detectMachine && call.answeredBy ? (call.answeredBy === 'machine' ? 'machine_start' : 'human') : null,
    api_version: '2010-04-01',
    caller_name: null,
    date_created: rfc2822(call.receivedAt),
    date_updated: rfc2822(call.updatedAt),
    direction: 'outbound-api',
    duration: durationSeconds(call)?.toString() ?? null,
    end_time: call.endedAt && rfc2822(call.endedAt),
    forwarded_from: null,
    from: call.from,
    from_formatted: call.from,
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid: null,
    price: call.price,
    price_unit: 'USD',
    queue_time: '0',
    sid: call.sid,
    start_time: startedAt && rfc2822(startedAt),
    status: statusOf(call),
    subresource_uris: {},
    to: call.to,
    to_formatted: call.to,
    trunk_sid: null,
    uri: `${path}.json`,
  };
}
