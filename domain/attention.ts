import type { Policy } from './policy.ts';
import { type Behaviour, behaviours, type Reason, type SeverityLevel } from './types.ts';

export interface PagingFacts {
  behaviour: Behaviour;
  severity: SeverityLevel;
  /** From the event to its arrival here. */
  ageOnArrivalMs: number;
  /** Detections of this camera, zone and behaviour in the gate's window, this one included. */
  seenInGateWindow: number;
  /** First texts of this store in the storm window, this incident's not among them. */
  firstTextsInStorm: number;
  /** What people said of this camera × behaviour in the suppression's window. */
  verdicts: { confirmed: number; dismissed: number };
  /** Incidents of this pair held back by what was learnt since one of them last passed. */
  heldSincePass: number;
  /** Of all sources together; null: it was never weighed. */
  confidence: number | null;
}

/** Danger to people is never held back, by no rule and in no operating model. */
export const alwaysPasses = (facts: Pick<PagingFacts, 'behaviour' | 'severity'>): boolean => {
  const category = behaviours[facts.behaviour];
  return category === 'safety' || category === 'violent_behaviour' || facts.severity === 'critical';
};

/** Why nobody is paged about this incident; an empty list when somebody is. Every reason is shown to the operators. */
export function attentionDecision(policy: Policy, facts: PagingFacts): Reason[] {
  if (alwaysPasses(facts)) return [];
  const { noise } = policy;
  const reasons: Reason[] = [];
  if (policy.operatingModel === 'detection_only')
    reasons.push({ code: 'DETECTION_ONLY', params: { operatingModel: policy.operatingModel } });
  if (facts.ageOnArrivalMs > policy.pageWithinMs)
    reasons.push({ code: 'TOO_OLD', params: { ageMs: facts.ageOnArrivalMs, pageWithinMs: policy.pageWithinMs } });
  const gate = noise.gates.find(({ behaviour }) => behaviour === facts.behaviour);
  if (gate && facts.seenInGateWindow < gate.count)
    reasons.push({
      code: 'GATE_NOT_REACHED',
      params: { seen: facts.seenInGateWindow, needed: gate.count, windowMs: gate.windowMs },
    });
  const needed = policy.fusion.holdBelow[facts.behaviour];
  if (needed !== undefined && facts.confidence !== null && facts.confidence < needed)
    reasons.push({ code: 'CONFIDENCE_TOO_LOW', params: { confidence: facts.confidence, needed } });
  if (facts.firstTextsInStorm >= noise.storm.count)
    reasons.push({
      code: 'STORM',
      params: { texts: facts.firstTextsInStorm, allowed: noise.storm.count, windowMs: noise.storm.windowMs },
    });
  const learnt = learntSuppression(noise.suppression, facts);
  if (learnt) reasons.push(learnt);
  return reasons;
}

function learntSuppression(
  rule: Policy['noise']['suppression'],
  { verdicts, heldSincePass }: PagingFacts,
): Reason | null {
  if (rule === null) return null;
  const total = verdicts.confirmed + verdicts.dismissed;
  if (total < rule.minVerdicts) return null;
  const precision = verdicts.confirmed / total;
  if (precision >= rule.floorPrecision) return null;
  // The floor: one in so many is shown to people all the same, or nothing could ever be learnt again.
  if (heldSincePass + 1 >= rule.passEvery) return null;
  return {
    code: 'LEARNT_FROM_VERDICTS',
    params: {
      confirmed: verdicts.confirmed,
      verdicts: total,
      precision: Math.round(precision * 1000) / 1000,
      floorPrecision: rule.floorPrecision,
      windowMs: rule.windowMs,
      passEvery: rule.passEvery,
    },
  };
}
