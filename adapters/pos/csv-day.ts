import { CsvError, parse } from 'csv-parse/sync';
import {
  type CsvField,
  type CsvMapping,
  csvFields,
  DayFileError,
  type DayFileLine,
  type DayFileReading,
  keptRawSigns,
  minorUnitsFrom,
} from '../../domain/day-file.ts';
import { createLocalClock, type LocalClock } from './local-clock.ts';
import { textLines } from './text-lines.ts';
import { type TimePattern, timePattern } from './time-pattern.ts';

/** What is wrong with one line; the rest of the file is read on. */
class LineProblem extends Error {}

interface Sheet {
  csv: CsvMapping;
  reading: DayFileReading;
  clock: LocalClock;
  time: TimePattern;
  /** The place of each mapped column in a line. */
  placeOf: ReadonlyMap<CsvField, number>;
  columns: number;
}

/** Reads a CSV day file by its declared mapping; one line of text is one line of a till. */
export async function* readCsvDay(
  chunks: AsyncIterable<Uint8Array>,
  reading: DayFileReading,
): AsyncGenerator<DayFileLine> {
  const { csv } = reading.mapping;
  if (!csv) throw new DayFileError(1, 'this mapping declares no columns; add its csv part before it is used for CSV');
  let sheet: Sheet | null = null;
  for await (const { lineNumber, text, tooLong } of textLines(chunks, csv.encoding)) {
    if (text.trim() === '') continue;
    const raw = text.slice(0, keptRawSigns);
    try {
      if (tooLong) throw new LineProblem('is longer than any till line; look for missing ends of lines');
      const cells = cellsOf(text, csv);
      if (sheet === null) {
        sheet = sheetOf(cells, lineNumber, csv, reading);
        continue;
      }
      const event = eventOf(cells, sheet);
      yield typeof event === 'string' ? { lineNumber, leftOut: event } : { lineNumber, raw, event };
    } catch (error) {
      if (!(error instanceof LineProblem)) throw error;
      if (sheet === null) throw new DayFileError(lineNumber, `the header ${error.message}`);
      yield { lineNumber, raw, problem: { code: 'VALIDATION', message: error.message } };
    }
  }
  if (sheet === null) throw new DayFileError(1, 'the file is empty; it needs at least a header');
}

function cellsOf(text: string, csv: CsvMapping): string[] {
  // The library takes thirty times as long as this, and nearly every line of a till is this plain.
  if (!csv.quotes || !text.includes('"')) return text.split(csv.delimiter);
  try {
    const [record] = parse(text, { delimiter: csv.delimiter, relax_column_count: true });
    return record ?? [];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new LineProblem(
      'has a quotation mark that is not closed on this line; double it inside of a cell, or set quotes to false',
    );
  }
}

function sheetOf(header: readonly string[], lineNumber: number, csv: CsvMapping, reading: DayFileReading): Sheet {
  const names = header.map((name) => name.trim());
  const placeOf = new Map<CsvField, number>();
  for (const field of csvFields) {
    const name = csv.columns[field];
    if (name === undefined) continue;
    const place = names.indexOf(name);
    if (place < 0)
      throw new DayFileError(
        lineNumber,
        `the header has no column ${name}, which the mapping takes ${field} from; it has ${names.join(', ').slice(0, 300)}`,
      );
    placeOf.set(field, place);
  }
  return {
    ...{ csv, reading, placeOf, columns: names.length },
    clock: createLocalClock(reading.timeZone),
    time: timePattern(csv.timePattern),
  };
}

