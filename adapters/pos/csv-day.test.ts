import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CsvMapping } from '../../domain/day-file.ts';
import { readCsvDay } from './csv-day.ts';
import { eventsOf, problemsOf, readAll, readingOf } from './testing.ts';

const day = readFileSync(new URL('../../test/fixtures/pos/day.csv', import.meta.url));
const german: CsvMapping = {
  ...{ delimiter: ';', encoding: 'utf8', quotes: true, timePattern: 'dd.MM.yyyy HH:mm:ss' },
  columns: {
    ...{ storeId: 'Filiale', terminalId: 'Kasse', transactionId: 'Bon', line: 'Pos', type: 'Art' },
    ...{ date: 'Datum', time: 'Zeit', plu: 'EAN', description: 'Text', quantity: 'Menge', amount: 'Betrag' },
    ...{ tenderType: 'Zahlart', operatorId: 'Bediener', training: 'Schulung' },
  },
  constants: { currency: 'EUR' },
  types: { VK: 'scan', ST: 'line_void', ZA: 'tender', SUMME: 'ignore' },
  tenderTypes: { EC: 'card' },
  units: {},
  trainingValues: ['J'],
};
const mapped = {
  stores: { '48': 'high-street' },
  terminals: { '3': 'sco-3' },
  amount: { written: 'major', exponent: 2, decimalSign: ',', sign: 'by_type' },
} as const;
const reading = readingOf({ ...mapped, csv: german });
const read = (content: string | Uint8Array, cuts: readonly number[] = [], change = reading) =>
  readAll(readCsvDay, content, change, cuts);

