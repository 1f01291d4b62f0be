import { describe, expect, it } from 'vitest';
import { wrongItem } from './wrong-item.ts';

const pluClasses = {
  '4011': ['banana'],
  '4012': ['orange'],
  '3107': ['orange'],
  '4017': ['apple'],
  '4062': ['broccoli', 'potted plant'],
};
const oranges = (rungPlu: string) => ({ expectedPlus: ['3107', '4012'], rungPlu });

describe('wrongItem', () => {
  it.each<[string, { label: string; score: number } | undefined, string | undefined, ReturnType<typeof wrongItem>]>([
    ['an orange rung as banana', { label: 'orange', score: 0.8 }, '4011', oranges('4011')],
    ['an apple rung as apple', { label: 'apple', score: 0.8 }, '4017', undefined],
    ['either sort of orange will do', { label: 'orange', score: 0.8 }, '3107', undefined],
    ['any class of the article will do', { label: 'potted plant', score: 0.8 }, '4062', undefined],
    ['the model is as sure as it must be', { label: 'orange', score: 0.5 }, '4011', oranges('4011')],
    ['the model is unsure', { label: 'orange', score: 0.499 }, '4011', undefined],
    ['the model saw nothing that it knows', undefined, '4011', undefined],
    ['an article that nobody described', { label: 'orange', score: 0.8 }, '4079', undefined],
    ['an article named like a property of every object', { label: 'orange', score: 0.8 }, 'constructor', undefined],
    ['a line without an article', { label: 'orange', score: 0.8 }, undefined, undefined],
    ['a class that no article has', { label: 'sports ball', score: 0.9 }, '4012', undefined],
  ])('%s', (_name, item, rungPlu, expected) => {
    const found = wrongItem(item, rungPlu, pluClasses);
    expect(found && { ...found, expectedPlus: [...found.expectedPlus].sort() }).toEqual(expected);
  });

  it('says nothing of a class that has more articles than can be told', () => {
    const bottles = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`20${index}`, ['bottle']]));
    const item = { label: 'bottle', score: 0.9 };
    expect(wrongItem(item, '4011', { ...pluClasses, ...bottles(1_024) })?.expectedPlus).toHaveLength(1_024);
    expect(wrongItem(item, '4011', { ...pluClasses, ...bottles(1_025) })).toBeUndefined();
  });

  it('says nothing where no article is described', () => {
    expect(wrongItem({ label: 'orange', score: 0.9 }, '4011', {})).toBeUndefined();
  });
});
