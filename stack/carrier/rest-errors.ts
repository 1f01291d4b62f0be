import type { Response } from 'express';

/** Twilio's refusals that this simulator can give, in Twilio's words. */
const REFUSALS = {
  20001: { status: 400, message: 'Invalid parameter' },
  20003: { status: 401, message: 'Authenticate' },
  20004: { status: 405, message: 'Method not allowed' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20429: { status: 429, message: 'Too Many Requests' },
  20500: { status: 500, message: 'An internal server error has occurred' },
  21201: { status: 400, message: "No 'To' number is specified" },
  21205: { status: 400, message: 'Url is not a valid URL' },
  21210: { status: 400, message: 'The source phone number provided is not yet verified for your account' },
  21211: { status: 400, message: "Invalid 'To' Phone Number" },
  21212: { status: 400, message: "Invalid 'From' Number" },
  21213: { status: 400, message: "A 'From' phone number is required" },
  21218: { status: 400, message: 'Invalid status for a call update' },
  21219: { status: 400, message: "'To' phone number not verified" },
  21220: { status: 400, message: 'Invalid call state: the call is over' },
  21266: { status: 400, message: "'To' and 'From' number cannot be the same" },
  21602: { status: 400, message: 'Message body is required.' },
  21603: { status: 400, message: "A 'From' phone number is required." },
  21604: { status: 400, message: "A 'To' phone number is required." },
  21606: {
    status: 400,
    message: "The 'From' phone number is not a valid, SMS-capable inbound phone number or short code for your account.",
  },
  21608: {
    status: 400,
    message: 'The number is unverified; trial accounts cannot send messages to unverified numbers',
  },
  21609: { status: 400, message: "The 'StatusCallback' URL is not a valid URL." },
  21610: { status: 400, message: 'Attempt to send to unsubscribed recipient' },
  21614: { status: 400, message: "'To' number is not a valid mobile number" },
  21617: { status: 400, message: 'The concatenated message body exceeds the 1600 character limit.' },
  21626: { status: 400, message: "Invalid 'StatusCallbackEvent'" },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Answers with one of Twilio's errors; `detail` names the value that was wrong. */
export function refuse(response: Response, code: RefusalCode, detail = ''): void {
  const { status, message } = REFUSALS[code];
  if (status === 401) response.setHeader('www-authenticate', 'Basic realm="Twilio API"');
  if (status === 429) response.setHeader('retry-after', '1');
  answerError(response, status, code, detail ? `${message}: ${detail}` : message);
}

/** Answers in the shape of Twilio's errors, for codes that only the knobs ask for. */
export function answerError(response: Response, status: number, code: number, message: string): void {
  response.status(status).json({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}
