import { type Request, type Response, Router } from 'express';
import { deliveryErrors } from './knobs.ts';
import { filterMessages, type MessageFilter, pageOf, readDates } from './listing.ts';
import type { RestApiOptions } from './rest-api.ts';
import { type RefusalCode, refuse } from './rest-errors.ts';
import { type Fields, isHttpUrl, rfc2822, takeIn, textFields } from './rest-request.ts';
import { isPhoneNumber, type Message } from './types.ts';

const LONGEST_BODY = 1600;
/** Twilio offers these; a simulator that ignored them would lie about what was sent. */
const NOT_CARRIED = ['MediaUrl', 'ContentSid', 'SendAt', 'ScheduleType', 'MessagingServiceSid', 'ApplicationSid'];

/** Twilio's Messages resource. */
export function messagesResource(options: RestApiOptions): Router {
  const { store, accountSid } = options;
  const router = Router({ caseSensitive: true });

  router
    .route('/Messages.json')
    .post((request, response) => create(options, request, response))
    .get((request, response) => {
      const filter = parseFilter(request);
      if (typeof filter === 'string') return refuse(response, 20001, filter);
      const page = pageOf(filterMessages(store.messages(), filter), request.query, `${request.baseUrl}${request.path}`);
      if (typeof page === 'string') return refuse(response, 20001, page);
      const { found, ...links } = page;
      response.json({ ...links, messages: found.map((message) => represent(accountSid, message)) });
    })
    .all((_request, response) => refuse(response, 20004));

  router
    .route('/Messages/:file')
    .get((request, response) => {
      const message = store.message(request.params.file.replace(/\.json$/, ''));
      if (message && request.params.file.endsWith('.json')) response.json(represent(accountSid, message));
      else refuse(response, 20404, request.originalUrl);
    })
    .all((_request, response) => refuse(response, 20004));
  return router;
}

async function create(options: RestApiOptions, request: Request, response: Response): Promise<void> {
  const { control, store, stopped } = options;
  // The instant of arrival, before any simulated slowness: this is what "handed to the carrier" is measured by.
  const receivedAt = new Date().toISOString();
  await takeIn(control, 'Sends', stopped, response, async () => {
    const fields = textFields(request);
    const refusal = check(options, fields);
    if (refusal) {
      refuse(response, refusal.code, refusal.detail);
      return null;
    }
    const message = await store.addMessage({
      direction: 'outbound-api',
      from: fields.From ?? '',
      to: fields.To ?? '',
      body: fields.Body ?? '',
      receivedAt,
      statusCallbackUrl: fields.StatusCallback ?? null,
    });
    options.delivery.carry(message);
    return represent(options.accountSid, message);
  });
}

function check(
  { numbers, store, control: { knobs } }: RestApiOptions,
  fields: Fields,
): { code: RefusalCode; detail?: string } | null {
  const { To, From, Body, StatusCallback } = fields;
  const notCarried = NOT_CARRIED.find((name) => name in fields);
  if (notCarried) return { code: 20001, detail: `${notCarried} is not carried by this simulator` };
  if (!To) return { code: 21604 };
  if (!isPhoneNumber(To)) return { code: 21211, detail: To };
  if (!From) return { code: 21603 };
  if (!isPhoneNumber(From)) return { code: 21212, detail: From };
  if (To === From) return { code: 21266 };
  if (!numbers.includes(From)) return { code: 21606 };
  if (!Body) return { code: 21602 };
  if ([...Body].length > LONGEST_BODY) return { code: 21617 };
  if (StatusCallback !== undefined && !isHttpUrl(StatusCallback)) return { code: 21609, detail: StatusCallback };
  if (knobs.verifiedOnly && !knobs.verifiedOnly.includes(To)) return { code: 21608 };
  if (knobs.landlines.includes(To)) return { code: 21614, detail: To };
  if (store.phone(To)?.optedOut) return { code: 21610 };
  return null;
}

function parseFilter(request: Request): MessageFilter | string {
  const query = request.query as Record<string, unknown>;
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : undefined);
  const dates = readDates(text, 'DateSent');
  return typeof dates === 'string' ? dates : { to: text('To'), from: text('From'), dates };
}

function represent(accountSid: string, message: Message): Record<string, unknown> {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  const errors: Partial<Record<number, string>> = deliveryErrors;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.receivedAt),
    date_sent: message.sentAt && rfc2822(message.sentAt),
    date_updated: rfc2822(message.updatedAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : (errors[message.errorCode] ?? 'Unknown error'),
    from: message.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(message.segments),
    price: message.price,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}
