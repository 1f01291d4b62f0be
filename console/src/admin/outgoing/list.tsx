import { Button } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import page from '../../pages/page.module.css';
import { Chip } from '../../ui/chip.tsx';
import { Empty, Failure, Loading } from '../../ui/notices.tsx';
import { webhooksQuery } from '../queries.ts';
import { disabledBecause } from '../words.ts';
import classes from './outgoing.module.css';
import { SecretDialog } from './secret-dialog.tsx';
import { WebhookDialog } from './webhook-dialog.tsx';

type Webhook = Schemas['Webhook'];

/** Where other systems are told of incidents, and how that goes. */
export function WebhooksPage() {
  const webhooks = useQuery(webhooksQuery);
  const [isCreating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Webhooks</h1>
          <p className={page.lead}>Other systems are told of each event, signed, again and again until they answer.</p>
        </div>
        <Button size="md" leftSection={<IconPlus size={18} />} onClick={() => setCreating(true)}>
          New webhook
        </Button>
      </div>
      {isCreating && (
        <WebhookDialog webhook={null} onClose={() => setCreating(false)} onSecret={(made) => setSecret(made)} />
      )}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
      {webhooks.isPending && <Loading label="Loading the webhooks" />}
      {webhooks.isError && <Failure error={webhooks.error} onRetry={() => void webhooks.refetch()} />}
      {webhooks.data?.items.length === 0 && (
        <Empty icon={<IconWebhook size={30} stroke={1.5} />} title="No webhook yet">
          A webhook is an address of another system, such as a case file or a chat, that is told of every event.
        </Empty>
      )}
      {webhooks.data && webhooks.data.items.length > 0 && (
        <ul className={page.card} data-testid="webhooks">
          {webhooks.data.items.map((webhook) => (
            <Row key={webhook.id} webhook={webhook} />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ webhook }: { webhook: Webhook }) {
  const { eventTypes, storeIds } = webhook;
  return (
    <li className={classes.webhook} data-webhook={webhook.id}>
      <div className={classes.what}>
        <Link to="/manage/webhooks/$webhookId" params={{ webhookId: webhook.id }} className={classes.name}>
          {webhook.description || webhook.url}
        </Link>
        {webhook.description && <p className={classes.url}>{webhook.url}</p>}
      </div>
      <p className={classes.dim}>
        {eventTypes === null ? 'Every event' : `${eventTypes.length} ${eventTypes.length === 1 ? 'event' : 'events'}`} ·{' '}
        {storeIds === null ? 'every store' : `${storeIds.length} ${storeIds.length === 1 ? 'store' : 'stores'}`}
        {webhook.includeDrills && ' · with drills'}
      </p>
      <div className={classes.chips}>
        <WebhookChips webhook={webhook} />
      </div>
    </li>
  );
}

/** How an endpoint does, in words that cannot be overlooked when it does badly. */
export function WebhookChips({ webhook }: { webhook: Webhook }) {
  return (
    <>
      {webhook.dead > 0 && (
        <Chip tone="bad" testId="dead-letters">
          {webhook.dead} dead {webhook.dead === 1 ? 'letter' : 'letters'}
        </Chip>
      )}
      {!webhook.enabled && (
        <Chip tone="bad" {...(webhook.disabledBecause ? { hint: disabledBecause[webhook.disabledBecause] } : {})}>
          Switched off
        </Chip>
      )}
      {webhook.enabled && webhook.failureCount > 0 && <Chip tone="warn">{webhook.failureCount} failures in a row</Chip>}
      {webhook.pending > 0 && <Chip tone="info">{webhook.pending} waiting</Chip>}
      {webhook.enabled && webhook.failureCount === 0 && webhook.dead === 0 && <Chip tone="good">On</Chip>}
    </>
  );
}
