import { type DayFileMapping, minorUnitsFrom } from '../../domain/day-file.ts';
import type { PosLineType, PosUnit, TenderType } from '../../domain/types.ts';
import { flag, nodeAt, type PosLogNode, textAt } from './poslog-tree.ts';

/** One line of a till without the header that all lines of a transaction share. */
export type PosLogFields = Record<string, unknown> & { line: number; type: PosLineType };

/** What is wrong with one element; the rest of the file is read on. */
export class PosLogProblem extends Error {}

/** Lines that the file does not number itself: price modifiers, the voiding of a line, the end of the transaction. */
export const ownLinesFrom = 50_000;

/** UN/ECE recommendation 20, as POSLog writes units, and the names that tills write instead. */
const units: Readonly<Record<string, PosUnit>> = {
  ...{ EA: 'each', EACH: 'each', PCE: 'each', C62: 'each', H87: 'each', ST: 'each' },
  ...{ KGM: 'kg', KG: 'kg', GRM: 'g', G: 'g', LBR: 'lb', LB: 'lb', ONZ: 'oz', OZ: 'oz' },
  ...{ LTR: 'l', L: 'l', MTR: 'm', M: 'm' },
};

const tenders: readonly [RegExp, TenderType][] = [
  [/^cash$/i, 'cash'],
  [/^(credit|debit|creditdebit|creditcard|debitcard|card)$/i, 'card'],
  [/^(mobile.*|wallet|epayment)$/i, 'mobile'],
  [/(voucher|gift|coupon|storedvalue|storecredit)/i, 'voucher'],
];

/** What is in a LineItem and is no line of a till. */
const besides = new Set([
  'SequenceNumber',
  'BeginDateTime',
  'EndDateTime',
  'TransactionLink',
  'ItemLink',
  'LineItemSequenceNumber',
]);

/** Counts the lines of one transaction that have no number in the file. */
export interface OwnLines {
  next(): number;
}

/** The till lines of one LineItem, in order; a string names the kind of element that is not read. */
export function linesOfItem(
  item: PosLogNode,
  own: OwnLines,
  amount: DayFileMapping['amount'],
): PosLogFields[] | string {
  const kind = item.children.find(({ name }) => !besides.has(name));
  if (!kind) return 'an empty LineItem';
  const line = lineNumberOf(item);
  switch (kind.name) {
    case 'Sale':
    case 'SaleForDelivery':
    case 'SaleForPickup':
      return saleLines(item, kind, line, own, amount);
    case 'Return':
      return [
        {
          ...goodsOf(kind, line, 'refund', amount),
          ...linkOf(nodeAt(kind, 'TransactionLink') ?? nodeAt(item, 'TransactionLink')),
          ...reasonOf(kind),
        },
      ];
    case 'Void':
      return [
        {
          ...goodsOf(kind, line, 'line_void', amount),
          ...linkOf(nodeAt(kind, 'TransactionLink') ?? kind),
          ...reasonOf(kind),
        },
      ];
    case 'Tender':
      return tenderLines(item, kind, line, own, amount);
    case 'Discount':
    case 'PriceModification':
    case 'RetailPriceModifier':
      return [{ ...modifierOf(kind, amount), ...linkOf(nodeAt(kind, 'TransactionLink')), line }];
    default:
      return kind.name;
  }
}

function saleLines(
  item: PosLogNode,
  sale: PosLogNode,
  line: number,
  own: OwnLines,
  amount: DayFileMapping['amount'],
): PosLogFields[] {
  if (flag(item, 'VoidFlag') || flag(item, 'CancelFlag')) {
    const voided = goodsOf(sale, line, 'line_void', amount);
    const link = linkOf(nodeAt(item, 'TransactionLink') ?? nodeAt(sale, 'TransactionLink') ?? item);
    // It names the line that it takes back, or is written as a negative one: a line of its own.
    if (link.relatedLine !== undefined || isNegative(sale)) return [{ ...voided, ...link, ...reasonOf(sale) }];
    // Otherwise the flag says of a rung line that it was taken back later.
    return [goodsOf(sale, line, 'scan', amount), { ...voided, line: own.next(), relatedLine: line, ...reasonOf(sale) }];
  }
  const modifiers = sale.children.filter(
    ({ name, ...child }) => name === 'RetailPriceModifier' && !flag({ name, ...child }, 'VoidFlag'),
  );
  return [
    goodsOf(sale, line, isNegative(sale) ? 'refund' : 'scan', amount),
    ...modifiers.map((modifier) => ({ ...modifierOf(modifier, amount), line: own.next(), relatedLine: line })),
  ];
}

