import { LANE } from './lane-art.ts';
import { LANE_ITEMS, type LaneItem } from './lane-items.ts';

/** A seeded stream of numbers in [0, 1): the same seed always films the same shopper (mulberry32). */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Spot {
  x: number;
  y: number;
}

/** One item's way from the basket over the scanner into the bag; times in seconds of the film. */
export interface Passage {
  product: LaneItem;
  basket: Spot;
  bag: Spot;
  /** How the item lies in the basket, in the hand and in the bag, in degrees. */
  turns: { basket: number; carried: number; bag: number };
  liftAt: number;
  dropAt: number;
  crossesAt: number;
  /** When the till rings it; undefined: it never does. */
  ringsAt: number | undefined;
}

/** The whole film as data. */
export interface LaneScript {
  passages: readonly Passage[];
  /** From here to the end the bag is emptied and the basket filled, so that the film loops. */
  resetAt: number;
}

export const SCAN_LINE_X = 0.5;
const FIRST_LIFT = 2.4;
const SLOT = 5.45;
const REST: Spot = { x: 300, y: 470 };

/** Writes the film for a seed: ten items in a shuffled order, two of which the till never rings. */
export function writeScript(seed: number): LaneScript {
  const random = randomStream(seed);
  const between = (low: number, high: number) => low + random() * (high - low);
  const shuffled = [...LANE_ITEMS].map((product) => ({ product, key: random() })).sort((a, b) => a.key - b.key);
  // One in the first half and one in the second, never neighbours, so that each is a story of its own.
  const missed = new Set([1 + Math.floor(random() * 3), 6 + Math.floor(random() * 3)]);
  const passages = shuffled.map(({ product }, index): Passage => {
    const liftAt = FIRST_LIFT + index * SLOT + between(-0.3, 0.3);
    const dropAt = liftAt + between(1.7, 2.1);
    const basket = { x: 84 + (index % 2) * 66 + between(-6, 6), y: 262 - Math.floor(index / 2) * 33 + between(-5, 5) };
    const bag = { x: between(518, 540), y: 150 + ((index * 37) % 84) };
    const turns = { basket: between(-40, 40), carried: between(-9, 9), bag: between(-35, 35) };
    const draft = { product, basket, bag, turns, liftAt, dropAt };
    const crossesAt = crossing(draft);
    return { ...draft, crossesAt, ringsAt: missed.has(index) ? undefined : crossesAt + between(0.3, 0.6) };
  });
  return { passages, resetAt: LANE.seconds - 2.2 };
}

const ease = (share: number): number => {
  const u = Math.min(1, Math.max(0, share));
  return u * u * (3 - 2 * u);
};

/** Where an item's centre is while it is carried. */
export function carriedTo(passage: Pick<Passage, 'basket' | 'bag' | 'liftAt' | 'dropAt'>, at: number): Spot {
  const u = ease((at - passage.liftAt) / (passage.dropAt - passage.liftAt));
  const over = { x: 320, y: 188 };
  // A quadratic curve whose middle runs over the scanner's glass.
  const bend = (from: number, through: number, to: number) =>
    (1 - u) ** 2 * from + 2 * u * (1 - u) * (2 * through - (from + to) / 2) + u ** 2 * to;
  return {
    x: passage.basket.x + (passage.bag.x - passage.basket.x) * u,
    y: bend(passage.basket.y, over.y, passage.bag.y),
  };
}

function crossing(passage: Pick<Passage, 'basket' | 'bag' | 'liftAt' | 'dropAt'>): number {
  let low = passage.liftAt;
  let high = passage.dropAt;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (carriedTo(passage, middle).x < LANE.width * SCAN_LINE_X) low = middle;
    else high = middle;
  }
  return low;
}

/** The palm's place and whether it grips, at any instant of the film. */
export function handAt(script: LaneScript, at: number): Spot & { gripping: boolean } {
  const grip = (passage: Passage, where: Spot): Spot => ({
    x: where.x + 2,
    y: where.y + passage.product.height * 0.3 + 12,
  });
  let from: { spot: Spot; at: number } = { spot: REST, at: 0 };
  for (const passage of script.passages) {
    if (at < passage.liftAt)
      return {
        ...approach(from, { spot: grip(passage, passage.basket), at: passage.liftAt }, at),
        gripping: at > passage.liftAt - 0.12,
      };
    if (at < passage.dropAt) return { ...grip(passage, carriedTo(passage, at)), gripping: true };
    from = { spot: grip(passage, passage.bag), at: passage.dropAt };
  }
  return { ...approach(from, { spot: REST, at: from.at + 1.6 }, at), gripping: false };
}

/** Goes back in about a second, hovers (a hand is never quite still), then comes down on the next item. */
function approach(from: { spot: Spot; at: number }, to: { spot: Spot; at: number }, at: number): Spot {
  const leave = Math.min(1.25, to.at - from.at);
  const share = ease((at - from.at) / leave);
  const settle = ease((to.at - at) / 0.5);
  const sway = settle * ease((at - from.at - 0.6) / 0.6);
  return {
    x: from.spot.x + (to.spot.x - from.spot.x) * share + sway * (Math.sin(at * 2.1) * 5 - 10),
    y:
      from.spot.y +
      (to.spot.y - from.spot.y) * share +
      Math.sin(share * Math.PI) * 26 +
      sway * (20 + Math.sin(at * 1.7) * 4),
  };
}
