import type { Database } from '../../adapters/postgres/database.ts';
import type { RetentionStore } from '../../domain/retention-store.ts';

/** The process died here: nothing of what would have followed is done, and nobody may catch it. */
export class Crash extends Error {
  constructor(step: number) {
    super(`died at step ${step}`);
    this.name = 'Crash';
  }
}

export interface Boundaries {
  /** Dies at the boundary after so many; null: not at all. */
  arm(after: number | null): void;
  passed(): number;
  step(): void;
}

export function countBoundaries(): Boundaries {
  let count = 0;
  let dieAt: number | null = null;
  return {
    arm(after) {
      count = 0;
      dieAt = after;
    },
    passed: () => count,
    step() {
      count += 1;
      // A dead process does nothing more, whatever was on its way.
      if (dieAt !== null && count >= dieAt) throw new Crash(count);
    },
  };
}

/** Each transaction can be lost before it begins, just before its commit, or just after. */
export const mortalDatabase = (db: Database, { step }: Boundaries): Database => ({
  ...db,
  async transaction(scope, mode, work) {
    step();
    const result = await db.transaction(scope, mode, async (tx) => {
      const done = await work(tx);
      if (mode === 'write') step();
      return done;
    });
    step();
    return result;
  },
});

/** Each call that changes something can be lost before, or after the store has done it. */
export function mortalStore(store: RetentionStore, { step }: Boundaries): RetentionStore {
  const around =
    <Input, Output>(call: (input: Input) => Promise<Output>) =>
    async (input: Input): Promise<Output> => {
      step();
      const result = await call(input);
      step();
      return result;
    };
  return {
    ...store,
    remove: around(store.remove),
    extendLock: around(store.extendLock),
    setLegalHold: around(store.setLegalHold),
    copyCold: around(store.copyCold),
  };
}
