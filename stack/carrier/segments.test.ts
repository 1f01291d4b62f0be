import { expect, test } from 'vitest';
import { countSegments } from './segments.ts';

test.each([
  ['', 'GSM-7', 1],
  ['a'.repeat(160), 'GSM-7', 1],
  ['a'.repeat(161), 'GSM-7', 2],
  ['a'.repeat(306), 'GSM-7', 2],
  ['a'.repeat(307), 'GSM-7', 3],
  // An extension character takes two septets.
  ['€'.repeat(80), 'GSM-7', 1],
  [`${'€'.repeat(80)}a`, 'GSM-7', 2],
  // 152 septets, then a pair that may not be split over the parts of 153.
  [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 3],
  ['à la caisse 3 – non', 'UCS-2', 1],
  ['ç', 'UCS-2', 1],
  ['’'.repeat(70), 'UCS-2', 1],
  ['’'.repeat(71), 'UCS-2', 2],
  ['😀'.repeat(35), 'UCS-2', 1],
  ['😀'.repeat(36), 'UCS-2', 2],
  // 67 is odd: 33 pairs to a part, not 33.5.
  ['😀'.repeat(67), 'UCS-2', 3],
] as const)('%j is %s in %i', (body, encoding, segments) => {
  expect(countSegments(body)).toEqual({ encoding, segments });
});
