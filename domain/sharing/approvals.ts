export interface Approval {
  actorId: string;
  decision: 'approved' | 'refused';
}

export type ApprovalOutcome =
  | { outcome: 'waiting'; missing: number }
  | { outcome: 'agreed' }
  | { outcome: 'refused' }
  | { outcome: 'repeated' };

/** What one more word does: each person has one, one no is enough, and as many different people as required have to agree. */
export function decideApproval(given: readonly Approval[], word: Approval, required: number): ApprovalOutcome {
  if (given.some(({ actorId }) => actorId === word.actorId)) return { outcome: 'repeated' };
  if (word.decision === 'refused') return { outcome: 'refused' };
  const agreed = new Set(
    [...given.filter(({ decision }) => decision === 'approved'), word].map(({ actorId }) => actorId),
  );
  return agreed.size >= required ? { outcome: 'agreed' } : { outcome: 'waiting', missing: required - agreed.size };
}
