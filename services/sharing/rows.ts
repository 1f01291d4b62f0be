import type { Queryable } from '../../adapters/postgres/database.ts';
import type { Circuit } from '../../domain/sharing/circuit.ts';
import type { NoticeEvent, NoticeStatement } from '../../domain/sharing/notice.ts';
import type { Quality } from '../../domain/sharing/quality.ts';
import type { Consent, RecipientKind, ShareTemplate } from '../../domain/sharing/template.ts';
import type { Reason } from '../../domain/types.ts';
import { found, iso, isoOrNull } from '../context.ts';

export interface Recipient {
  id: string;
  kind: RecipientKind;
  name: string;
  url: string;
  template: ShareTemplate;
  throttlePerMinute: number;
  approvalsRequired: number;
  enabled: boolean;
  circuit: Circuit;
  createdAt: string;
}

export interface RecipientRow {
  [column: string]: unknown;
  tenant_id: string;
  id: string;
  kind: RecipientKind;
  name: string;
  url: string;
  template: ShareTemplate;
  throttle_per_minute: number;
  approvals_required: number;
  enabled: boolean;
  credential_generation: number;
  next_slot_at: Date | null;
  circuit_state: Circuit['state'];
  circuit_failures: number;
  circuit_opens: number;
  circuit_changed_at: Date | null;
  circuit_retry_at: Date | null;
  created_at: Date;
}

export const circuitOf = (row: RecipientRow): Circuit => ({
  ...{ state: row.circuit_state, failures: row.circuit_failures, opens: row.circuit_opens },
  ...{ changedAt: isoOrNull(row.circuit_changed_at), retryAt: isoOrNull(row.circuit_retry_at) },
});

export const recipientOf = (row: RecipientRow): Recipient => ({
  ...{ id: row.id, kind: row.kind, name: row.name, url: row.url, template: row.template },
  ...{ throttlePerMinute: row.throttle_per_minute, approvalsRequired: row.approvals_required, enabled: row.enabled },
  ...{ circuit: circuitOf(row), createdAt: iso(row.created_at) },
});

/** The recipient's row, locked when its circuit or its slots will be changed. */
export async function loadRecipient(tx: Queryable, tenantId: string, id: string, lock = false): Promise<RecipientRow> {
  const [row] = await tx.query<RecipientRow>(
    `select * from recipients where tenant_id = $1 and id = $2 ${lock ? 'for update' : ''}`,
    [tenantId, id],
  );
  return found(row, `recipient ${id}`);
}

export async function saveCircuit(tx: Queryable, tenantId: string, id: string, circuit: Circuit): Promise<void> {
  await tx.query(
    `update recipients set circuit_state = $3, circuit_failures = $4, circuit_opens = $5, circuit_changed_at = $6, circuit_retry_at = $7
     where tenant_id = $1 and id = $2`,
    [tenantId, id, circuit.state, circuit.failures, circuit.opens, circuit.changedAt, circuit.retryAt],
  );
}

export type ShareState = 'requested' | 'refused' | 'queued' | 'sending' | 'delivered' | 'failed' | 'withdrawn';

export interface ShareRow {
  [column: string]: unknown;
  tenant_id: string;
  store_id: string;
  incident_id: string;
  id: string;
  recipient_id: string;
  packet_id: string;
  state: ShareState;
  template: ShareTemplate;
  approvals_required: number;
  quality: Quality;
  consent: Consent | null;
  requested_by: string;
  requested_at: Date;
  queued_at: Date | null;
  round: number;
  attempts: number;
  slot_at: Date | null;
  next_attempt_at: Date | null;
  leased_until: Date | null;
  waiting: Reason | null;
  failure: Reason | null;
  remote_id: string | null;
  receipt: string | null;
  delivered_at: Date | null;
  withdrawn_by: string | null;
  withdrawn_at: Date | null;
  withdrawn_because: string | null;
}

