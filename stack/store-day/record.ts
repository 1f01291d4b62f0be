import type { PosEvent } from '../../domain/types.ts';
import type { Article } from './assortment.ts';
import type { Random } from './random.ts';
import { type Fraud, type FraudKind, fraudRules, type HonestEvent, honestEvents, type Truth } from './types.ts';

/** A till with the camera above it. */
export interface Place {
  kind: 'cashier' | 'self_checkout';
  cameraId: string;
  zoneId: string;
  /** In the morning; a replacement has another. */
  terminalId: string;
  /** Share of items that its camera misses. */
  missShare: number;
  /** Share of items after which its camera takes a hand for another. */
  handShare: number;
}

/** A line at its true time, before the till's clock and the network had their say. */
export interface RawLine {
  atMs: number;
  event: Omit<PosEvent, 'occurredAt'>;
}

export interface RawCrossing {
  id: string;
  atMs: number;
  place: Place;
  confidence: number;
  label: string | null;
  labelScore: number;
}

/** A fraud while it happens. */
export interface OpenFraud {
  kind: FraudKind;
  items: number;
  amountMinor: number;
  momentsMs: number[];
  crossingIds: string[];
}

/** Everything that happens in true time, and the truth about it. */
export class DayRecord {
  readonly storeId: string;
  readonly currency: string;
  readonly lines: RawLine[] = [];
  readonly crossings: RawCrossing[] = [];
  readonly truth: Truth = {
    frauds: [],
    paidItems: [],
    unpaidItems: [],
    wrongItems: [],
    otherCrossings: [],
    shoppers: [],
    detections: [],
    honest: Object.fromEntries(honestEvents.map((name) => [name, 0])) as Record<HonestEvent, number>,
    faults: [],
  };
  readonly #day: string;
  readonly #random: Random;
  readonly #sequences = new Map<string, number>();
  readonly #taken = new Set<string>();

  constructor(options: { storeId: string; currency: string; date: string; random: Random }) {
    this.storeId = options.storeId;
    this.currency = options.currency;
    this.#day = options.date.replaceAll('-', '');
    this.#random = options.random;
  }

  /** The till's next receipt number. */
  nextTransactionId(terminalId: string): string {
    const sequence = (this.#sequences.get(terminalId) ?? 0) + 1;
    this.#sequences.set(terminalId, sequence);
    return `${terminalId}-${this.#day}-${String(sequence).padStart(4, '0')}`;
  }

  /** An item crosses the line; null: the camera missed it. */
  cross(place: Place, atMs: number, article: Article): string | null {
    const random = this.#random;
    const missed = random.chance(place.missShare);
    const confidence = Math.min(0.98, Math.max(0.7, random.normal(0.88, 0.05)));
    const named = article.label !== null && random.chance(0.9);
    const labelScore = named ? 0.6 + 0.35 * random.next() : 0;
    if (missed) return null;
    const label = named ? article.label : null;
    return this.#add({ place, atMs, confidence, label, labelScore });
  }

  /** A hand after an item, which the camera takes for one more: it is never as sure of it as of an item. */
  crossHand(place: Place, atMs: number): void {
    const confidence = 0.3 + 0.25 * this.#random.next();
    const crossingId = this.#add({ place, atMs, confidence, label: null, labelScore: 0 });
    this.truth.otherCrossings.push({ crossingId, cause: 'hand' });
  }

  #add(crossing: Omit<RawCrossing, 'id'>): string {
    const { cameraId, zoneId } = crossing.place;
    let atMs = Math.round(crossing.atMs);
    // Two items of one zone are never told apart within the same picture.
    while (this.#taken.has(`${cameraId}/${zoneId}/${atMs}`)) atMs += 40;
    this.#taken.add(`${cameraId}/${zoneId}/${atMs}`);
    const id = `${this.#day}-${String(this.crossings.length + 1).padStart(6, '0')}`;
    this.crossings.push({ ...crossing, atMs, id });
    return id;
  }

  happened(event: HonestEvent): void {
    this.truth.honest[event] += 1;
  }

  commit(
    fraud: OpenFraud,
    who: { terminalId: string; operatorId: string | null; transactionIds: readonly [string, ...string[]] },
  ): void {
    if (fraud.momentsMs.length === 0) return;
    const done: Fraud = {
      kind: fraud.kind,
      ruleId: fraudRules[fraud.kind],
      terminalId: who.terminalId,
      operatorId: who.operatorId,
      transactionId: who.transactionIds[0],
      transactionIds: [...who.transactionIds],
      at: new Date(Math.min(...fraud.momentsMs)).toISOString(),
      toAt: new Date(Math.max(...fraud.momentsMs)).toISOString(),
      items: fraud.items,
      amountMinor: fraud.amountMinor,
      crossingIds: fraud.crossingIds,
    };
    this.truth.frauds.push(done);
  }
}

export const beginFraud = (kind: FraudKind): OpenFraud => ({
  kind,
  items: 0,
  amountMinor: 0,
  momentsMs: [],
  crossingIds: [],
});

/** One more step of a fraud. */
export function note(fraud: OpenFraud, step: { atMs: number; amountMinor: number; crossingId?: string | null }): void {
  fraud.items += 1;
  fraud.amountMinor += step.amountMinor;
  fraud.momentsMs.push(Math.round(step.atMs));
  if (step.crossingId) fraud.crossingIds.push(step.crossingId);
}
