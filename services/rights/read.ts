import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { Behaviour } from '../../domain/types.ts';
import { actorNames } from '../access/names.ts';
import { iso, isoOrNull, readOnly, type ServiceContext, write } from '../context.ts';
import { decideRelease, ownClip, type ReleasedArtifact } from '../evidence/release.ts';
import { loadIncident } from '../incident/facts.ts';
import {
  type Candidate,
  loadCandidates,
  loadRequest,
  type RequestRow,
  requestColumns,
  requestJoins,
  requestOf,
  type SubjectRequest,
} from './rows.ts';

const listed = 200;

/** Requests, those that are due first; what people wrote about themselves is only in the request itself. */
export function listSubjectRequests(
  ctx: ServiceContext,
  filter: { open: boolean },
): Promise<Omit<SubjectRequest, 'contact' | 'description'>[]> {
  requirePermission(ctx.actor, 'rights.manage');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<RequestRow>(
      `select ${requestColumns} from ${requestJoins} where r.tenant_id = $1 and ($2 = false or r.state = 'open')
       order by (r.state = 'open') desc, case when r.state = 'open' then r.due_at end, r.decided_at desc, r.id limit $3`,
      [ctx.actor.tenantId, filter.open, listed],
    );
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return rows.map((row) => {
      const { contact: _contact, description: _description, ...rest } = requestOf(row, nameOf, ctx.now());
      return rest;
    });
  });
}

/** One request with the recordings that may show the person; the look is audited. */
export function readSubjectRequest(
  ctx: ServiceContext,
  requestId: string,
): Promise<SubjectRequest & { candidates: Candidate[]; truncated: boolean; letter: string | null }> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const row = await loadRequest(tx, ctx.actor.tenantId, requestId);
    const found = await loadCandidates(tx, ctx.actor.tenantId, row);
    tx.audit({ action: 'subject_request.viewed', subject: `subject_request:${requestId}` });
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return { ...requestOf(row, nameOf, tx.at), ...found, letter: row.letter };
  });
}

export interface SubjectExport {
  requestId: string;
  at: string;
  letter: string;
  incidents: { facts: SubjectIncident; artifacts: ReleasedArtifact[] }[];
}

/** What a copy says about one recording. */
export interface SubjectIncident {
  number: number;
  behaviour: Behaviour;
  detectedAt: string;
  place: string;
  verdict: string | null;
  closedAt: string | null;
  keptUntil: string | null;
  till: string;
  recording: 'masked' | 'none';
}

/** What is handed to a person who asked for a copy: facts, and clips in which everybody else is masked. */
export function openSubjectExport(ctx: ServiceContext, requestId: string): Promise<SubjectExport> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const row = await loadRequest(tx, tenantId, requestId);
    if (row.kind !== 'access' || row.letter === null || !['granted', 'partly_granted'].includes(row.state))
      throw new DomainError('PRECONDITION_FAILED', 'A copy is only made of a request for access that was granted.');
    const { candidates } = await loadCandidates(tx, tenantId, row);
    const granted = candidates.filter(({ outcome }) => outcome === 'granted');
    const missing: string[] = [];
    const incidents: SubjectExport['incidents'] = [];
    for (const { incidentId, camera, keptUntil } of granted) {
      const incident = await loadIncident(tx, tenantId, incidentId);
      const whole = await decideRelease(tx, incident, 'subject');
      const release = ownClip(whole);
      const clips = whole.cameras.flatMap((camera) => (camera.release.allowed ? [camera.release.clip] : []));
      if (!release.allowed && release.reason.code !== 'NO_CLIP') missing.push(incidentId);
      incidents.push({
        facts: {
          ...{ number: incidents.length + 1, behaviour: incident.behaviour, detectedAt: incident.detectedAt },
          ...{ place: `${incident.storeName}, ${camera}`, verdict: incident.verdict, closedAt: incident.closedAt },
          ...{ keptUntil, till: incident.posVerdict, recording: whole.allowed ? 'masked' : 'none' },
        },
        artifacts: clips,
      });
    }
    if (missing.length > 0)
      throw new DomainError(
        'PRECONDITION_FAILED',
        `Have these clips masked first, so that nobody else is shown, and look at them: ${missing.join(', ')}.`,
      );
    for (const { incidentId } of granted)
      tx.audit({
        action: 'evidence.exported_to_subject',
        subject: `incident:${incidentId}`,
        details: { requestId },
      });
    if (granted.length === 0) tx.noAudit('nothing changed');
    return { requestId, at: iso(row.decided_at!), letter: row.letter, incidents };
  });
}

export interface AppealStatus {
  state: 'open' | 'granted' | 'rejected';
  openedAt: string;
  decidedAt: string | null;
}

/** What somebody outside may know of their appeal; null when there is no such number. */
export async function readAppealStatus(db: ServiceContext['db'], number: string): Promise<AppealStatus | null> {
  const [row] = await db.query<{ state: string; opened_at: Date; decided_at: Date | null }>(
    'select state, opened_at, decided_at from find_appeal($1)',
    [number],
  );
  if (!row) return null;
  const state = row.state === 'open' ? 'open' : row.state === 'overturned' ? 'granted' : 'rejected';
  return { state, openedAt: iso(row.opened_at), decidedAt: isoOrNull(row.decided_at) };
}
