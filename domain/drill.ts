import { DomainError } from './errors.ts';
import type { EvidenceState } from './types.ts';

declare const real: unique symbol;

/** An incident that is no drill. Only `assertReal` makes one; whatever reaches beyond the house, or locks, takes only this. */
export type RealIncident<T extends { drill: boolean } = { drill: boolean }> = T & {
  readonly drill: false;
  readonly [real]: true;
};

/** Throws for a drill: the runtime half of the guard whose other half is the type. */
export function assertReal<T extends { incidentId: string; drill: boolean }>(incident: T): RealIncident<T> {
  if (incident.drill)
    throw new DomainError('CONFLICT', `Incident ${incident.incidentId} is a drill: nothing of it leaves the house.`);
  return incident as RealIncident<T>;
}

/** What every person and every screen sees of a drill begins with this. */
const drillMark = 'DRILL';
export const markDrill = (drill: boolean, words: string): string => (drill ? `${drillMark}. ${words}` : words);

export interface DrillFacts {
  detectedAt: string;
  /** When the carrier took the first message. */
  firstMessageAt: string | null;
  firstAnswerAt: string | null;
  evidenceState: EvidenceState;
  /** Steps of its runbook that came to their end, of all that were not refused to a drill. */
  stepsDone: number;
  stepsPlanned: number;
}

export interface Readiness {
  /** 0 to 100. */
  score: number;
  detectionToPhoneSeconds: number | null;
  replySeconds: number | null;
  evidenceComplete: boolean;
  /** Points by part, and of how many. */
  parts: { part: 'phone' | 'reply' | 'evidence' | 'steps'; points: number; of: number }[];
}

/** All points up to `goodSeconds`, none from `badSeconds` on, in a straight line between. */
const timed = (seconds: number | null, of: number, goodSeconds: number, badSeconds: number): number =>
  seconds === null ? 0 : Math.round(of * Math.min(1, Math.max(0, (badSeconds - seconds) / (badSeconds - goodSeconds))));

const secondsBetween = (fromAt: string, toAt: string | null): number | null =>
  toAt === null ? null : Math.round((Date.parse(toAt) - Date.parse(fromAt)) / 100) / 10;

/** How ready the shop was, as points that can be explained; a drill without a runbook is measured by the rest. */
export function readinessOf(drill: DrillFacts): Readiness {
  const detectionToPhoneSeconds = secondsBetween(drill.detectedAt, drill.firstMessageAt);
  const replySeconds = drill.firstMessageAt === null ? null : secondsBetween(drill.firstMessageAt, drill.firstAnswerAt);
  const evidenceComplete = drill.evidenceState === 'ready';
  const parts: Readiness['parts'] = [
    { part: 'phone', points: timed(detectionToPhoneSeconds, 30, 10, 60), of: 30 },
    { part: 'reply', points: timed(replySeconds, 30, 45, 180), of: 30 },
    { part: 'evidence', points: evidenceComplete ? 20 : drill.evidenceState === 'partial' ? 10 : 0, of: 20 },
  ];
  if (drill.stepsPlanned > 0)
    parts.push({ part: 'steps', points: Math.round((20 * drill.stepsDone) / drill.stepsPlanned), of: 20 });
  const sum = (key: 'points' | 'of') => parts.reduce((total, part) => total + part[key], 0);
  return {
    score: Math.round((100 * sum('points')) / sum('of')),
    detectionToPhoneSeconds,
    replySeconds,
    evidenceComplete,
    parts,
  };
}
