import { DomainError } from './errors.ts';
import type { Actor, Role } from './types.ts';

export type Permission =
  | 'detection.create'
  | 'pos.create'
  | 'camera.report'
  | 'incident.read'
  | 'incident.acknowledge'
  | 'incident.decide'
  | 'incident.note'
  | 'evidence.view'
  | 'hold.manage'
  | 'audit.read'
  | 'estate.read'
  | 'system.run';

const floor: Permission[] = [
  'incident.read',
  'incident.acknowledge',
  'incident.decide',
  'incident.note',
  'evidence.view',
  'estate.read',
];

/** Who may do what. Where (tenant, stores) is the actor's scope, checked here and again by row level security. */
export const rolePermissions: Record<Actor['role'], readonly Permission[]> = {
  store_staff: floor,
  store_manager: floor,
  regional: [...floor, 'hold.manage'],
  soc_operator: floor,
  soc_lead: [...floor, 'hold.manage'],
  compliance: ['incident.read', 'incident.note', 'evidence.view', 'hold.manage', 'audit.read', 'estate.read'],
  admin: [...floor, 'hold.manage', 'audit.read', 'detection.create', 'pos.create'],
  device: ['detection.create', 'pos.create', 'camera.report'],
  link: ['evidence.view'],
  system: ['system.run', 'detection.create', 'pos.create', 'camera.report', 'incident.read', 'evidence.view'],
};

export function may(actor: Actor, permission: Permission): boolean {
  return rolePermissions[actor.role].includes(permission);
}

/** Throws FORBIDDEN unless the role carries the permission and, when a store is named, the scope covers it. */
export function requirePermission(actor: Actor, permission: Permission, storeId?: string): void {
  if (!may(actor, permission)) throw new DomainError('FORBIDDEN', `The role ${actor.role} may not ${permission}.`);
  if (storeId !== undefined && actor.storeIds !== null && !actor.storeIds.includes(storeId)) {
    throw new DomainError('FORBIDDEN', `The store ${storeId} is outside your scope.`);
  }
}

export const roles: readonly Role[] = [
  'store_staff',
  'store_manager',
  'regional',
  'soc_operator',
  'soc_lead',
  'compliance',
  'admin',
  'device',
];
