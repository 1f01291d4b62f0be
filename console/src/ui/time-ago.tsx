import { Tooltip } from '@mantine/core';
import { dateTime, relativeTime, useNowMs } from '../time.ts';

/** How long ago, kept current; the exact time on hover. */
export function TimeAgo({ at, timeZone }: { at: string; timeZone?: string }) {
  const nowMs = useNowMs();
  const exact = dateTime(at, timeZone);
  return (
    <Tooltip label={exact} openDelay={250}>
      <time dateTime={at} className="tabular">
        {relativeTime(at, nowMs)}
      </time>
    </Tooltip>
  );
}
