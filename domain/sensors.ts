import type { Behaviour } from './types.ts';

export const sensorKinds = ['door', 'shelf_weight', 'eas_gate', 'rfid', 'pos_tamper'] as const;
export type SensorKind = (typeof sensorKinds)[number];

type SensorDirection = 'out' | 'in' | 'unknown';

/** One thing that a sensor says. Idempotent by store, sensor and event id; the shape is sensor-event.schema.json. */
export type SensorEvent = { storeId: string; sensorId: string; eventId: string; occurredAt: string } & (
  | { kind: 'door'; what: 'opened' | 'closed' | 'forced' | 'held_open' }
  | { kind: 'shelf_weight'; deltaGrams: number }
  | { kind: 'eas_gate'; direction: SensorDirection }
  | { kind: 'rfid'; epc: string; direction?: SensorDirection }
  | { kind: 'pos_tamper'; what: 'cabinet_opened' | 'cable_pulled' | 'drawer_forced' }
);

/** What its connection says of a sensor or a gateway: it began, it lives, it ended. `session` ties an end to its beginning. */
export interface SensorStatus {
  storeId: string;
  sensorId: string;
  state: 'birth' | 'heartbeat' | 'death';
  session: string;
  /** Left out in a last will, which is written before anybody knows when it will be sent. */
  at?: string;
}

/** What has to be known of a sensor to read what it says. */
export interface SensorSettings {
  /** The article on the shelf, as the till knows it. */
  plu?: string;
  articleGrams?: number;
  /** How far one article may be off its weight; a tenth of it when left out. */
  toleranceGrams?: number;
}

export type SensorState = 'never_heard' | 'online' | 'offline' | 'silent';

/** How a sensor stands at a moment: one that was not heard for too long is a gap, whatever it said last. */
export function sensorStateAt(
  sensor: { connected: boolean; lastSeenAtMs: number | null; silentAfterMs: number },
  nowMs: number,
): SensorState {
  if (sensor.lastSeenAtMs === null) return 'never_heard';
  if (!sensor.connected) return 'offline';
  return nowMs - sensor.lastSeenAtMs > sensor.silentAfterMs ? 'silent' : 'online';
}

/** The behaviour that an event stands for by itself; null when it only supports what something else has seen. */
export function alarmOf(event: SensorEvent, tagUnsold: boolean): Behaviour | null {
  switch (event.kind) {
    case 'door':
    case 'pos_tamper':
      return neverOnlySupports(event) ? 'equipment_tamper' : null;
    case 'eas_gate':
      return event.direction === 'in' ? null : 'exit_alarm';
    case 'rfid':
      return tagUnsold && event.direction !== 'in' ? 'exit_alarm' : null;
    case 'shelf_weight':
      return null;
  }
}

/** Whether it is an alarm whatever else was seen; it joins an incident as a detection, or opens one. */
export const neverOnlySupports = ({ kind, what }: { kind: SensorKind; what: string | null }): boolean =>
  kind === 'pos_tamper' || (kind === 'door' && what === 'forced');

/** What an event says in one word, besides its figures. */
export function whatOf(event: SensorEvent): string | null {
  switch (event.kind) {
    case 'door':
    case 'pos_tamper':
      return event.what;
    case 'eas_gate':
      return event.direction;
    case 'rfid':
      return event.direction ?? 'unknown';
    case 'shelf_weight':
      return null;
  }
}

const usualTolerance = 0.1;

/** How many articles a change of weight stands for: positive were taken, negative put back. `whole` when it fits them. */
export function piecesTaken(deltaGrams: number, settings: SensorSettings): { pieces: number; whole: boolean } {
  const { articleGrams } = settings;
  if (articleGrams === undefined) return { pieces: 0, whole: false };
  const pieces = Math.round(-deltaGrams / articleGrams) || 0;
  const toleranceGrams = (settings.toleranceGrams ?? articleGrams * usualTolerance) * Math.max(1, Math.abs(pieces));
  return { pieces, whole: Math.abs(-deltaGrams - pieces * articleGrams) <= toleranceGrams };
}

/** Bits and digits of the company's number in an SGTIN-96, by its partition; both parts have 44 bits and 13 digits. */
const partitions = [
  { bits: 40n, digits: 12 },
  { bits: 37n, digits: 11 },
  { bits: 34n, digits: 10 },
  { bits: 30n, digits: 9 },
  { bits: 27n, digits: 8 },
  { bits: 24n, digits: 7 },
  { bits: 20n, digits: 6 },
] as const;
const sgtin96Header = 0x30n;
const articleBits = 44n;
const serialBits = 38n;

/** The GTIN-14 in an EPC of the form `urn:epc:id:sgtin:…` or an SGTIN-96 in hex (GS1 Tag Data Standard); null for others. */
export function gtinOf(epc: string): string | null {
  const urn = /^urn:epc:id:sgtin:(\d{6,12})\.(\d{1,7})\./.exec(epc);
  if (urn?.[1] && urn[2]) return urn[1].length + urn[2].length === 13 ? gtinFrom(urn[1], urn[2]) : null;
  if (!/^[0-9A-Fa-f]{24}$/.test(epc)) return null;
  const value = BigInt(`0x${epc}`);
  if (value >> 88n !== sgtin96Header) return null;
  const partition = partitions[Number((value >> (articleBits + serialBits)) & 7n)];
  if (partition === undefined) return null;
  const both = (value >> serialBits) & ((1n << articleBits) - 1n);
  const itemBits = articleBits - partition.bits;
  const company = String(both >> itemBits).padStart(partition.digits, '0');
  const item = String(both & ((1n << itemBits) - 1n)).padStart(13 - partition.digits, '0');
  return company.length === partition.digits && company.length + item.length === 13 ? gtinFrom(company, item) : null;
}

function gtinFrom(company: string, item: string): string {
  const digits = `${item.slice(0, 1)}${company}${item.slice(1)}`;
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** A till's article number without the zeros that an EAN, a UPC and a GTIN-14 of one article differ in. */
export const articleKey = (plu: string): string => plu.replace(/^0+(?=.)/, '');

/** One writing for an EPC, so that the same tag is the same text. */
export const epcKey = (epc: string): string => (epc.startsWith('urn:') ? epc : epc.toUpperCase());
