import twilio from 'twilio';

/** The TwiML that texts back one message, or nothing at all. */
export function messageTwiml(text: string | null): string {
  const response = new twilio.twiml.MessagingResponse();
  if (text !== null) response.message(text);
  return response.toString();
}
