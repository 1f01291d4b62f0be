import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClockReading, type CorrelationInput, correlate } from './pos-correlation.ts';
import { pairPieces, pairScans } from './till/pairing.ts';
import type { ScanLine } from './till/pieces.ts';
import { toIso } from './time.ts';

const startMs = Date.parse('2026-03-01T12:00:00.000Z');
const at = (seconds: number) => toIso(startMs + Math.round(seconds * 1_000));
const window = { beforeMs: 1_000, afterMs: 2_000, feedStaleAfterMs: 5_000 };

interface Question {
  sighting: number;
  neighbours?: number[];
  scans?: number[];
  /** Lines beyond plain scans, by the second of each. */
  lines?: ({ second: number } & Partial<ScanLine>)[];
  feedSeen?: number | null;
  clock?: Partial<ClockReading>;
  more?: Partial<CorrelationInput>;
}

const agreeing: ClockReading = {
  ...{ offsetMs: 0, errorMs: 150, serverAheadMs: 0, tillChangeMs: null, cameraChangeMs: null, changeLimitMs: 2_000 },
};

function ask(input: Question): ReturnType<typeof correlate> {
  const { sighting, neighbours = [], scans = [], lines = [], feedSeen = sighting + 2 } = input;
  return correlate({
    sightingAt: at(sighting),
    neighbourSightingsAt: neighbours.map(at),
    lines: [
      ...scans.map((second) => ({ lineId: `T/${second}`, occurredAt: at(second), plu: '4017' })),
      ...lines.map(({ second, ...line }) => ({ lineId: `L/${second}`, occurredAt: at(second), plu: '4017', ...line })),
    ],
    feedSeenAt: feedSeen === null ? null : at(feedSeen),
    window,
    ...(input.clock ? { clock: { ...agreeing, ...input.clock } } : {}),
    ...input.more,
  });
}

describe('what the till says of one item', () => {
  it.each([
    ['a scan just after', { sighting: 10, scans: [10.4] }, 'MATCH', 'T/10.4'],
    ['a scan just before', { sighting: 10, scans: [9.1] }, 'MATCH', 'T/9.1'],
    ['a scan on the early edge', { sighting: 10, scans: [9] }, 'MATCH', 'T/9'],
    ['a scan on the late edge', { sighting: 10, scans: [12] }, 'MATCH', 'T/12'],
    ['a scan one millisecond too early', { sighting: 10, scans: [8.999] }, 'MISMATCH', null],
    ['a scan one millisecond too late', { sighting: 10, scans: [12.001] }, 'MISMATCH', null],
    ['no scan, and the till lives', { sighting: 10 }, 'MISMATCH', null],
    ['no scan, and the till was never heard of', { sighting: 10, feedSeen: null }, 'UNKNOWN', null],
    ['no scan, and the till spoke last at the limit', { sighting: 10, feedSeen: 7 }, 'MISMATCH', null],
    ['no scan, and the till fell silent', { sighting: 10, feedSeen: 6.999 }, 'UNKNOWN', null],
    ['a scan from a till that fell silent right after', { sighting: 10, scans: [9.5], feedSeen: 0 }, 'MATCH', 'T/9.5'],
    [
      "the only scan is nearer to the neighbour's item",
      { sighting: 10, neighbours: [11], scans: [11.1] },
      'MISMATCH',
      null,
    ],
    ['each of two items has its scan', { sighting: 10, neighbours: [11], scans: [10.2, 11.1] }, 'MATCH', 'T/10.2'],
    ['both scans come late, but in order', { sighting: 10, neighbours: [11], scans: [11.2, 12.4] }, 'MATCH', 'T/11.2'],
    ['the sighting is also among its neighbours', { sighting: 10, neighbours: [10], scans: [10.1] }, 'MATCH', 'T/10.1'],
  ] as const)('%s', (_name, input, verdict, matchedLineId) => {
    expect(ask(input as Question)).toMatchObject({ verdict, matchedLineId });
  });

  it('finds the one item of a belt of four that was not rung', () => {
    const sightings = [1.02, 2.08, 4.67, 6.03];
    const verdicts = sightings.map(
      (sighting) => ask({ sighting, neighbours: sightings, scans: [1.45, 2.6, 6.4], feedSeen: 8 }).verdict,
    );
    expect(verdicts).toEqual(['MATCH', 'MATCH', 'MISMATCH', 'MATCH']);
  });

  it('says why, with the window that it looked at', () => {
    expect(ask({ sighting: 10, neighbours: [11], scans: [11.1] })).toMatchObject({
      windowFromAt: at(9),
      windowToAt: at(12),
      reasons: [{ code: 'NO_RECEIPT_LINE', params: { linesInWindow: 1, explainedByOtherItems: 1, sightings: 2 } }],
    });
    expect(ask({ sighting: 10, scans: [9.5] }).reasons).toEqual([
      {
        code: 'RECEIPT_LINE_FOUND',
        params: {
          ...{ lineId: 'T/9.5', distanceMs: -500, plu: '4017', description: null },
          ...{ at: at(9.5), offsetMs: 0, errorMs: 0, pieces: 1 },
        },
      },
    ]);
    expect(ask({ sighting: 10, feedSeen: null }).reasons[0]?.code).toBe('TILL_NEVER_HEARD');
    expect(ask({ sighting: 10, feedSeen: 1 }).reasons[0]).toEqual({
      code: 'TILL_SILENT',
      params: { lastSeenAt: at(1), lagMs: 11_000, allowedMs: 5_000 },
    });
  });
});

