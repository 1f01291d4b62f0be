import { Temporal as Tempo } from 'temporal-polyfill';
import type { DayFileMapping } from '../../domain/day-file.ts';
import type { PosEvent, PosLineType, TenderType } from '../../domain/types.ts';
import type { DayLine } from './types.ts';

export interface WrittenAs {
  /** Wall-clock times of this zone, as most tills export them; absent: instants with an offset. */
  timeZone?: string;
}

/** A day as a till's own export has it: each line once, whole receipts one after the other, no signs of life. */
export function dayFileOf(lines: Iterable<DayLine>): PosEvent[] {
  const receipts = new Map<string, Map<number, PosEvent>>();
  for (const { event } of lines) {
    if (event.type === 'heartbeat') continue;
    const key = `${event.terminalId}/${event.transactionId}`;
    const receipt = receipts.get(key) ?? new Map<number, PosEvent>();
    receipts.set(key, receipt.set(event.line, event));
  }
  const whole = [...receipts.values()].map((receipt) => [...receipt.values()].sort((a, b) => a.line - b.line));
  // Till by till, in the order in which the till's own clock went: an hour that comes twice is told by that order alone.
  whole.sort(([a], [b]) => byText(a!.terminalId, b!.terminalId) || byText(a!.occurredAt, b!.occurredAt));
  return whole.flat();
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Batches as `POST /v1/pos/events` takes them. */
export function* toJsonBatches(events: Iterable<PosEvent>, size = 1_000): Generator<PosEvent[]> {
  let batch: PosEvent[] = [];
  for (const event of events) {
    batch.push(event);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const columns = {
  storeId: 'Branch',
  terminalId: 'Till',
  transactionId: 'Receipt',
  line: 'Pos',
  type: 'Kind',
  occurredAt: 'When',
  plu: 'Article',
  description: 'Text',
  quantity: 'Count',
  unit: 'Unit',
  packSize: 'Pack',
  amount: 'Amount',
  currency: 'Currency',
  tenderType: 'Tender',
  relatedTransactionId: 'OfReceipt',
  relatedLine: 'OfPos',
  reasonCode: 'Reason',
  operatorId: 'Cashier',
  training: 'Training',
} as const;

const typeNames: Readonly<Record<Exclude<PosLineType, 'heartbeat'>, string>> = {
  scan: 'SALE',
  line_void: 'LINE-VOID',
  void: 'CANCEL',
  post_void: 'AFTER-VOID',
  refund: 'RETURN',
  override: 'PRICE',
  discount: 'REBATE',
  no_sale: 'NO-SALE',
  drawer: 'DRAWER',
  tender: 'PAY',
  suspend: 'PARK',
  resume: 'UNPARK',
  sign_on: 'LOGON',
  sign_off: 'LOGOFF',
};
const tenderNames: Readonly<Record<TenderType, string>> = {
  cash: 'CA',
  card: 'CC',
  mobile: 'MO',
  voucher: 'VO',
  other: 'XX',
};
const localPattern = 'dd.MM.yyyy HH:mm:ss.SSS';

/** What the customer whose till writes this would declare once, so that it can be read. */
export function csvMapping({ timeZone }: WrittenAs = {}): DayFileMapping {
  const turned = <T extends string>(names: Readonly<Record<T, string>>) =>
    Object.fromEntries(Object.entries<string>(names).map(([ours, theirs]) => [theirs, ours])) as Record<string, T>;
  return {
    stores: {},
    terminals: {},
    amount: { written: 'major', exponent: 2, decimalSign: ',', sign: 'as_written' },
    csv: {
      ...{ delimiter: ';', encoding: 'utf8', quotes: true, columns, constants: {} },
      types: turned(typeNames),
      tenderTypes: turned(tenderNames),
      units: { KG: 'kg', ST: 'each' },
      trainingValues: ['T'],
      timePattern: timeZone === undefined ? 'iso' : localPattern,
    },
  };
}

/** A CSV day file, line by line, in as little memory as one line takes. */
export function* toCsv(events: Iterable<PosEvent>, { timeZone }: WrittenAs = {}): Generator<string> {
  const local = timeZone === undefined ? null : wallClock(timeZone);
  yield `${Object.values(columns).join(';')}\r\n`;
  for (const event of events) {
    if (event.type === 'heartbeat') continue;
    const cells: (string | number | undefined)[] = [
      ...[event.storeId, event.terminalId, event.transactionId, event.line, typeNames[event.type]],
      ...[local === null ? event.occurredAt : germanOf(local(event.occurredAt)), event.plu, event.description],
      event.quantity === undefined ? undefined : String(event.quantity).replace('.', ','),
      event.unit === undefined ? undefined : event.unit === 'each' ? 'ST' : event.unit.toUpperCase(),
      event.packSize,
      event.amountMinor === undefined ? undefined : majorUnits(event.amountMinor).replace('.', ','),
      event.currency,
      event.tenderType && tenderNames[event.tenderType],
      ...[event.relatedTransactionId, event.relatedLine, event.reasonCode, event.operatorId],
      event.training ? 'T' : undefined,
    ];
    yield `${cells.map((cell) => quoted(String(cell ?? ''))).join(';')}\r\n`;
  }
}

const quoted = (cell: string): string => (/[";\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** `2026-05-04T10:00:00.250` as a German till writes it. */
const germanOf = (local: string): string =>
  `${local.slice(8, 10)}.${local.slice(5, 7)}.${local.slice(0, 4)} ${local.slice(11)}`;

/** Digits only: binary fractions lose cents. */
export function majorUnits(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** What a clock on the store's wall shows, without an offset; zones change theirs on quarters of an hour. */
export function wallClock(timeZone: string): (at: string) => string {
  const offsets = new Map<number, number>();
  const quarterMs = 15 * 60_000;
  return (at) => {
    const ms = Date.parse(at);
    const quarter = Math.floor(ms / quarterMs);
    let offsetMs = offsets.get(quarter);
    if (offsetMs === undefined) {
      offsetMs = Tempo.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
      if (offsets.size > 1_000) offsets.clear();
      offsets.set(quarter, offsetMs);
    }
    return new Date(ms + offsetMs).toISOString().slice(0, -1);
  };
}
