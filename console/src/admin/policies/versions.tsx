import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api, expectData } from '../../api/client.ts';
import page from '../../pages/page.module.css';
import { dateTime } from '../../time.ts';
import { Chip } from '../../ui/chip.tsx';
import { Loading, Problem } from '../../ui/notices.tsx';
import { useAccess } from '../access.ts';
import { adminKeys, policyVersionQuery } from '../queries.ts';
import { actorName, versionStates } from '../words.ts';
import { DiffView } from './diff-view.tsx';
import classes from './versions.module.css';

type Version = Schemas['PolicyVersionSummary'];

interface VersionsProps {
  policy: Schemas['PolicyDetail'];
  isDirty: boolean;
  onRolledBack: () => void;
}

/** Every version with who did what, newest first; an old one can become the next draft. */
export function Versions({ policy, isDirty, onRolledBack }: VersionsProps) {
  const { session, may } = useAccess();
  const client = useQueryClient();
  const [shown, setShown] = useState<number | null>(null);
  const rollback = useMutation({
    mutationFn: (version: number) =>
      expectData(
        api.POST('/v1/policies/{policyId}/rollback', { params: { path: { policyId: policy.id } }, body: { version } }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: adminKeys.policies });
      onRolledBack();
    },
  });
  const who = (actorId: string | null) => (actorId ? actorName(actorId, session.actorId) : null);
  const line = (version: Version) =>
    [
      `written by ${who(version.createdBy)}, ${dateTime(version.createdAt)}`,
      version.submittedAt && `handed over by ${who(version.submittedBy)}, ${dateTime(version.submittedAt)}`,
      version.activatedAt && `activated by ${who(version.activatedBy)}, ${dateTime(version.activatedAt)}`,
    ].filter(Boolean);
  return (
    <>
      {rollback.isError && <Problem error={rollback.error} />}
      <ol className={page.card} data-testid="policy-versions">
        {policy.versions.map((version) => {
          const withdrawn = version.state === 'retired' && version.activatedAt === null;
          const isOpen = shown === version.version;
          return (
            <li key={version.version} className={classes.version}>
              <div className={classes.head}>
                <span className={classes.name}>Version {version.version}</span>
                <Chip tone={withdrawn ? 'neutral' : versionStates[version.state].tone}>
                  {withdrawn ? 'Withdrawn' : versionStates[version.state].label}
                </Chip>
                <span className={classes.buttons}>
                  {policy.active && policy.active.version !== version.version && (
                    <Button
                      variant="default"
                      size="xs"
                      aria-expanded={isOpen}
                      onClick={() => setShown(isOpen ? null : version.version)}
                    >
                      Compare with active
                    </Button>
                  )}
                  {may('policy.edit') && version.state === 'retired' && policy.draft?.state !== 'review' && (
                    <Button
                      variant="default"
                      size="xs"
                      disabled={rollback.isPending || isDirty}
                      onClick={() => rollback.mutate(version.version)}
                    >
                      Make it the next draft
                    </Button>
                  )}
                </span>
              </div>
              {line(version).map((text) => (
                <p key={text} className={classes.dim}>
                  {text}
                </p>
              ))}
              {version.note && <p className={classes.note}>“{version.note}”</p>}
              {isOpen && policy.active && <Compared policy={policy} version={version.version} />}
            </li>
          );
        })}
      </ol>
    </>
  );
}

function Compared({ policy, version }: { policy: Schemas['PolicyDetail']; version: number }) {
  const other = useQuery(policyVersionQuery(policy.id, version));
  if (other.isPending) return <Loading label="Loading the version" />;
  if (!other.data) return <Problem error={other.error} />;
  return (
    <div className={classes.diff}>
      <DiffView
        before={policy.active?.source ?? ''}
        after={other.data.source}
        beforeName={`version ${policy.active?.version} (active)`}
        afterName={`version ${version}`}
      />
    </div>
  );
}
