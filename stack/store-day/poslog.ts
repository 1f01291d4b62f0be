import type { PosEvent, TenderType } from '../../domain/types.ts';
import { majorUnits, type WrittenAs, wallClock } from './day-file.ts';

/**
 * A day as ARTS POSLog 6, one transaction at a time, from lines whose transactions stand together. POSLog has no place
 * for the pieces of a multi-pack nor for a drawer that opens within a sale, and says only by the state of a transaction
 * that it was cancelled, suspended or taken back: those lines come back with numbers of the reader's own.
 */
export function* toPosLog(events: Iterable<PosEvent>, { timeZone }: WrittenAs = {}): Generator<string> {
  const timeOf = timeZone === undefined ? (at: string) => at : wallClock(timeZone);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/" MajorVersion="6" MinorVersion="0">\n';
  let transaction: PosEvent[] = [];
  for (const event of events) {
    const before = transaction.at(-1);
    if (before && !belongs(before, event)) {
      yield writeTransaction(transaction, timeOf);
      transaction = [];
    }
    if (event.type !== 'heartbeat') transaction.push(event);
  }
  if (transaction.length > 0) yield writeTransaction(transaction, timeOf);
  yield '</POSLog>\n';
}

/** A suspended receipt ends where it is suspended; what follows is written as the transaction that took it up again. */
const belongs = (before: PosEvent, event: PosEvent): boolean =>
  before.storeId === event.storeId &&
  before.terminalId === event.terminalId &&
  before.transactionId === event.transactionId &&
  event.type !== 'resume';

const tenderNames: Readonly<Record<TenderType, string>> = {
  cash: 'Cash',
  card: 'CreditDebit',
  mobile: 'MobilePayment',
  voucher: 'Voucher',
  other: 'Other',
};

const unitCodes = { each: 'EA', kg: 'KGM', g: 'GRM', lb: 'LBR', oz: 'ONZ', l: 'LTR', m: 'MTR' } as const;

function writeTransaction(events: readonly PosEvent[], timeOf: (at: string) => string): string {
  const first = events[0]!;
  const last = events.at(-1)!;
  const training = first.training ? ' TrainingModeFlag="true"' : '';
  return [
    `<Transaction${training}>`,
    element('RetailStoreID', first.storeId),
    element('WorkstationID', first.terminalId),
    element('SequenceNumber', first.transactionId),
    element('BusinessDayDate', timeOf(first.occurredAt).slice(0, 10)),
    element('BeginDateTime', timeOf(first.occurredAt)),
    element('EndDateTime', timeOf(last.occurredAt)),
    first.operatorId === undefined ? '' : element('OperatorID', first.operatorId),
    element('CurrencyCode', events.find(({ currency }) => currency !== undefined)?.currency ?? 'XXX'),
    writeBody(events, timeOf),
    '</Transaction>\n',
  ].join('');
}

function writeBody(events: readonly PosEvent[], timeOf: (at: string) => string): string {
  const [{ type }] = events as [PosEvent];
  if (type === 'no_sale') return '<TenderControlTransaction><NoSale/></TenderControlTransaction>';
  if (type === 'sign_on') return '<ControlTransaction><SignOn/></ControlTransaction>';
  if (type === 'sign_off') return '<ControlTransaction><SignOff/></ControlTransaction>';
  const whole = events.find((event) => event.type === 'void' || event.type === 'post_void');
  const total = whole?.amountMinor === undefined ? '' : grandTotal(Math.abs(whole.amountMinor));
  const link = whole?.relatedTransactionId === undefined ? '' : linkTo(whole.relatedTransactionId);
  const items = events.map((event) => writeItem(event, timeOf)).join('');
  return `<RetailTransaction TransactionStatus="${statusOf(events)}">${link}${items}${total}</RetailTransaction>`;
}

function statusOf(events: readonly PosEvent[]): string {
  const has = (type: PosEvent['type']) => events.some((event) => event.type === type);
  if (has('post_void')) return 'PostVoided';
  if (has('void')) return 'Voided';
  if (has('suspend')) return 'Suspended';
  if (has('resume')) return 'SuspendedRetrieved';
  return 'Delivered';
}

function writeItem(event: PosEvent, timeOf: (at: string) => string): string {
  const body = bodyOf(event);
  if (body === null) return '';
  const head = `${element('SequenceNumber', String(event.line))}${element('BeginDateTime', timeOf(event.occurredAt))}`;
  return `<LineItem>${head}${body}</LineItem>`;
}

function bodyOf(event: PosEvent): string | null {
  switch (event.type) {
    case 'scan':
      return `<Sale ItemType="Stock">${goodsOf(event)}</Sale>`;
    case 'refund':
      return `<Return ItemType="Stock">${goodsOf(event)}${linkOf(event)}</Return>`;
    case 'line_void':
      return `<Void>${goodsOf(event)}${linkOf(event)}</Void>`;
    case 'override':
    case 'discount': {
      const method = event.type === 'override' ? 'PriceOverride' : 'PriceRule';
      const action = (event.amountMinor ?? 0) > 0 ? 'Add' : 'Subtract';
      const amount = element('Amount', majorUnits(Math.abs(event.amountMinor ?? 0)), ` Action="${action}"`);
      const reason = event.reasonCode === undefined ? '' : element('ReasonCode', event.reasonCode);
      return `<RetailPriceModifier MethodCode="${method}">${amount}${reason}${linkOf(event)}</RetailPriceModifier>`;
    }
    case 'tender': {
      const minor = event.amountMinor ?? 0;
      const attributes = `TenderType="${tenderNames[event.tenderType ?? 'other']}" TypeCode="${minor < 0 ? 'Refund' : 'Sale'}"`;
      const currency = event.currency === undefined ? '' : ` Currency="${event.currency}"`;
      return `<Tender ${attributes}>${element('Amount', majorUnits(Math.abs(minor)), currency)}</Tender>`;
    }
    default:
      return null;
  }
}

const goodsOf = ({ plu, description, quantity, unit, amountMinor }: PosEvent): string =>
  [
    plu === undefined ? '' : `<POSIdentity POSIDType="PLU">${element('POSItemID', plu)}</POSIdentity>`,
    description === undefined ? '' : element('Description', description),
    amountMinor === undefined ? '' : element('ExtendedAmount', majorUnits(amountMinor)),
    quantity === undefined
      ? ''
      : element('Quantity', String(quantity), unit === undefined ? '' : ` UnitOfMeasureCode="${unitCodes[unit]}"`),
  ].join('');

function linkOf({ relatedTransactionId, relatedLine }: PosEvent): string {
  if (relatedTransactionId === undefined && relatedLine === undefined) return '';
  return linkTo(relatedTransactionId, relatedLine);
}

const linkTo = (transactionId: string | undefined, line?: number): string =>
  `<TransactionLink>${transactionId === undefined ? '' : element('SequenceNumber', transactionId)}${
    line === undefined ? '' : element('LineItemSequenceNumber', String(line))
  }</TransactionLink>`;

const grandTotal = (minor: number): string =>
  element('Total', majorUnits(minor), ' TotalType="TransactionGrandAmount"');

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const element = (name: string, text: string, attributes = ''): string =>
  `<${name}${attributes}>${text.replace(/[&<>]/g, (sign) => escapes[sign]!)}</${name}>`;
