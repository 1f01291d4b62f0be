import type { Behaviour, PosVerdict, Reason, SeverityLevel } from './types.ts';
import { behaviours } from './types.ts';

export interface SeverityFacts {
  behaviour: Behaviour;
  confidence: number;
  posVerdict: PosVerdict;
  detectionCount: number;
  itemLabel: string | null;
  helpRequested: boolean;
  /** From the policy: replaces the behaviour's usual points. */
  behaviourPoints?: number | undefined;
}

export interface Severity {
  level: SeverityLevel;
  /** 0 to 100. */
  score: number;
  reasons: Reason[];
}

const baseScores: Record<(typeof behaviours)[Behaviour], number> = {
  process_error: 20,
  fraud: 40,
  shoplifting: 45,
  equipment_tamper: 50,
  safety: 60,
  violent_behaviour: 90,
};

/** Explainable sum: each rule that applied is a reason with the points that it gave. */
export function scoreSeverity(facts: SeverityFacts): Severity {
  const reasons: Reason[] = [];
  let score = 0;
  // A rule gives no more than still fits between 0 and 100, so that the points shown add up to the score shown.
  const add = (code: string, rulePoints: number, params: Reason['params'] = {}) => {
    const points = Math.max(0, Math.min(100, score + rulePoints)) - score;
    score += points;
    reasons.push({ code, params: { ...params, points } });
  };
  const category = behaviours[facts.behaviour];
  add('BEHAVIOUR', facts.behaviourPoints ?? baseScores[category], { behaviour: facts.behaviour, category });
  if (facts.posVerdict === 'MISMATCH') add('TILL_HAS_NO_RECEIPT', 15);
  if (facts.posVerdict === 'UNKNOWN') add('TILL_UNKNOWN', -10);
  if (facts.posVerdict === 'MATCH') add('TILL_HAS_RECEIPT', -score);
  if (facts.confidence < 0.5) add('LOW_CONFIDENCE', -10, { confidence: facts.confidence });
  if (facts.confidence >= 0.9) add('HIGH_CONFIDENCE', 5, { confidence: facts.confidence });
  if (facts.detectionCount > 1)
    add('SEVERAL_DETECTIONS', Math.min(20, 5 * (facts.detectionCount - 1)), { count: facts.detectionCount });
  if (facts.helpRequested) add('HELP_REQUESTED', 100);
  return { level: levelOf(score), score, reasons };
}

function levelOf(score: number): SeverityLevel {
  if (score >= 80) return 'critical';
  if (score >= 55) return 'high';
  if (score >= 30) return 'medium';
  return 'low';
}

/** Temporal's priorityKey: 1 is most urgent, 3 is the default. */
export function priorityOf(behaviour: Behaviour): 1 | 2 | 3 {
  const base = baseScores[behaviours[behaviour]];
  if (base >= 60) return 1;
  return base >= 40 ? 2 : 3;
}
