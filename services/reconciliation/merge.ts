/** What two sources in the same order of keys have for one key; each is read only as far as it must be. */
export interface KeyGroup<Left, Right> {
  key: string;
  left: Left[];
  right: Right[];
}

export async function* mergeByKey<Left extends { key: string }, Right extends { key: string }>(
  left: AsyncIterable<Left>,
  right: AsyncIterable<Right>,
): AsyncGenerator<KeyGroup<Left, Right>> {
  const lefts = groups(left)[Symbol.asyncIterator]();
  const rights = groups(right)[Symbol.asyncIterator]();
  let a = await lefts.next();
  let b = await rights.next();
  while (!a.done || !b.done) {
    const order = a.done ? 1 : b.done ? -1 : compareKeys(a.value.key, b.value.key);
    yield {
      key: order <= 0 ? a.value!.key : b.value!.key,
      left: order <= 0 ? a.value!.items : [],
      right: order >= 0 ? b.value!.items : [],
    };
    if (order <= 0) a = await lefts.next();
    if (order >= 0) b = await rights.next();
  }
}

/** Stores and the database's "C" order keys by their bytes. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function* groups<Item extends { key: string }>(
  source: AsyncIterable<Item>,
): AsyncGenerator<{ key: string; items: Item[] }, undefined> {
  let open: { key: string; items: Item[] } | undefined;
  for await (const item of source) {
    if (open?.key === item.key) open.items.push(item);
    else {
      if (open) yield open;
      open = { key: item.key, items: [item] };
    }
  }
  if (open) yield open;
  return undefined;
}
