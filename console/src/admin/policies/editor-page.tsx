import { Tabs } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import page from '../../pages/page.module.css';
import { Chip } from '../../ui/chip.tsx';
import { Failure, Loading } from '../../ui/notices.tsx';
import { useAccess } from '../access.ts';
import { policyQuery, validationQuery } from '../queries.ts';
import { models } from '../words.ts';
import { DiffView } from './diff-view.tsx';
import classes from './editor-page.module.css';
import { Lifecycle } from './lifecycle.tsx';
import { Simulation } from './simulation.tsx';
import { SourceEditor } from './source-editor.tsx';
import { useDebounced } from './use-debounced.ts';
import { Versions } from './versions.tsx';

type Detail = Schemas['PolicyDetail'];

/** One policy: its document, what a change would do, and the road of a draft to being in force. */
export function PolicyPage() {
  const { policyId } = useParams({ from: '/app/manage/policies/$policyId' });
  const policy = useQuery(policyQuery(policyId));
  if (policy.isPending) return <Loading page label="Loading the policy" />;
  if (!policy.data) return <Failure page error={policy.error} onRetry={() => void policy.refetch()} />;
  return <PolicyEditor key={policyId} policy={policy.data} />;
}

function PolicyEditor({ policy }: { policy: Detail }) {
  const { may } = useAccess();
  const stored = policy.draft ?? policy.active;
  const base = stored?.source ?? '';
  const [typed, setTyped] = useState<string | null>(null);
  const source = typed ?? base;
  const isDirty = source !== base;
  const isInReview = policy.draft?.state === 'review';
  const isReadOnly = isInReview || !may('policy.edit');
  const debounced = useDebounced(source, 350);
  // Only who may edit may ask what is wrong; what is stored was checked when it was saved.
  const validation = useQuery({
    ...validationQuery(policy.id, debounced),
    enabled: may('policy.edit') && debounced.trim() !== '',
  });
  const isChecking = debounced !== source || validation.isFetching;
  const problems = source.trim() === '' ? [] : (validation.data?.problems ?? []);
  const [saveAsked, setSaveAsked] = useState(0);
  const model = stored ?? policy.versions[0];

  useBlocker({
    shouldBlockFn: () => isDirty && !window.confirm('Leave without saving the draft?'),
    enableBeforeUnload: () => isDirty,
  });
  useEffect(() => {
    document.title = `${policy.id} · Policies · Floorwalker`;
  }, [policy.id]);

  return (
    <>
      <div className={page.head}>
        <div>
          <Link to="/manage/policies" className={classes.back}>
            <IconArrowLeft size={16} aria-hidden="true" /> Policies
          </Link>
          <h1 className={page.title}>{policy.id}</h1>
          <p className={page.lead}>
            {model && models[model.operatingModel].label}
            {policy.storeIds.length > 0
              ? ` · serves ${policy.storeIds.length} ${policy.storeIds.length === 1 ? 'store' : 'stores'}`
              : ' · serves no store'}
          </p>
        </div>
        <div className={classes.chips}>
          {policy.active ? (
            <Chip tone="good">Version {policy.active.version} active</Chip>
          ) : (
            <Chip quiet>Never active</Chip>
          )}
          {policy.draft && (
            <Chip tone={isInReview ? 'warn' : 'info'}>
              Version {policy.draft.version} {isInReview ? 'in review' : 'draft'}
            </Chip>
          )}
        </div>
      </div>
      <div className={classes.columns}>
        <Tabs defaultValue="document" keepMounted={false} className={classes.main}>
          <Tabs.List aria-label="This policy" className={classes.tabs}>
            <Tabs.Tab value="document">Document{problems.length > 0 && ` (${problems.length})`}</Tabs.Tab>
            <Tabs.Tab value="changes">Changes</Tabs.Tab>
            <Tabs.Tab value="simulation">Simulation</Tabs.Tab>
            <Tabs.Tab value="versions">Versions</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="document">
            {isInReview && (
              <p className={classes.note}>
                Version {policy.draft?.version} waits for its review and cannot change. Withdraw it to go on writing.
              </p>
            )}
            <SourceEditor
              label={`Document of ${policy.id}`}
              source={source}
              onChange={setTyped}
              onSave={() => setSaveAsked((asked) => asked + 1)}
              problems={problems}
              isChecking={isChecking}
              isReadOnly={isReadOnly}
            />
          </Tabs.Panel>
          <Tabs.Panel value="changes">
            {policy.active ? (
              <DiffView
                before={policy.active.source}
                after={source}
                beforeName={`version ${policy.active.version} (active)`}
                afterName={isDirty ? 'what you have typed' : policy.draft ? `version ${policy.draft.version}` : 'it'}
              />
            ) : (
              <DiffView before="" after={source} beforeName="nothing" afterName="the first version" />
            )}
          </Tabs.Panel>
          <Tabs.Panel value="simulation">
            <Simulation policy={policy} source={source} isDirty={isDirty} isSound={problems.length === 0} />
          </Tabs.Panel>
          <Tabs.Panel value="versions">
            <Versions policy={policy} isDirty={isDirty} onRolledBack={() => setTyped(null)} />
          </Tabs.Panel>
        </Tabs>
        <Lifecycle
          policy={policy}
          source={source}
          isDirty={isDirty}
          isSound={problems.length === 0 && source.trim() !== ''}
          saveAsked={saveAsked}
          onSettled={() => setTyped(null)}
        />
      </div>
    </>
  );
}
