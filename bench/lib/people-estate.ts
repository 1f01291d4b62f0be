import type pg from 'pg';
import type { Policy } from '../../domain/policy.ts';
import type { Estate } from '../../stack/estate.ts';
import type { Installation } from '../../stack/installation.ts';
import type { Spot } from './load.ts';
import { benchEstate, benchPolicy } from './machine.ts';

export const branchCount = 200;

const branchId = (index: number): string => `branch-${String(index + 1).padStart(3, '0')}`;

export const branchSpot = (index: number): Spot => ({
  storeId: branchId(index % branchCount),
  cameraId: 'cam',
  zoneId: 'zone',
});

/** An hour for everybody: nobody else is texted while something else is measured. */
const unhurriedPolicy: Policy = {
  ...benchPolicy,
  escalation: [
    { role: 'store_staff', timeoutMs: 3_600_000 },
    { role: 'store_manager', timeoutMs: 3_600_000 },
  ],
};

/** Two escalations within seconds, then an hour's rest. */
const hurriedPolicy: Policy = {
  ...benchPolicy,
  id: 'hurried',
  // Proof is settled seconds after the text, as with a real camera; a timer of less than a second would fire after one.
  evidence: { preRollMs: 1_000, postRollMs: 3_000, graceMs: 5_000, giveUpAfterMs: 10_000 },
  escalation: [
    { role: 'store_staff', timeoutMs: 3_000 },
    { role: 'store_manager', timeoutMs: 3_000 },
    { role: 'store_manager', timeoutMs: 3_600_000 },
  ],
};

export const escalationsEach = hurriedPolicy.escalation.length - 1;

/** The bench's store of many lanes, and two hundred branches with one camera and one person on shift each. */
export function peopleEstate(keys: Installation['keys']): Estate {
  const estate = benchEstate(keys);
  estate.policy = unhurriedPolicy;
  for (let index = 0; index < branchCount; index += 1) {
    const storeId = branchId(index);
    estate.stores.push({
      ...{ id: storeId, name: `Branch ${index + 1}`, timeZone: 'Europe/London', terminals: ['till'] },
      cameras: [{ id: 'cam', name: 'Lane 1' }],
      zones: [{ id: 'zone', cameraId: 'cam', label: 'Lane 1', terminalId: 'till' }],
    });
    estate.people.push({
      id: `staff-${index + 1}`,
      displayName: `Staff ${index + 1}`,
      role: 'store_staff',
      phone: `+447700900${200 + index}`,
      storeId,
    });
  }
  for (const key of estate.keys) key.storeIds = null;
  return estate;
}

/** Puts the store of many lanes under the policy of short timeouts, or back. */
export async function setHurried(pool: pg.Pool, hurried: boolean): Promise<void> {
  await pool.query(
    'insert into policies (tenant_id, id, version, body) select id, $1, 1, $2 from tenants on conflict do nothing',
    [hurriedPolicy.id, JSON.stringify(hurriedPolicy)],
  );
  await pool.query("update stores set policy_id = $1 where id = 'high-street'", [
    hurried ? hurriedPolicy.id : unhurriedPolicy.id,
  ]);
}
