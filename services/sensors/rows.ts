import type { SensorKind, SensorSettings } from '../../domain/sensors.ts';

/** A registered sensor, with the camera that looks at its place. */
export interface SensorRow {
  [column: string]: unknown;
  store_id: string;
  id: string;
  kind: SensorKind;
  zone_id: string;
  camera_id: string;
  label: string;
  gateway_id: string | null;
  settings: SensorSettings;
  silent_after_ms: number;
  connected: boolean;
  session: string | null;
  last_seen_at: Date | null;
  retired_at: Date | null;
}

export const sensorColumns = `s.store_id, s.id, s.kind, s.zone_id, z.camera_id, s.label, s.gateway_id, s.settings, s.silent_after_ms,
  s.connected, s.session, s.last_seen_at, s.retired_at`;

export const sensorJoins = `sensors s
  join zones z on z.tenant_id = s.tenant_id and z.store_id = s.store_id and z.id = s.zone_id`;

/** What a sensor said, as it is stored. */
export interface SensorEventRow {
  [column: string]: unknown;
  store_id: string;
  sensor_id: string;
  event_id: string;
  kind: SensorKind;
  zone_id: string;
  occurred_at: Date;
  what: string | null;
  pieces: number | null;
  whole: boolean | null;
  article: string | null;
  epc: string | null;
  detection_key: string;
}

export const eventColumns = `e.store_id, e.sensor_id, e.event_id, e.kind, e.zone_id, e.occurred_at, e.what, e.pieces, e.whole, e.article, e.epc, e.detection_key`;

/** How an event is named where detections have their event ids. */
export const eventName = (sensorId: string, eventId: string): string => `${sensorId}:${eventId}`;
