import { ApplicationFailure, Context } from '@temporalio/activity';
import { CarrierError } from '../adapters/twilio/types.ts';
import { DomainError, errorCodes } from '../domain/errors.ts';
import { IntegrityError } from '../domain/ports.ts';

/** The only place where our errors become Temporal's: the type carries the code, retryable or not. */
export function toFailure(error: unknown): unknown {
  if (error instanceof DomainError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: !errorCodes[error.code].retryable,
      ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
      cause: error,
    });
  }
  if (error instanceof CarrierError) {
    const type = error.kind === 'permanent' ? 'DEPENDENCY_PERMANENT' : 'DEPENDENCY_TEMPORARY';
    return ApplicationFailure.create({
      message: error.message,
      type,
      nonRetryable: error.kind === 'permanent',
      ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    });
  }
  if (error instanceof IntegrityError) return ApplicationFailure.nonRetryable(error.message, 'INTEGRITY');
  return error;
}

/**
 * A worker that was killed is found out by what it stops saying. Nothing is said before this: whatever is quick stays free
 * of heartbeats, each of which is an Action.
 */
const sayAliveEveryMs = 1_000;

/** Wraps each activity of a table so that it is known to be alive while it takes its time. */
export function alive<T extends object>(activities: T): T {
  const wrap =
    (run: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]) => {
      const context = Context.current();
      if (context.info.isLocal) return run(...args);
      const timer = setInterval(() => context.heartbeat(), sayAliveEveryMs);
      try {
        return await run(...args);
      } finally {
        clearInterval(timer);
      }
    };
  return each(activities, wrap);
}

/** Wraps each activity of a table so that whatever it throws leaves translated. */
export function translated<T extends object>(activities: T): T {
  const wrap =
    (run: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        throw toFailure(error);
      }
    };
  return each(activities, wrap);
}

type Run = (...args: unknown[]) => Promise<unknown>;

const each = <T extends object>(activities: T, wrap: (run: Run) => Run): T =>
  Object.fromEntries(Object.entries(activities).map(([name, run]) => [name, wrap(run as Run)])) as T;
