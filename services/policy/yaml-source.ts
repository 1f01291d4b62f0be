import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { DocumentPath } from '../../domain/policy-document/document.ts';

export interface SourceProblem {
  line: number;
  column: number;
  path: string;
  message: string;
}

export interface ReadSource {
  value: unknown;
  /** The place of a value, or of its key; of what is missing, the place of what should have had it. */
  problemAt(path: DocumentPath, message: string, at?: 'key' | 'value'): SourceProblem;
}

const maxSourceBytes = 64 * 1024;

const plainWords: Record<string, string> = {
  TAB_AS_INDENT: 'tabs cannot indent: use two spaces',
  MULTIPLE_DOCS: 'is a second document: one policy per source, so delete the line ---',
  BLOCK_AS_IMPLICIT_KEY: 'has two colons on one line: put the inner part on a line of its own, or the text in quotes',
  MISSING_CHAR: 'a closing quote or bracket is missing',
  BAD_INDENT: 'is not closed or not indented as what it belongs to: check brackets and spaces',
};

/** Lists in lists on one line: the parser would work on them for seconds before it gives up. */
const hopelesslyNested = /(?:[-?:] +){64}|(?:[[{]\s*){64}/;

const whole = (message: string): { problems: SourceProblem[] } => ({
  problems: [{ line: 1, column: 1, path: '', message }],
});

/** Reads YAML or JSON and remembers where everything stands; what could hide something or explode is refused. */
export function readSource(source: string): ReadSource | { problems: SourceProblem[] } {
  if (Buffer.byteLength(source) > maxSourceBytes) return whole('is larger than 64 kB: a policy takes a few');
  if (hopelesslyNested.test(source)) return whole('is nested too deeply for a policy');
  try {
    return read(source);
  } catch (error) {
    // The parser recurses, so brackets by the thousand exhaust its stack.
    if (error instanceof RangeError) return whole('is nested too deeply for a policy');
    throw error;
  }
}

function read(source: string): ReadSource | { problems: SourceProblem[] } {
  const lines = new LineCounter();
  // Its own check of keys compares each with each: seconds for a source made to be slow.
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: SourceProblem[] = [];
  const refuse = (offset: number, message: string, path = '') => problems.push({ ...place(offset), path, message });
  for (const error of document.errors) refuse(error.pos[0], plainWords[error.code] ?? error.message);
  for (const warning of document.warnings) refuse(warning.pos[0], `${warning.message}: write a plain value`);
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) refuse(offset, 'is an alias (*): write the value out');
      else if (node.anchor !== undefined) refuse(offset, 'has an anchor (&): write the value out where it is needed');
    },
    Map: (_key, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : '';
        const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
        if (!isScalar(key)) refuse(offset, 'is no plain key');
        else if (seen.has(name)) refuse(offset, `"${name}" is here twice: delete one of the two`, name);
        seen.add(name);
      }
    },
  });
  if (problems.length > 0) return { problems };
  return {
    value: document.toJS() as unknown,
    problemAt: (path, message, at = 'value') => ({
      ...place(offsetOf(document.contents, path, at)),
      path: path.join('.'),
      message,
    }),
  };
}

function offsetOf(contents: unknown, path: DocumentPath, at: 'key' | 'value'): number {
  let node: unknown = contents;
  let offset = startOf(contents) ?? 0;
  for (const [depth, segment] of path.entries()) {
    if (isMap(node)) {
      const pair = pairsOf(node).get(String(segment));
      if (pair === undefined) return offset;
      const last = depth === path.length - 1;
      node = pair.value;
      // An empty value stands nowhere; its key does.
      const empty = isScalar(node) && node.value === null;
      offset = ((last && at === 'key') || empty ? startOf(pair.key) : startOf(node)) ?? startOf(pair.key) ?? offset;
    } else if (isSeq(node)) {
      node = node.items[Number(segment)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

/** Found by name, since a source with thousands of mistakes asks for thousands of places. */
const known = new WeakMap<YAMLMap, Map<string, Pair>>();
function pairsOf(map: YAMLMap): Map<string, Pair> {
  const pairs =
    known.get(map) ?? new Map(map.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : '', pair]));
  known.set(map, pairs);
  return pairs;
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? (node as Node).range?.[0] : undefined);
