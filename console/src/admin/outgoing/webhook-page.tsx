import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { api, expectData, expectOk } from '../../api/client.ts';
import { storesQuery } from '../../api/queries.ts';
import page from '../../pages/page.module.css';
import { dateTime } from '../../time.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Failure, Loading, Problem } from '../../ui/notices.tsx';
import { adminKeys, webhookQuery } from '../queries.ts';
import { disabledBecause } from '../words.ts';
import { Deliveries } from './deliveries.tsx';
import { WebhookChips } from './list.tsx';
import classes from './outgoing.module.css';
import { SecretDialog } from './secret-dialog.tsx';
import { WebhookDialog } from './webhook-dialog.tsx';

type Asked = 'rotate' | 'delete' | null;

/** One webhook: what it hears, what was sent, and its secret. */
export function WebhookPage() {
  const { webhookId } = useParams({ from: '/app/manage/webhooks/$webhookId' });
  const webhook = useQuery(webhookQuery(webhookId));
  if (webhook.isPending) return <Loading page label="Loading the webhook" />;
  if (!webhook.data) return <Failure page error={webhook.error} onRetry={() => void webhook.refetch()} />;
  return <WebhookDetail webhook={webhook.data} />;
}

function WebhookDetail({ webhook }: { webhook: Schemas['Webhook'] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const stores = useQuery(storesQuery);
  const [isChanging, setChanging] = useState(false);
  const [asked, setAsked] = useState<Asked>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const params = { path: { webhookId: webhook.id } };
  const settle = () => client.invalidateQueries({ queryKey: adminKeys.webhooks });
  const ping = useMutation({
    mutationFn: () => expectData(api.POST('/v1/webhooks/{webhookId}/test', { params })),
    onSuccess: settle,
  });
  const toggle = useMutation({
    mutationFn: () =>
      expectData(api.PATCH('/v1/webhooks/{webhookId}', { params, body: { enabled: !webhook.enabled } })),
    onSuccess: settle,
  });
  const rotate = useMutation({
    mutationFn: () => expectData(api.POST('/v1/webhooks/{webhookId}/rotate-secret', { params })),
    onSuccess: async (rotated) => {
      setAsked(null);
      setSecret(rotated.secret);
      await settle();
    },
  });
  const remove = useMutation({
    mutationFn: () => expectOk(api.DELETE('/v1/webhooks/{webhookId}', { params })),
    onSuccess: async () => {
      await navigate({ to: '/manage/webhooks' });
      client.removeQueries({ queryKey: [...adminKeys.webhooks, webhook.id] });
      await settle();
    },
  });
  const nameOf = (storeId: string) => stores.data?.items.find(({ id }) => id === storeId)?.name ?? storeId;
  const failure = ping.error ?? toggle.error;
  return (
    <>
      <div className={page.head}>
        <div className={classes.what}>
          <Link to="/manage/webhooks" className={classes.back}>
            <IconArrowLeft size={16} aria-hidden="true" /> Webhooks
          </Link>
          <h1 className={page.title}>{webhook.description || 'Webhook'}</h1>
          <p className={classes.url}>{webhook.url}</p>
        </div>
        <div className={classes.chips}>
          <WebhookChips webhook={webhook} />
        </div>
      </div>
      {!webhook.enabled && (
        <p className={classes.off} role="status">
          {webhook.disabledBecause ? `${disabledBecause[webhook.disabledBecause]} ` : ''}Nothing is sent until it is
          switched on again; {webhook.pending} {webhook.pending === 1 ? 'event waits' : 'events wait'}.
        </p>
      )}
      <div className={`${page.card} ${classes.facts}`}>
        <dl>
          <div>
            <dt>Events</dt>
            <dd>{webhook.eventTypes === null ? 'Every event' : webhook.eventTypes.join(', ')}</dd>
          </div>
          <div>
            <dt>Stores</dt>
            <dd>{webhook.storeIds === null ? 'Every store' : webhook.storeIds.map(nameOf).join(', ')}</dd>
          </div>
          <div>
            <dt>Drills</dt>
            <dd>{webhook.includeDrills ? 'As well' : 'Never'}</dd>
          </div>
          {webhook.failingSince && (
            <div>
              <dt>Failing since</dt>
              <dd>
                {dateTime(webhook.failingSince)}, {webhook.failureCount} times in a row
              </dd>
            </div>
          )}
          {webhook.previousSecretUntil && (
            <div>
              <dt>Old secret</dt>
              <dd>signs as well until {dateTime(webhook.previousSecretUntil)}</dd>
            </div>
          )}
        </dl>
        <div className={classes.buttons}>
          <Button variant="default" size="sm" loading={ping.isPending} onClick={() => ping.mutate()}>
            Send a test
          </Button>
          <Button variant="default" size="sm" onClick={() => setChanging(true)}>
            Change
          </Button>
          <Button variant="default" size="sm" loading={toggle.isPending} onClick={() => toggle.mutate()}>
            {webhook.enabled ? 'Switch off' : 'Switch on'}
          </Button>
          <Button variant="default" size="sm" onClick={() => setAsked('rotate')}>
            New secret
          </Button>
          <Button variant="default" size="sm" onClick={() => setAsked('delete')}>
            Delete
          </Button>
        </div>
        {failure && <Problem error={failure} />}
        {asked === 'rotate' && (
          <Confirm
            title="Make a new secret?"
            confirmLabel="Make it"
            isSending={rotate.isPending}
            error={rotate.error}
            onConfirm={() => rotate.mutate()}
            onCancel={() => setAsked(null)}
          >
            <p>For 24 hours the one before signs beside it, so that the other system has time to change.</p>
          </Confirm>
        )}
        {asked === 'delete' && (
          <Confirm
            title="Delete this webhook?"
            confirmLabel="Delete it"
            isSending={remove.isPending}
            error={remove.error}
            onConfirm={() => remove.mutate()}
            onCancel={() => setAsked(null)}
          >
            <p>What still waits is never sent, and the record of what was sent goes as well.</p>
          </Confirm>
        )}
      </div>
      <Deliveries webhookId={webhook.id} dead={webhook.dead} />
      {isChanging && <WebhookDialog webhook={webhook} onClose={() => setChanging(false)} onSecret={() => undefined} />}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}
