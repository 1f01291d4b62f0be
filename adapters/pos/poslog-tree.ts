import { keptRawSigns } from '../../domain/day-file.ts';

/** An element with what is in it; only what belongs to one line of a till is ever held. */
export interface PosLogNode {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: PosLogNode[];
  text: string;
}

/** The first child at the end of this path. */
export function nodeAt(node: PosLogNode | undefined, ...path: readonly string[]): PosLogNode | undefined {
  let found = node;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}

/** The text at the end of this path; undefined when it is not there or empty. */
export function textAt(node: PosLogNode | undefined, ...path: readonly string[]): string | undefined {
  const text = nodeAt(node, ...path)?.text.trim();
  return text === '' ? undefined : text;
}

/** An XML flag; absent is false. */
export const flag = (node: PosLogNode | undefined, name: string): boolean =>
  ['true', '1'].includes(node?.attributes[name] ?? '');

/** The element as XML again, as much of it as is kept for a person to look at. */
export function excerptOf(node: PosLogNode): string {
  return writeNode(node, '').slice(0, keptRawSigns);
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);

function writeNode({ name, attributes, children, text }: PosLogNode, before: string): string {
  if (before.length > keptRawSigns) return before;
  const opened = `${before}<${name}${Object.entries(attributes)
    .map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`)
    .join('')}>${escaped(text.trim())}`;
  return `${children.reduce((written, child) => writeNode(child, written), opened)}</${name}>`;
}
