import type { Connector, Exchange, OutgoingShare, RecipientAddress, ShareResult } from '../../domain/sharing/ports.ts';
import { notifyBelow } from './notify.ts';
import { ask, conversation, stringIn, unreadable } from './outcome.ts';

const names = { collection: 'claims', idField: 'claimId' };

/** An insurer: a claim as JSON, and the packet in one upload below it. */
export function createInsurer(exchange: Exchange): Connector {
  return {
    deliver: (to, share) => conversation<ShareResult>(() => deliver(exchange, to, share)),
    notify: (to, notice) => notifyBelow(exchange, names, to, notice),
  };
}

interface Claim {
  claimId: string;
  receipt: string | null;
}

async function deliver(exchange: Exchange, to: RecipientAddress, share: OutgoingShare): Promise<ShareResult> {
  const found = share.mayHaveArrived ? await findClaim(exchange, to, share.key) : null;
  if (found?.receipt) return { outcome: 'delivered', remoteId: found.claimId, receipt: found.receipt };
  if (!(await share.stillWanted())) return { outcome: 'unwanted' };
  const claim = found ?? (await openClaim(exchange, to, share));
  if (claim.receipt) return { outcome: 'delivered', remoteId: claim.claimId, receipt: claim.receipt };
  const { packet } = share;
  const { claimId } = claim;
  // Without a packet the claim is complete as soon as it is there, and has its receipt with it.
  if (packet === null) throw unreadable('receiptNumber');
  if (!(await share.stillWanted())) return { outcome: 'unwanted' };
  const path = `/claims/${encodeURIComponent(claimId)}/packet`;
  const headers = { 'content-type': 'application/zip', 'content-sha256': packet.sha256 };
  const body = { sizeBytes: packet.sizeBytes, bytes: await packet.open() };
  const { json } = await ask(exchange, to, { method: 'PUT', path, headers, body }, [200, 201]);
  return { outcome: 'delivered', remoteId: claimId, receipt: stringIn(json, 'receiptNumber') };
}

async function openClaim(exchange: Exchange, to: RecipientAddress, share: OutgoingShare): Promise<Claim> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': share.key };
  const body = Buffer.from(JSON.stringify(share.message));
  const { json } = await ask(exchange, to, { method: 'POST', path: '/claims', headers, body }, [200, 201]);
  return claimOf(json);
}

async function findClaim(exchange: Exchange, to: RecipientAddress, key: string): Promise<Claim | null> {
  const path = `/claims?key=${encodeURIComponent(key)}`;
  const { status, json } = await ask(exchange, to, { method: 'GET', path, headers: {} }, [200, 404]);
  return status === 404 ? null : claimOf(json);
}

const claimOf = (json: Record<string, unknown>): Claim => ({
  claimId: stringIn(json, 'claimId'),
  receipt: typeof json['receiptNumber'] === 'string' && json['receiptNumber'] !== '' ? json['receiptNumber'] : null,
});
