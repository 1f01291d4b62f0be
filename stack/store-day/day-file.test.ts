import { describe, expect, it } from 'vitest';
import { readCsvDay } from '../../adapters/pos/csv-day.ts';
import { readPosLog } from '../../adapters/pos/poslog.ts';
import type { DayFileLine } from '../../domain/day-file.ts';
import type { PosEvent } from '../../domain/types.ts';
import { simulateDay } from './day.ts';
import { csvMapping, dayFileOf, majorUnits, toCsv, toJsonBatches } from './day-file.ts';
import { toPosLog } from './poslog.ts';
import { noFaults } from './types.ts';

const berlin = 'Europe/Berlin';
const day = simulateDay({
  seed: 3,
  date: '2026-05-04',
  timeZone: berlin,
  storeId: 'market',
  baskets: 400,
  faults: noFaults,
});
const events = dayFileOf(day.lines);
const byKey = (a: PosEvent, b: PosEvent) => keyOf(a).localeCompare(keyOf(b));
const keyOf = ({ terminalId, transactionId, line }: PosEvent) => `${terminalId}/${transactionId}/${line}`;

async function* bytes(pieces: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece, 'utf8');
}

async function eventsOf(lines: AsyncIterable<DayFileLine>): Promise<{ events: PosEvent[]; problems: DayFileLine[] }> {
  const read: PosEvent[] = [];
  const problems: DayFileLine[] = [];
  for await (const line of lines) {
    if ('event' in line) read.push(line.event as unknown as PosEvent);
    else if ('problem' in line) problems.push(line);
  }
  return { events: read, problems };
}

describe('a day file', () => {
  it('has each line once, in the order of its receipt, and no heartbeats', () => {
    expect(new Set(events.map(keyOf)).size).toBe(events.length);
    expect(events.some(({ type }) => type === 'heartbeat')).toBe(false);
    for (const [index, event] of events.slice(1).entries()) {
      const before = events[index]!;
      if (before.transactionId === event.transactionId) expect(event.line).toBe(before.line + 1);
    }
  });

  it('goes as JSON in batches of at most a thousand', () => {
    const batches = [...toJsonBatches(events)];
    expect(batches.flat()).toEqual(events);
    expect(Math.max(...batches.map(({ length }) => length))).toBe(1_000);
  });

  it.each([
    ['instants', {}],
    ['times of the store', { timeZone: berlin }],
  ])('comes back from CSV with %s as it was', async (_what, written) => {
    const reading = { storeId: 'market', timeZone: berlin, mapping: csvMapping(written) };
    const read = await eventsOf(readCsvDay(bytes(toCsv(events, written)), reading));
    expect(read.problems).toEqual([]);
    expect(read.events.sort(byKey)).toEqual([...events].sort(byKey));
  });

  it('comes back from POSLog with every item, payment and sign', async () => {
    const mapping = { ...csvMapping(), amount: { ...csvMapping().amount, decimalSign: '.' as const } };
    const reading = { storeId: 'market', timeZone: berlin, mapping };
    const read = await eventsOf(readPosLog(bytes(toPosLog(events)), reading));
    expect(read.problems).toEqual([]);
    const kept = new Set(['scan', 'refund', 'line_void', 'tender', 'no_sale', 'sign_on', 'sign_off']);
    const postVoided = new Set(
      events.filter(({ type }) => type === 'post_void').map(({ transactionId }) => transactionId),
    );
    const bare = (all: readonly PosEvent[]) =>
      all
        .filter(({ type, transactionId }) => kept.has(type) && !postVoided.has(transactionId))
        .map(({ packSize: _pack, reasonCode: _reason, ...event }) => event)
        .sort(byKey);
    expect(bare(read.events)).toEqual(bare(events));
    for (const type of ['void', 'post_void', 'suspend', 'resume', 'override', 'discount'] as const) {
      const amounts = (all: readonly PosEvent[]) =>
        all
          .filter((event) => event.type === type)
          .map(({ transactionId, amountMinor }) => `${transactionId} ${amountMinor}`);
      expect(amounts(read.events).sort(), type).toEqual(amounts(events).sort());
    }
  });

  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [-5, '-0.05'],
    [1234, '12.34'],
  ])('writes %i as %s', (minor, written) => {
    expect(majorUnits(minor)).toBe(written);
  });
});

describe('the writers', () => {
  /** How far the source was ahead of what had come out, at the worst. */
  function aheadOf(
    write: (source: Iterable<PosEvent>) => Iterable<unknown>,
    perPiece: (piece: unknown) => number,
  ): number {
    let pulled = 0;
    let emitted = 0;
    let worst = 0;
    function* source(): Generator<PosEvent> {
      for (let round = 0; round < 5; round += 1)
        for (const event of events) {
          pulled += 1;
          worst = Math.max(worst, pulled - emitted);
          yield event;
        }
    }
    for (const piece of write(source())) emitted += perPiece(piece);
    expect(pulled).toBe(5 * events.length);
    return worst;
  }

  it('hold one line, one transaction or one batch at a time, however long the day', () => {
    expect(aheadOf(toCsv, () => 1)).toBeLessThanOrEqual(1);
    const lengths = new Map<string, number>();
    for (const { transactionId } of events) lengths.set(transactionId, (lengths.get(transactionId) ?? 0) + 1);
    const longest = Math.max(...lengths.values());
    const linesIn = (piece: unknown) => (String(piece).match(/<LineItem>|ControlTransaction>/g) ?? []).length;
    // Drawers and states of a transaction are no line items: a few lines per receipt are never counted as emitted.
    const uncounted =
      5 * events.filter(({ type }) => ['drawer', 'void', 'post_void', 'suspend', 'resume'].includes(type)).length;
    expect(aheadOf(toPosLog, linesIn)).toBeLessThanOrEqual(longest + 1 + uncounted);
    expect(
      aheadOf(
        (source) => toJsonBatches(source),
        (piece) => (piece as PosEvent[]).length,
      ),
    ).toBeLessThanOrEqual(1_000);
  });
});
