import { DomainError } from './errors.ts';
import type { Actor, Role } from './types.ts';

export type Permission =
  | 'detection.create'
  | 'pos.create'
  | 'pos.manage'
  | 'camera.report'
  | 'sensor.report'
  | 'sensor.manage'
  | 'till.review'
  | 'till.manage'
  | 'till.reveal'
  | 'incident.read'
  | 'incident.acknowledge'
  | 'incident.decide'
  | 'incident.note'
  | 'incident.correct'
  | 'incident.review'
  | 'incident.reopen'
  | 'incident.appeal'
  | 'evidence.view'
  | 'evidence.redact'
  | 'evidence.release'
  | 'hold.manage'
  | 'audit.read'
  | 'estate.read'
  | 'roster.manage'
  | 'policy.edit'
  | 'policy.activate'
  | 'runbook.approve'
  | 'runbook.override'
  | 'drill.start'
  | 'usage.read'
  | 'price.manage'
  | 'webhook.manage'
  | 'packet.issue'
  | 'packet.receive'
  | 'share.approve'
  | 'recipient.manage'
  | 'rights.manage'
  | 'system.run';

const floor: Permission[] = [
  'incident.read',
  'incident.acknowledge',
  'incident.decide',
  'incident.note',
  'evidence.view',
  'estate.read',
  'runbook.approve',
];

const runbookLead: Permission[] = ['runbook.override', 'drill.start'];

/** Who may do what. Where (tenant, stores) is the actor's scope, checked here and again by row level security. */
export const rolePermissions: Record<Actor['role'], readonly Permission[]> = {
  store_staff: floor,
  store_manager: [
    ...floor,
    ...runbookLead,
    'till.review',
    'till.reveal',
    'evidence.redact',
    'roster.manage',
    'incident.correct',
    'incident.appeal',
  ],
  regional: [
    'packet.issue',
    'share.approve',
    ...floor,
    ...runbookLead,
    'till.review',
    'till.manage',
    'sensor.manage',
    'till.reveal',
    'evidence.redact',
    'evidence.release',
    'hold.manage',
    'roster.manage',
    'incident.correct',
    'incident.review',
    'incident.reopen',
    'incident.appeal',
    'policy.edit',
    'usage.read',
  ],
  soc_operator: [...floor, 'till.review', 'evidence.redact', 'incident.correct', 'incident.reopen'],
  soc_lead: [
    'packet.issue',
    'share.approve',
    ...floor,
    ...runbookLead,
    'till.review',
    'till.manage',
    'sensor.manage',
    'till.reveal',
    'evidence.redact',
    'evidence.release',
    'hold.manage',
    'roster.manage',
    'incident.correct',
    'incident.review',
    'incident.reopen',
    'incident.appeal',
    'policy.edit',
    'policy.activate',
    'usage.read',
  ],
  compliance: [
    'packet.issue',
    'share.approve',
    'recipient.manage',
    'rights.manage',
    'till.review',
    'till.reveal',
    'incident.read',
    'incident.note',
    'evidence.view',
    'evidence.redact',
    'evidence.release',
    'hold.manage',
    'audit.read',
    'estate.read',
    'incident.correct',
    'incident.review',
    'incident.appeal',
    'policy.activate',
    'usage.read',
  ],
  admin: [
    'packet.issue',
    'share.approve',
    'recipient.manage',
    'rights.manage',
    ...floor,
    ...runbookLead,
    'till.review',
    'till.manage',
    'sensor.manage',
    'evidence.redact',
    'evidence.release',
    'hold.manage',
    'roster.manage',
    'audit.read',
    'detection.create',
    'sensor.report',
    'pos.create',
    'pos.manage',
    'incident.correct',
    'incident.review',
    'incident.reopen',
    'incident.appeal',
    'policy.edit',
    'policy.activate',
    'usage.read',
    'price.manage',
    'webhook.manage',
  ],
  device: ['detection.create', 'pos.create', 'camera.report', 'sensor.report'],
  link: ['evidence.view', 'packet.receive'],
  system: [
    'system.run',
    'till.review',
    'detection.create',
    'pos.create',
    'camera.report',
    'sensor.report',
    'incident.read',
    'evidence.view',
  ],
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
