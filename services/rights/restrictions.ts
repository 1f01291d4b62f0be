import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError } from '../../domain/errors.ts';
import { may } from '../../domain/permissions.ts';
import type { Actor } from '../../domain/types.ts';

export type RestrictionCause = 'restriction' | 'erasure' | 'objection';

export interface StandingRestriction {
  requestId: string;
  because: RestrictionCause;
}

/** Why an incident's evidence is kept without being used; null when it may be used. */
export async function standingRestriction(
  tx: Queryable,
  tenantId: string,
  incidentId: string,
): Promise<StandingRestriction | null> {
  const [row] = await tx.query<{ request_id: string; because: RestrictionCause }>(
    'select request_id, because from use_restrictions where tenant_id = $1 and incident_id = $2 and lifted_at is null order by placed_at limit 1',
    [tenantId, incidentId],
  );
  return row ? { requestId: row.request_id, because: row.because } : null;
}

/** Only whoever answers people's requests may still look; everybody else is told why not. */
export async function refuseRestrictedUse(tx: Queryable, actor: Actor, incidentId: string): Promise<void> {
  if (may(actor, 'rights.manage')) return;
  const standing = await standingRestriction(tx, actor.tenantId, incidentId);
  if (standing)
    throw new DomainError(
      'PRECONDITION_FAILED',
      'Somebody who was recorded has asked for it: this evidence is kept and not used. Whoever answers such requests can say more.',
    );
}
