import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

/** Failing is what these activities are here for. */
const logger = new DefaultLogger('ERROR', () => undefined);

/** Each call as an attempt of its own, as a worker would make it. */
export function inActivity<Activities extends object>(activities: Activities): Activities {
  const attempts = Object.entries(activities).map(([name, run]) => [
    name,
    (...args: unknown[]) =>
      new MockActivityEnvironment({}, { logger }).run(run as (...args: unknown[]) => Promise<unknown>, ...args),
  ]);
  return Object.fromEntries(attempts) as Activities;
}
