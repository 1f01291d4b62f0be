import type { Behaviour, Detection, Reason } from '../types.ts';

/** What of a detection says whether a receipt could answer it. */
export interface TillQuestion {
  behaviour: Behaviour;
  expectedPlus: readonly string[] | null;
  rungPlu: string | null;
}

/**
 * Why no receipt line can settle a detection; null when one can. The line that a wrong or fake scan is about must not be
 * taken for its answer, and a covered view shows no item to ask about.
 */
export function beyondReceipts({ behaviour, expectedPlus, rungPlu }: TillQuestion): Reason | null {
  if (behaviour === 'wrong_scan' && expectedPlus === null)
    return { code: 'EXPECTED_ARTICLE_UNKNOWN', params: { rungPlu } };
  if (behaviour === 'fake_scan' && rungPlu !== null) return { code: 'LINE_WITHOUT_ITEM', params: { rungPlu } };
  if (behaviour === 'occlusion') return { code: 'VIEW_COVERED', params: {} };
  return null;
}

/** Whether an item was seen at its instant, which then claims a receipt line of its own. */
export const isAboutItem = ({ eventType, rungPlu }: Pick<Detection, 'eventType' | 'rungPlu'>): boolean =>
  eventType !== 'occlusion' && !(eventType === 'fake_scan' && rungPlu !== undefined);
