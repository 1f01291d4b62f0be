import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { PosEvent } from '../../domain/types.ts';
import { simulateDay } from './day.ts';
import { dayFileOf } from './day-file.ts';
import { storeDayEstate } from './estate.ts';
import { fraudRules, honestEvents, noFaults, type StoreDay } from './types.ts';

const options = { seed: 1, date: '2026-05-04', timeZone: 'Europe/Berlin', storeId: 'market' } as const;
const shoppers = 1_500;
const day = simulateDay({ ...options, baskets: shoppers });
const clean = simulateDay({ ...options, baskets: shoppers, faults: noFaults });

const receiptsOf = ({ lines }: StoreDay): Map<string, PosEvent[]> => {
  const receipts = new Map<string, PosEvent[]>();
  for (const event of dayFileOf(lines)) {
    const key = `${event.terminalId}/${event.transactionId}`;
    receipts.set(key, [...(receipts.get(key) ?? []), event]);
  }
  return receipts;
};

describe('a day', () => {
  it('is the same for the same seed and another for another', () => {
    const small = { ...options, baskets: 120 };
    expect(simulateDay(small)).toEqual(simulateDay(small));
    expect(simulateDay({ ...small, seed: 2 }).lines).not.toEqual(simulateDay(small).lines);
  });

  it('has as many shoppers as were asked for, and every kind of honest event', () => {
    expect(day.truth.shoppers).toHaveLength(shoppers);
    for (const event of honestEvents) expect(day.truth.honest[event], event).toBeGreaterThan(0);
    const perHour = new Map<string, number>();
    for (const { fromAt } of day.truth.shoppers) {
      const hour = fromAt.slice(11, 13);
      perHour.set(hour, (perHour.get(hour) ?? 0) + 1);
    }
    // 17:00 in Berlin is 15:00 in UTC.
    expect(perHour.get('15')!).toBeGreaterThan(2 * perHour.get('05')!);
  });

  it('speaks the schema of the wire', async () => {
    const ajv = addFormats.default(new Ajv2020());
    const schema = new URL('../../schemas/events/pos-event.schema.json', import.meta.url);
    const validLine = ajv.compile(JSON.parse(await readFile(schema, 'utf8')));
    for (const { event } of day.lines)
      if (!validLine(event)) throw new Error(JSON.stringify({ event, errors: validLine.errors }));
    const detectionSchema = new URL('../../schemas/events/detection.schema.json', import.meta.url);
    const validDetection = ajv.compile(JSON.parse(await readFile(detectionSchema, 'utf8')));
    for (const detection of day.detections)
      if (!validDetection(detection)) throw new Error(JSON.stringify({ detection, errors: validDetection.errors }));
    expect(day.detections.length).toBeGreaterThan(0);
  });

  it('has one content for each key, however often and late it is posted', () => {
    const contents = new Map<string, string>();
    let again = 0;
    for (const { event } of day.lines) {
      const key = `${event.terminalId}/${event.transactionId}/${event.line}`;
      const content = JSON.stringify(event);
      const before = contents.get(key);
      if (before !== undefined) {
        again += 1;
        expect(content).toBe(before);
      }
      contents.set(key, content);
    }
    expect(again).toBeGreaterThan(100);
    const posted = day.lines.map(({ postedAt }) => postedAt);
    expect(posted).toEqual([...posted].sort());
  });

  it('balances every receipt: what was rung, what was taken back and what was paid', () => {
    let balanced = 0;
    for (const [key, lines] of receiptsOf(day)) {
      const sum = (of: readonly PosEvent[]) => of.reduce((total, { amountMinor = 0 }) => total + amountMinor, 0);
      const tenders = lines.filter(({ type }) => type === 'tender');
      const open = lines.some(({ type }) => type === 'suspend') && !lines.some(({ type }) => type === 'resume');
      if (open) continue;
      expect([key, sum(lines) - sum(tenders)]).toEqual([key, sum(tenders)]);
      balanced += 1;
    }
    expect(balanced).toBeGreaterThan(shoppers);
  });

  it('takes back only what was rung, and brings back only what was sold', () => {
    const receipts = receiptsOf(day);
    for (const lines of receipts.values())
      for (const { type, terminalId, transactionId, relatedLine, plu } of lines) {
        if (relatedLine === undefined || type === 'refund') continue;
        const about = receipts.get(`${terminalId}/${transactionId}`)!.find(({ line }) => line === relatedLine);
        expect(about).toMatchObject({ type: 'scan', plu });
      }
  });

  it('never has two receipts open at one till', () => {
    const byTill = new Map<string, StoreDay['truth']['shoppers']>();
    for (const shopper of day.truth.shoppers)
      byTill.set(shopper.cameraId, [...(byTill.get(shopper.cameraId) ?? []), shopper]);
    for (const shoppers of byTill.values())
      for (const [index, shopper] of shoppers.slice(1).entries())
        expect(shopper.fromAt > shoppers[index]!.toAt, shopper.transactionId).toBe(true);
  });

  it('signs a cashier on before the first line and off after the last', () => {
    const sales = dayFileOf(clean.lines).filter(({ type, operatorId }) => operatorId !== undefined && type === 'scan');
    const signs = dayFileOf(clean.lines).filter(({ type }) => type === 'sign_on' || type === 'sign_off');
    for (const { terminalId, operatorId, occurredAt } of sales) {
      const mine = signs.filter((sign) => sign.terminalId === terminalId && sign.operatorId === operatorId);
      expect(
        mine.some(({ type, occurredAt: at }) => type === 'sign_on' && at < occurredAt) &&
          mine.some(({ type, occurredAt: at }) => type === 'sign_off' && at > occurredAt),
        `${operatorId} at ${occurredAt}`,
      ).toBe(true);
    }
  });
});

