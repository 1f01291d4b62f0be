import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareKeys, mergeByKey } from './merge.ts';

const sorted = (keys: string[]) => keys.toSorted(compareKeys).map((key, index) => ({ key, index }));
async function* each<Item>(items: Item[]): AsyncGenerator<Item> {
  yield* items;
}

it('gives each key once, with all that both sources have for it, in the order of bytes', async () => {
  const key = fc.constantFrom('a', 'a/b', 'a.b', 'b', 'é', '~', 'Z', '\u{10000}', '\uffff');
  await fc.assert(
    fc.asyncProperty(fc.array(key), fc.array(key), async (lefts, rights) => {
      const [left, right] = [sorted(lefts), sorted(rights)];
      const groups = [];
      for await (const group of mergeByKey(each(left), each(right))) groups.push(group);
      expect(groups.map((group) => group.key)).toEqual([...new Set([...lefts, ...rights])].toSorted(compareKeys));
      expect(groups.flatMap((group) => group.left)).toEqual(left);
      expect(groups.flatMap((group) => group.right)).toEqual(right);
      for (const group of groups) for (const item of [...group.left, ...group.right]) expect(item.key).toBe(group.key);
    }),
  );
});
