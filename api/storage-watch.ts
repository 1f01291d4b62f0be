import type { Database } from '../adapters/postgres/database.ts';
import { readStoresFull } from '../services/system/storage.ts';

export type StoreDetail = 'ok' | 'full' | 'unknown';

const freshMs = 5_000;

/** The last known state of the evidence store, without anybody waiting for a database that may be away. */
export function watchStorage(db: Pick<Database, 'query'>): () => StoreDetail {
  let known: StoreDetail = 'unknown';
  let askedMs = 0;
  const refresh = async () => {
    try {
      known = (await readStoresFull(db)) ? 'full' : 'ok';
    } catch {
      known = 'unknown';
    }
  };
  return () => {
    if (Date.now() - askedMs > freshMs) {
      askedMs = Date.now();
      void refresh();
    }
    return known;
  };
}
