import pg from 'pg';

/** Listens on one channel over a connection of its own, and comes back after the database does; tells of each (re)connection. */
export function listen(options: {
  url: string;
  channel: 'floorwalker_incident' | 'floorwalker_order';
  onMessage: (payload: string) => void;
  onError: (error: Error) => void;
}): { close(): Promise<void> } {
  let closed = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  const again = () => {
    if (closed || retry) return;
    retry = setTimeout(() => {
      retry = undefined;
      connect().catch(options.onError);
    }, 1_000);
  };
  const connect = async () => {
    const next = new pg.Client({ connectionString: options.url, application_name: 'api-listen', keepAlive: true });
    client = next;
    next.on('error', options.onError);
    next.on('end', again);
    next.on('notification', ({ payload }) => {
      if (payload !== undefined) options.onMessage(payload);
    });
    try {
      await next.connect();
      await next.query(`listen ${options.channel}`);
    } catch (error) {
      options.onError(error instanceof Error ? error : new Error(String(error)));
      again();
    }
  };
  connect().catch(options.onError);
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end();
    },
  };
}
