import { defaultTemplates } from '../../domain/sharing/template.ts';
import { packetFacts } from '../harness/packet.ts';

type Run = (sql: string, values: unknown[]) => Promise<unknown>;

export const sharedIds = {
  recipientId: `rcp_${'0'.repeat(20)}`,
  packetId: `pkt_${'1'.repeat(20)}`,
  shareId: `shr_${'0'.repeat(20)}`,
} as const;

/** A recipient, a ready packet of a closed incident for it, and a share in the state that a test wants. */
export async function plantShare(
  run: Run,
  on: { incidentId: string; clipSha256: string; state: 'none' | 'requested' | 'queued' | 'sending' | 'failed' },
): Promise<void> {
  const { recipientId, packetId, shareId } = sharedIds;
  const template = JSON.stringify({
    ...defaultTemplates.insurer,
    ...{ recording: 'as_released', consentRequired: false, minQuality: 0 },
  });
  const facts = packetFacts();
  const artifacts = facts.artifacts.map((file) => (file.kind === 'clip' ? { ...file, sha256: on.clipSha256 } : file));
  await run('delete from share_notices where share_id = $1', [shareId]);
  await run('delete from share_approvals where share_id = $1', [shareId]);
  await run('delete from shares where packet_id = $1', [packetId]);
  await run('delete from packets where id = $1', [packetId]);
  await run(
    `update incidents set state = 'closed', verdict = 'confirmed', closed_at = coalesce(closed_at, now()), policy = jsonb_set(policy, '{redaction,rule}', '"optional"') where id = $1`,
    [on.incidentId],
  );
  await run(
    `insert into recipients (tenant_id, id, kind, name, url, template, throttle_per_minute, approvals_required, created_by, created_at)
     values ('demo', $1, 'insurer', 'x', 'http://127.0.0.1:9/', $2, 600, 1, 'x', now()) on conflict do nothing`,
    [recipientId, template],
  );
  await run(
    `insert into packets (tenant_id, store_id, incident_id, id, version, purpose, state, input, input_sha256, requested_by, requested_at, object_key, object_version, size_bytes, sha256)
     values ('demo', 'high-street', $1, $2, 998, 'insurer', 'ready', $3, '', 'user:x', now(), 'k', 'v', 1, repeat('a', 64))`,
    [on.incidentId, packetId, JSON.stringify({ ...facts, artifacts })],
  );
  if (on.state === 'none') return;
  await run(
    `insert into shares (tenant_id, store_id, incident_id, id, recipient_id, packet_id, state, template, approvals_required, quality, requested_by, requested_at, queued_at)
     values ('demo', 'high-street', $1, $2, $3, $4, $5, $6, 1, '{"score":100,"parts":[]}', 'user:x', now(), now())`,
    [on.incidentId, shareId, recipientId, packetId, on.state, template],
  );
}