export async function loadShare(tx: Queryable, tenantId: string, id: string, lock = false): Promise<ShareRow> {
  const [row] = await tx.query<ShareRow>(
    `select * from shares where tenant_id = $1 and id = $2 ${lock ? 'for update' : ''}`,
    [tenantId, id],
  );
  return found(row, `share ${id}`);
}

export type NoticeState = 'queued' | 'delivered' | 'published' | 'moot' | 'failed';

export interface NoticeRow {
  [column: string]: unknown;
  tenant_id: string;
  store_id: string;
  incident_id: string;
  id: string;
  share_id: string | null;
  handover_id: string | null;
  event: NoticeEvent;
  because: string;
  statement: NoticeStatement;
  signature: string | null;
  public_key: string | null;
  state: NoticeState;
  round: number;
  attempts: number;
  waiting: Reason | null;
  failure: Reason | null;
  receipt: string | null;
  created_at: Date;
  settled_at: Date | null;
}

export interface ShareNotice {
  id: string;
  event: NoticeEvent;
  because: string;
  state: NoticeState;
  createdAt: string;
  settledAt: string | null;
  receipt: string | null;
  /** Why it is not there yet, or never will be. */
  trouble: Reason | null;
}

export const noticeOf = (row: NoticeRow): ShareNotice => ({
  ...{ id: row.id, event: row.event, because: row.because, state: row.state, receipt: row.receipt },
  ...{ createdAt: iso(row.created_at), settledAt: isoOrNull(row.settled_at), trouble: row.failure ?? row.waiting },
});

export interface Share {
  id: string;
  incidentId: string;
  packetId: string;
  recipient: { id: string; kind: RecipientKind; name: string };
  state: ShareState;
  template: ShareTemplate;
  quality: Quality;
  consent: Consent | null;
  requestedBy: string;
  requestedAt: string;
  approvalsRequired: number;
  approvals: { by: string; role: string; decision: 'approved' | 'refused'; at: string; mine: boolean }[];
  attempts: number;
  /** What it waits for, while it does. */
  waiting: Reason | null;
  nextAttemptAt: string | null;
  failure: Reason | null;
  deliveredAt: string | null;
  remoteId: string | null;
  receipt: string | null;
  withdrawal: { by: string; at: string; because: string } | null;
  notice: ShareNotice | null;
}

export interface ApprovalRow {
  [column: string]: unknown;
  share_id: string;
  actor: string;
  actor_role: string;
  decision: 'approved' | 'refused';
  at: Date;
}

export interface ShareContext {
  nameOf: (actorId: string) => string;
  actorId: string;
  recipient: RecipientRow;
  approvals: readonly ApprovalRow[];
  notice: NoticeRow | undefined;
}

export const shareOf = (row: ShareRow, { nameOf, actorId, recipient, approvals, notice }: ShareContext): Share => ({
  ...{ id: row.id, incidentId: row.incident_id, packetId: row.packet_id, state: row.state },
  recipient: { id: recipient.id, kind: recipient.kind, name: recipient.name },
  ...{ template: row.template, quality: row.quality, consent: row.consent },
  ...{ requestedBy: nameOf(row.requested_by), requestedAt: iso(row.requested_at) },
  approvalsRequired: row.approvals_required,
  approvals: approvals.map(({ actor, actor_role, decision, at }) => ({
    ...{ by: nameOf(actor), role: actor_role, decision, at: iso(at), mine: actor === actorId },
  })),
  attempts: row.attempts,
  ...{ waiting: row.waiting, failure: row.failure, nextAttemptAt: isoOrNull(row.next_attempt_at) },
  ...{ deliveredAt: isoOrNull(row.delivered_at), remoteId: row.remote_id, receipt: row.receipt },
  withdrawal:
    row.withdrawn_at === null
      ? null
      : {
          by: row.withdrawn_by === null ? 'Floorwalker' : nameOf(row.withdrawn_by),
          ...{ at: iso(row.withdrawn_at), because: row.withdrawn_because ?? '' },
        },
  notice: notice ? noticeOf(notice) : null,
});
