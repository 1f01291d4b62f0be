import type { EstateStore } from '../estate.ts';
import { cameraId, laneId, replacementId, selfCheckoutId, zoneId } from './tills.ts';

/** The store that `simulateDay` plays in, ready to be planted; spare terminals stand ready for the one that is replaced. */
export function storeDayEstate(options: {
  id: string;
  name: string;
  timeZone: string;
  lanes?: number;
  selfCheckouts?: number;
}): EstateStore {
  const { id, name, timeZone, lanes = 8, selfCheckouts = 4 } = options;
  const places = [
    ...Array.from({ length: lanes }, (_, index) => ({
      ...{ terminalId: laneId(index), kind: 'cashier' as const, label: `Lane ${index + 1}` },
    })),
    ...Array.from({ length: selfCheckouts }, (_, index) => ({
      ...{ terminalId: selfCheckoutId(index), kind: 'self_checkout' as const, label: `SCO ${index + 1}` },
    })),
  ];
  return {
    ...{ id, name, timeZone },
    terminals: places.flatMap(({ terminalId, kind }) => {
      const spare = kind === 'self_checkout' ? [{ id: replacementId(terminalId), kind }] : [];
      return [{ id: terminalId, kind }, ...spare];
    }),
    cameras: places.map(({ terminalId, label }) => ({ id: cameraId(terminalId), name: `${label}, from above` })),
    zones: places.map(({ terminalId, label }) => ({
      ...{ id: zoneId(terminalId), cameraId: cameraId(terminalId), label, terminalId },
    })),
  };
}
