/** Reads the answer to an inbound webhook as the carrier does: what is to be texted back, or why it cannot be understood. */
export type TwimlAnswer = { ok: true; replies: string[] } | { ok: false; reason: string };

const TOKEN =
  /<\?xml[^>]*\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([A-Za-z]+)\s*>|<([A-Za-z]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;

/** An empty answer is fine; `text/plain` is texted as it stands; anything else must be a TwiML `<Response>`. */
export function readTwiml(contentType: string, body: string): TwimlAnswer {
  if (body.trim() === '') return { ok: true, replies: [] };
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'text/plain') return { ok: true, replies: [body.trim()] };
  if (mediaType !== 'text/xml' && mediaType !== 'application/xml') {
    return { ok: false, reason: `12300: content type "${mediaType}" is not text/xml or text/plain` };
  }
  try {
    return { ok: true, replies: readResponse(body) };
  } catch (error) {
    return { ok: false, reason: `12100: ${(error as Error).message}` };
  }
}

function readResponse(xml: string): string[] {
  const replies: string[] = [];
  const open: string[] = [];
  let text = '';
  let sawResponse = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(xml);
    if (!token) throw new Error(`not well-formed XML at character ${at}`);
    const [, cdata, closing, opening, attributes, selfClosing, characters] = token;
    if (cdata !== undefined) text += cdata;
    else if (characters !== undefined) {
      if (!open.includes('Message') && characters.trim() !== '') throw new Error('text outside of <Message>');
      text += decodeEntities(characters);
    } else if (opening !== undefined) {
      if (sawResponse && open.length === 0) throw new Error('more than one root element');
      checkElement(open, opening, attributes ?? '');
      sawResponse = true;
      if (opening === 'Message') text = '';
      if (!selfClosing) open.push(opening);
    } else if (closing !== undefined) {
      if (open.pop() !== closing) throw new Error(`</${closing}> closes nothing`);
      if (closing === 'Message' && text.trim() !== '') replies.push(text.trim());
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is never closed`);
  if (!sawResponse) throw new Error('no <Response>');
  return replies;
}

const CHILDREN: Record<string, readonly string[]> = {
  '': ['Response'],
  Response: ['Message'],
  Message: ['Body'],
  Body: [],
};

function checkElement(open: string[], name: string, attributes: string): void {
  const parent = open.at(-1) ?? '';
  if (!CHILDREN[parent]?.includes(name))
    throw new Error(`<${name}> inside <${parent || 'document'}> is not carried here`);
  if (attributes.trim() !== '') throw new Error(`attributes of <${name}> are not carried here`);
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&([^;&\s]*);?/g, (whole, name: string) => {
    const named = NAMED[name];
    if (named !== undefined && whole.endsWith(';')) return named;
    const numeric = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const codePoint = numeric ? Number.parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] ? 16 : 10) : Number.NaN;
    if (whole.endsWith(';') && codePoint <= 0x10ffff) return String.fromCodePoint(codePoint);
    throw new Error(`unknown entity "${whole}"`);
  });
}
