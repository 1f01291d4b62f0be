import type { PosVerdict } from '../../domain/types.ts';
import type { Fraud, Shopper, Truth } from '../../stack/store-day/types.ts';

/** What a rule over the till's lines says; without a transaction it is about the till's whole day. */
export interface ScoredFinding {
  ruleId: string;
  terminalId: string;
  transactionId: string | null;
  at: string;
}

/** What became of what a camera reported at a self-checkout. */
export interface ScoredIncident {
  eventType: string;
  zoneId: string;
  detectedAt: string;
  posVerdict: PosVerdict;
  /** Somebody was sent to the shopper. */
  paged: boolean;
}

export interface RuleScore {
  ruleId: string;
  planted: number;
  found: number;
  /** How often the rule spoke, and how often something was planted there. */
  named: number;
  right: number;
  /** null: it never spoke. */
  precision: number | null;
  /** null: there was nothing to find. */
  recall: number | null;
}

export interface Scored {
  rules: RuleScore[];
  precision: number | null;
  recall: number | null;
}

export interface TillScore {
  /** Whatever rules and cameras say, taken at their word. */
  before: Scored;
  /** Only what the receipt did not explain: MATCH and UNKNOWN accuse nobody. */
  after: Scored;
  approached: {
    /** Shoppers at self-checkouts who paid for everything. */
    paidShoppers: number;
    /** Those of them to whom somebody was sent: the bar is 0. */
    wronglyApproached: number;
    wronglyApproachedShare: number;
    /** Their receipts, to look at. */
    transactionIds: string[];
    /** Somebody was sent where nobody was. */
    nobodyThere: number;
    fraudsApproached: number;
  };
}

/** Cameras and tills are never nearer to each other than this. */
const defaultToleranceMs = 5_000;

/** Compares what was found with what was planted, before and after the receipt was asked. */
export function scoreTills(
  truth: Pick<Truth, 'frauds' | 'shoppers'>,
  found: { findings: readonly ScoredFinding[]; incidents: readonly ScoredIncident[] },
  toleranceMs = defaultToleranceMs,
): TillScore {
  const shoppers = truth.shoppers.filter(({ kind }) => kind === 'self_checkout');
  const placed = placeIncidents(found.incidents, shoppers, truth.frauds, toleranceMs);
  const rung = found.findings.map((finding) => ({
    ruleId: finding.ruleId,
    frauds: truth.frauds.filter((fraud) => isAbout(finding, fraud, toleranceMs)),
  }));
  const fromCamera = (all: readonly PlacedIncident[]): Named[] =>
    all.map(({ incident, frauds }) => ({ ruleId: incident.eventType, frauds, byCamera: true }));
  const unexplained = placed.filter(({ incident }) => incident.posVerdict === 'MISMATCH');
  return {
    before: scoreOf(truth.frauds, [...rung, ...fromCamera(placed)]),
    after: scoreOf(truth.frauds, [...rung, ...fromCamera(unexplained)]),
    approached: approached(placed, shoppers),
  };
}

interface Named {
  ruleId: string;
  frauds: readonly Fraud[];
  byCamera?: boolean;
}

interface PlacedIncident {
  incident: ScoredIncident;
  shopper: Shopper | null;
  frauds: Fraud[];
}

/** A finding names a transaction, a moment, or, for rules over frequencies, only the till. */
function isAbout(finding: ScoredFinding, fraud: Fraud, toleranceMs: number): boolean {
  if (finding.terminalId !== fraud.terminalId) return false;
  if (finding.transactionId !== null) return fraud.transactionIds.includes(finding.transactionId);
  return finding.ruleId === fraud.ruleId || isAt(finding.at, fraud, toleranceMs);
}

const isAt = (at: string, { at: fromAt, toAt }: { at: string; toAt: string }, toleranceMs: number): boolean => {
  const ms = Date.parse(at);
  return ms >= Date.parse(fromAt) - toleranceMs && ms <= Date.parse(toAt) + toleranceMs;
};

function placeIncidents(
  incidents: readonly ScoredIncident[],
  shoppers: readonly Shopper[],
  frauds: readonly Fraud[],
  toleranceMs: number,
): PlacedIncident[] {
  const byZone = groupBy(shoppers, ({ zoneId }) => zoneId);
  const byTransaction = groupBy(frauds, ({ terminalId, transactionId }) => `${terminalId}/${transactionId}`);
  return incidents.map((incident) => {
    const shopper = nearest(incident.detectedAt, byZone.get(incident.zoneId) ?? [], toleranceMs);
    const theirs = shopper ? (byTransaction.get(`${shopper.terminalId}/${shopper.transactionId}`) ?? []) : [];
    return { incident, shopper, frauds: theirs.filter((fraud) => isAt(incident.detectedAt, fraud, toleranceMs)) };
  });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** Whoever was at the till then; between two of them whoever was nearer. */
function nearest(at: string, shoppers: readonly Shopper[], toleranceMs: number): Shopper | null {
  const ms = Date.parse(at);
  let best: { shopper: Shopper; distanceMs: number } | null = null;
  for (const shopper of shoppers) {
    const distanceMs = Math.max(0, Date.parse(shopper.fromAt) - ms, ms - Date.parse(shopper.toAt));
    if (distanceMs <= toleranceMs && (best === null || distanceMs < best.distanceMs)) best = { shopper, distanceMs };
  }
  return best?.shopper ?? null;
}

function scoreOf(frauds: readonly Fraud[], named: readonly Named[]): Scored {
  // What a camera saw of a theft is a missed scan by whatever name; a till's rule must be the one that fits.
  const found = new Set(
    named.flatMap(({ ruleId, frauds: about, byCamera }) =>
      about.filter((fraud) => byCamera === true || fraud.ruleId === ruleId),
    ),
  );
  const ruleIds = [...new Set([...frauds, ...named].map(({ ruleId }) => ruleId))].sort();
  const rules = ruleIds.map((ruleId): RuleScore => {
    const planted = frauds.filter((fraud) => fraud.ruleId === ruleId);
    const spoken = named.filter((each) => each.ruleId === ruleId);
    const right = spoken.filter((each) => each.frauds.length > 0).length;
    const caught = planted.filter((fraud) => found.has(fraud)).length;
    return {
      ...{ ruleId, planted: planted.length, found: caught, named: spoken.length, right },
      ...{ precision: shareOf(right, spoken.length), recall: shareOf(caught, planted.length) },
    };
  });
  const right = named.filter((each) => each.frauds.length > 0).length;
  return { rules, precision: shareOf(right, named.length), recall: shareOf(found.size, frauds.length) };
}

function approached(placed: readonly PlacedIncident[], shoppers: readonly Shopper[]): TillScore['approached'] {
  const paged = placed.filter(({ incident }) => incident.paged);
  const honest = shoppers.filter(({ paid, fraud }) => paid && !fraud);
  const wrongly = new Set(paged.flatMap(({ shopper }) => (shopper?.paid && !shopper.fraud ? [shopper] : [])));
  return {
    paidShoppers: honest.length,
    wronglyApproached: wrongly.size,
    wronglyApproachedShare: shareOf(wrongly.size, honest.length) ?? 0,
    transactionIds: [...wrongly].map(({ transactionId }) => transactionId),
    nobodyThere: paged.filter(({ shopper }) => shopper === null).length,
    fraudsApproached: new Set(paged.flatMap(({ frauds }) => frauds)).size,
  };
}

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
