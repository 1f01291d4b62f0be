export interface ActionFacts {
  incidents: number;
  closed: number;
  /** Of which the till had the receipt at once: no evidence and no timer. */
  matchedAtOnce: number;
  verdicts: number;
  /** Acknowledgements and calls for help: each is an update and is recorded before the end. */
  answers: number;
  /** Chains that nobody answered. */
  exhausted: number;
  /** Alerts and repeats beyond the first. */
  furtherAlerts: number;
  /** Merged detections, and messages that could not be delivered. */
  signals: number;
  /** Times that one was opened again. */
  reopened: number;
}

/**
 * Temporal Actions by the rules of docs/architecture.md, for where the histories that `countActions` reads are not at hand:
 * start, marker of the first contact, evidence and timer, an outcome, and what people and carriers add. Retries,
 * heartbeats, corrections and runbooks are not seen.
 */
export function estimateActions(facts: ActionFacts): number {
  const own = 4 * facts.incidents - 2 * facts.matchedAtOnce + facts.closed;
  const answered = facts.verdicts + 2 * facts.answers + facts.exhausted;
  return own + answered + 2 * facts.furtherAlerts + facts.signals + 2 * facts.reopened;
}
