export interface ActionFacts {
  incidents: number;
  closed: number;
  /** Of which the till had the receipt at once, so that nothing was waited for. */
  matchedAtOnce: number;
  /** Acknowledgements and verdicts of people. */
  updates: number;
  /** Alerts and repeats beyond the first text. */
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
  const own = 4 * facts.incidents - facts.matchedAtOnce + facts.closed;
  return own + facts.updates + 2 * facts.furtherAlerts + facts.signals + 2 * facts.reopened;
}
