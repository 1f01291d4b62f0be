import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { DayFileError, type DayFileLine, type DayFileReading } from '../../domain/day-file.ts';
import { createLocalClock } from './local-clock.ts';
import { type OpenTransaction, openTransaction } from './poslog-transaction.ts';
import type { PosLogNode } from './poslog-tree.ts';

const maxDepth = 40;
const maxNodes = 1_000;
const maxTextSigns = 4_000;
/** One piece of markup or text longer than this is no till's; nothing longer is ever held. */
const maxSilentSigns = 262_144;
const sliceBytes = 65_536;
const declarationBytes = 256;

const headerNames = new Set([
  ...['RetailStoreID', 'BusinessUnit', 'WorkstationID', 'SequenceNumber', 'BeginDateTime', 'EndDateTime'],
  ...['OperatorID', 'CurrencyCode'],
]);
const controlNames = new Set(['ControlTransaction', 'TenderControlTransaction', 'PostVoidTransaction']);
const asideNames = new Set(['TransactionLink', 'Total', 'ReceiptDateTime']);
/** Below a header, a line or a control: only what is read. Names, card numbers and signatures are never held. */
const innerNames = new Set([
  ...['UnitID', 'SequenceNumber', 'BeginDateTime', 'EndDateTime', 'TransactionLink', 'ItemLink'],
  ...['LineItemSequenceNumber', 'POSIdentity', 'POSItemID', 'ItemID', 'Description', 'Quantity', 'ExtendedAmount'],
  ...['RetailPriceModifier', 'Amount', 'PreviousPrice', 'NewPrice', 'ReasonCode', 'Reason', 'TenderChange'],
]);
const attributeNames = new Set([
  ...['VoidFlag', 'CancelFlag', 'TrainingModeFlag', 'UnitOfMeasureCode', 'TenderType', 'TypeCode', 'Currency'],
  ...['Action', 'MethodCode', 'TotalType', 'TransactionStatus'],
]);

/** Reads ARTS POSLog line by line in bounded memory; refuses every document type declaration, and so every entity. */
export async function* readPosLog(
  chunks: AsyncIterable<Uint8Array>,
  reading: DayFileReading,
): AsyncGenerator<DayFileLine> {
  const lines: DayFileLine[] = [];
  const parser = createParser(reading, (line) => lines.push(line));
  for await (const text of decoded(chunks, () => parser.line())) {
    parser.write(text);
    yield* lines.splice(0);
  }
  parser.close();
  yield* lines.splice(0);
}

interface PosLogParser {
  line(): number;
  write(text: string): void;
  close(): void;
}