describe('what one line stands for', () => {
  const all = (crossings: number[], lines: Question['lines'], more: Partial<CorrelationInput> = {}) =>
    crossings.map(
      (sighting) =>
        ask({ sighting, neighbours: crossings, feedSeen: 60, ...(lines ? { lines } : {}), more }).verdict[1] ?? '',
    );
  const yes = 'A';
  const no = 'I';

  it.each<[string, number[], Question['lines'], string[]]>([
    [
      'a quantity key: its number and no more',
      [10, 10.5, 11, 11.5],
      [{ second: 10.5, quantity: 3 }],
      [yes, yes, yes, no],
    ],
    [
      'a quantity key: articles that follow one by one',
      [10, 11.4, 12.9, 14.5],
      [{ second: 10, quantity: 4 }],
      [yes, yes, yes, yes],
    ],
    ['a quantity key: none that follow much later', [10, 40], [{ second: 10, quantity: 2 }], [yes, no]],
    [
      'weighed goods are one item, whatever they weigh',
      [10, 10.5],
      [{ second: 10.2, quantity: 3, unit: 'kg' }],
      [yes, no],
    ],
    ['half of something is one item', [10, 10.5], [{ second: 10.2, quantity: 0.5 }], [yes, no]],
    ['a multi-pack, taken apart', [10, 10.4, 10.8, 11.2], [{ second: 10.5, packSize: 3 }], [yes, yes, yes, no]],
    [
      'two multi-packs of two',
      [10, 10.4, 10.8, 11.2],
      [{ second: 10.5, quantity: 2, packSize: 2 }],
      [yes, yes, yes, yes],
    ],
    ['a price change is no item', [10], [{ second: 10.2, type: 'override' }], [no]],
    ['a discount is no item', [10], [{ second: 10.2, type: 'discount' }], [no]],
    ['what is rung in training mode is no item', [10], [{ second: 10.2, training: true }], [no]],
    ['the same line told twice is one', [10, 10.5], [{ second: 10.2 }, { second: 10.2 }], [yes, no]],
  ])('%s', (_name, crossings, lines, verdicts) => {
    // An unexplained item is whichever lies furthest off; how many there are is what counts.
    expect(all(crossings, lines).sort()).toEqual([...verdicts].sort());
  });

  const scan = { second: 10.2, transactionId: 'T', line: 1, lineId: 'T/1', plu: '4017' };
  it.each<[string, Question['lines'], 'MATCH' | 'MISMATCH']>([
    [
      'a line that is taken back',
      [scan, { second: 25, type: 'line_void', transactionId: 'T', line: 2, relatedLine: 1 }],
      'MISMATCH',
    ],
    [
      'another line that is taken back',
      [scan, { second: 25, type: 'line_void', transactionId: 'T', line: 3, relatedLine: 2 }],
      'MATCH',
    ],
    [
      'the line of another receipt',
      [scan, { second: 25, type: 'line_void', transactionId: 'U', line: 2, relatedLine: 1 }],
      'MATCH',
    ],
    [
      'a void that names only the article',
      [scan, { second: 25, type: 'line_void', transactionId: 'T', line: 2 }],
      'MISMATCH',
    ],
    [
      'a void that names another article',
      [scan, { second: 25, type: 'line_void', transactionId: 'T', line: 2, plu: '1' }],
      'MATCH',
    ],
    ['the whole receipt', [scan, { second: 25, type: 'void', transactionId: 'T', line: 2 }], 'MISMATCH'],
    [
      'a receipt that was paid and cancelled at the desk',
      [scan, { second: 25, type: 'post_void', transactionId: 'U', relatedTransactionId: 'T' }],
      'MATCH',
    ],
    [
      'a line that is taken back and scanned again',
      [
        scan,
        { second: 25, type: 'line_void', transactionId: 'T', line: 2, relatedLine: 1 },
        { second: 30, transactionId: 'T', line: 3, lineId: 'T/3' },
      ],
      'MATCH',
    ],
    [
      'a line that is taken back, and another article scanned',
      [
        scan,
        { second: 25, type: 'line_void', transactionId: 'T', line: 2, relatedLine: 1 },
        { second: 30, transactionId: 'T', line: 3, lineId: 'T/3', plu: '5000' },
      ],
      'MISMATCH',
    ],
    [
      'a line that is taken back and scanned again much later',
      [
        scan,
        { second: 25, type: 'line_void', transactionId: 'T', line: 2, relatedLine: 1 },
        { second: 80, transactionId: 'T', line: 3, lineId: 'T/3' },
      ],
      'MISMATCH',
    ],
  ])('void: %s', (_name, lines, verdict) => {
    expect(ask({ sighting: 10, feedSeen: 90, lines: lines ?? [] }).verdict).toBe(verdict);
  });

  it.each([
    ['while the terminal waits', 18, 'MATCH'],
    ['before it asked', 13, 'MISMATCH'],
    ['after it gave up', 33, 'MISMATCH'],
  ])('a scan that the terminal asked for: %s', (_name, second, verdict) => {
    const rescan = { plu: null, prompted: { askedAt: at(14), untilAt: at(29) } };
    const answer = ask({ sighting: 10, neighbours: [second], scans: [second], feedSeen: 40, more: { rescan } });
    expect(answer.verdict).toBe(verdict);
    if (verdict === 'MATCH') expect(answer.reasons[0]).toMatchObject({ code: 'RECEIPT_LINE_RESCANNED' });
  });
});

