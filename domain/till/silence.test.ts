import { describe, expect, it } from 'vitest';
import { type CorrelationInput, correlate } from '../pos-correlation.ts';
import { toIso } from '../time.ts';
import type { PosLineType } from '../types.ts';
import type { ScanLine } from './pieces.ts';

const startMs = Date.parse('2026-03-01T12:00:00.000Z');
const at = (seconds: number) => toIso(startMs + Math.round(seconds * 1_000));
const clock = {
  ...{ offsetMs: 0, errorMs: 150, serverAheadMs: 300, tillChangeMs: null, cameraChangeMs: null },
  changeLimitMs: 3_000,
};
const lastLine = (type: PosLineType, transactionId = 'T') => ({ transactionId, type, occurredAt: at(5) });
/** Lines of one receipt, each by the second at which it was rung and the seconds that it took to come in. */
const lines = (transactionId: string, ...rung: [second: number, took: number][]): ScanLine[] =>
  rung.map(([second, took], index) => ({
    ...{ lineId: `${transactionId}/${index}`, transactionId, line: index, occurredAt: at(second), plu: '4017' },
    receivedAt: at(second + 0.3 + took),
  }));

/** An item crosses in second 10 and nothing is rung for it; the till is alive. */
const ask = (more: Partial<CorrelationInput>) => {
  const { verdict, reasons } = correlate({
    ...{ sightingAt: at(10), neighbourSightingsAt: [], lines: [], feedSeenAt: at(12), clock },
    ...{ window: { beforeMs: 1_000, afterMs: 2_000, feedStaleAfterMs: 10_000 }, askedAt: at(12.5), ...more },
  });
  return verdict === 'MISMATCH' ? verdict : `${verdict} ${reasons[0]!.code}`;
};

describe('an item without a line, by what the till rang last', () => {
  it.each<[string, PosLineType, string]>([
    ['a scan: its customer is at it', 'scan', 'MISMATCH'],
    ['a line taken back', 'line_void', 'MISMATCH'],
    ['a parked receipt fetched back', 'resume', 'MISMATCH'],
    ['a payment: the next receipt has not come yet, or nobody is served', 'tender', 'UNKNOWN NO_RECEIPT_OPEN'],
    ['the drawer after it', 'drawer', 'UNKNOWN NO_RECEIPT_OPEN'],
    ['a receipt that was cancelled', 'void', 'UNKNOWN NO_RECEIPT_OPEN'],
    ['a receipt that was parked', 'suspend', 'UNKNOWN NO_RECEIPT_OPEN'],
    ['nothing since somebody signed on', 'sign_on', 'UNKNOWN NO_RECEIPT_OPEN'],
  ])('%s', (_what, type, answer) => {
    expect(ask({ lastLine: lastLine(type) })).toBe(answer);
  });

  it('of a till that has never sent a line its signs of life decide', () => {
    expect(ask({ lastLine: null })).toBe('MISMATCH');
    expect(ask({ lastLine: null, feedSeenAt: at(1) })).toBe('UNKNOWN TILL_SILENT');
  });
});

describe('a receipt that comes late by itself', () => {
  const late = lines('T', [-40, 30], [-35, 30], [-30, 30]);
  it.each<[string, Partial<CorrelationInput>, string]>([
    ['half a minute late, asked at once', { lines: late }, 'UNKNOWN TILL_LAGGING'],
    ['… asked when its lines may still be on their way', { lines: late, askedAt: at(50) }, 'UNKNOWN TILL_LAGGING'],
    ['… asked when they must be here', { lines: late, askedAt: at(60), feedSeenAt: at(60) }, 'MISMATCH'],
    ['as quick as ever', { lines: lines('T', [-40, 0], [-35, 0], [-30, 0]) }, 'MISMATCH'],
    ['one line overtaken', { lines: lines('T', [-40, 0], [-35, 0], [-30, 9]) }, 'MISMATCH'],
    [
      'late from some line on',
      {
        lines: lines(
          'T',
          [-50, 0],
          ...([
            [-40, 9],
            [-35, 9],
            [-30, 9],
          ] as [number, number][]),
        ),
      },
      'UNKNOWN TILL_LAGGING',
    ],
    ['another receipt was late', { lines: [...lines('S', [-60, 30]), ...lines('T', [-40, 0])] }, 'MISMATCH'],
  ])('%s', (_what, more, answer) => {
    expect(ask({ lastLine: lastLine('scan'), ...more })).toBe(answer);
  });
});

describe('a till that falls silent while its customer is asked to scan again', () => {
  const rescan = { plu: null, prompted: { askedAt: at(13), untilAt: at(38) } };
  it.each<[string, Partial<CorrelationInput>, string]>([
    ['heard to the end', { feedSeenAt: at(37), askedAt: at(38.5) }, 'MISMATCH'],
    ['not heard since the item crossed', { feedSeenAt: at(12), askedAt: at(38.5) }, 'UNKNOWN TILL_SILENT'],
    ['not heard later, when nobody waited any more', { feedSeenAt: at(37), askedAt: at(300) }, 'MISMATCH'],
    ['asked meanwhile', { feedSeenAt: at(12), askedAt: at(20) }, 'MISMATCH'],
  ])('%s', (_what, more, answer) => {
    expect(ask({ rescan, ...more })).toBe(answer);
  });
});
