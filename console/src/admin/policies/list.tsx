import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { storesQuery } from '../../api/queries.ts';
import page from '../../pages/page.module.css';
import { Chip } from '../../ui/chip.tsx';
import { Empty, Failure, Loading } from '../../ui/notices.tsx';
import { useAccess } from '../access.ts';
import { policiesQuery, policyQuery } from '../queries.ts';
import { models, versionStates } from '../words.ts';
import { Assignment } from './assignment.tsx';
import classes from './list.module.css';
import { NewPolicyDialog } from './new-dialog.tsx';

type Entry = Schemas['PolicyList']['items'][number];

/** Every policy with what is in force, what is being worked on, and whom it serves. */
export function PoliciesPage() {
  const { may } = useAccess();
  const policies = useQuery(policiesQuery);
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Policies</h1>
          <p className={page.lead}>Who is told what, when, and what is held back. Each change takes two people.</p>
        </div>
        {may('policy.edit') && (
          <Button size="md" leftSection={<IconPlus size={18} />} onClick={() => setCreating(true)}>
            New policy
          </Button>
        )}
      </div>
      <NewPolicyDialog opened={isCreating} onClose={() => setCreating(false)} />
      {policies.isPending && <Loading label="Loading the policies" />}
      {policies.isError && <Failure error={policies.error} onRetry={() => void policies.refetch()} />}
      {policies.data?.items.length === 0 && (
        <Empty title="No policy yet">Write the first one; stores use it once somebody else has activated it.</Empty>
      )}
      {policies.data && policies.data.items.length > 0 && (
        <>
          <PolicyTable entries={policies.data.items} />
          <Assignment policies={policies.data.items} />
        </>
      )}
    </>
  );
}

function PolicyTable({ entries }: { entries: readonly Entry[] }) {
  const stores = useQuery(storesQuery);
  const details = useQueries({ queries: entries.map(({ id }) => policyQuery(id)) });
  const nameOf = (storeId: string) => stores.data?.items.find(({ id }) => id === storeId)?.name ?? storeId;
  return (
    <ul className={`${page.card} ${classes.list}`} data-testid="policies">
      {entries.map((entry, index) => (
        <li key={entry.id} className={classes.policy} data-policy={entry.id}>
          <div className={classes.what}>
            <Link to="/manage/policies/$policyId" params={{ policyId: entry.id }} className={classes.name}>
              {entry.id}
            </Link>
            <p className={classes.dim}>
              {models[entry.operatingModel].label} · {models[entry.operatingModel].hint}
            </p>
          </div>
          <div className={classes.states}>
            {entry.activeVersion === null ? (
              <Chip quiet>Never active</Chip>
            ) : (
              <Chip tone="good">Version {entry.activeVersion} active</Chip>
            )}
            {entry.openState !== null && (
              <Chip tone={versionStates[entry.openState].tone}>
                Version {entry.openVersion}: {versionStates[entry.openState].label.toLowerCase()}
              </Chip>
            )}
          </div>
          <p className={classes.stores}>
            {entry.stores === 0 ? <span className={classes.dim}>No store uses it</span> : serves(entry, index)}
          </p>
        </li>
      ))}
    </ul>
  );

  function serves(entry: Entry, index: number): string {
    const names = (details[index]?.data?.storeIds ?? []).map(nameOf);
    if (names.length === 0) return `${entry.stores} ${entry.stores === 1 ? 'store' : 'stores'}`;
    const rest = names.length - 3;
    return rest > 0 ? `${names.slice(0, 3).join(', ')} and ${rest} more` : names.join(', ');
  }
}
