import { IconAlertTriangle, IconCheck, IconPlugConnectedX, IconQuestionMark } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Schemas } from '../api/client.ts';
import { camerasQuery, sensorsQuery, storesQuery } from '../api/queries.ts';
import { clockTime, useNowMs } from '../time.ts';
import { Chip } from '../ui/chip.tsx';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import type { Tone } from '../words.ts';
import { cameraStates } from '../words.ts';
import classes from './estate.module.css';
import { SensorRows } from './estate-sensors.tsx';
import page from './page.module.css';

/** The stores, and whether their cameras are well. */
export function EstatePage() {
  const stores = useQuery(storesQuery);
  const cameras = useQuery(camerasQuery);
  const sensors = useQuery(sensorsQuery);
  useEffect(() => {
    document.title = 'Stores · Floorwalker';
  }, []);
  const failed = cameras.data?.items.filter((camera) => camera.state !== 'recording').length ?? 0;
  return (
    <div className={page.page}>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Stores and cameras</h1>
          <p className={page.lead}>
            {cameras.data
              ? failed === 0
                ? 'Every camera is recording.'
                : `${failed} of ${cameras.data.items.length} cameras need a look.`
              : ' '}
          </p>
        </div>
      </div>
      {(stores.isPending || cameras.isPending) && <Loading label="Loading the stores" />}
      {stores.isError && <Failure error={stores.error} onRetry={() => void stores.refetch()} />}
      {sensors.isError && <Failure error={sensors.error} onRetry={() => void sensors.refetch()} />}
      {cameras.isError && <Failure error={cameras.error} onRetry={() => void cameras.refetch()} />}
      {stores.data?.items.length === 0 && (
        <Empty title="No stores in your scope">Ask an administrator to give you a store.</Empty>
      )}
      <div className={classes.stores}>
        {stores.data &&
          cameras.data &&
          stores.data.items.map((store) => (
            <StoreCard
              key={store.id}
              store={store}
              cameras={cameras.data.items.filter((camera) => camera.storeId === store.id)}
              sensors={(sensors.data?.items ?? []).filter(({ storeId, retired }) => storeId === store.id && !retired)}
            />
          ))}
      </div>
    </div>
  );
}

interface StoreCardProps {
  store: Schemas['Store'];
  cameras: readonly Schemas['Camera'][];
  sensors: readonly Schemas['Sensor'][];
}

function StoreCard({ store, cameras, sensors }: StoreCardProps) {
  const nowMs = useNowMs();
  return (
    <section className={`${page.card} ${classes.store}`} aria-label={store.name}>
      <header className={classes.head}>
        <h2 className={classes.name}>{store.name}</h2>
        <p className={classes.dim}>
          <span className="tabular">{clockTime(new Date(nowMs).toISOString(), store.timeZone)}</span> there (
          {store.timeZone.replace(/_/g, ' ')})
        </p>
        <Link to="/" search={{ tab: 'open', store: store.id }} className={classes.open}>
          {store.openIncidents === 0 ? 'Nothing open' : `${store.openIncidents} open`}
        </Link>
      </header>
      {cameras.length === 0 ? (
        <p className={classes.none}>No cameras yet.</p>
      ) : (
        <ul className={classes.cameras}>
          {cameras.map((camera) => (
            <CameraRow key={camera.id} camera={camera} />
          ))}
        </ul>
      )}
      <SensorRows sensors={sensors} />
    </section>
  );
}

const icons: Record<Tone, React.ReactNode> = {
  good: <IconCheck size={15} />,
  warn: <IconAlertTriangle size={15} />,
  bad: <IconPlugConnectedX size={15} />,
  info: <IconQuestionMark size={15} />,
  neutral: <IconQuestionMark size={15} />,
};

function CameraRow({ camera }: { camera: Schemas['Camera'] }) {
  const { label, tone, hint } = cameraStates[camera.state];
  return (
    <li className={classes.camera}>
      <span className={classes.cameraName}>{camera.name}</span>
      <Chip tone={tone} icon={icons[tone]}>
        {label}
      </Chip>
      <span className={classes.seen}>{camera.lastSeenAt ? <TimeAgo at={camera.lastSeenAt} /> : 'never seen'}</span>
      {hint && <span className={classes.hint}>{hint}</span>}
    </li>
  );
}