function tenderLines(
  item: PosLogNode,
  tender: PosLogNode,
  line: number,
  own: OwnLines,
  amount: DayFileMapping['amount'],
): PosLogFields[] {
  const paid = minorOf(textAt(tender, 'Amount'), 'Tender/Amount', amount);
  const change = minorOf(textAt(tender, 'TenderChange', 'Amount'), 'TenderChange/Amount', amount);
  const refunded = /refund/i.test(tender.attributes['TypeCode'] ?? '');
  const written = tender.attributes['TenderType'] ?? '';
  const net = paid === undefined ? undefined : paid - Math.abs(change ?? 0);
  const fields: PosLogFields = {
    line,
    type: 'tender',
    tenderType: tenders.find(([form]) => form.test(written))?.[1] ?? 'other',
    amountMinor: net === undefined ? undefined : refunded ? -Math.abs(net) : net,
    currency: nodeAt(tender, 'Amount')?.attributes['Currency'],
  };
  if (!flag(item, 'VoidFlag')) return [fields];
  const { tenderType: _tenderType, ...voided } = fields;
  const taken = { ...voided, type: 'line_void' as const, amountMinor: net === undefined ? undefined : -Math.abs(net) };
  const link = linkOf(nodeAt(item, 'TransactionLink') ?? item);
  return link.relatedLine === undefined
    ? [fields, { ...taken, line: own.next(), relatedLine: line }]
    : [{ ...taken, ...link }];
}

/** What Sale, Return and Void share. */
function goodsOf(goods: PosLogNode, line: number, type: PosLineType, amount: DayFileMapping['amount']): PosLogFields {
  const quantity = nodeAt(goods, 'Quantity');
  const unitCode = quantity?.attributes['UnitOfMeasureCode'];
  const unit = unitCode === undefined ? undefined : units[unitCode.toUpperCase()];
  if (unitCode !== undefined && unit === undefined)
    throw new PosLogProblem(
      `Quantity: the unit ${unitCode.slice(0, 20)} is not known here; use a code such as EA, KGM, LBR, LTR or MTR`,
    );
  const measure = textAt(quantity) === undefined ? undefined : Math.abs(Number(textAt(quantity)));
  if (measure !== undefined && Number.isNaN(measure)) throw new PosLogProblem('Quantity: must be a number');
  const extended = minorOf(textAt(goods, 'ExtendedAmount'), 'ExtendedAmount', amount);
  const positive = type === 'scan';
  return {
    line,
    type,
    plu: textAt(goods, 'POSIdentity', 'POSItemID') ?? textAt(goods, 'POSItemID') ?? textAt(goods, 'ItemID'),
    description: textAt(goods, 'Description')?.slice(0, 128),
    quantity: measure === 0 ? undefined : measure,
    unit,
    amountMinor: extended === undefined ? undefined : positive ? extended : extended === 0 ? 0 : -Math.abs(extended),
  };
}

function modifierOf(
  modifier: PosLogNode,
  amount: DayFileMapping['amount'],
): Omit<PosLogFields, 'line'> & { type: PosLineType } {
  const override = /override/i.test(modifier.attributes['MethodCode'] ?? '');
  const node = nodeAt(modifier, 'Amount');
  const action = (node?.attributes['Action'] ?? 'Subtract').toLowerCase();
  const written = minorOf(textAt(node), 'RetailPriceModifier/Amount', amount);
  const previous = minorOf(textAt(modifier, 'PreviousPrice'), 'PreviousPrice', amount);
  const replaced = minorOf(textAt(modifier, 'NewPrice'), 'NewPrice', amount) ?? written;
  const change =
    action === 'replace'
      ? replaced === undefined || previous === undefined
        ? undefined
        : replaced - previous
      : written === undefined
        ? undefined
        : action === 'add'
          ? Math.abs(written)
          : -Math.abs(written);
  return { type: override ? 'override' : 'discount', amountMinor: change, ...reasonOf(modifier) };
}

/** The transaction (and line) that this one is about. */
export function linkOf(link: PosLogNode | undefined): { relatedTransactionId?: string; relatedLine?: number } {
  // A LineItem has a SequenceNumber too, its own.
  const transactionId = link?.name === 'TransactionLink' ? textAt(link, 'SequenceNumber') : undefined;
  const written = textAt(link, 'LineItemSequenceNumber') ?? textAt(link, 'ItemLink');
  return {
    ...(transactionId === undefined ? {} : { relatedTransactionId: transactionId }),
    ...(written === undefined || !/^\d{1,6}$/.test(written) ? {} : { relatedLine: Number(written) }),
  };
}

function reasonOf(node: PosLogNode): { reasonCode?: string } {
  const written = textAt(node, 'ReasonCode') ?? textAt(node, 'Reason');
  return written === undefined ? {} : { reasonCode: written.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 32) };
}

export function minorOf(
  written: string | undefined,
  field: string,
  amount: DayFileMapping['amount'],
): number | undefined {
  if (written === undefined) return undefined;
  // POSLog is XML Schema: decimals in major units with a point, whatever the customer's CSV does.
  const minor = minorUnitsFrom(written, { ...amount, written: 'major', decimalSign: '.', sign: 'as_written' }, '');
  if (minor === null)
    throw new PosLogProblem(`${field}: must be a decimal with at most ${amount.exponent} digits behind the point`);
  return minor;
}

const isNegative = (goods: PosLogNode): boolean =>
  (textAt(goods, 'ExtendedAmount') ?? textAt(goods, 'Quantity') ?? '').startsWith('-');

function lineNumberOf(item: PosLogNode): number {
  const written = textAt(item, 'SequenceNumber');
  const line = Number(written);
  if (written === undefined || !/^\d{1,6}$/.test(written) || line >= ownLinesFrom)
    throw new PosLogProblem(`SequenceNumber: a LineItem needs one from 0 to ${ownLinesFrom - 1}`);
  return line;
}