describe('a CSV day file', () => {
  it('becomes lines by its mapping, the bad ones with their number and reason', async () => {
    const { lines, error } = await read(day);
    expect(error).toBeNull();
    const of73 = {
      storeId: 'high-street',
      terminalId: 'sco-3',
      transactionId: '73',
      currency: 'EUR',
      operatorId: '1001',
    };
    expect(eventsOf(lines)).toEqual([
      {
        ...{ ...of73, line: 1, type: 'scan', occurredAt: '2026-05-04T06:00:05.000Z', plu: '4017100' },
        ...{ description: 'Milch; frisch', quantity: 2, amountMinor: 258 },
      },
      {
        ...{ ...of73, line: 2, type: 'line_void', occurredAt: '2026-05-04T06:00:20.000Z', plu: '4011' },
        ...{ description: 'Bananen', quantity: 0.512, amountMinor: -90 },
      },
      {
        ...{ ...of73, line: 4, type: 'tender', occurredAt: '2026-05-04T06:01:30.000Z' },
        ...{ tenderType: 'card', amountMinor: 123_450 },
      },
      {
        ...{ ...of73, transactionId: '74', line: 2, type: 'scan', occurredAt: '2026-05-04T06:03:05.000Z' },
        ...{ plu: '4011', quantity: 1, amountMinor: 90, training: true },
      },
    ]);
    expect(problemsOf(lines)).toEqual([
      [6, 'line: must be a whole number'],
      [7, 'occurredAt: is not a time that there is, written as dd.MM.yyyy HH:mm:ss'],
      [8, expect.stringMatching(/quotation mark that is not closed/)],
      [9, 'has 15 cells, the header has 14'],
      [10, expect.stringMatching(/amount: must be a number of major units with “,” .* no more than 2 digits/)],
    ]);
    expect(lines.filter((line) => 'leftOut' in line)).toEqual([{ lineNumber: 4, leftOut: 'SUMME' }]);
    const quote = lines.find(({ lineNumber }) => lineNumber === 8);
    expect(quote && 'raw' in quote ? quote.raw : '').toBe(
      '48;3;73;7;VK;04.05.2026;08:01:55;4011;"offen;1;0,90;;1001;N',
    );
  });

  it('gives the same lines however its bytes are cut', async () => {
    const whole = await read(day);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(day.length), { maxLength: 60 }), async (cuts) => {
        expect(await read(day, cuts)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  it('may be latin1, and is refused as a whole when it is not what it is declared to be', async () => {
    const text = day.toString('utf8').replace('Bananen', 'Käse');
    const latin1 = { ...reading, mapping: { ...reading.mapping, csv: { ...german, encoding: 'latin1' as const } } };
    expect(eventsOf((await read(Buffer.from(text, 'latin1'), [], latin1)).lines)[1]).toMatchObject({
      description: 'Käse',
    });
    expect((await read(Buffer.from(text, 'latin1'))).error?.message).toMatch(/is not utf8; set the encoding/);
  });

  it('may start with a byte order mark and end its lines as Windows does', async () => {
    const windows = `\ufeff${day.toString('utf8').replaceAll('\n', '\r\n')}`;
    expect(eventsOf((await read(windows)).lines)).toEqual(eventsOf((await read(day)).lines));
  });

  it('without a mapped column, without a header or without a mapping is refused as a whole', async () => {
    expect((await read('Filiale;Kasse\n48;3\n')).error?.message).toMatch(
      /no column Bon, which the mapping takes transactionId/,
    );
    expect((await read('')).error?.message).toMatch(/the file is empty/);
    expect((await read(day, [], readingOf())).error?.message).toMatch(/declares no columns/);
  });

  it('sets a line aside that never ends, and goes on after it', async () => {
    const [header, first] = day.toString('utf8').split('\n');
    const long = `${header}\n${'x'.repeat(100_000)}\n${first}\n`;
    for (const cuts of [[], [50_000], Array.from({ length: 120 }, (_, index) => index * 1_000)]) {
      const { lines } = await read(long, cuts);
      expect(problemsOf(lines)).toEqual([[2, expect.stringMatching(/longer than any till line/)]]);
      expect(eventsOf(lines)).toHaveLength(1);
      expect(lines[0] && 'raw' in lines[0] ? lines[0].raw.length : 0).toBe(500);
    }
  });

  it('with quotation marks as plain signs takes them as they are', async () => {
    const plain = { ...reading, mapping: { ...reading.mapping, csv: { ...german, quotes: false } } };
    const { lines } = await read(day, [], plain);
    expect(eventsOf(lines).find(({ line }) => line === 7)).toMatchObject({ description: '"offen' });
  });
});

describe('an amount', () => {
  const amountOf = async (written: string, amount: typeof reading.mapping.amount) => {
    const row = `Filiale;Kasse;Bon;Pos;Art;Datum;Zeit;EAN;Text;Menge;Betrag;Zahlart;Bediener;Schulung\n48;3;1;1;VK;04.05.2026;08:00:00;;;;${written};;;N`;
    const { lines } = await read(row, [], { ...reading, mapping: { ...reading.mapping, amount } });
    return eventsOf(lines)[0]?.['amountMinor'] ?? problemsOf(lines)[0]?.[1];
  };
  it.each([
    ['1,5', { written: 'major', exponent: 2, decimalSign: ',', sign: 'as_written' }, 150],
    ['1.234.567,89', { written: 'major', exponent: 2, decimalSign: ',', sign: 'as_written' }, 123_456_789],
    ['0,10', { written: 'major', exponent: 2, decimalSign: ',', sign: 'as_written' }, 10],
    ['-0,90', { written: 'major', exponent: 2, decimalSign: ',', sign: 'as_written' }, -90],
    ['0,90-', { written: 'major', exponent: 2, decimalSign: ',', sign: 'as_written' }, -90],
    ['-0,90', { written: 'major', exponent: 2, decimalSign: ',', sign: 'by_type' }, 90],
    ['258', { written: 'minor', exponent: 2, decimalSign: '.', sign: 'as_written' }, 258],
    ['1,234.50', { written: 'major', exponent: 2, decimalSign: '.', sign: 'as_written' }, 123_450],
    ['150', { written: 'major', exponent: 0, decimalSign: '.', sign: 'as_written' }, 150],
    ['1.500', { written: 'major', exponent: 3, decimalSign: '.', sign: 'as_written' }, 1_500],
  ] as const)('%s is in minor units', async (written, amount, minor) => {
    expect(await amountOf(written, amount)).toBe(minor);
  });

  it.each(['1,005', 'eins', '1,2,3', '--1'])('%s is refused', async (written) => {
    const amount = { written: 'major', exponent: 2, decimalSign: ',', sign: 'as_written' } as const;
    expect(await amountOf(written, amount)).toMatch(/amount: must be a number/);
  });
});
