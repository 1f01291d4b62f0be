import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPosLog } from './poslog.ts';
import { eventsOf, problemsOf, readAll, readingOf } from './testing.ts';

const day = readFileSync(new URL('../../test/fixtures/pos/day.poslog.xml', import.meta.url));
const reading = readingOf({ stores: { '48': 'high-street' }, terminals: { '3': 'sco-3' } });
const till = { storeId: 'high-street', terminalId: 'sco-3' };
const read = (content: string | Uint8Array, cuts: readonly number[] = [], change = reading) =>
  readAll(readPosLog, content, change, cuts);

const posLog = (body: string) => `<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/">${body}</POSLog>`;
const header =
  '<WorkstationID>3</WorkstationID><SequenceNumber>9</SequenceNumber><EndDateTime>2026-05-04T08:00:00</EndDateTime>';
const transaction = (body: string, attributes = '') =>
  posLog(`<Transaction>${header}<RetailTransaction${attributes}>${body}</RetailTransaction></Transaction>`);
const item = (body: string, line = 1) => `<LineItem><SequenceNumber>${line}</SequenceNumber>${body}</LineItem>`;
const sale = (amount: string) => `<Sale><ItemID>4011</ItemID><ExtendedAmount>${amount}</ExtendedAmount></Sale>`;

