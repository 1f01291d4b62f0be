import { IconDeviceMobile, IconPhoneIncoming } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { keys, phonesQuery, simulatorQuery } from '../api/queries.ts';
import { openStream } from '../api/stream.ts';
import { Handset } from '../phones/handset.tsx';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import page from './page.module.css';
import classes from './phones.module.css';

/** The phones of the carrier simulator: read what people in the store get, and answer for them. */
export function PhonesPage() {
  const simulator = useQuery(simulatorQuery);
  const phones = useQuery({ ...phonesQuery, enabled: Boolean(simulator.data) });
  const client = useQueryClient();
  const ringing = phones.data?.filter(({ calls }) => calls.some(({ status }) => status === 'ringing')) ?? [];
  const isOffered = Boolean(simulator.data);
  useEffect(() => {
    document.title = 'Phones · Floorwalker';
    if (!isOffered) return;
    const reread = () => void client.invalidateQueries({ queryKey: keys.phones });
    return openStream('/simulator/stream', 'phones', { event: reread, open: reread, state: () => undefined });
  }, [client, isOffered]);

  return (
    <div className={page.page}>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Phones</h1>
          <p className={page.lead}>
            A simulated carrier. Read and hear what people in the store get, and answer for them.
          </p>
        </div>
      </div>
      {simulator.data === null && (
        <Empty title="There is no simulator here">
          Phones can be played only in development. Here, real people have them.
        </Empty>
      )}
      {isOffered && phones.isPending && <Loading label="Loading the phones" />}
      {phones.isError && <Failure error={phones.error} onRetry={() => void phones.refetch()} />}
      {phones.data?.length === 0 && (
        <Empty icon={<IconDeviceMobile size={30} stroke={1.5} />} title="No phones yet">
          A phone appears for every person who is on the roster.
        </Empty>
      )}
      <p role="status" className={classes.ringing}>
        {ringing.length > 0 && (
          <>
            <IconPhoneIncoming size={17} aria-hidden="true" /> Ringing: {ringing.map(({ label }) => label).join(', ')}
          </>
        )}
      </p>
      {phones.data && (
        <div className={classes.phones}>
          {phones.data.map((phone) => (
            <Handset key={phone.number} phone={phone} />
          ))}
        </div>
      )}
    </div>
  );
}