describe('an item that looks like something else than what was rung', () => {
  const banana = { second: 10.4, plu: '4011', transactionId: 'T', line: 1 };
  const orange = (second: number) => ({ second, plu: '4012', transactionId: 'T', line: 9 });
  const prompted = { askedAt: at(14), untilAt: at(29) };
  const voided = { second: 20, type: 'line_void' as const, transactionId: 'T', line: 2, relatedLine: 1 };

  it.each<[string, Partial<Question>, object | null, 'MATCH' | 'MISMATCH', string | null]>([
    ['the cheap line is not its receipt', { lines: [banana] }, null, 'MISMATCH', null],
    ['nor is it when the terminal has asked', { lines: [banana] }, prompted, 'MISMATCH', null],
    [
      'nor when it is rung once more',
      { lines: [banana, { ...banana, second: 18, line: 3 }] },
      prompted,
      'MISMATCH',
      null,
    ],
    ['nor is a line that names no article', { lines: [{ second: 10.4, plu: null }] }, null, 'MISMATCH', null],
    ['its own article in the window is', { lines: [banana, orange(11.8)] }, null, 'MATCH', 'L/11.8'],
    ['another sort that looks the same is', { lines: [banana, { ...orange(11), plu: '3107' }] }, null, 'MATCH', 'L/11'],
    ['its own article, after the terminal asked', { lines: [banana, orange(18)] }, prompted, 'MATCH', 'L/18'],
    ['its own article, before the terminal asked', { lines: [banana, orange(13)] }, prompted, 'MISMATCH', null],
    ['its own article later, and nobody had asked', { lines: [banana, orange(18)] }, null, 'MISMATCH', null],
    ['the cheap line taken back, its own article rung', { lines: [banana, voided, orange(22)] }, null, 'MATCH', 'L/22'],
    ['the cheap line taken back, and nothing rung', { lines: [banana, voided] }, null, 'MISMATCH', null],
    [
      "a neighbour's article is the neighbour's",
      { neighbours: [11], lines: [banana, orange(11.2)] },
      null,
      'MISMATCH',
      null,
    ],
    [
      'a neighbour with a line of its own leaves it',
      { neighbours: [11.5], lines: [banana, orange(10.9), { second: 11.9, plu: '4017' }] },
      null,
      'MATCH',
      'L/10.9',
    ],
    [
      'a key for two of its article stands for both',
      { neighbours: [10.8], lines: [banana, { ...orange(11), quantity: 2 }] },
      null,
      'MATCH',
      'L/11',
    ],
  ])('%s', (_name, question, asked, verdict, matchedLineId) => {
    const rescan = { plu: null, prompted: asked as typeof prompted | null };
    const more = { expectedPlus: ['4012', '3107'], rescan };
    const answer = ask({ sighting: 10, feedSeen: 60, ...question, more });
    expect(answer).toMatchObject({ verdict, matchedLineId });
    if (verdict === 'MISMATCH')
      expect(answer.reasons).toMatchObject([
        { code: 'NO_LINE_OF_EXPECTED_ARTICLE', params: { expectedPlus: '4012 3107' } },
      ]);
  });

  it('leaves to the neighbours what their items were rung as', () => {
    const lines = [banana, { second: 11.4, plu: '4017' }];
    expect(ask({ sighting: 11, neighbours: [10], lines, feedSeen: 60 })).toMatchObject({ matchedLineId: 'L/11.4' });
  });

  it('is asked no more of a silent till than any other', () => {
    const more = { expectedPlus: ['4012'] };
    expect(ask({ sighting: 10, lines: [banana], feedSeen: null, more }).verdict).toBe('UNKNOWN');
  });
});

