import { alertText, correctionText, handOverText, helpText, noticeText } from '../../domain/message-text.ts';
import { type EmailKind, emailMessage } from '../../domain/messages/email.ts';
import { menuSpeech } from '../../domain/messages/voice.ts';
import type { RunbookAction } from '../../domain/runbook.ts';
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
  /** What waits for an approval, of a notice. */
  action?: RunbookAction | undefined;
}

/** The words of one message, the same for the same notification however often they are asked for. */
export function compose(incident: IncidentFacts, links: LinkOptions, message: Message): Words {
  const { laneLabel, storeName, code, drill } = incident;
  const facts = { laneLabel, storeName, code, drill, linkUrl: `${links.publicUrl}/e/${message.token}` };
  const about = aboutOf(incident, message);
  if (message.channel === 'email') return emailMessage(message.locale, facts, about);
  if (message.channel === 'voice' && about.kind !== 'correction')
    return { subject: '', body: menuSpeech(message.locale, about.kind === 'help' ? 'help' : 'alert', facts) };
  return { subject: '', body: textOf(message.locale, facts, about) };
}

function aboutOf(incident: IncidentFacts, { kind, round, action }: Message): EmailKind {
  switch (kind) {
    case 'notice':
      return { kind, ...(action === undefined ? {} : { action }) };
    case 'correction':
      return { kind, because: incident.posVerdict === 'MATCH' ? 'receipt_found' : 'person' };
    case 'help':
    case 'help_call':
      return { kind: 'help' };
    case 'alert':
      return { kind: round > 0 ? 'hand_over' : 'alert' };
  }
}

function textOf(locale: Locale, facts: Parameters<typeof alertText>[1], about: EmailKind): string {
  switch (about.kind) {
    case 'notice':
      return noticeText(locale, { ...facts, linkUrl: undefined, ...(about.action ? { action: about.action } : {}) });
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
