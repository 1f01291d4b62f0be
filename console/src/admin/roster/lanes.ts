/** Puts what overlaps below one another, with as few lanes as it takes. */
export function lanesOf<Item>(
  items: readonly Item[],
  startOf: (item: Item) => number,
  endOf: (item: Item) => number,
): Item[][] {
  const lanes: Item[][] = [];
  for (const item of [...items].sort((a, b) => startOf(a) - startOf(b))) {
    const free = lanes.find((lane) => {
      const last = lane.at(-1);
      return last === undefined || endOf(last) <= startOf(item);
    });
    if (free) free.push(item);
    else lanes.push([item]);
  }
  return lanes;
}