describe('when the till or the clocks cannot be believed', () => {
  it.each<[string, Question, string, string]>([
    ['clocks that agree', { sighting: 10, clock: {}, scans: [10.5] }, 'MATCH', 'RECEIPT_LINE_FOUND'],
    [
      'a till that runs 37 s ahead',
      { sighting: 10, clock: { offsetMs: 37_000 }, scans: [47.5] },
      'MATCH',
      'RECEIPT_LINE_FOUND',
    ],
    [
      '… and a line where it would be without',
      { sighting: 10, clock: { offsetMs: 37_000 }, scans: [10.5] },
      'MISMATCH',
      'NO_RECEIPT_LINE',
    ],
    [
      'a till that runs 37 s behind',
      { sighting: 50, clock: { offsetMs: -37_000 }, scans: [13.5], feedSeen: 15 },
      'MATCH',
      'RECEIPT_LINE_FOUND',
    ],
    [
      '… silent by its own clock',
      { sighting: 50, clock: { offsetMs: -37_000 }, feedSeen: 9.9 },
      'UNKNOWN',
      'TILL_SILENT',
    ],
    [
      '… not silent by its own clock',
      { sighting: 50, clock: { offsetMs: -37_000 }, feedSeen: 10 },
      'MISMATCH',
      'NO_RECEIPT_LINE',
    ],
    [
      'a line within the error of the offset',
      { sighting: 10, clock: { errorMs: 700 }, scans: [12.6] },
      'MATCH',
      'RECEIPT_LINE_FOUND',
    ],
    ['a line beyond it', { sighting: 10, clock: { errorMs: 700 }, scans: [12.8] }, 'MISMATCH', 'NO_RECEIPT_LINE'],
    [
      'clocks that were never measured',
      { sighting: 10, clock: { offsetMs: null }, scans: [10.5] },
      'UNKNOWN',
      'CLOCKS_UNCERTAIN',
    ],
    [
      'an offset that is too vague',
      { sighting: 10, clock: { errorMs: 5_001 }, scans: [10.5] },
      'UNKNOWN',
      'CLOCKS_UNCERTAIN',
    ],
    [
      "the till's clock jumped 90 s ahead",
      { sighting: 10, clock: { tillChangeMs: -90_000 }, scans: [100.5] },
      'UNKNOWN',
      'CLOCKS_UNCERTAIN',
    ],
    [
      "… and somebody's line is where the old offset looks",
      { sighting: 10, clock: { tillChangeMs: -90_000 }, scans: [10.5] },
      'UNKNOWN',
      'CLOCKS_UNCERTAIN',
    ],
    [
      "the till's clock jumped 90 s back",
      { sighting: 100, clock: { tillChangeMs: 90_000 }, scans: [10.5] },
      'UNKNOWN',
      'CLOCKS_UNCERTAIN',
    ],
    [
      "the camera's clock jumped 90 s ahead",
      { sighting: 100, clock: { cameraChangeMs: -90_000 }, scans: [10.5] },
      'UNKNOWN',
      'CLOCKS_UNCERTAIN',
    ],
    [
      "the camera's clock jumped 90 s back",
      { sighting: 10, clock: { cameraChangeMs: 90_000 }, scans: [100.5] },
      'UNKNOWN',
      'CLOCKS_UNCERTAIN',
    ],
    [
      'a crossing that came late by the network, with its line',
      { sighting: 10, clock: { cameraChangeMs: 90_000 }, scans: [10.5] },
      'MATCH',
      'RECEIPT_LINE_FOUND',
    ],
    ['a feed that was silent for an hour', { sighting: 4_000, scans: [400], feedSeen: 400 }, 'UNKNOWN', 'TILL_SILENT'],
    [
      'lines that take 40 s, asked at once',
      { sighting: 10, more: { feedLagMs: 40_000, askedAt: at(12) } },
      'UNKNOWN',
      'TILL_LAGGING',
    ],
    [
      'lines that take 40 s, asked when they must be here',
      { sighting: 10, more: { feedLagMs: 40_000, askedAt: at(53) } },
      'MISMATCH',
      'NO_RECEIPT_LINE',
    ],
    [
      'lines that seem to take 37 s because the clock runs behind',
      { sighting: 50, feedSeen: 15, clock: { offsetMs: -37_000 }, more: { feedLagMs: 37_200, askedAt: at(52) } },
      'MISMATCH',
      'NO_RECEIPT_LINE',
    ],
    [
      'a till that has just begun to catch up',
      { sighting: 10, lines: [{ second: 15, receivedAt: at(3_600) }], feedSeen: 3_600, more: { askedAt: at(3_601) } },
      'UNKNOWN',
      'TILL_LAGGING',
    ],
    [
      'a till that has caught up a while ago',
      { sighting: 10, lines: [{ second: 15, receivedAt: at(3_600) }], feedSeen: 3_600, more: { askedAt: at(3_700) } },
      'MISMATCH',
      'NO_RECEIPT_LINE',
    ],
    ['a terminal where nobody is signed on', { sighting: 10, more: { closedFromAt: at(2) } }, 'UNKNOWN', 'TILL_CLOSED'],
    [
      '… until somebody is',
      { sighting: 10, more: { closedFromAt: at(2), closedToAt: at(8) } },
      'MISMATCH',
      'NO_RECEIPT_LINE',
    ],
    [
      'a terminal that is closed and in use',
      { sighting: 10, scans: [5], more: { closedFromAt: at(2) } },
      'MISMATCH',
      'NO_RECEIPT_LINE',
    ],
    [
      'a closed terminal that has the line',
      { sighting: 10, scans: [10.5], more: { closedFromAt: at(2) } },
      'MATCH',
      'RECEIPT_LINE_FOUND',
    ],
    [
      'the terminal that stood there before, by its own clock',
      { sighting: 10, clock: { offsetMs: 20_000 }, lines: [{ second: 5.5, terminalId: 'old', offsetMs: -5_000 }] },
      'MATCH',
      'RECEIPT_LINE_FOUND',
    ],
  ])('%s', (_name, input, verdict, code) => {
    const answer = ask(input);
    expect([answer.verdict, answer.reasons[0]?.code]).toEqual([verdict, code]);
  });

  it('says how far the clocks were put right', () => {
    const { reasons, windowFromAt, windowToAt } = ask({ sighting: 10, clock: { offsetMs: 37_000 }, scans: [47.5] });
    expect(reasons[0]?.params).toMatchObject({ distanceMs: 500, offsetMs: 37_000, errorMs: 150 });
    expect([windowFromAt, windowToAt]).toEqual([at(45.85), at(49.15)]);
  });
});

