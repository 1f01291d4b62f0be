import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api, expectData } from '../../api/client.ts';
import { storesQuery } from '../../api/queries.ts';
import page from '../../pages/page.module.css';
import { Problem } from '../../ui/notices.tsx';
import { useAccess } from '../access.ts';
import { expectForm, fieldError } from '../problems.ts';
import { adminKeys, riskGroupQuery, storePolicyQuery } from '../queries.ts';
import classes from './assignment.module.css';

type Entry = Schemas['PolicyList']['items'][number];
type StorePolicy = Schemas['StorePolicy'];

/** More stores than this are looked for by name: each row asks which policy it runs. */
const shownAtOnce = 25;

/** Which policy each store's next incident starts with, and why. */
export function Assignment({ policies }: { policies: readonly Entry[] }) {
  const { may } = useAccess();
  const stores = useQuery(storesQuery);
  const [filter, setFilter] = useState('');
  const [isGrouping, setGrouping] = useState(false);
  const all = stores.data?.items ?? [];
  const wanted = filter.trim().toLowerCase();
  const found = all.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted));
  const shown = found.slice(0, shownAtOnce);
  const assigned = useQueries({ queries: shown.map(({ id }) => storePolicyQuery(id)) });
  const groupIds = [...new Set(assigned.flatMap(({ data }) => data?.riskGroup ?? []))].sort();
  const active = policies.filter(({ activeVersion }) => activeVersion !== null).map(({ id }) => id);
  return (
    <section aria-labelledby="assignment" className={classes.section}>
      <div className={classes.head}>
        <div>
          <h2 id="assignment" className={classes.title}>
            Stores and risk groups
          </h2>
          <p className={classes.dim}>
            A store's own policy counts first, then that of its risk group, then the one called default. It takes effect
            with the next incident; open ones keep theirs.
          </p>
        </div>
        {may('policy.edit') && (
          <Button variant="default" onClick={() => setGrouping(true)}>
            Risk group …
          </Button>
        )}
      </div>
      <RiskGroupDialog opened={isGrouping} onClose={() => setGrouping(false)} active={active} known={groupIds} />
      {all.length > shownAtOnce && (
        <TextInput
          label="Find a store"
          className={classes.filter}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      <ul className={page.card}>
        {shown.map((store, index) => (
          <StoreRow
            key={store.id}
            store={store}
            assigned={assigned[index]?.data}
            active={active}
            groupIds={groupIds}
            canEdit={may('policy.edit')}
          />
        ))}
      </ul>
      {found.length > shown.length && (
        <p className={classes.dim}>
          {found.length - shown.length} more stores are not shown; type part of a name to find them.
        </p>
      )}
    </section>
  );
}

interface StoreRowProps {
  store: Schemas['Store'];
  assigned: StorePolicy | undefined;
  active: readonly string[];
  groupIds: readonly string[];
  canEdit: boolean;
}

function StoreRow({ store, assigned, active, groupIds, canEdit }: StoreRowProps) {
  const client = useQueryClient();
  const assign = useMutation({
    mutationFn: (body: Schemas['StorePolicyCommand']) =>
      expectData(api.PUT('/v1/stores/{storeId}/policy', { params: { path: { storeId: store.id } }, body })),
    onSuccess: async (after) => {
      client.setQueryData(storePolicyQuery(store.id).queryKey, after);
      await client.invalidateQueries({ queryKey: adminKeys.policies });
    },
  });
  const follow = assigned?.riskGroup ? `As risk group ${assigned.riskGroup}` : 'As "default"';
  return (
    <li className={classes.store} data-store={store.id}>
      <span className={classes.name}>{store.name}</span>
      {assigned && (
        <>
          <Select
            aria-label={`Policy of ${store.name}`}
            data={[{ value: '', label: follow }, ...active.map((id) => ({ value: id, label: id }))]}
            value={assigned.policyId ?? ''}
            onChange={(value) => assign.mutate({ policyId: value || null, riskGroup: assigned.riskGroup })}
            disabled={!canEdit || assign.isPending}
            allowDeselect={false}
          />
          <Select
            aria-label={`Risk group of ${store.name}`}
            data={[{ value: '', label: 'No risk group' }, ...groupIds.map((id) => ({ value: id, label: id }))]}
            value={assigned.riskGroup ?? ''}
            onChange={(value) => assign.mutate({ policyId: assigned.policyId, riskGroup: value || null })}
            disabled={!canEdit || assign.isPending}
            allowDeselect={false}
          />
          <span className={classes.runs}>
            runs <b>{assigned.runs.policyId}</b>
            {assigned.runs.version === null ? ', which is not active' : `, version ${assigned.runs.version}`}
          </span>
        </>
      )}
      {assign.isError && (
        <div className={classes.wide}>
          <Problem error={assign.error} />
        </div>
      )}
    </li>
  );
}

interface RiskGroupDialogProps {
  opened: boolean;
  onClose: () => void;
  active: readonly string[];
  known: readonly string[];
}

/** Makes a risk group or points it to another policy, and can put stores into it. */
function RiskGroupDialog({ opened, onClose, active, known }: RiskGroupDialogProps) {
  const client = useQueryClient();
  const stores = useQuery(storesQuery);
  const [id, setId] = useState('');
  const [name, setName] = useState<string | null>(null);
  const [policyId, setPolicyId] = useState<string | null>(null);
  const [storeId, setStoreId] = useState<string | null>(null);
  const existing = useQuery({ ...riskGroupQuery(id), enabled: known.includes(id) });
  const group = known.includes(id) ? existing.data : undefined;
  const shownName = name ?? group?.name ?? '';
  const shownPolicy = policyId ?? group?.policyId ?? null;
  const save = useMutation({
    mutationFn: async () => {
      const path = { params: { path: { riskGroupId: id } } };
      const body = { name: shownName.trim(), policyId: shownPolicy ?? '' };
      await expectForm(api.PUT('/v1/risk-groups/{riskGroupId}', { ...path, body }));
      if (!storeId) return;
      const before = await client.fetchQuery(storePolicyQuery(storeId));
      await expectForm(
        api.PUT('/v1/stores/{storeId}/policy', {
          params: { path: { storeId } },
          body: { policyId: before.policyId, riskGroup: id },
        }),
      );
    },
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: adminKeys.storePolicies });
      await client.invalidateQueries({ queryKey: adminKeys.policies });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="Risk group" centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <TextInput
            label="Id"
            description={known.length > 0 ? `A new one, or one of ${known.join(', ')}` : 'Small letters, digits and -'}
            value={id}
            onChange={(event) => setId(event.currentTarget.value.trim().toLowerCase())}
            pattern="[a-z0-9][a-z0-9\-]{0,63}"
            required
            withAsterisk={false}
            data-autofocus
          />
          <TextInput
            label="Name"
            value={shownName}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fieldError(save.error, 'name')}
            maxLength={100}
            required
            withAsterisk={false}
          />
          <Select
            label="Policy"
            data={[...active]}
            value={shownPolicy}
            onChange={setPolicyId}
            error={fieldError(save.error, 'policyId')}
            allowDeselect={false}
          />
          <Select
            label="Put a store into it (optional)"
            data={stores.data?.items.map((store) => ({ value: store.id, label: store.name })) ?? []}
            value={storeId}
            onChange={setStoreId}
            clearable
            searchable
          />
          {save.isError && <Problem error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={id === '' || shownName.trim() === '' || !shownPolicy}
            >
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