describe('the truth', () => {
  it('plants every fraud, and none on a day without', () => {
    const kinds = new Set(day.truth.frauds.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(Object.keys(fraudRules).sort());
    const honest = simulateDay({ ...options, baskets: 300, fraud: false });
    expect(honest.truth.frauds).toEqual([]);
    expect(honest.truth.unpaidItems).toEqual([]);
    expect(honest.truth.wrongItems).toEqual([]);
  });

  it('puts each crossing into one list, and those with a receipt under a line that is there', () => {
    const { paidItems, unpaidItems, wrongItems, otherCrossings } = day.truth;
    const all = [...paidItems, ...unpaidItems, ...wrongItems, ...otherCrossings].map(({ crossingId }) => crossingId);
    expect(new Set(all).size).toBe(all.length);
    expect([...all].sort()).toEqual(day.crossings.map(({ id }) => id).sort());
    const receipts = receiptsOf(day);
    for (const { terminalId, transactionId, line } of [...paidItems, ...wrongItems])
      expect(receipts.get(`${terminalId}/${transactionId}`)?.find((each) => each.line === line)?.type).toBe('scan');
  });

  it('has no scan near an unpaid item that no other item needs', () => {
    // On a clean day the clocks agree: within a receipt there are never fewer pieces that crossed than were rung.
    const seen = new Map(clean.crossings.map(({ id, at }) => [id, at]));
    for (const fraud of clean.truth.frauds.filter(({ kind }) => kind === 'missed_scan' || kind === 'fake_scan')) {
      const scans = clean.lines.filter(
        ({ event }) => event.transactionId === fraud.transactionId && event.type === 'scan',
      );
      for (const crossingId of fraud.crossingIds) {
        const atMs = Date.parse(seen.get(crossingId)!);
        const near = scans.filter(({ event }) => Math.abs(Date.parse(event.occurredAt) - atMs) < 300);
        expect(near).toEqual([]);
      }
    }
  });

  it('has the cameras report every stolen item on a clean day, and no item that was rung at once', () => {
    const reported = new Set(clean.truth.detections.map(({ crossingId }) => crossingId));
    const stolen = clean.truth.frauds.filter(({ kind }) => kind === 'missed_scan' || kind === 'fake_scan');
    expect(stolen.length).toBeGreaterThan(5);
    for (const { crossingIds } of stolen) for (const id of crossingIds) expect(reported).toContain(id);
    const watched = new Set(clean.crossings.filter(({ cameraId }) => cameraId.startsWith('sco')).map(({ id }) => id));
    const paid = clean.truth.paidItems.filter(({ crossingId }) => watched.has(crossingId));
    const honestly = paid.filter(({ crossingId }) => reported.has(crossingId)).length;
    // Left are what the cameras' windows cannot know: trays of pieces, torn packs, what was scanned after a prompt.
    expect(honestly).toBeGreaterThan(50);
    expect(honestly / paid.length).toBeLessThan(0.08);
  });

  it('names the day’s faults, and none on a clean day', () => {
    const kinds = new Set(day.truth.faults.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'camera_misses',
      'camera_sees_hands',
      'clock_drift',
      'clock_step',
      'duplicated_posting',
      'feed_outage',
      'late_posting',
      'out_of_order_posting',
      'terminal_closed',
      'terminal_replaced',
    ]);
    expect(clean.truth.faults).toEqual([]);
  });

  it('posts nothing of a till that is cut off, and everything afterwards', () => {
    const outage = day.truth.faults.find(({ kind }) => kind === 'feed_outage')!;
    const mine = day.lines.filter(({ event }) => event.terminalId === outage.place);
    expect(mine.filter(({ postedAt }) => postedAt >= outage.fromAt && postedAt < outage.toAt)).toEqual([]);
    expect(mine.filter(({ event }) => event.occurredAt > outage.fromAt && event.occurredAt < outage.toAt)).not.toEqual(
      [],
    );
  });

  it('has a till 90 seconds ahead in its bad hour', () => {
    const step = day.truth.faults.find(({ kind, params }) => kind === 'clock_step' && Number(params['byMs']) > 0)!;
    const ahead = day.lines.filter(
      ({ event, postedAt }) => event.terminalId === step.place && postedAt > step.fromAt && postedAt < step.toAt,
    );
    const middle = ahead
      .map(({ event, postedAt }) => Date.parse(event.occurredAt) - Date.parse(postedAt))
      .sort((a, b) => a - b);
    expect(middle[Math.floor(middle.length / 2)]).toBeGreaterThan(85_000);
  });

  it('changes the terminal under a camera at noon', () => {
    const changed = simulateDay({ ...options, baskets: 200, faults: { ...noFaults, terminalReplaced: true } });
    const [change] = changed.terminalChanges;
    expect(change?.at).toBe('2026-05-04T10:00:00.000Z');
    const scans = dayFileOf(changed.lines).filter(({ type }) => type === 'scan');
    const of = (terminalId: string) => scans.filter((event) => event.terminalId === terminalId);
    expect(of(change!.fromTerminalId).every(({ occurredAt }) => occurredAt < change!.at)).toBe(true);
    expect(of(change!.toTerminalId).every(({ occurredAt }) => occurredAt > change!.at)).toBe(true);
    expect(of(change!.fromTerminalId).length).toBeGreaterThan(0);
    expect(of(change!.toTerminalId).length).toBeGreaterThan(0);
  });
});

