import type { SensorKind } from './sensors.ts';
import { toMs } from './time.ts';
import { type Behaviour, behaviours, type Category, type Reason } from './types.ts';

interface Reach {
  /** An event may be this much earlier than what was seen … */
  beforeMs: number;
  /** … or this much later. */
  afterMs: number;
  /** Where it must be: at the same place, or anywhere in the store. */
  place: 'zone' | 'store';
  categories: readonly Category[];
}

/** How near an event must be to what was seen to speak of it, and of which kinds of incident it can speak at all. */
export const reaches: Record<SensorKind, Reach> = {
  shelf_weight: { beforeMs: 10_000, afterMs: 20_000, place: 'zone', categories: ['shoplifting'] },
  door: { beforeMs: 60_000, afterMs: 60_000, place: 'zone', categories: ['safety', 'shoplifting', 'equipment_tamper'] },
  pos_tamper: { beforeMs: 60_000, afterMs: 60_000, place: 'zone', categories: ['equipment_tamper', 'fraud'] },
  // Nobody leaves before they have taken something.
  eas_gate: {
    beforeMs: 0,
    afterMs: 15 * 60_000,
    place: 'store',
    categories: ['shoplifting', 'process_error', 'fraud'],
  },
  rfid: { beforeMs: 0, afterMs: 15 * 60_000, place: 'store', categories: ['shoplifting', 'process_error', 'fraud'] },
};

export interface JoiningEvent {
  kind: SensorKind;
  zoneId: string;
  occurredAt: string;
  /** The article that it is about, as `articleKey` writes it; null: it does not know. */
  article: string | null;
}

export interface JoinableIncident {
  incidentId: string;
  zoneId: string | null;
  behaviour: Behaviour;
  detectedAt: string;
  /** What its shelves are missing. */
  articles: readonly string[];
}

export type Joining =
  | { outcome: 'joins'; incidentId: string; reason: Reason }
  /** Nobody can say whose it is, so it joins none. */
  | { outcome: 'ambiguous'; candidates: number }
  | { outcome: 'none' };

/**
 * Which open incident of the same store an event of a sensor belongs to. At a place that is the nearest in time; at the
 * exit the one whose article it is, or the only one there is.
 */
export function joining(event: JoiningEvent, incidents: readonly JoinableIncident[]): Joining {
  const reach = reaches[event.kind];
  const distanceMs = (incident: JoinableIncident) => toMs(event.occurredAt) - toMs(incident.detectedAt);
  const near = incidents
    .filter((incident) => {
      const afterMs = distanceMs(incident);
      if (afterMs < -reach.beforeMs || afterMs > reach.afterMs) return false;
      if (!reach.categories.includes(behaviours[incident.behaviour])) return false;
      // An alarm at the exit is no cause of another one; the gate's own repetition merges by place and time.
      if (reach.place === 'store') return incident.behaviour !== 'exit_alarm';
      return incident.zoneId === event.zoneId;
    })
    .sort((a, b) => Math.abs(distanceMs(a)) - Math.abs(distanceMs(b)));
  const joins = (incident: JoinableIncident, code: string, extra: Reason['params'] = {}): Joining => {
    const afterMs = distanceMs(incident);
    const windowMs = afterMs < 0 ? reach.beforeMs : reach.afterMs;
    const params = { kind: event.kind, distanceMs: afterMs, windowMs, ...extra };
    return { outcome: 'joins', incidentId: incident.incidentId, reason: { code, params } };
  };
  const [nearest] = near;
  if (nearest === undefined) return { outcome: 'none' };
  if (reach.place === 'zone') return joins(nearest, 'SENSOR_AT_SAME_PLACE');
  const { article } = event;
  const same = article === null ? [] : near.filter(({ articles }) => articles.includes(article));
  if (same.length === 1) return joins(same[0]!, 'SAME_ARTICLE_AT_EXIT', { plu: article });
  if (near.length > 1) return { outcome: 'ambiguous', candidates: near.length };
  // Its article is known, and it is another one than what the shelf is missing.
  if (article !== null && nearest.articles.length > 0 && same.length === 0) return { outcome: 'none' };
  return joins(nearest, 'ONLY_INCIDENT_BEFORE_EXIT');
}
