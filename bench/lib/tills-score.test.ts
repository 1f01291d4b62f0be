import { describe, expect, it } from 'vitest';
import type { Fraud, Shopper } from '../../stack/store-day/types.ts';
import { type ScoredFinding, type ScoredIncident, scoreTills } from './tills-score.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 4, 4, 10) + seconds * 1_000).toISOString();
const shopper = (transactionId: string, from: number, to: number, more: Partial<Shopper> = {}): Shopper => ({
  ...{ kind: 'self_checkout', cameraId: 'sco-1-cam', zoneId: 'sco-1-zone', terminalId: 'sco-1', transactionId },
  ...{ fromAt: at(from), toAt: at(to), paid: true, fraud: false, ...more },
});
const fraud = (transactionId: string, from: number, to: number, more: Partial<Fraud> = {}): Fraud => ({
  ...{ kind: 'missed_scan', ruleId: 'missed_scan', terminalId: 'sco-1', operatorId: null },
  ...{ transactionId, transactionIds: [transactionId], at: at(from), toAt: at(to) },
  ...{ items: 1, amountMinor: 500, crossingIds: [], ...more },
});
const incident = (seconds: number, more: Partial<ScoredIncident> = {}): ScoredIncident => ({
  ...{ eventType: 'missed_scan', zoneId: 'sco-1-zone', detectedAt: at(seconds) },
  ...{ posVerdict: 'MISMATCH', paged: true, ...more },
});
const voids = fraud('lane-7', 400, 420, {
  ...{ kind: 'void_after_tender', ruleId: 'void_after_tender', terminalId: 'lane-1', operatorId: '1001' },
});
const finding = (more: Partial<ScoredFinding> = {}): ScoredFinding => ({
  ...{ ruleId: 'void_after_tender', terminalId: 'lane-1', transactionId: 'lane-7', at: at(410), ...more },
});

const thief = shopper('t-1', 0, 60, { fraud: true });
const honest = shopper('t-2', 70, 130);
const truth = { shoppers: [thief, honest], frauds: [fraud('t-1', 30, 30), voids] };
const score = (findings: ScoredFinding[], incidents: ScoredIncident[]) => scoreTills(truth, { findings, incidents });

describe('the score', () => {
  it('is whole when everything was found and nobody else was named', () => {
    const { before, after, approached } = score([finding()], [incident(31)]);
    expect(before).toMatchObject({ precision: 1, recall: 1 });
    expect(after).toEqual(before);
    expect(approached).toMatchObject({ paidShoppers: 1, wronglyApproached: 0, fraudsApproached: 1, nobodyThere: 0 });
  });

  it('knows no precision of silence and no recall of nothing', () => {
    expect(score([], []).before).toMatchObject({ precision: null, recall: 0 });
    expect(scoreTills({ shoppers: [], frauds: [] }, { findings: [], incidents: [] }).before.recall).toBeNull();
  });

  it('counts what the receipt explained before it and not after it', () => {
    const incidents = [incident(31), incident(100, { posVerdict: 'MATCH', paged: false })];
    const { before, after, approached } = score([], incidents);
    expect(before.precision).toBe(0.5);
    expect(after.precision).toBe(1);
    expect(approached.wronglyApproached).toBe(0);
  });

  it('loses what the till could not say', () => {
    const { before, after } = score([], [incident(31, { posVerdict: 'UNKNOWN', paged: false })]);
    expect(before.recall).toBe(0.5);
    expect(after.recall).toBe(0);
  });

  it('counts a paid shopper once, however often somebody was sent, and names the receipt', () => {
    const { approached } = score([], [incident(100), incident(110), incident(31)]);
    expect(approached).toMatchObject({ wronglyApproached: 1, wronglyApproachedShare: 1, transactionIds: ['t-2'] });
  });

  it.each([
    ['a shopper who had not paid', [shopper('t-3', 200, 220, { paid: false })], incident(210), 0, 0],
    ['nobody at all', [], incident(1_000), 0, 1],
    ['another self-checkout', [], incident(31, { zoneId: 'sco-2-zone' }), 0, 1],
    ['an honest shopper of a lane', [shopper('l', 300, 330, { kind: 'cashier' })], incident(310), 0, 1],
    ['an honest shopper', [shopper('t-4', 300, 330)], incident(333), 1, 0],
  ])('of somebody sent to %s', (_what, others, sent, wronglyApproached, nobodyThere) => {
    const { approached } = scoreTills(
      { ...truth, shoppers: [...truth.shoppers, ...others] },
      { findings: [], incidents: [sent] },
    );
    expect(approached).toMatchObject({ wronglyApproached, nobodyThere });
  });

  it('takes an incident at a thief’s other goods for wrong, though nobody honest was approached', () => {
    const { before, approached } = score([], [incident(10)]);
    expect(before.precision).toBe(0);
    expect(approached).toMatchObject({ wronglyApproached: 0, fraudsApproached: 0 });
  });

  it.each([
    ['its transaction', finding(), 1, 1],
    ['another rule at the same transaction', finding({ ruleId: 'refund_without_receipt' }), 1, 0],
    ['another transaction of the same till', finding({ transactionId: 'lane-8' }), 0, 0],
    ['the same number at another till', finding({ terminalId: 'lane-2' }), 0, 0],
    ['the till’s day by the right rule', finding({ transactionId: null, at: at(9_000) }), 1, 1],
    ['the till’s day by another rule', finding({ transactionId: null, at: at(9_000), ruleId: 'line_void_rate' }), 0, 0],
    ['the moment by another rule', finding({ transactionId: null, at: at(422), ruleId: 'line_void_rate' }), 1, 0],
  ])('of a finding that names %s', (_what, named, precision, found) => {
    const { before } = score([named], []);
    expect(before.precision).toBe(precision);
    expect(before.rules.find(({ ruleId }) => ruleId === 'void_after_tender')).toMatchObject({ planted: 1, found });
  });

  it('has a row for every rule that was planted or spoke', () => {
    const { before } = score([finding({ ruleId: 'discount_rate', transactionId: 'x' })], [incident(31)]);
    expect(before.rules).toEqual([
      { ruleId: 'discount_rate', planted: 0, found: 0, named: 1, right: 0, precision: 0, recall: null },
      { ruleId: 'missed_scan', planted: 1, found: 1, named: 1, right: 1, precision: 1, recall: 1 },
      { ruleId: 'void_after_tender', planted: 1, found: 0, named: 0, right: 0, precision: null, recall: 0 },
    ]);
  });
});