function createParser(reading: DayFileReading, emit: (line: DayFileLine) => void): PosLogParser {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const clock = createLocalClock(reading.timeZone);
  const path: string[] = [];
  /** The elements of the header, line or control that is being read, from the outermost in. */
  const open: PosLogNode[] = [];
  let prefix = '';
  let skipFrom = 0;
  let nodes = 0;
  let startedAtLine = 1;
  let silentSigns = 0;
  let transaction: OpenTransaction | null = null;

  const refuse = (message: string): never => {
    throw new DayFileError(parser.line, `${message} (line ${parser.line})`);
  };
  const wanted = (name: string): boolean => {
    if (open.length === 1 && open[0]!.name === 'LineItem') return true;
    if (open.length === 1 && controlNames.has(open[0]!.name)) return true;
    if (open.length > 0) return innerNames.has(name);
    if (path.length === 3) return headerNames.has(name) || controlNames.has(name);
    return name === 'LineItem' || asideNames.has(name);
  };

  parser.on('doctype', () => refuse('a POSLog needs no DOCTYPE, and none is taken: remove the declaration'));
  parser.on('opentag', ({ name: fullName, attributes }) => {
    silentSigns = 0;
    if (path.length >= maxDepth) refuse(`elements are nested deeper than ${maxDepth}; this is no POSLog`);
    if (path.length === 0) prefix = fullName.includes(':') ? fullName.slice(0, fullName.indexOf(':') + 1) : '';
    const ours = fullName.startsWith(prefix) && !fullName.slice(prefix.length).includes(':');
    const name = ours ? fullName.slice(prefix.length) : fullName;
    path.push(name);
    if (path.length === 1 && name !== 'POSLog') refuse(`the root is <${name.slice(0, 60)}>; it must be <POSLog>`);
    if (path.length === 1 || skipFrom > 0) return;
    if (path.length === 2) {
      if (name === 'Transaction') transaction = openTransaction(kept(attributes), reading, clock);
      else skipFrom = path.length;
      return;
    }
    if (path.length === 3 && name === 'RetailTransaction') {
      transaction?.retail(attributes['TransactionStatus'] ?? '');
      return;
    }
    if (!ours || !wanted(name)) {
      skipFrom = path.length;
      return;
    }
    if (open.length === 0) {
      nodes = 0;
      startedAtLine = parser.line;
    }
    nodes += 1;
    if (nodes > maxNodes) refuse(`<${open[0]!.name}> has more than ${maxNodes} elements; this is no line of a till`);
    const node: PosLogNode = { name, attributes: kept(attributes), children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  const onText = (text: string): void => {
    silentSigns = 0;
    const node = open.at(-1);
    if (skipFrom > 0 || !node) return;
    node.text += text;
    if (node.text.length > maxTextSigns) refuse(`<${node.name}> holds more than ${maxTextSigns} signs`);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('comment', () => {
    silentSigns = 0;
  });
  parser.on('closetag', () => {
    silentSigns = 0;
    const depth = path.length;
    const name = path.pop();
    if (skipFrom > 0) {
      if (skipFrom === depth) skipFrom = 0;
      return;
    }
    const node = open.pop();
    if (node) {
      if (open.length === 0 && transaction) finished(transaction, node, depth).forEach(emit);
      return;
    }
    if (depth === 3 && name === 'RetailTransaction') transaction?.endOfRetail(parser.line).forEach(emit);
    if (depth === 2) transaction = null;
  });
  const finished = (current: OpenTransaction, node: PosLogNode, depth: number): DayFileLine[] => {
    if (depth === 3 && controlNames.has(node.name)) return current.control(startedAtLine, node);
    if (depth === 3) current.header(node);
    else if (node.name === 'LineItem') return current.item(startedAtLine, node);
    else current.aside(node);
    return [];
  };

  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (error instanceof DayFileError || !(error instanceof Error) || !isXmlError(error)) throw error;
      const where = path.length === 0 ? '' : ` inside <${path.at(-1)?.slice(0, 60) ?? ''}>`;
      refuse(`the XML cannot be read${where}: ${error.message.replace(/^(\d+:\d+: )?/, '').slice(0, 200)}`);
    }
  };
  return {
    line: () => parser.line,
    write: (text) =>
      guarded(() => {
        parser.write(text);
        silentSigns += text.length;
        if (silentSigns > maxSilentSigns)
          refuse(`one piece of text or markup is longer than ${maxSilentSigns} signs; this is no POSLog`);
      }),
    close: () =>
      guarded(() => {
        if (path.length > 0) refuse(`the file ends inside <${path.at(-1) ?? ''}>; send it again, whole`);
        parser.close();
      }),
  };
}

/** The parser throws plain errors that start with where they happened. */
const isXmlError = (error: Error): boolean => /^\d+:\d+: /.test(error.message);

const kept = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => attributeNames.has(name)));

/** Text in the encoding that the XML declaration names; UTF-8 without one. */
async function* decoded(chunks: AsyncIterable<Uint8Array>, line: () => number): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let first = new Uint8Array(0);
  const decode = (bytes?: Uint8Array): string => {
    decoder ??= decoderFor(first);
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw new DayFileError(
        line(),
        `the file is not ${decoder.encoding}, as it says it is, soon after line ${line()}`,
      );
    }
  };
  for await (const chunk of chunks) {
    let bytes = chunk;
    if (!decoder) {
      first = Buffer.concat([first, chunk]);
      if (first.length < declarationBytes) continue;
      bytes = first;
    }
    for (let from = 0; from < bytes.length; from += sliceBytes) yield decode(bytes.subarray(from, from + sliceBytes));
  }
  if (!decoder && first.length > 0) yield decode(first);
  yield decode();
}

function decoderFor(first: Uint8Array): TextDecoder {
  if ((first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff))
    throw new DayFileError(1, 'the file is UTF-16; write it as UTF-8');
  const start = Buffer.from(first.subarray(0, declarationBytes)).toString('latin1');
  const named = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(start)?.[1] ?? 'utf-8';
  if (!/^(utf-?8|us-ascii|iso-8859-1|latin1|windows-1252)$/i.test(named))
    throw new DayFileError(1, `the encoding ${named} is not read here; write the file as UTF-8`);
  return new TextDecoder(named, { fatal: true });
}
