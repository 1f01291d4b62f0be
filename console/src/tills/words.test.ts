import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dayFileFormats } from '../../../domain/day-file.ts';
import { accusingWords } from '../../../domain/message-text.ts';
import { lineOutcomes as outcomes } from '../../../domain/till/considered.ts';
import { findingRuleIds } from '../../../domain/till/settings.ts';
import { posLineTypes, tenderTypes } from '../../../domain/types.ts';
import type { RefusedLine } from '../../../services/pos/ingest.ts';
import { readable, tillLineTypes } from '../words.ts';
import { reasonSentence } from '../words-reasons.ts';
import { currencyOf, receiptsOf, rollOf } from './roll.ts';
import * as words from './words.ts';

/** Every string that a table of words holds. */
function allStrings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(allStrings);
  return [];
}

describe('the words of the tills', () => {
  it('name every rule, line, tender, outcome and format, and nothing else', () => {
    const sorted = (names: readonly string[]) => names.toSorted();
    expect(sorted(Object.keys(words.ruleWords))).toEqual(sorted(findingRuleIds));
    expect(sorted(Object.keys(tillLineTypes))).toEqual(sorted(posLineTypes));
    expect(sorted(Object.keys(words.tenderWords))).toEqual(sorted(tenderTypes));
    expect(sorted(Object.keys(words.lineOutcomes))).toEqual(sorted(outcomes));
    expect(sorted(Object.keys(words.importFormats))).toEqual(sorted(dayFileFormats));
  });

  it('have a sentence for every reason that a rule of the tills gives', () => {
    const folder = new URL('../../../domain/till/', import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    const said = sources.flatMap((name) => [
      ...readFileSync(new URL(name, folder), 'utf8').matchAll(/\bcode: '([A-Z_]+)'/g),
    ]);
    const codes = [...new Set(said.map(([, code]) => code!))];
    expect(codes.length).toBeGreaterThan(10);
    const instants = { fromAt: at, lastSeenAt: at, lastAt: at };
    expect(codes.filter((code) => reasonSentence({ code, params: instants }, 'UTC') === readable(code))).toEqual([]);
  });

  it('say why a line was put aside', () => {
    const refusals: Record<RefusedLine['code'] | 'VALIDATION', true> = {
      ...{ VALIDATION: true, TERMINAL_UNKNOWN: true, IN_THE_FUTURE: true, CONFLICTING_LINE: true },
    };
    expect(Object.keys(words.quarantineCodes).toSorted()).toEqual(Object.keys(refusals).toSorted());
  });

  it('accuse nobody', () => {
    const said = allStrings(Object.values(words)).filter((text) => /[A-Z ]/.test(text));
    expect(said.length).toBeGreaterThan(60);
    expect(said.filter((text) => accusingWords.test(text))).toEqual([]);
  });

  it('say amounts and counts as people write them', () => {
    expect([words.plainAmount(123_456), words.plainAmount(5)]).toEqual(['1,234.56', '0.05']);
    expect([words.counted(1, 'till'), words.counted(3_012, 'till')]).toEqual(['1 till', '3,012 tills']);
    expect([0.9, 0.5, 0.1].map(words.certainty)).toEqual(['stands out clearly', 'stands out', 'stands out a little']);
  });
});

type Receipt = Parameters<typeof rollOf>[0];
const at = '2026-11-20T10:00:00.000Z';
const line = (number: number, change: Partial<Receipt['lines'][number]>): Receipt['lines'][number] => ({
  ...{ line: number, type: 'scan', occurredAt: at, plu: '4011', description: null, quantity: 1, unit: 'each' },
  ...{ packSize: 1, amountMinor: 900, currency: null, tenderType: null, relatedTransactionId: null },
  ...{ relatedLine: null, reasonCode: null, operator: null, training: false, ...change },
});
const item = (number: number, pieces: number) => ({
  ...{ line: number, at, plu: '4011', description: null, unit: 'each', quantity: 1, pieces },
  ...{ rungMinor: 900, amountMinor: 900 },
});
const basket: Receipt['basket'] = {
  ...{ operator: null, startedAt: at, endedAt: at, state: 'paid', training: false, items: [], voids: [] },
  ...{ cancelled: null, postVoids: [], refunds: [], overrides: [], discounts: [], tenders: [], drawer: [], noSale: [] },
  ...{ totalMinor: 900, pieces: 1 },
};
const taken = (itemLine: number) => ({
  ...{ line: 4, at, itemLine, plu: null, pieces: 1, amountMinor: 900, afterTender: true, sinceScanMs: 1_000 },
});
const finding = (change: Partial<Receipt['exceptions'][number]>): Receipt['exceptions'][number] => ({
  ...{ id: 'exc_0', ruleId: 'void_after_tender', storeId: 's', day: '2026-11-20', terminalId: 't', operator: null },
  ...{ transactionId: 'V-1', at, amountMinor: 900, score: 0.8, params: {}, reasons: [], lines: ['V-1/4'] },
  ...{ shadow: false, incidentId: null, firstFoundAt: at, withdrawnAt: null, dismissedAt: null, dismissedBy: null },
  ...{ dismissedReason: null, ...change },
});

describe('a roll', () => {
  const lines = [
    line(1, {}),
    line(2, {}),
    line(3, { type: 'tender', tenderType: 'cash', currency: 'GBP' }),
    line(4, { type: 'line_void', relatedLine: 2, reasonCode: '07' }),
  ];
  const receipt: Receipt = {
    ...{ lines, exceptions: [finding({})], incidents: [], cameras: [] },
    basket: { ...basket, items: [item(1, 1), item(2, 0)], voids: [taken(2)] },
  };

  it('strikes what was taken back, says so beside it, and marks the line that is pointed at', () => {
    const rows = rollOf(receipt, 'V-1');
    expect(rows.map(({ isStruck }) => isStruck)).toEqual([false, true, false, false]);
    expect(rows[1]!.changes).toMatchObject([{ kind: 'taken_back', line: 4, reasonCode: '07', afterTender: true }]);
    expect(rows.map(({ rules }) => rules)).toEqual([[], [], [], ['void_after_tender']]);
  });

  it('leaves a line of which only some pieces were taken back', () => {
    const some = { ...receipt, basket: { ...receipt.basket, items: [item(1, 1), item(2, 2)] } };
    expect(rollOf(some, 'V-1').map(({ isStruck }) => isStruck)).toEqual([false, false, false, false]);
  });

  it('strikes all goods of a receipt that was cancelled', () => {
    const cancelled = { line: 4, at, afterTender: true, pieces: 2, amountMinor: 1_800 };
    const rows = rollOf({ ...receipt, basket: { ...basket, cancelled } }, 'V-1');
    expect(rows.map(({ isStruck }) => isStruck)).toEqual([true, true, false, false]);
  });

  it('points no longer at what was dismissed, nor at another receipt with such a line', () => {
    const dismissed = { ...receipt, exceptions: [finding({ dismissedAt: at }), finding({ lines: ['V-11/4'] })] };
    expect(rollOf(dismissed, 'V-1').flatMap(({ rules }) => rules)).toEqual([]);
  });

  it('knows its currency, and a finding its receipts', () => {
    expect([currencyOf(lines), currencyOf(lines.slice(0, 2))]).toEqual(['GBP', null]);
    expect(receiptsOf({ transactionId: null, lines: ['A/1', 'B/2', 'A/3'] })).toEqual(['A', 'B']);
    expect(receiptsOf({ transactionId: 'C', lines: [] })).toEqual(['C']);
  });
});
