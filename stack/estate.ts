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
  /** How far tills run ahead of cameras where that is known from the start, so that nobody waits for it to be measured. */
  clockOffsets?: { cameraId: string; terminalId: string; offsetMs: number; errorMs: number }[];
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

/** Cameras and tills of one machine have one clock, and a film of a minute is too short to measure that. */
export const oneClock = (estate: Estate): Estate => ({
  ...estate,
  stores: estate.stores.map((store) => ({
    ...store,
    clockOffsets: store.zones.flatMap(({ cameraId, terminalId }) =>
      terminalId === null ? [] : [{ cameraId, terminalId, offsetMs: 0, errorMs: 150 }],
    ),
  })),
});

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
      for (const offset of store.clockOffsets ?? []) await plantOffset(client, tenantId, store.id, offset);
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

/** From an hour ago. What is in force already is true again now: an estate's clocks do not drift while it is shut down. */
async function plantOffset(
  client: pg.Client,
  tenantId: string,
  storeId: string,
  { cameraId, terminalId, offsetMs, errorMs }: NonNullable<EstateStore['clockOffsets']>[number],
): Promise<void> {
  const lane = [tenantId, storeId, cameraId, terminalId];
  const { rowCount } = await client.query(
    `update clock_offsets set measured_to_at = greatest(measured_to_at, now())
     where tenant_id = $1 and store_id = $2 and camera_id = $3 and terminal_id = $4 and to_at is null`,
    lane,
  );
  if (rowCount) return;
  await client.query(
    `insert into clock_offsets (tenant_id, store_id, camera_id, terminal_id, from_at, offset_ms, error_ms, samples, spread_ms,
       crossing_lag_ms, line_lag_ms, lag_spread_ms, measured_to_at, measured_at)
     values ($1, $2, $3, $4, now() - interval '1 hour', $5, $6, 12, $6, $7, $8, $9, now(), now())`,
    [...lane, offsetMs, errorMs, usualLags.crossingMs, usualLags.lineMs, usualLags.spreadMs],
  );
}

/** A camera collects crossings for up to a second; a till's line is there at once. */
const usualLags = { crossingMs: 800, lineMs: 50, spreadMs: 500 } as const;
