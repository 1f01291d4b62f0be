import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { readable } from '../words.ts';
import { auditActionLabels } from '../words-audit.ts';
import classes from './audit.module.css';
import type { AuditSearch } from './audit-search.ts';

const kinds = [
  ...new Set(Object.keys(auditActionLabels).map((action) => action.slice(0, action.indexOf('.') + 1))),
].sort();

const options = [
  { value: '', label: 'Everything' },
  ...kinds.map((kind) => ({
    group: readable(kind.slice(0, -1)),
    items: [
      { value: kind, label: `All: ${readable(kind.slice(0, -1)).toLowerCase()}` },
      ...Object.entries(auditActionLabels)
        .filter(([action]) => action.startsWith(kind))
        .map(([value, label]) => ({ value, label })),
    ],
  })),
];

/** Who did what, about what, when. Nothing is asked before "Show". */
export function AuditFilters({ search, onShow }: { search: AuditSearch; onShow: (search: AuditSearch) => void }) {
  const [draft, setDraft] = useState(search);
  const set = (name: Exclude<keyof AuditSearch, 'row'>) => (event: { currentTarget: { value: string } }) =>
    setDraft({ ...draft, [name]: event.currentTarget.value });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onShow(draft);
  };
  const isFiltered = Object.keys(search).some((name) => name !== 'row');
  return (
    <form className={classes.filters} onSubmit={submit} aria-label="What of the log is shown">
      <NativeSelect label="What" data={options} value={draft.action ?? ''} onChange={set('action')} />
      <TextInput label="Who" placeholder="user:demo-admin" value={draft.actor ?? ''} onChange={set('actor')} />
      <TextInput label="About" placeholder="inc_… or store:…" value={draft.about ?? ''} onChange={set('about')} />
      <TextInput label="From" type="datetime-local" value={draft.from ?? ''} onChange={set('from')} />
      <TextInput label="To" type="datetime-local" value={draft.to ?? ''} onChange={set('to')} />
      <div className={classes.filterButtons}>
        <Button type="submit">Show</Button>
        {isFiltered && (
          <Button
            variant="default"
            onClick={() => {
              setDraft({});
              onShow({});
            }}
          >
            Clear
          </Button>
        )}
      </div>
    </form>
  );
}