describe('pairing', () => {
  const instants = fc
    .uniqueArray(fc.integer({ min: 0, max: 12_000 }), { maxLength: 6 })
    .map((values) => [...values].sort((a, b) => a - b));
  const fits = (sightingMs: number, scanMs: number) =>
    scanMs - sightingMs >= -window.beforeMs && scanMs - sightingMs <= window.afterMs;

  /** Every pairing there is: the most pairs, and the least distance among those. */
  function best(sightings: readonly number[], scans: readonly number[]): { pairs: number; costMs: number } {
    const [first, ...rest] = sightings;
    if (first === undefined) return { pairs: 0, costMs: 0 };
    const choices = [best(rest, scans)];
    for (const [index, scan] of scans.entries()) {
      if (!fits(first, scan)) continue;
      const left = best(rest, scans.toSpliced(index, 1));
      choices.push({ pairs: left.pairs + 1, costMs: left.costMs + Math.abs(scan - first) });
    }
    return choices.reduce((a, b) => (b.pairs > a.pairs || (b.pairs === a.pairs && b.costMs < a.costMs) ? b : a));
  }

  it('explains as many items as any pairing could, at the least distance, each scan once and in order', () => {
    fc.assert(
      fc.property(instants, instants, (sightings, scans) => {
        const pairing = pairScans(sightings, scans, window);
        const used = pairing.filter((index) => index >= 0);
        expect(pairing).toHaveLength(sightings.length);
        expect(used).toEqual([...new Set(used)].sort((a, b) => a - b));
        let costMs = 0;
        for (const [row, column] of pairing.entries()) {
          if (column < 0) continue;
          expect(fits(sightings[row]!, scans[column]!)).toBe(true);
          costMs += Math.abs(scans[column]! - sightings[row]!);
        }
        expect({ pairs: used.length, costMs }).toEqual(best(sightings, scans));
      }),
      { numRuns: 300 },
    );
  });

  const rungs = fc
    .array(fc.record({ atMs: fc.integer({ min: 0, max: 8_000 }), pieces: fc.integer({ min: 1, max: 4 }) }), {
      maxLength: 3,
    })
    .map((lines) => [...lines].sort((a, b) => a.atMs - b.atMs));

  it('does the same with lines of several pieces, none used more often than it has pieces', () => {
    fc.assert(
      fc.property(instants, rungs, (sightings, lines) => {
        const pairing = pairPieces(
          sightings,
          lines.map((line) => ({ ...line, passesMs: 0 })),
          window,
        );
        let costMs = 0;
        for (const [row, column] of pairing.entries()) {
          if (column < 0) continue;
          expect(fits(sightings[row]!, lines[column]!.atMs)).toBe(true);
          costMs += Math.abs(lines[column]!.atMs - sightings[row]!);
        }
        for (const [index, { pieces }] of lines.entries())
          expect(pairing.filter((owner) => owner === index).length).toBeLessThanOrEqual(pieces);
        const scans = lines.flatMap(({ atMs, pieces }) => Array<number>(pieces).fill(atMs));
        expect({ pairs: pairing.filter((owner) => owner >= 0).length, costMs }).toEqual(best(sightings, scans));
      }),
      { numRuns: 300 },
    );
  });

  it('never explains fewer because the articles of a quantity key may follow, and none out of reach', () => {
    fc.assert(
      fc.property(instants, rungs, (sightings, lines) => {
        const withPasses = lines.map((line) => ({ ...line, passesMs: (line.pieces - 1) * 1_500 }));
        const pairing = pairPieces(sightings, withPasses, window);
        for (const [index, { pieces }] of lines.entries())
          expect(pairing.filter((owner) => owner === index).length).toBeLessThanOrEqual(pieces);
        for (const [row, column] of pairing.entries()) {
          if (column < 0) continue;
          const { atMs, passesMs } = withPasses[column]!;
          const distanceMs = atMs - sightings[row]!;
          expect(distanceMs).toBeGreaterThanOrEqual(-window.beforeMs - passesMs);
          expect(distanceMs).toBeLessThanOrEqual(window.afterMs + passesMs);
        }
        const scans = lines.flatMap(({ atMs, pieces }) => Array<number>(pieces).fill(atMs));
        expect(pairing.filter((owner) => owner >= 0).length).toBeGreaterThanOrEqual(best(sightings, scans).pairs);
      }),
      { numRuns: 300 },
    );
  });
});
