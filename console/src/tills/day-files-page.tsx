import { Button, Progress } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { fileSize } from '../format.ts';
import page from '../pages/page.module.css';
import { dateTime } from '../time.ts';
import { Chip } from '../ui/chip.tsx';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import classes from './day-files.module.css';
import { OfStore, type Store, StoreSelect } from './frame.tsx';
import { Quarantine } from './quarantine.tsx';
import { type DayFile, importsQuery } from './queries.ts';
import { counted, importFormats, importStates } from './words.ts';

/** The files of till lines that came, how far each is, and what could not be taken. */
export function DayFilesPage() {
  const { store: wanted } = useSearch({ from: '/app/tills/day-files' });
  const navigate = useNavigate();
  return (
    <OfStore wanted={wanted}>
      {(store, stores) => (
        <>
          <div className={page.head}>
            <div>
              <h1 className={page.title}>Day files</h1>
              <p className={page.lead}>Lines of {store.name}’s tills that came as files: CSV or POSLog.</p>
            </div>
            <StoreSelect
              store={store}
              stores={stores}
              onChange={(storeId) => void navigate({ to: '/tills/day-files', search: { store: storeId } })}
            />
          </div>
          <Files key={store.id} store={store} />
        </>
      )}
    </OfStore>
  );
}

function Files({ store }: { store: Store }) {
  const { file } = useSearch({ from: '/app/tills/day-files' });
  const navigate = useNavigate();
  const imports = useInfiniteQuery(importsQuery(store.id));
  const items = imports.data?.pages.flatMap((part) => part.items) ?? [];
  const show = (importId: string | null) =>
    void navigate({
      to: '/tills/day-files',
      search: { store: store.id, ...(importId ? { file: importId } : {}) },
      replace: true,
    });
  return (
    <>
      {imports.isPending && <Loading label="Loading the day files" />}
      {imports.isError && <Failure error={imports.error} onRetry={() => void imports.refetch()} />}
      {imports.isSuccess && items.length === 0 && (
        <Empty icon={<IconFileImport size={30} stroke={1.5} />} title="No day file yet">
          Put files into the watched folder, or send them to <span className="mono">/v1/pos/day-files</span>. Say first
          how they are to be read: a mapping declares which column is what. Tills that send their lines live need none.
        </Empty>
      )}
      {items.length > 0 && (
        <ul className={page.card} data-testid="day-files">
          {items.map((each) => (
            <Row
              key={each.id}
              file={each}
              earlier={items.find(({ id }) => id === each.alreadyImportedAs)}
              store={store}
              isShown={each.id === file}
              onShow={show}
            />
          ))}
        </ul>
      )}
      {imports.hasNextPage && (
        <div className={page.more}>
          <Button variant="default" loading={imports.isFetchingNextPage} onClick={() => void imports.fetchNextPage()}>
            Show older ones
          </Button>
        </div>
      )}
    </>
  );
}

interface RowProps {
  file: DayFile;
  /** The same file, as it came before. */
  earlier: DayFile | undefined;
  store: Store;
  isShown: boolean;
  onShow: (importId: string | null) => void;
}

function Row({ file, earlier, store, isShown, onShow }: RowProps) {
  const { label, tone } = importStates[file.state];
  const { bytesRead, bytesTotal, quarantined } = file;
  const percent = bytesTotal ? Math.min(100, Math.floor((bytesRead / bytesTotal) * 100)) : null;
  return (
    <li className={classes.file} data-file={file.id} data-state={file.state}>
      <div className={classes.what}>
        <h2 className={classes.name}>{file.fileName}</h2>
        <p className={classes.dim}>
          {importFormats[file.format]}
          {file.mappingId && ` · mapping ${file.mappingId}`} · {dateTime(file.startedAt, store.timeZone)}
        </p>
        {file.reason && <p className={classes.reason}>{file.reason}</p>}
        {file.alreadyImportedAs && (
          <p className={classes.dim}>
            The very same file came before{earlier && ` (${dateTime(earlier.startedAt, store.timeZone)})`}; it changed
            nothing.
          </p>
        )}
      </div>
      <div className={classes.figures}>
        {file.state === 'receiving' ? (
          <>
            <p className="tabular">
              {counted(file.linesRead, 'line')} read · {fileSize(bytesRead)}
              {bytesTotal !== null && ` of ${fileSize(bytesTotal)}`}
            </p>
            <Progress
              value={percent ?? 100}
              striped={percent === null}
              animated={percent === null}
              aria-label={`${file.fileName}: ${percent === null ? 'coming in' : `${percent} %`}`}
            />
          </>
        ) : (
          <Figures file={file} />
        )}
      </div>
      <div className={classes.chips}>
        <Chip tone={tone}>{label}</Chip>
        {quarantined > 0 && (
          <Button
            variant="default"
            size="compact-sm"
            aria-expanded={isShown}
            onClick={() => onShow(isShown ? null : file.id)}
          >
            {isShown ? 'Hide' : 'Show'} what was put aside
          </Button>
        )}
      </div>
      {isShown && <Quarantine storeId={store.id} importId={file.id} />}
    </li>
  );
}

function Figures({ file: { accepted, duplicates, quarantined, leftOut } }: { file: DayFile }) {
  const figures = [
    { name: 'taken', count: accepted, tone: 'good' },
    { name: 'here already', count: duplicates },
    { name: 'put aside', count: quarantined, tone: quarantined > 0 ? 'warn' : undefined },
    { name: 'left out', count: leftOut },
  ];
  return (
    <dl className={classes.counts}>
      {figures.map(({ name, count, tone }) => (
        <div key={name} data-tone={tone} data-zero={count === 0 || undefined}>
          <dt>{name}</dt>
          <dd>{count.toLocaleString('en-GB')}</dd>
        </div>
      ))}
    </dl>
  );
}
