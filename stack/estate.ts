import { createHash } from 'node:crypto';
import pg from 'pg';
import { defaultPolicy, type Policy } from '../domain/policy.ts';
import type { Role } from '../domain/types.ts';

/** A small company to start from; the same shape serves the first start, the tests and the benches. */
export interface Estate {
  tenantId: string;
  tenantName: string;
  policy: Policy;
  stores: EstateStore[];
  people: { id: string; displayName: string; role: Role; phone: string; storeId: string }[];
  keys: { role: Role; key: string; displayName: string; storeIds: string[] | null }[];
}

export interface EstateStore {
  id: string;
  name: string;
  timeZone: string;
  cameras: { id: string; name: string }[];
  /** A name alone is a self-checkout. */
  terminals: (string | { id: string; kind: 'self_checkout' | 'cashier' })[];
  zones: { id: string; cameraId: string; label: string; terminalId: string | null }[];
}

const displayNames: Record<Role, string> = {
  admin: 'Administrator',
  soc_operator: 'SOC operator',
  soc_lead: 'SOC lead',
  store_manager: 'Store manager',
  store_staff: 'Store staff',
  regional: 'Regional manager',
  compliance: 'Compliance',
  device: 'Store devices',
};

/** Numbers of the range that the regulator keeps free for drama: nobody can have them. */
export const demoPhones = { staff: '+447700900101', manager: '+447700900102' } as const;

export function demoEstate(keys: Record<Role, string>, policy: Policy = defaultPolicy): Estate {
  const storeId = 'high-street';
  const storeRoles: Role[] = ['store_manager', 'store_staff', 'device'];
  return {
    tenantId: 'demo',
    tenantName: 'Demo Grocers',
    policy,
    stores: [
      {
        id: storeId,
        name: 'High Street',
        timeZone: 'Europe/London',
        cameras: [{ id: 'sco-3-cam', name: 'Self-checkout 3, from above' }],
        terminals: ['sco-3'],
        zones: [{ id: 'scanner', cameraId: 'sco-3-cam', label: 'SCO 3', terminalId: 'sco-3' }],
      },
    ],
    people: [
      { id: 'sam', displayName: 'Sam (floor)', role: 'store_staff', phone: demoPhones.staff, storeId },
      { id: 'alex', displayName: 'Alex (manager)', role: 'store_manager', phone: demoPhones.manager, storeId },
    ],
    keys: (Object.keys(displayNames) as Role[]).map((role) => ({
      role,
      key: keys[role],
      displayName: displayNames[role],
      storeIds: storeRoles.includes(role) ? [storeId] : null,
    })),
  };
}

const alwaysOnShift = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2100-01-01T00:00:00Z' };

/** Writes an estate as the database's owner; what is there already stays as it is. */
export async function plantEstate(adminUrl: string, estate: Estate): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const run = (sql: string, values: unknown[]) => client.query(`${sql} on conflict do nothing`, values);
  const { tenantId } = estate;
  try {
    await client.query('begin');
    await run('insert into tenants (id, name) values ($1, $2)', [tenantId, estate.tenantName]);
    await run('insert into policies (tenant_id, id, version, body) values ($1, $2, $3, $4)', [
      tenantId,
      estate.policy.id,
      estate.policy.version,
      JSON.stringify(estate.policy),
    ]);
    for (const store of estate.stores) {
      await run('insert into stores (tenant_id, id, name, time_zone, policy_id) values ($1, $2, $3, $4, $5)', [
        tenantId,
        store.id,
        store.name,
        store.timeZone,
        estate.policy.id,
      ]);
      for (const camera of store.cameras)
        await run('insert into cameras (tenant_id, store_id, id, name) values ($1, $2, $3, $4)', [
          tenantId,
          store.id,
          camera.id,
          camera.name,
        ]);
      for (const terminal of store.terminals) {
        const { id, kind } = typeof terminal === 'string' ? { id: terminal, kind: 'self_checkout' } : terminal;
        await run('insert into terminals (tenant_id, store_id, id, kind) values ($1, $2, $3, $4)', [
          ...[tenantId, store.id, id, kind],
        ]);
      }
      for (const zone of store.zones)
        await run(
          'insert into zones (tenant_id, store_id, id, camera_id, label, terminal_id) values ($1, $2, $3, $4, $5, $6)',
          [tenantId, store.id, zone.id, zone.cameraId, zone.label, zone.terminalId],
        );
    }
    for (const person of estate.people) {
      await run(
        'insert into people (tenant_id, id, display_name, role, phone_e164, home_store_id) values ($1, $2, $3, $4, $5, $6)',
        [tenantId, person.id, person.displayName, person.role, person.phone, person.storeId],
      );
      await run(
        'insert into shifts (tenant_id, id, store_id, person_id, starts_at, ends_at) values ($1, $2, $3, $4, $5, $6)',
        [
          tenantId,
          `${person.storeId}-${person.id}`,
          person.storeId,
          person.id,
          alwaysOnShift.startsAt,
          alwaysOnShift.endsAt,
        ],
      );
    }
    for (const { role, key, displayName, storeIds } of estate.keys) {
      await run(
        'insert into api_keys (id, tenant_id, key_sha256, role, display_name, store_ids) values ($1, $2, $3, $4, $5, $6)',
        [`${tenantId}-${role}`, tenantId, createHash('sha256').update(key).digest('hex'), role, displayName, storeIds],
      );
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    await client.end();
  }
}
