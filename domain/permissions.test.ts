import { describe, expect, it } from 'vitest';
import { may, type Permission, requirePermission, rolePermissions, roles } from './permissions.ts';
import type { Actor } from './types.ts';

/** Who may do what, written out: a change of the code has to be a change here too. */
const matrix: Record<Permission, Record<Actor['role'], 0 | 1>> = {
  // biome-ignore format: a table is read by its columns
  'detection.create':     { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 0, admin: 1, device: 1, link: 0, system: 1 },
  // biome-ignore format: as above
  'pos.create':           { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 0, admin: 1, device: 1, link: 0, system: 1 },
  // biome-ignore format: as above
  'pos.manage':           { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'camera.report':        { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 0, admin: 0, device: 1, link: 0, system: 1 },
  // biome-ignore format: as above
  'sensor.report':        { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 0, admin: 1, device: 1, link: 0, system: 1 },
  // biome-ignore format: as above
  'sensor.manage':        { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'till.review':          { store_staff: 0, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 1 },
  // biome-ignore format: as above
  'till.manage':          { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'till.reveal':          { store_staff: 0, store_manager: 1, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 1, admin: 0, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'incident.read':        { store_staff: 1, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 1 },
  // biome-ignore format: as above
  'incident.acknowledge': { store_staff: 1, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'incident.decide':      { store_staff: 1, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'incident.note':        { store_staff: 1, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'incident.correct':     { store_staff: 0, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'incident.review':      { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'incident.reopen':      { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'incident.appeal':      { store_staff: 0, store_manager: 1, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'evidence.view':        { store_staff: 1, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 1, system: 1 },
  // biome-ignore format: as above
  'evidence.redact':      { store_staff: 0, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'evidence.release':     { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'hold.manage':          { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'audit.read':           { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'estate.read':          { store_staff: 1, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'roster.manage':        { store_staff: 0, store_manager: 1, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'runbook.approve':      { store_staff: 1, store_manager: 1, regional: 1, soc_operator: 1, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'runbook.override':     { store_staff: 0, store_manager: 1, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'drill.start':          { store_staff: 0, store_manager: 1, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'policy.edit':          { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'policy.activate':      { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'usage.read':           { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'price.manage':         { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'webhook.manage':       { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 0, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'packet.issue':         { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'packet.receive':       { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 0, admin: 0, device: 0, link: 1, system: 0 },
  // biome-ignore format: as above
  'rights.manage':        { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'share.approve':        { store_staff: 0, store_manager: 0, regional: 1, soc_operator: 0, soc_lead: 1, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'recipient.manage':     { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 1, admin: 1, device: 0, link: 0, system: 0 },
  // biome-ignore format: as above
  'system.run':           { store_staff: 0, store_manager: 0, regional: 0, soc_operator: 0, soc_lead: 0, compliance: 0, admin: 0, device: 0, link: 0, system: 1 },
};

const actor = (role: Actor['role'], storeIds: string[] | null = null): Actor => ({
  id: `user:${role}`,
  displayName: role,
  role,
  tenantId: 'demo',
  storeIds,
});

describe.each(Object.entries(matrix))('%s', (permission, row) => {
  it.each(Object.entries(row))('%s: %d', (role, allowed) => {
    expect(may(actor(role as Actor['role']), permission as Permission)).toBe(allowed === 1);
  });
});

describe('the table', () => {
  it('covers every role and every permission that is given to anybody', () => {
    for (const row of Object.values(matrix))
      expect(Object.keys(row).sort()).toEqual(Object.keys(rolePermissions).sort());
    expect(Object.keys(matrix).sort()).toEqual([...new Set(Object.values(rolePermissions).flat())].sort());
    expect(roles).toEqual(Object.keys(rolePermissions).filter((role) => role !== 'link' && role !== 'system'));
  });
});

describe('requirePermission', () => {
  it('says which role may not do what', () => {
    expect(() => requirePermission(actor('device'), 'incident.decide')).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', message: 'The role device may not incident.decide.' }),
    );
  });

  it.each([
    ['a tenant-wide actor', null, 'north', true],
    ['an actor of that store', ['north'], 'north', true],
    ['an actor of another store', ['south'], 'north', false],
    ['an actor of no store', [], 'north', false],
    ['an actor of a store, asked about none', ['south'], undefined, true],
  ])('%s', (_name, storeIds, storeId, allowed) => {
    const ask = () => requirePermission(actor('soc_lead', storeIds), 'incident.read', storeId);
    if (allowed) expect(ask).not.toThrow();
    else expect(ask).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });
});
