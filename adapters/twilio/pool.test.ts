import { expect, test } from 'vitest';
import { pickNumber } from './pool.ts';

const numbers = ['+15550100000', '+15550100001', '+15550100002', '+15550100003'];
const people = Array.from({ length: 400 }, (_, n) => `+4477009${String(n).padStart(5, '0')}`);

test('the same person always gets the same number, whatever the order of the pool', () => {
  for (const to of people) expect(pickNumber([...numbers].reverse(), to)).toBe(pickNumber(numbers, to));
});

test('spreads people over the pool', () => {
  for (const number of numbers) {
    const share = people.filter((to) => pickNumber(numbers, to) === number).length / people.length;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  }
});

test('a number that is lost changes it only for those who had it', () => {
  const fewer = numbers.slice(1);
  for (const to of people) {
    const before = pickNumber(numbers, to);
    if (before !== numbers[0]) expect(pickNumber(fewer, to)).toBe(before);
  }
});

test('an empty pool is an error that says what to set', () => {
  expect(() => pickNumber([], '+15550100009')).toThrow(/TWILIO_FROM/);
});
