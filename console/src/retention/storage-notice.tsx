import { IconDatabaseExclamation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api, expectData } from '../api/client.ts';
import { dateTime } from '../time.ts';
import classes from './storage-notice.module.css';

const askEveryMs = 30_000;

/** On every page while nothing more can be secured. */
export function StorageNotice() {
  const storage = useQuery({
    queryKey: ['storage'],
    queryFn: () => expectData(api.GET('/v1/storage')),
    refetchInterval: askEveryMs,
  });
  return (
    <div role="alert">
      {storage.data?.state === 'full' && (
        <p className={classes.notice}>
          <IconDatabaseExclamation size={20} aria-hidden="true" />
          <span>
            The evidence store is full
            {storage.data.since !== null && ` since ${dateTime(storage.data.since)}`}: new recordings cannot be secured.
            What is held stays. Make room, or tell whoever runs the store.
          </span>
        </p>
      )}
    </div>
  );
}
