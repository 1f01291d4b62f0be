import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api } from '../../api/client.ts';
import page from '../../pages/page.module.css';
import { useNowMs } from '../../time.ts';
import { Empty, Failure, Loading, Problem } from '../../ui/notices.tsx';
import { useAccess } from '../access.ts';
import { expectForm, fieldError, isShownAtFields } from '../problems.ts';
import { adminKeys, holidaysQuery } from '../queries.ts';
import { dayName, localDate } from '../zone.ts';
import classes from './holidays.module.css';

type Store = Schemas['Store'];
type Holiday = Schemas['Holiday'];

/** Days on which recurring shifts do not happen. */
export function Holidays({ store, stores }: { store: Store; stores: readonly Store[] }) {
  const { session } = useAccess();
  const client = useQueryClient();
  const today = localDate(new Date(useNowMs()).toISOString(), store.timeZone);
  const holidays = useQuery(holidaysQuery({ storeId: store.id, from: today }));
  const sees = session.storeIds === null;
  const [draft, setDraft] = useState({ date: '', name: '', storeId: sees ? '' : store.id });
  const settle = async () => {
    await client.invalidateQueries({ queryKey: adminKeys.holidays });
    await client.invalidateQueries({ queryKey: adminKeys.shifts });
  };
  const declare = useMutation({
    mutationFn: () => {
      const body = { date: draft.date, name: draft.name.trim(), storeId: draft.storeId || null };
      return expectForm(api.PUT('/v1/holidays', { body }));
    },
    onSuccess: async () => {
      setDraft({ ...draft, date: '', name: '' });
      await settle();
    },
  });
  const takeBack = useMutation({
    mutationFn: ({ date, storeId }: Holiday) =>
      expectForm(api.DELETE('/v1/holidays', { params: { query: { date, ...(storeId ? { storeId } : {}) } } })),
    onSuccess: settle,
  });
  const nameOf = (storeId: string | null) =>
    storeId === null ? 'Every store' : (stores.find(({ id }) => id === storeId)?.name ?? storeId);
  return (
    <section aria-label="Holidays" className={classes.section}>
      <p className={classes.dim}>
        Recurring shifts that start on a holiday do not happen, unless their file says that they do. Single shifts stay.
      </p>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          declare.mutate();
        }}
      >
        <TextInput
          type="date"
          label="Date"
          value={draft.date}
          onChange={(event) => setDraft({ ...draft, date: event.currentTarget.value })}
          error={fieldError(declare.error, 'date')}
          required
          withAsterisk={false}
        />
        <TextInput
          label="Name"
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
          error={fieldError(declare.error, 'name')}
          maxLength={100}
          required
          withAsterisk={false}
        />
        <Select
          label="Where"
          data={[
            ...(sees ? [{ value: '', label: 'Every store' }] : []),
            ...stores.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={draft.storeId}
          onChange={(value) => setDraft({ ...draft, storeId: value ?? '' })}
          allowDeselect={false}
        />
        <Button type="submit" loading={declare.isPending} disabled={draft.date === '' || draft.name.trim() === ''}>
          Declare
        </Button>
      </form>
      <div aria-live="polite">
        {declare.isError && !isShownAtFields(declare.error, ['date', 'name']) && <Problem error={declare.error} />}
        {declare.data && (
          <p className={classes.dim}>
            {declare.data.name} is declared.{' '}
            {declare.data.shiftsRemoved === 0
              ? 'No shift was in the way.'
              : `${declare.data.shiftsRemoved} recurring ${declare.data.shiftsRemoved === 1 ? 'shift was' : 'shifts were'} taken out.`}
          </p>
        )}
        {takeBack.isError && <Problem error={takeBack.error} />}
      </div>
      {holidays.isPending && <Loading label="Loading the holidays" />}
      {holidays.isError && <Failure error={holidays.error} onRetry={() => void holidays.refetch()} />}
      {holidays.data?.items.length === 0 && (
        <Empty title="No holiday ahead">Every recurring shift happens as it is planned.</Empty>
      )}
      {holidays.data && holidays.data.items.length > 0 && (
        <ul className={page.card} data-testid="holidays">
          {holidays.data.items.map((holiday) => (
            <li key={`${holiday.date}-${holiday.storeId}`} className={classes.holiday}>
              <b>
                {dayName(holiday.date)} {holiday.date.slice(0, 4)}
              </b>
              <span>{holiday.name}</span>
              <span className={classes.dim}>{nameOf(holiday.storeId)}</span>
              {(sees || holiday.storeId !== null) && (
                <Button
                  variant="default"
                  size="xs"
                  disabled={takeBack.isPending}
                  aria-label={`Take back ${holiday.name}`}
                  onClick={() => takeBack.mutate(holiday)}
                >
                  Take back
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
