import { randomUUID } from 'node:crypto';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import {
  answerDueAt,
  extendedDueAt,
  type IncidentMark,
  type SubjectRequestKind,
} from '../../domain/rights/requests.ts';
import { instantFrom } from '../../domain/time.ts';
import { found, iso, type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { type IdentityMethod, loadRequest, type RequestRow } from './rows.ts';

export interface NewSubjectRequest {
  kind: SubjectRequestKind;
  storeId: string;
  fromAt: string;
  toAt: string;
  cameraIds: string[];
  /** Name and where the answer goes. */
  contact: string;
  /** What the person says about themselves and the moment. */
  description: string;
  /** When it reached the company; the time to answer counts from then. */
  receivedAt?: string;
}

const longestWindowMs = 31 * 86_400_000;

/** Puts a person's request on record; the time to answer runs from when it was received. */
export function recordSubjectRequest(ctx: ServiceContext, input: NewSubjectRequest): Promise<{ requestId: string }> {
  requirePermission(ctx.actor, 'rights.manage', input.storeId);
  const [fromAt, toAt] = [instantFrom('fromAt', input.fromAt), instantFrom('toAt', input.toAt)];
  if (toAt <= fromAt) throw invalidField('toAt', 'must be after fromAt');
  if (Date.parse(toAt) - Date.parse(fromAt) > longestWindowMs)
    throw invalidField('toAt', 'is more than 31 days after fromAt; make a request for each month');
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const receivedAt = input.receivedAt === undefined ? tx.at : instantFrom('receivedAt', input.receivedAt);
    if (receivedAt > tx.at) throw invalidField('receivedAt', 'lies in the future');
    await assertPlace(tx, tenantId, input);
    const requestId = `dsr_${sha256Hex(randomUUID()).slice(0, 20)}`;
    await tx.query(
      `insert into subject_requests (tenant_id, store_id, id, kind, contact, description, from_at, to_at, camera_ids, received_at, recorded_by, due_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[tenantId, input.storeId, requestId, input.kind, input.contact, input.description, fromAt, toAt],
        ...[input.cameraIds, receivedAt, ctx.actor.id, answerDueAt(receivedAt)],
      ],
    );
    tx.audit({
      action: 'subject_request.recorded',
      subject: `subject_request:${requestId}`,
      details: { kind: input.kind, storeId: input.storeId, fromAt, toAt, receivedAt },
    });
    return { requestId };
  });
}

async function assertPlace(tx: WriteTransaction, tenantId: string, input: NewSubjectRequest): Promise<void> {
  const [store] = await tx.query('select id from stores where tenant_id = $1 and id = $2', [tenantId, input.storeId]);
  found(store, `store ${input.storeId}`);
  const cameras = await tx.query<{ id: string }>(
    'select id from cameras where tenant_id = $1 and store_id = $2 and id = any ($3)',
    [tenantId, input.storeId, input.cameraIds],
  );
  const unknown = input.cameraIds.filter((id) => !cameras.some((camera) => camera.id === id));
  if (unknown.length > 0) throw invalidField('cameraIds', `${unknown.join(', ')} is not known in this store`);
}

/** Notes whether whoever asks is the person, and how that was seen; what was shown is not kept. */
export function checkIdentity(
  ctx: ServiceContext,
  input: { requestId: string; result: 'confirmed' | 'not_confirmed'; method: IdentityMethod },
): Promise<void> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const row = await loadOpenRequest(tx, ctx.actor.tenantId, input.requestId);
    await tx.query(
      'update subject_requests set identity = $3, identity_method = $4, identity_by = $5, identity_at = $6 where tenant_id = $1 and id = $2',
      [ctx.actor.tenantId, row.id, input.result, input.method, ctx.actor.id, tx.at],
    );
    tx.audit({
      action: 'subject_request.identity_checked',
      subject: `subject_request:${row.id}`,
      details: { result: input.result, method: input.method },
    });
  });
}

/** Takes two more months, once, with a reason that the person is told. */
export function extendRequest(ctx: ServiceContext, input: { requestId: string; reason: string }): Promise<void> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const row = await loadOpenRequest(tx, ctx.actor.tenantId, input.requestId);
    if (row.extended_reason !== null)
      throw new DomainError('CONFLICT', 'The time was made longer once already; the law allows no more.');
    if (iso(row.due_at) < tx.at)
      throw new DomainError(
        'PRECONDITION_FAILED',
        'The time is over; it can only be made longer before its end. Answer now.',
      );
    const dueAt = extendedDueAt(iso(row.received_at));
    await tx.query('update subject_requests set due_at = $3, extended_reason = $4 where tenant_id = $1 and id = $2', [
      ctx.actor.tenantId,
      row.id,
      dueAt,
      input.reason,
    ]);
    tx.audit({
      action: 'subject_request.extended',
      subject: `subject_request:${row.id}`,
      details: { dueAt, reason: input.reason },
    });
  });
}

/** Notes that somebody looked at a recording and did or did not see the person. */
export function markIncident(
  ctx: ServiceContext,
  input: { requestId: string; incidentId: string; mark: IncidentMark },
): Promise<void> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const row = await loadOpenRequest(tx, ctx.actor.tenantId, input.requestId);
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId);
    if (incident.storeId !== row.store_id || incident.drill)
      throw new DomainError('PRECONDITION_FAILED', 'This incident is of another store, or a drill.');
    await tx.query(
      `insert into subject_request_incidents (tenant_id, store_id, request_id, incident_id, mark, marked_by, marked_at) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant_id, request_id, incident_id) do update set mark = excluded.mark, marked_by = excluded.marked_by, marked_at = excluded.marked_at`,
      [ctx.actor.tenantId, row.store_id, row.id, input.incidentId, input.mark, ctx.actor.id, tx.at],
    );
    tx.audit({
      action: 'subject_request.marked',
      subject: `subject_request:${row.id}`,
      details: { incidentId: input.incidentId, mark: input.mark },
    });
  });
}

/** The person does not want it any more; it stays on record that they asked. */
export function withdrawRequest(ctx: ServiceContext, input: { requestId: string }): Promise<void> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const row = await loadOpenRequest(tx, ctx.actor.tenantId, input.requestId);
    await tx.query(
      "update subject_requests set state = 'withdrawn', decided_by = $3, decided_at = $4 where tenant_id = $1 and id = $2",
      [ctx.actor.tenantId, row.id, ctx.actor.id, tx.at],
    );
    tx.audit({ action: 'subject_request.withdrawn', subject: `subject_request:${row.id}` });
  });
}

/** The request for a change of it, locked; one that was settled stays as it is. */
export async function loadOpenRequest(tx: WriteTransaction, tenantId: string, requestId: string): Promise<RequestRow> {
  const row = await loadRequest(tx, tenantId, requestId, true);
  if (row.state !== 'open')
    throw new DomainError('CONFLICT', `This request was settled already (${row.state.replaceAll('_', ' ')}).`);
  return row;
}

/** How long name, address and description stay after the answer, for a question or a complaint about it. */
const keptAfterAnswerDays = 90;

/** Wipes what answered requests say about people; that they were answered, and how, stays. Returns how many. */
export function wipeAnsweredRequests(ctx: ServiceContext): Promise<number> {
  return write(ctx, async (tx) => {
    const wiped = await tx.query<{ id: string }>(
      `update subject_requests set contact = null, description = null, letter = null, extended_reason = case when extended_reason is null then null else '' end, wiped_at = $2
       where tenant_id = $1 and wiped_at is null and decided_at < $2::timestamptz - make_interval(days => $3) returning id`,
      [ctx.actor.tenantId, tx.at, keptAfterAnswerDays],
    );
    if (wiped.length === 0) tx.noAudit('nothing changed');
    for (const { id } of wiped) tx.audit({ action: 'subject_request.wiped', subject: `subject_request:${id}` });
    return wiped.length;
  });
}