/** The event, or the value that says that the line is to be left out. */
function eventOf(cells: readonly string[], sheet: Sheet): Record<string, unknown> | string {
  const { csv, reading } = sheet;
  const { mapping } = reading;
  if (cells.length !== sheet.columns)
    throw new LineProblem(`has ${cells.length} cells, the header has ${sheet.columns}`);
  const text = (field: CsvField): string | undefined => {
    const place = sheet.placeOf.get(field);
    const cell = place === undefined ? '' : (cells[place] ?? '').trim();
    return cell === '' ? csv.constants[field] : cell;
  };
  const written = text('type') ?? '';
  const type = csv.types[written] ?? written.toLowerCase();
  if (type === 'ignore') return written;
  const storeId = idOf(text('storeId'), mapping.stores) ?? reading.storeId;
  const terminalId = idOf(text('terminalId'), mapping.terminals);
  const amount = text('amount');
  const tender = text('tenderType');
  const unit = text('unit');
  const training = text('training');
  const event: Record<string, unknown> = {
    storeId,
    terminalId,
    transactionId: text('transactionId'),
    line: wholeOf('line', text('line')),
    type,
    occurredAt: instantOf(text, sheet, `${storeId}/${terminalId}`),
    plu: text('plu'),
    description: text('description')?.slice(0, 128),
    quantity: measureOf(text('quantity'), mapping.amount.decimalSign),
    unit: unit === undefined ? undefined : (csv.units[unit] ?? unit.toLowerCase()),
    packSize: wholeOf('packSize', text('packSize')),
    amountMinor: amount === undefined ? undefined : minorUnits(amount, sheet, type),
    currency: text('currency'),
    tenderType: tender === undefined ? undefined : (csv.tenderTypes[tender] ?? tender.toLowerCase()),
    relatedTransactionId: text('relatedTransactionId'),
    relatedLine: wholeOf('relatedLine', text('relatedLine')),
    reasonCode: text('reasonCode'),
    operatorId: text('operatorId'),
    training: training !== undefined && csv.trainingValues.includes(training) ? true : undefined,
  };
  for (const [field, value] of Object.entries(event)) if (value === undefined) delete event[field];
  return event;
}

const idOf = (written: string | undefined, ids: Readonly<Record<string, string>>): string | undefined =>
  written === undefined ? undefined : (ids[written] ?? written.toLowerCase());

function wholeOf(field: CsvField, written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (!/^\d{1,9}$/.test(written)) throw new LineProblem(`${field}: must be a whole number`);
  return Number(written);
}

/** The sign of a quantity says what the type says already. */
function measureOf(written: string | undefined, decimalSign: '.' | ','): number | undefined {
  if (written === undefined) return undefined;
  const plain = decimalSign === ',' ? written.replace(',', '.') : written;
  if (!/^[+-]?\d{1,9}(\.\d{1,6})?$/.test(plain))
    throw new LineProblem(`quantity: must be a number with “${decimalSign}” as its decimal sign`);
  const measure = Math.abs(Number(plain));
  return measure === 0 ? undefined : measure;
}

function minorUnits(written: string, sheet: Sheet, type: string): number {
  const { amount } = sheet.reading.mapping;
  const minor = minorUnitsFrom(written, amount, type);
  if (minor === null)
    throw new LineProblem(
      `amount: must be a number of ${amount.written} units with “${amount.decimalSign}” as its decimal sign and no more than ${amount.written === 'major' ? amount.exponent : 0} digits behind it`,
    );
  return minor;
}

function instantOf(text: (field: CsvField) => string | undefined, sheet: Sheet, terminal: string): string {
  const written = text('occurredAt') ?? [text('date'), text('time')].filter((part) => part !== undefined).join(' ');
  const time = sheet.time(written);
  if (time === null)
    throw new LineProblem(
      `occurredAt: is not a time that there is, written as ${sheet.csv.timePattern === 'iso' ? '2026-11-21T09:30:00' : sheet.csv.timePattern}`,
    );
  if ('at' in time) {
    sheet.clock.note(terminal, time.at);
    return new Date(time.at).toISOString();
  }
  const read = sheet.clock.read(terminal, time.local);
  if ('problem' in read) throw new LineProblem(`occurredAt: ${read.problem}`);
  return new Date(read.ms).toISOString();
}