describe('a POSLog', () => {
  it('becomes the lines of its till, in order', async () => {
    const { lines, error } = await read(day);
    expect(error).toBeNull();
    const hannah = { ...till, operatorId: '1001' };
    const of73 = { ...hannah, transactionId: '73' };
    const training = { ...till, transactionId: '74', occurredAt: '2026-05-04T06:05:00.000Z', training: true };
    expect(eventsOf(lines)).toEqual([
      { ...hannah, transactionId: '72', line: 1, type: 'sign_on', occurredAt: '2026-05-04T05:58:00.000Z' },
      {
        ...{ ...of73, line: 1, type: 'scan', occurredAt: '2026-05-04T06:00:05.250Z', plu: '4017100' },
        ...{ description: 'Milk & <cream>', quantity: 2, unit: 'each', amountMinor: 258, currency: 'EUR' },
      },
      {
        ...{ ...of73, line: 50_000, type: 'override', occurredAt: '2026-05-04T06:00:05.250Z', relatedLine: 1 },
        ...{ amountMinor: -29, currency: 'EUR', reasonCode: 'DAMAGED' },
      },
      {
        ...{ ...of73, line: 2, type: 'scan', occurredAt: '2026-05-04T06:00:11.000Z', plu: '4011' },
        ...{ quantity: 0.512, unit: 'kg', amountMinor: 90, currency: 'EUR' },
      },
      {
        ...{ ...of73, line: 3, type: 'line_void', occurredAt: '2026-05-04T06:00:20.000Z', plu: '4011' },
        ...{ relatedLine: 2, amountMinor: -90, currency: 'EUR' },
      },
      {
        ...{ ...of73, line: 4, type: 'scan', occurredAt: '2026-05-04T06:00:25.000Z', plu: '5000' },
        ...{ amountMinor: 110, currency: 'EUR' },
      },
      {
        ...{ ...of73, line: 50_001, type: 'line_void', occurredAt: '2026-05-04T06:00:25.000Z', plu: '5000' },
        ...{ relatedLine: 4, amountMinor: -110, currency: 'EUR' },
      },
      {
        ...{ ...of73, line: 6, type: 'tender', occurredAt: '2026-05-04T06:01:30.000Z' },
        ...{ tenderType: 'card', amountMinor: 258, currency: 'EUR' },
      },
      {
        ...{ ...training, line: 1, type: 'refund', plu: '4017100', amountMinor: -129, currency: 'EUR' },
        ...{ relatedTransactionId: '73', relatedLine: 1, reasonCode: 'BAD_QUALITY' },
      },
      { ...training, line: 2, type: 'tender', tenderType: 'cash', amountMinor: -129, currency: 'EUR' },
      {
        ...{ ...till, transactionId: '75', line: 99_991, type: 'post_void', occurredAt: '2026-05-04T06:06:00.000Z' },
        ...{ relatedTransactionId: '73', amountMinor: -258, currency: 'EUR' },
      },
      { ...till, transactionId: '76', line: 1, type: 'no_sale', occurredAt: '2026-05-04T06:07:00.000Z' },
      { ...till, transactionId: '77', line: 99_992, type: 'suspend', occurredAt: '2026-05-04T06:08:00.000Z' },
    ]);
    expect(problemsOf(lines)).toEqual([[101, expect.stringMatching(/the unit BARREL is not known/)]]);
    expect(lines.flatMap((line) => ('leftOut' in line ? [line.leftOut] : []))).toEqual([
      'Tax',
      'a line of a post-voiding transaction',
    ]);
  });

  it('keeps nothing of what is not read: no names, no card numbers', async () => {
    const { lines } = await read(day);
    expect(JSON.stringify(lines)).not.toMatch(/HANNAH|Never Read|4111111111111111/);
  });

  it('gives the same lines however its bytes are cut', async () => {
    const whole = await read(day);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(day.length), { maxLength: 40 }), async (cuts) => {
        expect(await read(day, cuts)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same lines byte by byte', async () => {
    expect(await read(day, Array.from(day.keys()))).toEqual(await read(day));
  });

  it('may bind its namespace to a prefix, and then leaves the elements of others alone', async () => {
    const prefixed = transaction(item(`${sale('1.00')}<x:Sale/>`)).replaceAll(/<(\/?)([A-Z])/g, '<$1a:$2');
    const { lines, error } = await read(prefixed.replace('xmlns=', 'xmlns:x="urn:x" xmlns:a='));
    expect(error).toBeNull();
    expect(eventsOf(lines)).toMatchObject([{ type: 'scan', amountMinor: 100 }]);
  });

  it('is read in the encoding that it names', async () => {
    const text = transaction(item(`<Sale><ItemID>1</ItemID><Description>Käse</Description></Sale>`));
    const latin1 = Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1');
    expect(eventsOf((await read(latin1)).lines)).toMatchObject([{ description: 'Käse' }]);
    const { error } = await read(Buffer.from(`<?xml version="1.0"?>${text}`, 'latin1'));
    expect(error?.message).toMatch(/the file is not utf-8, as it says it is/);
    expect((await read(Buffer.from(`\ufeff${text}`, 'utf16le'))).error?.message).toMatch(/UTF-16/);
    expect(
      (await read(text.replace('<POSLog', '<?xml version="1.0" encoding="EBCDIC"?><POSLog'))).error?.message,
    ).toMatch(/EBCDIC is not read here/);
  });
});

describe('the end of a transaction', () => {
  it.each([
    ['Voided', 'void', 99_990],
    ['Cancelled', 'void', 99_990],
    ['Suspended', 'suspend', 99_992],
    ['SuspendedRetrieved', 'resume', 99_993],
    ['PostVoided', 'post_void', 99_991],
  ])('%s is a line of its own', async (status, type, line) => {
    const { lines } = await read(transaction('', ` TransactionStatus="${status}"`));
    expect(eventsOf(lines)).toEqual([
      { ...till, transactionId: '9', line, type, occurredAt: '2026-05-04T06:00:00.000Z' },
    ]);
  });

  it.each(['Delivered', 'Totaled', ''])('%j is none', async (status) => {
    expect(eventsOf((await read(transaction('', ` TransactionStatus="${status}"`))).lines)).toEqual([]);
  });

  it('by the flag of the whole is a void', async () => {
    const flagged = transaction(item(sale('1.00'))).replace('<Transaction>', '<Transaction CancelFlag="true">');
    expect(eventsOf((await read(flagged)).lines).map(({ type }) => type)).toEqual(['scan', 'void']);
  });
});

describe('a line that cannot be read', () => {
  it.each([
    ['an amount with too many digits', item(sale('1.005')), /ExtendedAmount: must be a decimal with at most 2 digits/],
    ['an amount that is a word', item(sale('free')), /ExtendedAmount/],
    ['no number', `<LineItem>${sale('1.00')}</LineItem>`, /SequenceNumber: a LineItem needs one/],
    ['a number of ours', item(sale('1.00'), 50_000), /SequenceNumber: a LineItem needs one from 0 to 49999/],
    ['a quantity that is none', item('<Sale><Quantity>two</Quantity></Sale>'), /Quantity: must be a number/],
    [
      'a time that is none',
      item(`<BeginDateTime>2026-02-30T08:00:00</BeginDateTime>${sale('1.00')}`),
      /BeginDateTime or EndDateTime: must be a time/,
    ],
    [
      'a time that the clocks skipped',
      item(`<BeginDateTime>2026-03-29T02:30:00</BeginDateTime>${sale('1.00')}`),
      /was skipped by the clocks of Europe\/Berlin/,
    ],
  ])('has %s; the others go on', async (_what, bad, message) => {
    const { lines, error } = await read(transaction(`${bad}${item(sale('2.00'), 2)}`));
    expect(error).toBeNull();
    expect(problemsOf(lines)).toEqual([[1, expect.stringMatching(message)]]);
    expect(eventsOf(lines)).toMatchObject([{ line: 2, amountMinor: 200 }]);
    const [first] = lines;
    expect(first && 'raw' in first ? first.raw : '').toMatch(/^<LineItem>/);
  });
});

describe('a file that is no POSLog', () => {
  const bomb = `<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`;
  it.each([
    ['grows by entities', `${bomb}${transaction('<Total>&c;</Total>')}`, /no DOCTYPE|needs no DOCTYPE/],
    ['names a file of ours', `<!DOCTYPE P [<!ENTITY f SYSTEM "file:///etc/passwd">]>${transaction('&f;')}`, /DOCTYPE/],
    ['fetches its definition', `<!DOCTYPE P SYSTEM "http://example.com/p.dtd">${transaction('')}`, /DOCTYPE/],
    [
      'uses an entity that it does not define',
      transaction(item('<Sale><ItemID>&x;</ItemID></Sale>')),
      /cannot be read/,
    ],
    ['is cut off', transaction(item(sale('1.00'))).slice(0, -40), /the file ends inside|cannot be read/],
    [
      'is not well-formed',
      transaction('<LineItem></Sale>'),
      /cannot be read inside <RetailTransaction>: unexpected close tag/,
    ],
    ['has another root', '<Sales></Sales>', /the root is <Sales>; it must be <POSLog>/],
    ['is empty', '', /cannot be read|is empty/],
    ['is nested without end', posLog('<a>'.repeat(60)), /nested deeper than 40/],
    [
      'holds an endless text',
      transaction(item(`<Sale><ItemID>${'9'.repeat(5_000)}</ItemID></Sale>`)),
      /more than 4000 signs/,
    ],
    [
      'holds an endless line',
      transaction(item(`<Sale>${'<ItemID/>'.repeat(1_100)}</Sale>`)),
      /more than 1000 elements/,
    ],
  ])('that %s is refused', async (_what, content, message) => {
    const { error } = await read(content);
    expect(error?.name).toBe('DayFileError');
    expect(error?.message).toMatch(message);
  });

  it('is refused before an endless piece of it is held', async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('<POSLog><!--');
      for (; sent < 1_000; sent += 1) yield Buffer.alloc(65_536, 'x');
    }
    await expect(
      (async () => {
        for await (const _line of readPosLog(endless(), reading));
      })(),
    ).rejects.toThrow(/one piece of text or markup is longer/);
    expect(sent).toBeLessThan(10);
  });

  it('that is cut off gives what stood before the cut', async () => {
    const { lines, error } = await read(transaction(item(sale('1.00')) + item(sale('2.00'), 2)).slice(0, -60));
    expect(error).not.toBeNull();
    expect(eventsOf(lines)).toMatchObject([{ line: 1 }]);
  });
});
