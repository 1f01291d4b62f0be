import type { StreamState } from '../api/stream.ts';
import classes from './live-indicator.module.css';

const words: Record<StreamState, string> = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting' };

/** Quiet proof that the page is current, or that it is trying to be. */
export function LiveIndicator({ state }: { state: StreamState }) {
  return (
    <p className={classes.live} data-state={state} role="status">
      <span className={classes.dot} aria-hidden="true" />
      <span className={classes.words}>{words[state]}</span>
    </p>
  );
}