describe('its edges', () => {
  it.each([
    ['2026-03-29', 'Europe/Berlin', 23],
    ['2026-10-25', 'Europe/Berlin', 25],
    ['2026-10-26', 'Europe/Berlin', 24],
    ['2026-03-08', 'America/New_York', 23],
    ['2026-11-01', 'America/New_York', 25],
  ])('%s in %s has %i hours', (date, timeZone, hours) => {
    const night = simulateDay({ ...options, date, timeZone, baskets: 60, opening: { from: '00:00', to: '24:00' } });
    expect((Date.parse(night.toAt) - Date.parse(night.fromAt)) / 3_600_000).toBe(hours);
    for (const { fromAt } of night.truth.shoppers) expect(fromAt >= night.fromAt && fromAt < night.toAt).toBe(true);
  });

  it.each([
    { lanes: 0, selfCheckouts: 2 },
    { lanes: 1, selfCheckouts: 0 },
    { lanes: 1, selfCheckouts: 1 },
  ])('goes with few tills: %o', (few) => {
    const { truth } = simulateDay({ ...options, ...few, baskets: 60 });
    expect(truth.shoppers).toHaveLength(60);
  });

  it.each([
    [{ lanes: 1, selfCheckouts: 0, baskets: 3_000 }, /give fewer baskets or more tills/],
    [{ lanes: 0, selfCheckouts: 0 }, /give lanes or selfCheckouts/],
    [{ baskets: 1.5 }, /baskets must be a whole number/],
    [{ faults: { lateShare: 2 } }, /lateShare must be a share/],
    [{ opening: { from: '08:00', to: '09:00' } }, /shorter than two hours/],
  ])('refuses %o', (wrong, message) => {
    expect(() => simulateDay({ ...options, ...wrong })).toThrow(message);
  });

  it('plays at tills that the estate has', () => {
    const estate = storeDayEstate({ id: 'market', name: 'Market', timeZone: 'Europe/Berlin' });
    const terminals = new Set(
      estate.terminals.map((terminal) => (typeof terminal === 'string' ? terminal : terminal.id)),
    );
    expect(day.lines.filter(({ event }) => !terminals.has(event.terminalId))).toEqual([]);
    const zones = new Set(estate.zones.map(({ id, cameraId }) => `${cameraId}/${id}`));
    expect(day.crossings.filter(({ cameraId, zoneId }) => !zones.has(`${cameraId}/${zoneId}`))).toEqual([]);
    expect(new Set(estate.zones.map(({ id }) => id)).size).toBe(estate.zones.length);
  });
});
