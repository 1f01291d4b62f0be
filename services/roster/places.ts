import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { maintains } from '../../domain/roster/rights.ts';
import type { Actor, Role } from '../../domain/types.ts';
import { found } from '../context.ts';

/** Where a shift counts: one store, the stores of a region, or (both null) every store of the tenant. */
export interface ShiftPlace {
  storeId: string | null;
  regionId: string | null;
}

/** Refuses what is not there, what is out of scope, and shifts without a store from those who do not see every store. */
export async function requirePlace(tx: Queryable, actor: Actor, place: ShiftPlace): Promise<void> {
  const { storeId, regionId } = place;
  if (storeId !== null && regionId !== null)
    throw invalidField('regionId', 'name a store or a region, not both; neither means every store');
  if (storeId !== null) {
    const [store] = await tx.query('select id from stores where tenant_id = $1 and id = $2', [actor.tenantId, storeId]);
    found(store, `The store ${storeId}`);
    return;
  }
  if (actor.storeIds !== null)
    throw new DomainError(
      'FORBIDDEN',
      'Your scope is limited to stores: name one of them as storeId. Shifts of several stores are for those who see every store.',
    );
  if (regionId === null) return;
  const [region] = await tx.query('select id from regions where tenant_id = $1 and id = $2', [
    actor.tenantId,
    regionId,
  ]);
  found(region, `The region ${regionId}`);
}

export interface RosterPerson {
  id: string;
  displayName: string;
  email: string | null;
  role: Role;
}

/** Those whom the actor may put on a shift. */
export async function assignablePeople(tx: Queryable, actor: Actor): Promise<RosterPerson[]> {
  const rows = await tx.query<{
    id: string;
    display_name: string;
    email: string | null;
    role: Role;
    home_store_id: string | null;
  }>(
    'select id, display_name, email, role, home_store_id from people where tenant_id = $1 and deactivated_at is null',
    [actor.tenantId],
  );
  return rows
    .filter((row) => maintains(actor, { role: row.role, homeStoreId: row.home_store_id }))
    .map((row) => ({ id: row.id, displayName: row.display_name, email: row.email, role: row.role }));
}

export async function requireAssignable(tx: Queryable, actor: Actor, personId: string): Promise<void> {
  const people = await assignablePeople(tx, actor);
  if (!people.some(({ id }) => id === personId))
    throw invalidField(
      'personId',
      `${personId} is not somebody whom you can put on shift: unknown, deactivated, of another store, or above your role`,
    );
}
