import type { PosLineType, PosUnit, TenderType } from './types.ts';

/** The forms in which a day of till lines may come. */
export const dayFileFormats = ['csv', 'poslog'] as const;
export type DayFileFormat = (typeof dayFileFormats)[number];

/** The fields of a till line that a CSV column or a constant may fill; `amount` becomes `amountMinor`. */
export const csvFields = [
  'storeId',
  'terminalId',
  'transactionId',
  'line',
  'type',
  'occurredAt',
  'date',
  'time',
  'plu',
  'description',
  'quantity',
  'unit',
  'packSize',
  'amount',
  'currency',
  'tenderType',
  'relatedTransactionId',
  'relatedLine',
  'reasonCode',
  'operatorId',
  'training',
] as const;
export type CsvField = (typeof csvFields)[number];

/** What a customer declares once about their files: whose ids are ours, and for CSV which column is what. */
export interface DayFileMapping {
  /** Their id → ours; what is not listed is taken in lower case as it stands. */
  stores: Readonly<Record<string, string>>;
  terminals: Readonly<Record<string, string>>;
  amount: {
    /** `major`: 12.34 is 1234 minor units; `minor`: 1234 is. */
    written: 'major' | 'minor';
    /** Digits behind the point of the currency. */
    exponent: number;
    decimalSign: '.' | ',';
    /** `by_type` makes what is taken back negative, for tills that write it without a sign. */
    sign: 'as_written' | 'by_type';
  };
  /** Needed for CSV only. */
  csv: CsvMapping | null;
}

export interface CsvMapping {
  delimiter: ',' | ';' | '\t' | '|';
  encoding: 'utf8' | 'latin1';
  /** Off for files that write quotation marks as plain signs. */
  quotes: boolean;
  columns: Readonly<Partial<Record<CsvField, string>>>;
  constants: Readonly<Partial<Record<CsvField, string>>>;
  /** What the file writes → what it means. `ignore` leaves the line out, such as a total. */
  types: Readonly<Record<string, PosLineType | 'ignore'>>;
  tenderTypes: Readonly<Record<string, TenderType>>;
  units: Readonly<Record<string, PosUnit>>;
  /** What the training column says when the till was in training mode. */
  trainingValues: readonly string[];
  /** `iso`, or a pattern of yyyy yy MM dd HH mm ss SSS; for `date` and `time` both patterns with a space between. */
  timePattern: string;
}

/** One line as it was read, before anybody has checked it against the schema. `raw` is its beginning, for a person. */
export type DayFileLine =
  | { lineNumber: number; raw: string; event: Record<string, unknown> }
  | { lineNumber: number; raw: string; problem: { code: 'VALIDATION'; message: string } }
  | { lineNumber: number; leftOut: string };

export interface DayFileReading {
  storeId: string;
  /** The clock by which times without an offset are meant. */
  timeZone: string;
  mapping: DayFileMapping;
}

/** Reads in bounded memory, in order; throws a DayFileError where the rest of the file cannot be read. */
export type DayFileReader = (chunks: AsyncIterable<Uint8Array>, reading: DayFileReading) => AsyncIterable<DayFileLine>;

/** The file as a whole is unreadable from this line on; the message says what to do. */
export class DayFileError extends Error {
  readonly lineNumber: number;

  constructor(lineNumber: number, message: string) {
    super(message);
    this.name = 'DayFileError';
    this.lineNumber = lineNumber;
  }
}

/** As much of a line as is kept for a person to look at. */
export const keptRawSigns = 500;

const takenBack: ReadonlySet<string> = new Set<PosLineType>(['line_void', 'void', 'post_void', 'refund']);

/** A written amount in minor units; null when it is not one. Digits only, since binary fractions lose cents. */
export function minorUnitsFrom(written: string, amount: DayFileMapping['amount'], type: string): number | null {
  const plain =
    amount.decimalSign === ',' ? written.replaceAll('.', '').replace(',', '.') : written.replaceAll(',', '');
  const [, before, digits, fraction = '', after] = /^([+-]?)(\d{1,12})(?:\.(\d{1,6}))?(-?)$/.exec(plain.trim()) ?? [];
  if (digits === undefined || (before !== '' && after !== '')) return null;
  const places = amount.written === 'major' ? amount.exponent : 0;
  if (/[^0]/.test(fraction.slice(places))) return null;
  const minor = Number(digits + fraction.slice(0, places).padEnd(places, '0'));
  const negative = amount.sign === 'by_type' ? takenBack.has(type) : before === '-' || after === '-';
  return negative && minor !== 0 ? -minor : minor;
}

/** What is wrong with a pattern of times; it needs a day and at least hours and minutes. */
export function timePatternProblem(pattern: string): string | null {
  if (pattern === 'iso') return null;
  const has = (part: string) => pattern.includes(part);
  if (!has('yy') || !has('MM') || !has('dd')) return 'needs yyyy (or yy), MM and dd';
  if (!has('HH') || !has('mm')) return 'needs HH and mm';
  const twice = ['yy', 'MM', 'dd', 'HH', 'mm', 'ss', 'SSS'].find(
    (part) => pattern.replace('yyyy', 'yy').split(part).length > 2,
  );
  return twice === undefined ? null : `has ${twice} twice`;
}
