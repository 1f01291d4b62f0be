import { Button, FileButton, Group, Modal, SegmentedControl, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api } from '../../api/client.ts';
import { Problem } from '../../ui/notices.tsx';
import { expectForm, fieldError, isShownAtFields } from '../problems.ts';
import { adminKeys } from '../queries.ts';
import classes from './import-dialog.module.css';

type Report = Schemas['RosterImport'];
type Format = 'csv' | 'ical';

interface ImportDialogProps {
  stores: readonly Schemas['Store'][];
  store: Schemas['Store'];
  onClose: () => void;
}

const example: Record<Format, string> = {
  csv: 'store,person,starts,ends\nhigh-street,sam,2026-12-01 06:00,2026-12-01 14:00',
  ical: 'BEGIN:VCALENDAR\n…\nEND:VCALENDAR',
};

/** Brings the shifts to what a file says: first what would change, then all of it or nothing. */
export function ImportDialog({ stores, store, onClose }: ImportDialogProps) {
  const client = useQueryClient();
  const [format, setFormat] = useState<Format>('csv');
  const [source, setSource] = useState('');
  const [content, setContent] = useState('');
  const [storeId, setStoreId] = useState<string | null>(store.id);
  const [readError, setReadError] = useState<string | null>(null);
  const body = {
    ...{ format, source: source.trim(), content },
    ...(storeId ? { storeId } : { timeZone: store.timeZone }),
  };
  const check = useMutation({
    mutationFn: () => expectForm(api.POST('/v1/shifts/import', { body: { ...body, dryRun: true } })),
  });
  const bring = useMutation({
    mutationFn: () => expectForm(api.POST('/v1/shifts/import', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: adminKeys.shifts }),
  });
  /** Whatever changes, the report is no longer of what would be imported. */
  const edit = (change: () => void) => {
    change();
    check.reset();
    bring.reset();
  };
  const read = async (file: File | null) => {
    if (!file) return;
    try {
      const text = await file.text();
      edit(() => {
        setContent(text);
        setReadError(null);
        if (/\.(ics|ical)$/i.test(file.name) || text.startsWith('BEGIN:VCALENDAR')) setFormat('ical');
        else setFormat('csv');
        if (source === '') setSource(sourceName(file.name));
      });
    } catch (error) {
      setReadError(`${file.name} could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const failure = bring.error ?? check.error;
  const isReady = content.trim() !== '' && source.trim() !== '';
  const report = bring.data ?? check.data;
  const isFine = check.data !== undefined && check.data.errors.length === 0;
  return (
    <Modal
      opened
      onClose={onClose}
      title="Import shifts"
      centered
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) check.mutate();
        }}
      >
        <Stack>
          <div className={classes.row}>
            <SegmentedControl
              aria-label="Format"
              data={[
                { value: 'csv', label: 'CSV' },
                { value: 'ical', label: 'iCalendar' },
              ]}
              value={format}
              onChange={(value) => edit(() => setFormat(value as Format))}
            />
            <FileButton onChange={(file) => void read(file)} accept=".csv,.txt,.ics,.ical,text/csv,text/calendar">
              {(props) => (
                <Button variant="default" {...props}>
                  Choose a file …
                </Button>
              )}
            </FileButton>
          </div>
          <div className={classes.row}>
            <TextInput
              label="Source"
              description="The name of this file through time: its next import replaces what is to come"
              placeholder="high-street-rota"
              value={source}
              onChange={(event) => {
                const { value } = event.currentTarget;
                edit(() => setSource(value.toLowerCase()));
              }}
              error={fieldError(failure, 'source')}
              maxLength={64}
              data-autofocus
            />
            <Select
              label="Stores"
              description="Only shifts of these are replaced"
              data={[
                { value: '', label: 'As the file says' },
                ...stores.map(({ id, name }) => ({ value: id, label: `Only ${name}` })),
              ]}
              value={storeId ?? ''}
              onChange={(value) => edit(() => setStoreId(value || null))}
              error={fieldError(failure, 'storeId')}
              allowDeselect={false}
            />
          </div>
          <Textarea
            label="Content"
            description="Paste it, or choose a file. Times are by the clock of the store."
            placeholder={example[format]}
            rows={9}
            value={content}
            onChange={(event) => {
              const { value } = event.currentTarget;
              edit(() => setContent(value));
            }}
            error={readError ?? fieldError(failure, 'content')}
            classNames={{ input: classes.content ?? '' }}
            spellCheck={false}
            wrap="off"
          />
          <div aria-live="polite">
            {failure && !isShownAtFields(failure, ['source', 'storeId', 'content']) && <Problem error={failure} />}
            {report && <Findings report={report} content={content} />}
          </div>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {bring.data ? 'Close' : 'Cancel'}
            </Button>
            {!bring.data && (
              <Button
                type="submit"
                variant={isFine ? 'default' : 'filled'}
                loading={check.isPending}
                disabled={!isReady}
              >
                Check first
              </Button>
            )}
            {isFine && !bring.data && (
              <Button loading={bring.isPending} onClick={() => bring.mutate()}>
                Import
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** "Rota South (new).csv" → "rota-south-new". */
const sourceName = (fileName: string): string =>
  fileName
    .toLowerCase()
    .replace(/\.[a-z0-9]+$/, '')
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[-._]+|-+$/g, '')
    .slice(0, 64);

function Findings({ report, content }: { report: Report; content: string }) {
  const lines = content.split(/\r?\n/);
  const counts: readonly [number, string][] = [
    [report.added, 'new'],
    [report.changed, 'changed'],
    [report.removed, 'taken out'],
    [report.unchanged, 'as they were'],
    [report.keptByHand, 'kept as changed by hand'],
    [report.past, 'over already'],
  ];
  const said = counts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(', ');
  if (report.errors.length > 0)
    return (
      <section className={classes.findings} data-ok={false} data-testid="import-findings">
        <p className={classes.title}>
          {report.errors.length === 1 ? 'One line is' : `${report.errors.length} lines are`} wrong, so nothing would be
          imported.
        </p>
        <ol className={classes.errors}>
          {report.errors.map((error) => (
            <li key={`${error.line}:${error.column}:${error.message}`}>
              <b>
                Line {error.line}
                {error.column && `, ${error.column}`}
              </b>
              : {error.message}
              {lines[error.line - 1] && <code className={classes.line}>{lines[error.line - 1]}</code>}
            </li>
          ))}
        </ol>
      </section>
    );
  return (
    <section className={classes.findings} data-ok data-testid="import-findings">
      <p className={classes.title}>{report.dryRun ? 'Nothing is wrong. It would bring:' : 'Imported.'}</p>
      <p>{said ? `Shifts: ${said}.` : 'No shifts.'}</p>
    </section>
  );
}
