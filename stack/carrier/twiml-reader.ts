import { elementsOf, parseXml, textOf, type XmlElement } from './xml.ts';

/** Reads the answer to an inbound webhook as the carrier does: what is to be texted back, or why it cannot be understood. */
export type TwimlAnswer = { ok: true; replies: string[] } | { ok: false; reason: string };

/** An empty answer is fine; `text/plain` is texted as it stands; anything else must be a TwiML `<Response>`. */
export function readTwiml(contentType: string, body: string): TwimlAnswer {
  if (body.trim() === '') return { ok: true, replies: [] };
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === 'text/plain') return { ok: true, replies: [body.trim()] };
  if (!isXml(mediaType))
    return { ok: false, reason: `12300: content type "${mediaType}" is not text/xml or text/plain` };
  try {
    return { ok: true, replies: readReplies(responseOf(body)) };
  } catch (error) {
    return { ok: false, reason: `12100: ${(error as Error).message}` };
  }
}

export const mediaTypeOf = (contentType: string): string => contentType.split(';')[0]?.trim().toLowerCase() ?? '';
export const isXml = (mediaType: string): boolean => mediaType === 'text/xml' || mediaType === 'application/xml';

/** The `<Response>` that every TwiML document is. */
export function responseOf(xml: string): XmlElement {
  const root = parseXml(xml);
  if (root.name !== 'Response') throw new Error(`<${root.name}> inside <document> is not carried here`);
  return root;
}

function readReplies(response: XmlElement): string[] {
  return elementsOf(response)
    .map((message) => {
      if (message.name !== 'Message') throw new Error(`<${message.name}> inside <Response> is not carried here`);
      if (Object.keys(message.attributes).length > 0) throw new Error('attributes of <Message> are not carried here');
      const [body] = message.children.filter((child) => typeof child !== 'string');
      return body?.name === 'Body' ? elementsOf(message).map(textOf).join('') : textOf(message);
    })
    .filter((text) => text !== '');
}
