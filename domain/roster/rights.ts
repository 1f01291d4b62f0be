import { DomainError } from '../errors.ts';
import type { Actor, Role } from '../types.ts';

/** Roles that can be on shift; the others only have keys. */
export const rosterRoles = ['store_staff', 'store_manager', 'regional', 'soc_operator', 'soc_lead'] as const;
export type RosterRole = (typeof rosterRoles)[number];

const roleAllowances: Partial<Record<Actor['role'], readonly Role[]>> = {
  store_manager: ['store_staff', 'store_manager'],
  regional: ['store_staff', 'store_manager', 'regional'],
  soc_lead: rosterRoles,
  admin: rosterRoles,
};

/** Whether the actor maintains this person: nobody above their own role, nobody of a store outside their scope. */
export function maintains(actor: Actor, person: { role: Role; homeStoreId: string | null }): boolean {
  const inScope =
    actor.storeIds === null || (person.homeStoreId !== null && actor.storeIds.includes(person.homeStoreId));
  return inScope && (roleAllowances[actor.role]?.includes(person.role) ?? false);
}

/** A reply by text acts with the role of the person, so giving a role is giving its rights. */
export function requireMaintains(actor: Actor, person: { role: Role; homeStoreId: string | null }): void {
  if (actor.storeIds !== null && (person.homeStoreId === null || !actor.storeIds.includes(person.homeStoreId)))
    throw new DomainError(
      'FORBIDDEN',
      'Your scope is limited to stores: name one of them as homeStoreId, or ask somebody who sees every store.',
    );
  if (!maintains(actor, person))
    throw new DomainError('FORBIDDEN', `The role ${actor.role} may not maintain people of the role ${person.role}.`);
}
