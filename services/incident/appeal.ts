import { randomBytes } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';
import { publicNumber } from '../../domain/ids.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { found, type ServiceContext, sha256Hex, write } from '../context.ts';
import { placeOf } from './assess.ts';
import { exonerate } from './correct.ts';
import { loadIncident } from './facts.ts';
import { addTimelineEntry } from './timeline-entry.ts';

/** Somebody the incident was about objects; the statement stays with the incident, only its hash is in the audit log. */
export function openAppeal(
  ctx: ServiceContext,
  input: { incidentId: string; statement: string },
): Promise<{ incidentId: string; appealId: string; number: string }> {
  requirePermission(ctx.actor, 'incident.appeal');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    if (incident.state !== 'closed')
      throw new DomainError(
        'CONFLICT',
        'This incident is still open: say it in a note, it will be heard in the verdict.',
      );
    const [standing] = await tx.query(
      "select id from incident_reviews where tenant_id = $1 and incident_id = $2 and kind = 'appeal' and state = 'open'",
      [place.tenantId, place.incidentId],
    );
    if (standing) throw new DomainError('CONFLICT', 'An appeal about this incident is being looked at already.');
    const appealId = `app_${sha256Hex(`${place.incidentId}:${tx.at}`).slice(0, 20)}`;
    const number = publicNumber(randomBytes(16));
    await tx.query(
      `insert into incident_reviews (tenant_id, store_id, incident_id, id, kind, state, opened_by, opened_at, statement, public_number) values ($1, $2, $3, $4, 'appeal', 'open', $5, $6, $7, $8)`,
      [place.tenantId, place.storeId, place.incidentId, appealId, ctx.actor.id, tx.at, input.statement, number],
    );
    await addTimelineEntry(tx, { ...place, kind: 'appeal_opened', actor: ctx.actor.id, params: { appealId } });
    tx.audit({
      action: 'incident.appeal_opened',
      subject: `incident:${place.incidentId}`,
      details: { appealId, statementSha256: sha256Hex(input.statement) },
    });
    return { incidentId: input.incidentId, appealId, number };
  });
}

/** Decided by somebody who did not give the verdict. An appeal that succeeds corrects the incident everywhere. */
export function decideAppeal(
  ctx: ServiceContext,
  input: { incidentId: string; appealId: string; granted: boolean; reasonCode: string },
): Promise<{ incidentId: string; appealId: string; granted: boolean; told: number }> {
  requirePermission(ctx.actor, 'incident.review');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    const [row] = await tx.query<{ state: string }>(
      "select state from incident_reviews where tenant_id = $1 and incident_id = $2 and id = $3 and kind = 'appeal' for update",
      [place.tenantId, place.incidentId, input.appealId],
    );
    if (found(row, `appeal ${input.appealId}`).state !== 'open')
      throw new DomainError('CONFLICT', 'This appeal was decided already.');
    if (incident.decidedBy === ctx.actor.id)
      throw new DomainError('FORBIDDEN', 'You gave the verdict that is appealed; somebody else has to decide.');
    await tx.query(
      'update incident_reviews set state = $4, decided_by = $5, decided_at = $6, reason_code = $7 where tenant_id = $1 and incident_id = $2 and id = $3',
      [
        place.tenantId,
        place.incidentId,
        input.appealId,
        input.granted ? 'overturned' : 'rejected',
        ctx.actor.id,
        tx.at,
        input.reasonCode,
      ],
    );
    const details = { appealId: input.appealId, granted: input.granted, reasonCode: input.reasonCode };
    await addTimelineEntry(tx, { ...place, kind: 'appeal_decided', actor: ctx.actor.id, params: details });
    tx.audit({ action: 'incident.appeal_decided', subject: `incident:${place.incidentId}`, details });
    const wasCleared = incident.verdict === 'false_positive';
    const told =
      input.granted && !wasCleared
        ? await exonerate(tx, ctx.actor.id, incident, {
            verdict: 'false_positive',
            reasonCode: input.reasonCode,
            because: 'APPEAL',
          })
        : 0;
    return { incidentId: input.incidentId, appealId: input.appealId, granted: input.granted, told };
  });
}
