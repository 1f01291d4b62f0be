import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../types.ts';
import { beyondReceipts, isAboutItem } from './question.ts';

describe('what a receipt can settle', () => {
  it.each<[Behaviour, string[] | null, string | null, string | undefined, boolean]>([
    ['missed_scan', null, null, undefined, true],
    ['wrong_scan', ['4012'], '4011', undefined, true],
    ['wrong_scan', null, '4011', 'EXPECTED_ARTICLE_UNKNOWN', true],
    ['wrong_scan', null, null, 'EXPECTED_ARTICLE_UNKNOWN', true],
    ['fake_scan', null, '4011', 'LINE_WITHOUT_ITEM', false],
    // Of another vendor: a movement as of a scan, and no line.
    ['fake_scan', null, null, undefined, true],
    ['multi_item_pass', null, null, undefined, true],
    ['occlusion', null, null, 'VIEW_COVERED', false],
  ])('%s with %j, rung %s: %s', (behaviour, expectedPlus, rungPlu, code, aboutItem) => {
    expect(beyondReceipts({ behaviour, expectedPlus, rungPlu })?.code).toBe(code);
    expect(isAboutItem({ eventType: behaviour, ...(rungPlu === null ? {} : { rungPlu }) })).toBe(aboutItem);
  });
});
