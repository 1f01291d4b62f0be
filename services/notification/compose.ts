import { type EmailKind, emailMessage } from '../../domain/messages/email.ts';
import { alertText, correctionText, handOverText, helpText } from '../../domain/message-text.ts';
import type { Channel, Locale, NotificationKind } from '../../domain/types.ts';
import type { IncidentFacts } from '../incident/facts.ts';

/** How links in messages are made; the token of a notification is derived, so a retry composes the very same text. */
export interface LinkOptions {
  publicUrl: string;
  linkSecret: string;
}

export interface Words {
  /** For e-mail; a text has none. */
  subject: string;
  /** What leaves; of a call, what the console shows of it. */
  body: string;
}

interface Message {
  kind: NotificationKind;
  round: number;
  channel: Channel;
  locale: Locale;
  token: string;
}

/** The words of one message, the same for the same notification however often they are asked for. */
export function compose(incident: IncidentFacts, links: LinkOptions, message: Message): Words {
  const { laneLabel, storeName, code, drill } = incident;
  const facts = { laneLabel, storeName, code, drill, linkUrl: `${links.publicUrl}/e/${message.token}` };
  const about = aboutOf(incident, message);
  if (message.channel === 'email') return emailMessage(message.locale, facts, about);
  return { subject: '', body: textOf(message.locale, facts, about) };
}

type About = Exclude<EmailKind, { kind: 'notice' }>;

function aboutOf(incident: IncidentFacts, { kind, round }: Message): About {
  switch (kind) {
    case 'correction':
      return { kind, because: incident.posVerdict === 'MATCH' ? 'receipt_found' : 'person' };
    case 'help':
    case 'help_call':
      return { kind: 'help' };
    case 'alert':
      return { kind: round > 0 ? 'hand_over' : 'alert' };
  }
}

function textOf(locale: Locale, facts: Parameters<typeof alertText>[1], about: About): string {
  switch (about.kind) {
    case 'correction':
      return correctionText(locale, { ...facts, because: about.because });
    case 'help':
      return helpText(locale, facts);
    case 'hand_over':
      return handOverText(locale, facts);
    case 'alert':
      return alertText(locale, facts);
  }
}
