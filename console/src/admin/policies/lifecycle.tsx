import { Button, Textarea } from '@mantine/core';
import { IconCheck, IconCircle, IconDeviceFloppy } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api, expectData } from '../../api/client.ts';
import page from '../../pages/page.module.css';
import { dateTime } from '../../time.ts';
import { Problem } from '../../ui/notices.tsx';
import { useAccess } from '../access.ts';
import { adminKeys } from '../queries.ts';
import { actorName } from '../words.ts';
import classes from './lifecycle.module.css';

type Detail = Schemas['PolicyDetail'];
type Step = 'submit' | 'activate' | 'withdraw';

interface LifecycleProps {
  policy: Detail;
  source: string;
  isDirty: boolean;
  isSound: boolean;
  /** Counts how often saving was asked for elsewhere, such as by Ctrl+S in the document. */
  saveAsked: number;
  onSettled: () => void;
}

/** The road of a version: somebody writes it, somebody else puts it into force. */
export function Lifecycle({ policy, source, isDirty, isSound, saveAsked, onSettled }: LifecycleProps) {
  const { session, may } = useAccess();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const { draft } = policy;
  const params = { path: { policyId: policy.id } };
  const settle = () => client.invalidateQueries({ queryKey: adminKeys.policies });

  const save = useMutation({
    mutationFn: () => {
      const body = { source, ...(note.trim() ? { note: note.trim() } : {}) };
      return expectData(api.PUT('/v1/policies/{policyId}/draft', { params, body }));
    },
    onSuccess: async () => {
      setNote('');
      step.reset();
      await settle();
      onSettled();
    },
  });
  const step = useMutation({
    mutationFn: (name: Step) => {
      const body = { version: draft?.version ?? 0 };
      return expectData(api.POST(`/v1/policies/{policyId}/${name}`, { params, body }));
    },
    onSuccess: async () => {
      save.reset();
      await settle();
    },
  });
  const canSave = may('policy.edit') && isDirty && isSound && draft?.state !== 'review' && !save.isPending;
  const asked = useRef(saveAsked);
  useEffect(() => {
    if (asked.current === saveAsked) return;
    asked.current = saveAsked;
    if (canSave) save.mutate();
  }, [saveAsked, canSave, save]);

  const who = (actorId: string) => actorName(actorId, session.actorId);
  const failure = save.error ?? step.error;
  const shown = draft ?? policy.active;
  const isOwn = draft?.createdBy === session.actorId;
  return (
    <aside className={`${page.card} ${classes.panel}`} aria-label="Lifecycle" data-testid="policy-lifecycle">
      <h2 className={classes.title}>
        {draft ? `Version ${draft.version}` : isDirty ? 'A new draft' : policy.active ? 'In force' : 'Nothing open'}
      </h2>
      <ol className={classes.steps}>
        <Stage
          label="Draft"
          done={!isDirty && shown !== null}
          here={isDirty || draft?.state === 'draft'}
          by={isDirty ? 'not saved yet' : stamp(shown, 'created')}
        />
        <Stage
          label="Review"
          done={!isDirty && shown?.submittedAt != null}
          here={draft?.state === 'review'}
          by={isDirty ? null : stamp(shown, 'submitted')}
        />
        <Stage
          label="Active"
          done={!isDirty && shown?.state === 'active'}
          here={!isDirty && shown?.state === 'active'}
          by={isDirty ? null : stamp(shown, 'activated')}
        />
      </ol>
      {draft?.note && <p className={classes.note}>“{draft.note}”</p>}
      <div className={classes.buttons}>
        {may('policy.edit') && draft?.state !== 'review' && (
          <>
            {isDirty && (
              <Textarea
                label="Why (for whoever reviews it)"
                autosize
                minRows={2}
                maxRows={5}
                maxLength={500}
                value={note}
                onChange={(event) => setNote(event.currentTarget.value)}
              />
            )}
            <Button
              leftSection={<IconDeviceFloppy size={17} />}
              variant={isDirty ? 'filled' : 'default'}
              disabled={!canSave}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              {isDirty ? 'Save the draft' : 'Saved'}
            </Button>
          </>
        )}
        {may('policy.edit') && draft?.state === 'draft' && (
          <Button
            variant={isDirty ? 'default' : 'filled'}
            disabled={isDirty || step.isPending}
            onClick={() => step.mutate('submit')}
          >
            Hand over for review
          </Button>
        )}
        {draft?.state === 'review' && may('policy.activate') && (
          <>
            {isOwn && <p className={classes.hint}>You wrote this version, so somebody else has to activate it.</p>}
            <Button
              variant={isOwn ? 'default' : 'filled'}
              disabled={step.isPending}
              onClick={() => step.mutate('activate')}
            >
              Activate version {draft.version}
            </Button>
          </>
        )}
        {draft?.state === 'review' && !may('policy.activate') && (
          <p className={classes.hint}>It waits for somebody who may activate it: a SOC lead, compliance or an admin.</p>
        )}
        {draft && may('policy.edit') && (
          <Button variant="default" disabled={step.isPending} onClick={() => step.mutate('withdraw')}>
            Withdraw
          </Button>
        )}
        {isDirty && (
          <Button variant="default" onClick={onSettled}>
            Discard what you typed
          </Button>
        )}
      </div>
      {isDirty && !isSound && <p className={classes.hint}>It can be saved once nothing is wrong with it.</p>}
      {failure && <Problem error={failure} />}
    </aside>
  );

  function stamp(version: Detail['draft'], event: 'created' | 'submitted' | 'activated'): string | null {
    const by = version?.[`${event}By`];
    const at = version?.[`${event}At`];
    if (!by || !at) return null;
    return `${who(by)}, ${dateTime(at)}`;
  }
}

function Stage({ label, done, here, by }: { label: string; done: boolean; here: boolean; by: string | null }) {
  return (
    <li className={classes.stage} data-done={done || undefined} aria-current={here ? 'step' : undefined}>
      {done ? <IconCheck size={17} aria-hidden="true" /> : <IconCircle size={17} aria-hidden="true" />}
      <span>
        <b>{label}</b>
        {by && <span className={classes.by}>{by}</span>}
      </span>
    </li>
  );
}
