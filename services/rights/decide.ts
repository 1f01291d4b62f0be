import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { type LetterIncident, letterText, replyLetter } from '../../domain/rights/letter.ts';
import { type Choice, decideRequest, type RefusalGround, type RequestDecision } from '../../domain/rights/requests.ts';
import { iso, type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import { appraiseNow } from '../retention/appraise.ts';
import { loadOpenRequest } from './requests.ts';
import type { RestrictionCause } from './restrictions.ts';
import { type Candidate, loadCandidates, loadRequest, type RequestRow } from './rows.ts';

export interface DecisionInput {
  requestId: string;
  choices: Choice[];
  /** Why the whole of it is refused. */
  ground?: RefusalGround;
}

/** Decides a request and carries it out: what is restricted or erased is so from this moment. Writes the letter. */
export function decideSubjectRequest(ctx: ServiceContext, input: DecisionInput): Promise<RequestDecision> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const row = await loadOpenRequest(tx, tenantId, input.requestId);
    await tx.query(
      'select id from incidents where tenant_id = $1 and id in (select incident_id from subject_request_incidents where tenant_id = $1 and request_id = $2) order by id for update',
      [tenantId, row.id],
    );
    const { candidates, truncated } = await loadCandidates(tx, tenantId, row);
    const decision = decideRequest({
      ...{ kind: row.kind, identity: row.identity, truncated, choices: input.choices },
      candidates: candidates.map((each) => ({ ...each, purged: each.evidenceState === 'purged' })),
      ...(input.ground === undefined ? {} : { ground: input.ground }),
    });
    const waits = new Map<string, string | null>();
    for (const decided of decision.incidents) {
      const waitsUntil = decided.outcome === 'granted' ? await carryOut(tx, ctx, row, decided.incidentId) : null;
      waits.set(decided.incidentId, waitsUntil);
      await tx.query(
        'update subject_request_incidents set outcome = $4, ground = $5, waits_until = $6 where tenant_id = $1 and request_id = $2 and incident_id = $3',
        [tenantId, row.id, decided.incidentId, decided.outcome, decided.ground, waitsUntil],
      );
    }
    const letter = await writeLetter(tx, row, tx.at, decision, candidates, waits);
    await tx.query(
      'update subject_requests set state = $3, ground = $4, decided_by = $5, decided_at = $6, letter = $7, letter_sha256 = $8 where tenant_id = $1 and id = $2',
      [tenantId, row.id, decision.state, decision.ground, ctx.actor.id, tx.at, letter, sha256Hex(letter)],
    );
    tx.audit({
      action: 'subject_request.decided',
      subject: `subject_request:${row.id}`,
      details: {
        ...{ kind: row.kind, state: decision.state, ground: decision.ground, incidents: decision.incidents },
        letterSha256: sha256Hex(letter),
      },
    });
    return decision;
  });
}

const causes: Record<RequestRow['kind'], RestrictionCause | null> = {
  access: null,
  erasure: 'erasure',
  restriction: 'restriction',
  objection: 'objection',
};

/** Stops every use at once, and has what is to be erased go with the next sweep; returns what that has to wait for. */
async function carryOut(
  tx: WriteTransaction,
  ctx: ServiceContext,
  row: RequestRow,
  incidentId: string,
): Promise<string | null> {
  const because = causes[row.kind];
  if (because === null) return null;
  const { tenantId } = ctx.actor;
  const fresh = await tx.query(
    `insert into use_restrictions (tenant_id, store_id, incident_id, request_id, because, placed_by, placed_at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing returning incident_id`,
    [tenantId, row.store_id, incidentId, row.id, because, ctx.actor.id, tx.at],
  );
  if (fresh.length > 0)
    tx.audit({
      action: because === 'restriction' ? 'evidence.restricted' : 'evidence.erasure_ordered',
      subject: `incident:${incidentId}`,
      details: { requestId: row.id, because },
    });
  // A link in somebody's pocket is a use too.
  await tx.query(
    'update evidence_links set revoked_at = $3 where tenant_id = $1 and incident_id = $2 and revoked_at is null',
    [tenantId, incidentId, tx.at],
  );
  if (because === 'restriction') return null;
  const basis = await appraiseNow(tx, { tenantId, incidentId });
  return basis !== null && basis.dueAt > tx.at ? basis.dueAt : null;
}

async function writeLetter(
  tx: WriteTransaction,
  row: RequestRow,
  decidedAt: string,
  decision: RequestDecision,
  candidates: readonly Candidate[],
  waits: ReadonlyMap<string, string | null>,
): Promise<string> {
  const tenantId = String(row['tenant_id']);
  const [tenant] = await tx.query<{ name: string }>('select name from tenants where id = $1', [tenantId]);
  const given = await tx.query<{ incident_id: string; organisation: string }>(
    `select incident_id, organisation from packet_handovers where tenant_id = $1 and incident_id = any ($2) and received_at is not null
     union select sh.incident_id, rc.name from shares sh join recipients rc on rc.tenant_id = sh.tenant_id and rc.id = sh.recipient_id
       where sh.tenant_id = $1 and sh.incident_id = any ($2) and sh.delivered_at is not null`,
    [tenantId, decision.incidents.map(({ incidentId }) => incidentId)],
  );
  const incidents = decision.incidents.map((decided): LetterIncident => {
    const candidate = candidates.find(({ incidentId }) => incidentId === decided.incidentId)!;
    return {
      ...{ detectedAt: candidate.detectedAt, camera: candidate.camera, keptUntil: candidate.keptUntil },
      ...{ outcome: decided.outcome, ground: decided.ground, waitsUntil: waits.get(decided.incidentId) ?? null },
      givenTo: given.filter((each) => each.incident_id === decided.incidentId).map(({ organisation }) => organisation),
    };
  });
  return letterText(
    replyLetter({
      ...{ requestId: row.id, kind: row.kind, state: decision.state, ground: decision.ground },
      ...{
        company: tenant?.name ?? tenantId,
        store: row.store_name,
        timeZone: row.time_zone,
        contact: row.contact ?? '',
      },
      ...{ receivedAt: iso(row.received_at), decidedAt, fromAt: iso(row.from_at), toAt: iso(row.to_at), incidents },
    }),
  );
}

/** Lets what was restricted be used again, with a reason; an erasure is not taken back like this. */
export function liftRestriction(
  ctx: ServiceContext,
  input: { requestId: string; incidentId: string; reason: string },
): Promise<void> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const row = await loadRequest(tx, ctx.actor.tenantId, input.requestId);
    const lifted = await tx.query(
      "update use_restrictions set lifted_by = $4, lifted_at = $5, lifted_reason = $6 where tenant_id = $1 and request_id = $2 and incident_id = $3 and lifted_at is null and because = 'restriction' returning incident_id",
      [ctx.actor.tenantId, row.id, input.incidentId, ctx.actor.id, tx.at, input.reason],
    );
    if (lifted.length === 0)
      throw new DomainError('CONFLICT', 'No restriction of this request stands on this incident.');
    tx.audit({
      action: 'evidence.restriction_lifted',
      subject: `incident:${input.incidentId}`,
      details: { requestId: row.id, reason: input.reason },
    });
  });
}
