/** As much of XML as TwiML uses; anything else is refused by its place. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: (XmlElement | string)[];
}

const TOKEN =
  /<\?xml[^>]*\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([A-Za-z]+)\s*>|<([A-Za-z]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

/** The root element of a document, or an error that says what is wrong with it. */
export function parseXml(xml: string): XmlElement {
  const open: XmlElement[] = [];
  let root: XmlElement | null = null;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(xml);
    if (!token) throw new Error(`not well-formed XML at character ${at}`);
    const [, cdata, closing, opening, attributes = '', selfClosing, characters] = token;
    const parent = open.at(-1);
    const text = cdata ?? (characters === undefined ? undefined : decodeEntities(characters));
    if (text !== undefined) {
      if (parent) parent.children.push(text);
      else if (text.trim() !== '') throw new Error('text outside of the root element');
    } else if (opening !== undefined) {
      const element: XmlElement = { name: opening, attributes: readAttributes(attributes), children: [] };
      if (parent) parent.children.push(element);
      else if (root) throw new Error('more than one root element');
      else root = element;
      if (!selfClosing) open.push(element);
    } else if (closing !== undefined && open.pop()?.name !== closing) throw new Error(`</${closing}> closes nothing`);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is never closed`);
  if (!root) throw new Error('no root element');
  return root;
}

/** The text of an element that may hold nothing but text. */
export function textOf({ name, children }: XmlElement): string {
  const child = children.find((each) => typeof each !== 'string');
  if (child && typeof child !== 'string') throw new Error(`<${child.name}> inside <${name}> is not carried here`);
  return children.join('').trim();
}

/** The elements inside an element that may hold no text of its own. */
export function elementsOf({ name, children }: XmlElement): XmlElement[] {
  const stray = children.find((each) => typeof each === 'string' && each.trim() !== '');
  if (stray !== undefined) throw new Error(`text directly inside <${name}>`);
  return children.filter((each) => typeof each !== 'string');
}

const readAttributes = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [
      name,
      decodeEntities(double ?? single ?? ''),
    ]),
  );

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
