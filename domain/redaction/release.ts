import type { EvidenceState, Reason } from '../types.ts';
import type { RedactionRule, RedactionState } from './types.ts';

export interface ReleaseFacts {
  rule: RedactionRule;
  audience: 'outside' | 'staff';
  evidenceState: EvidenceState;
  clipSha256: string | null;
  /** The clip that somebody allowed to leave unmasked. */
  approvedSha256: string | null;
  /** The newest version; an older one never counts, since somebody asked for a better one. */
  redaction: { version: number; state: RedactionState; reason: Reason | null; parentSha256: string } | null;
}

export type ReleaseDecision =
  | {
      allowed: true;
      as: 'original' | 'redacted';
      because: 'POLICY_ALLOWS_ORIGINAL' | 'REDACTED' | 'APPROVED_UNREDACTED';
    }
  | { allowed: false; reason: Reason };

/** Whether the original or the masked clip may be shown to somebody, or why neither may. */
export function releaseOf(facts: ReleaseFacts): ReleaseDecision {
  const { rule, audience, clipSha256, redaction } = facts;
  if (clipSha256 === null) return refused('NO_CLIP', { evidence: facts.evidenceState });
  if (facts.approvedSha256 === clipSha256) return { allowed: true, as: 'original', because: 'APPROVED_UNREDACTED' };
  const free = rule === 'optional' ? redaction === null : rule === 'sharing' && audience === 'staff';
  if (free) return { allowed: true, as: 'original', because: 'POLICY_ALLOWS_ORIGINAL' };
  if (redaction === null) return refused('REDACTION_MISSING', {});
  const { version, state } = redaction;
  switch (state) {
    case 'requested':
      return refused('REDACTION_PENDING', { version });
    case 'failed':
      return refused('REDACTION_FAILED', { version, because: redaction.reason?.code ?? null });
    case 'unavailable':
      return refused('REDACTION_UNAVAILABLE', { version, because: redaction.reason?.code ?? null });
    case 'ready':
      return redaction.parentSha256 === clipSha256
        ? { allowed: true, as: 'redacted', because: 'REDACTED' }
        : refused('REDACTION_OF_ANOTHER_CLIP', { version });
  }
}

/**
 * The decision that speaks for all clips of an incident, its own camera's first: an original as soon as one goes along,
 * the refusal of the first when none may leave.
 */
export function leadingOf<D extends ReleaseDecision>(decisions: readonly [D, ...D[]]): D {
  const leaving = decisions.filter(({ allowed }) => allowed);
  return leaving.find((decision) => decision.allowed && decision.as === 'original') ?? leaving[0] ?? decisions[0];
}

const refused = (code: string, params: Reason['params']): ReleaseDecision => ({
  allowed: false,
  reason: { code, params },
});
