import { IconArrowLeft, IconVideo } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useCanGoBack, useParams, useRouter } from '@tanstack/react-router';
import { dayName, localDate } from '../admin/zone.ts';
import type { Schemas } from '../api/client.ts';
import page from '../pages/page.module.css';
import { clockTime } from '../time.ts';
import { Chip } from '../ui/chip.tsx';
import { EvidenceChip, StateChip } from '../ui/facts.tsx';
import { Failure, Loading } from '../ui/notices.tsx';
import { useShortcuts } from '../ui/shortcuts.tsx';
import { FindingCard } from './finding-card.tsx';
import { OfStore, type Store } from './frame.tsx';
import { type Receipt, type ReceiptPath, receiptQuery } from './queries.ts';
import classes from './receipt.module.css';
import { Roll } from './roll.tsx';
import { basketStates, counted } from './words.ts';

/** One receipt, whole: its roll, what was found in it, and what a camera saw at that moment. */
export function ReceiptPage() {
  const path = useParams({ from: '/app/tills/receipts/$storeId/$terminalId/$transactionId' });
  return (
    <OfStore wanted={path.storeId}>
      {(store) => <OneReceipt key={Object.values(path).join(' ')} path={path} store={store} />}
    </OfStore>
  );
}

function OneReceipt({ path, store }: { path: ReceiptPath; store: Store }) {
  const receipt = useQuery(receiptQuery(path));
  const router = useRouter();
  const canGoBack = useCanGoBack();
  const back = receipt.data ? { store: path.storeId, ...around(receipt.data, store) } : { store: path.storeId };
  useShortcuts('Receipt', [
    {
      keys: ['Escape', 'u'],
      label: 'Back',
      run: () => (canGoBack ? router.history.back() : void router.navigate({ to: '/tills/exceptions', search: back })),
    },
  ]);
  return (
    <>
      <Link to="/tills/exceptions" search={back} className={classes.back}>
        <IconArrowLeft size={16} aria-hidden="true" /> Exceptions
      </Link>
      {receipt.isPending && <Loading label="Loading the receipt" />}
      {receipt.isError && <Failure error={receipt.error} onRetry={() => void receipt.refetch()} />}
      {receipt.data && <Whole receipt={receipt.data} path={path} store={store} />}
    </>
  );
}

/** The list goes back to where this receipt can be seen, also when its link was sent to somebody. */
function around(receipt: Receipt, store: Store): { to?: string } {
  const day = receipt.exceptions[0]?.day ?? localDate(receipt.basket.startedAt, store.timeZone);
  const today = localDate(new Date().toISOString(), store.timeZone);
  const fortnightAgo = localDate(new Date(Date.now() - 13 * 86_400_000).toISOString(), store.timeZone);
  return day < fortnightAgo || day > today ? { to: day } : {};
}

function Whole({ receipt, path, store }: { receipt: Receipt; path: ReceiptPath; store: Store }) {
  const { basket, exceptions } = receipt;
  const state = basketStates[basket.state];
  const firstOpen = exceptions.find(({ dismissedAt }) => dismissedAt === null)?.id;
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Receipt {path.transactionId}</h1>
          <p className={page.lead}>
            {store.name}, till {path.terminalId} · {dayName(localDate(basket.startedAt, store.timeZone))},{' '}
            {clockTime(basket.startedAt, store.timeZone)} to {clockTime(basket.endedAt, store.timeZone)}
          </p>
        </div>
        <div className={classes.chips}>
          <Chip tone={state.tone}>{state.label}</Chip>
          {basket.training && <Chip tone="info">Training: counts for nothing</Chip>}
          {exceptions.length > 0 && <Chip tone="warn">{counted(exceptions.length, 'exception')}</Chip>}
        </div>
      </div>
      <div className={classes.columns}>
        <Roll receipt={receipt} path={path} store={store} />
        <div className={classes.side}>
          {exceptions.length === 0 && (
            <p className={`${page.card} ${classes.quiet}`}>Nothing stands out in this receipt.</p>
          )}
          {exceptions.map((finding) => (
            <FindingCard
              key={finding.id}
              finding={finding}
              timeZone={store.timeZone}
              hereId={path.transactionId}
              hasKeys={finding.id === firstOpen}
            />
          ))}
          <Seen receipt={receipt} store={store} />
        </div>
      </div>
    </>
  );
}

/** What a camera reported at this till in that time. */
function Seen({ receipt, store }: { receipt: Receipt; store: Store }) {
  const { incidents, cameras } = receipt;
  return (
    <section className={`${page.card} ${classes.seen}`} aria-labelledby="seen" data-testid="seen">
      <h2 id="seen" className={classes.sideTitle}>
        What a camera saw
      </h2>
      {incidents.length === 0 && <p className={classes.dim}>{unseen(cameras)}</p>}
      {incidents.map((incident) => (
        <div key={incident.incidentId} className={classes.incident}>
          <Link to="/incidents/$incidentId" params={{ incidentId: incident.incidentId }}>
            {incident.clipArtifactId && <IconVideo size={16} aria-hidden="true" />}
            {incident.clipArtifactId ? 'Incident and its clip' : 'Incident'},{' '}
            {clockTime(incident.detectedAt, store.timeZone)}
          </Link>
          <span className={classes.chips}>
            <StateChip value={incident.state} />
            <EvidenceChip value={incident.evidenceState} />
          </span>
        </div>
      ))}
    </section>
  );
}

function unseen(cameras: Schemas['TillReceipt']['cameras']): string {
  const names = [...new Set(cameras.map(({ cameraId }) => cameraId))];
  if (names.length === 0) return 'No camera looks at this till, so there is no picture.';
  return `${names.join(' and ')} looked at this till and reported no incident while this receipt was open.`;
}
