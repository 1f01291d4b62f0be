import twilio from 'twilio';

/** The languages that people are spoken to in. */
export type SpokenLanguage = 'en-GB' | 'es-ES' | 'de-DE' | 'fr-FR';

export interface Spoken {
  text: string;
  language: SpokenLanguage;
}

export interface Menu {
  /** Said in this order; a key cuts it short. */
  say: readonly Spoken[];
  gather: { numDigits: number; timeoutSeconds: number; actionUrl: string };
  /** What happens when no key comes: the menu of that address, or a farewell and the end. */
  afterwards: { repeatUrl: string } | { goodbye: Spoken };
}

/** The TwiML that texts back one message, or nothing at all. */
export function messageTwiml(text: string | null): string {
  const response = new twilio.twiml.MessagingResponse();
  if (text !== null) response.message(text);
  return response.toString();
}

/** The TwiML of a call that reads a menu and waits for keys, which are posted to `actionUrl` as Digits; # ends them early. */
export function menuTwiml({ say, gather, afterwards }: Menu): string {
  const response = new twilio.twiml.VoiceResponse();
  const { numDigits, timeoutSeconds, actionUrl } = gather;
  const menu = response.gather({
    input: ['dtmf'],
    numDigits,
    timeout: timeoutSeconds,
    action: actionUrl,
    method: 'POST',
  });
  for (const { text, language } of say) menu.say({ language }, text);
  if ('repeatUrl' in afterwards) response.redirect({ method: 'POST' }, afterwards.repeatUrl);
  else {
    const { text, language } = afterwards.goodbye;
    response.say({ language }, text);
    response.hangup();
  }
  return response.toString();
}

/** The TwiML of a call that says one thing and ends. */
export function sayTwiml(text: string, language: SpokenLanguage): string {
  const response = new twilio.twiml.VoiceResponse();
  response.say({ language }, text);
  response.hangup();
  return response.toString();
}
