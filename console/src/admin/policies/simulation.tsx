import { Button, MultiSelect, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api } from '../../api/client.ts';
import { storesQuery } from '../../api/queries.ts';
import { useNowMs } from '../../time.ts';
import { Problem } from '../../ui/notices.tsx';
import { useAccess } from '../access.ts';
import { expectForm, fieldError, isShownAtFields } from '../problems.ts';
import { addDays, instantOf, localDate } from '../zone.ts';
import classes from './simulation.module.css';
import { SimulationResult } from './simulation-result.tsx';

interface SimulationProps {
  policy: Schemas['PolicyDetail'];
  source: string;
  isDirty: boolean;
  isSound: boolean;
}

/** Plays the past again under the draft. It only reads: nobody is told anything. */
export function Simulation({ policy, source, isDirty, isSound }: SimulationProps) {
  const { may } = useAccess();
  const stores = useQuery(storesQuery);
  const nowMs = useNowMs();
  const [days, setDays] = useState<{ from?: string; to?: string }>({});
  const [storeIds, setStoreIds] = useState<string[] | null>(null);
  const all = stores.data?.items ?? [];
  const chosen = storeIds ?? policy.storeIds;
  // Days are days of a store; of several the first one's clock is taken.
  const zone = all.find(({ id }) => id === chosen[0])?.timeZone ?? all[0]?.timeZone ?? 'UTC';
  const today = localDate(new Date(nowMs).toISOString(), zone);
  const from = days.from ?? addDays(today, -6);
  const to = days.to ?? today;
  const run = useMutation({
    mutationFn: () => {
      const fromAt = instantOf(from, zone) ?? '';
      const toAt = instantOf(addDays(to, 1), zone) ?? '';
      const body = {
        ...{ fromAt, toAt },
        ...(isDirty || !policy.draft ? { source } : { version: policy.draft.version }),
        ...(chosen.length > 0 ? { storeIds: chosen } : {}),
      };
      return expectForm(
        api.POST('/v1/policies/{policyId}/simulate', { params: { path: { policyId: policy.id } }, body }),
      );
    },
  });
  const tried = isDirty ? 'what you have typed' : policy.draft ? `version ${policy.draft.version}` : 'the active text';
  const canRun = isSound && from !== '' && to !== '' && !run.isPending && source.trim() !== '';
  if (!may('policy.edit'))
    return <p className={classes.dim}>Simulations are for those who may edit policies. Your role may activate them.</p>;
  return (
    <section aria-label="Simulation" className={classes.simulation}>
      <p className={classes.safe}>
        Plays past incidents again under <b>{tried}</b> and compares. It only reads: nothing is sent, nothing changes.
      </p>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (canRun) run.mutate();
        }}
      >
        <TextInput
          type="date"
          label="First day"
          value={from}
          max={to}
          onChange={(event) => setDays({ ...days, from: event.currentTarget.value })}
          error={fieldError(run.error, 'fromAt')}
        />
        <TextInput
          type="date"
          label="Last day"
          value={to}
          max={today}
          onChange={(event) => setDays({ ...days, to: event.currentTarget.value })}
          error={fieldError(run.error, 'toAt')}
        />
        <MultiSelect
          label="Stores"
          placeholder={chosen.length === 0 ? 'All in your scope' : undefined}
          data={all.map(({ id, name }) => ({ value: id, label: name }))}
          value={chosen}
          onChange={setStoreIds}
          searchable
          clearable
          className={classes.stores}
        />
        <Button type="submit" leftSection={<IconPlayerPlay size={17} />} loading={run.isPending} disabled={!canRun}>
          Simulate
        </Button>
      </form>
      {!isSound && <p className={classes.dim}>Solve the problems in the document first.</p>}
      <div aria-live="polite">
        {run.isError && !isShownAtFields(run.error, ['fromAt', 'toAt']) && <Problem error={run.error} />}
        {run.data && <SimulationResult result={run.data} />}
      </div>
    </section>
  );
}
