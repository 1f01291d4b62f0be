import { toMs } from '../../time.ts';
import { subjectOf } from '../baseline.ts';
import { lineIdOf } from '../basket.ts';
import { type Candidate, candidateOf, type LaneDay } from '../lane.ts';
import { openedWithoutSale } from '../measures.ts';
import type { TillRule } from '../settings.ts';

/** The drawer is opened without a sale again and again within a short while. One candidate for each burst. */
export function noSaleBurst(lane: LaneDay, rule: TillRule): Candidate[] {
  const windowMs = rule.windowMs ?? 0;
  const opened = lane.baskets
    .flatMap((basket) => openedWithoutSale(basket).map((moment) => ({ basket, ...moment })))
    .sort((a, b) => toMs(a.at) - toMs(b.at));
  const bursts = [...new Set(opened.map(({ basket }) => subjectOf(basket)))].flatMap((subject) =>
    burstsOf(
      opened.filter(({ basket }) => subjectOf(basket) === subject),
      rule.minCount,
      windowMs,
    ),
  );
  return bursts.map((burst) => {
    const [first] = burst;
    const spanMs = toMs(burst.at(-1)!.at) - toMs(first!.at);
    return candidateOf(first!.basket, {
      ...{ at: first!.at, amountMinor: 0, evidence: 0.4 },
      lines: burst.map(({ basket, line }) => lineIdOf(basket.transactionId, line)),
      reasons: [{ code: 'DRAWER_OPENED_WITHOUT_SALE', params: { times: burst.length, spanMs } }],
    });
  });
}

/** Stretches in which every opening has enough others close to it. */
function burstsOf<Opening extends { at: string }>(
  openings: readonly Opening[],
  minCount: number,
  windowMs: number,
): Opening[][] {
  const distanceMs = (a: number, b: number) => toMs(openings[b]!.at) - toMs(openings[a]!.at);
  const crowded = new Set<number>();
  for (let index = 0; index + minCount <= openings.length; index += 1) {
    if (distanceMs(index, index + minCount - 1) > windowMs) continue;
    for (let member = index; member < index + minCount; member += 1) crowded.add(member);
  }
  const bursts: Opening[][] = [];
  for (const index of [...crowded].sort((a, b) => a - b)) {
    const goesOn = crowded.has(index - 1) && distanceMs(index - 1, index) <= windowMs;
    if (goesOn) bursts.at(-1)!.push(openings[index]!);
    else bursts.push([openings[index]!]);
  }
  return bursts;
}
