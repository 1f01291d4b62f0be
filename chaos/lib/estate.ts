import { benchPolicy, widen } from '../../bench/lib/machine.ts';
import type { Policy } from '../../domain/policy.ts';
import { demoEstate, type Estate } from '../../stack/estate.ts';
import type { Installation } from '../../stack/installation.ts';
import type { Environment } from '../../stack/tools/command.ts';

export const lanesEach = 40;
const branches = ['riverside', 'station', 'market'] as const;

/** Seconds instead of minutes, so that every incident has its escalations while things are being killed. */
export const chaosPolicy: Policy = {
  ...benchPolicy,
  mergeWindowMs: 1,
  evidence: { preRollMs: 1_000, postRollMs: 1_000, graceMs: 2_000, giveUpAfterMs: 10_000 },
  escalation: [
    { role: 'store_staff', timeoutMs: 4_000 },
    { role: 'store_manager', timeoutMs: 4_000 },
    { role: 'store_manager', timeoutMs: 8_000, attempt: 1 },
  ],
  reviewTimeoutMs: 40_000,
};

export const chaosEnvironment: Environment = { TWILIO_MESSAGES_PER_SECOND: '100', FLOORWALKER_RING_SECONDS: '5' };

/** Four stores of many lanes, each with a person on the floor and a manager. Only the first has a media worker. */
export function chaosEstate(keys: Installation['keys']): Estate {
  const estate = demoEstate(keys, chaosPolicy);
  widen(estate.stores[0]!, lanesEach);
  branches.forEach((id, index) => {
    const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
    const store = { id, name, timeZone: 'Europe/London', cameras: [], terminals: [], zones: [] };
    estate.stores.push(widen(store, lanesEach));
    const phone = (last: number) => `+4477009002${index}${last}`;
    estate.people.push(
      { id: `${id}-floor`, displayName: `${name} (floor)`, role: 'store_staff', phone: phone(1), storeId: id },
      { id: `${id}-manager`, displayName: `${name} (manager)`, role: 'store_manager', phone: phone(2), storeId: id },
    );
  });
  for (const key of estate.keys) key.storeIds = null;
  return estate;
}
