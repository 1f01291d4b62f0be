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
  /** What leaves; of a call, what is also written in the console. */
  body: string;
}

/** The words of one message, the same for the same notification however often they are asked for. */
export function compose(
  incident: IncidentFacts,
  links: LinkOptions,
  message: { kind: NotificationKind; round: number; channel: Channel; locale: Locale; token: string },
): Words {
  const { laneLabel, storeName, code, drill } = incident;
  const place = { laneLabel, storeName, code, drill };
  const linked = { ...place, linkUrl: `${links.publicUrl}/e/${message.token}` };
  const subject = `${drill ? 'DRILL ' : ''}Floorwalker ${code}: ${laneLabel}`;
  const { locale } = message;
  switch (message.kind) {
    case 'correction':
      return {
        subject,
        body: correctionText(locale, {
          ...place,
          because: incident.posVerdict === 'MATCH' ? 'receipt_found' : 'person',
        }),
      };
    case 'help':
    case 'help_call':
      return { subject, body: helpText(locale, linked) };
    case 'alert':
      return { subject, body: message.round > 0 ? handOverText(locale, linked) : alertText(locale, linked) };
  }
}
