import { invalidField } from '../errors.ts';

/** What decides whether a rule speaks; a rule has those that mean something to it. */
export interface TillRule {
  enabled: boolean;
  /** Fewer of them on one day are never worth a word. */
  minCount: number;
  /** How far from what is usual at this till and for this cashier, in robust standard deviations. */
  zThreshold?: number;
  /** Less money than this is not looked at, in minor units. */
  amountMinor?: number;
  /** The stretch that the rule looks at: around a refund, of a burst, before a payment, until a parked basket is old. */
  windowMs?: number;
}

/**
 * 3.5 is the cut-off for a modified z-score of Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993). What is rare
 * and grave has a lower one, since a baseline of zeros leaves little room above it.
 */
export const defaultTillRules = {
  void_after_tender: { enabled: true, minCount: 2, zThreshold: 1.5, amountMinor: 200 },
  post_void: { enabled: true, minCount: 2, zThreshold: 1.5, amountMinor: 500 },
  cancelled_after_total: { enabled: true, minCount: 2, zThreshold: 1.5, amountMinor: 500 },
  refund_without_receipt: { enabled: true, minCount: 3, zThreshold: 2.5, amountMinor: 500 },
  refund_without_customer: { enabled: true, minCount: 1, amountMinor: 500, windowMs: 90_000 },
  no_sale_burst: { enabled: true, minCount: 4, zThreshold: 2, windowMs: 30 * 60_000 },
  price_override: { enabled: true, minCount: 4, zThreshold: 3.5, amountMinor: 200 },
  discount_rate: { enabled: true, minCount: 8, zThreshold: 3.5 },
  line_void_rate: { enabled: true, minCount: 8, zThreshold: 3.5 },
  suspend_not_resumed: { enabled: true, minCount: 2, zThreshold: 1.5, amountMinor: 500, windowMs: 2 * 3_600_000 },
  under_ringing: { enabled: true, minCount: 3, zThreshold: 3.5, amountMinor: 200 },
  sweethearting: { enabled: true, minCount: 2, zThreshold: 3.5, amountMinor: 200, windowMs: 20_000 },
} as const satisfies Record<string, TillRule>;

export type TillRuleId = keyof typeof defaultTillRules;
export type TillRules = { [Rule in TillRuleId]: TillRule };
/** `anomaly` is no rule: it says only that a cashier's day looks unlike the others. */
export type FindingRuleId = TillRuleId | 'anomaly';

export const tillRuleIds = Object.keys(defaultTillRules) as TillRuleId[];
export const findingRuleIds: readonly FindingRuleId[] = [...tillRuleIds, 'anomaly'];

export type TillRulesChange = { [Rule in TillRuleId]?: Partial<TillRule> };

const bounds: Record<Exclude<keyof TillRule, 'enabled'>, { min: number; max: number; whole: boolean }> = {
  minCount: { min: 1, max: 100_000, whole: true },
  zThreshold: { min: 0, max: 100, whole: false },
  amountMinor: { min: 0, max: 1_000_000_000, whole: true },
  windowMs: { min: 1_000, max: 24 * 3_600_000, whole: true },
};

/** The defaults with what a store says otherwise; a name that no rule has, or a value out of bounds, is refused. */
export function completeTillRules(change: Record<string, unknown>): TillRules {
  const rules: TillRules = structuredClone<TillRules>(defaultTillRules);
  for (const [id, body] of Object.entries(change)) {
    const rule = (rules as Record<string, TillRule | undefined>)[id];
    if (!rule) throw invalidField(`rules.${id}`, `is no rule; the rules are ${tillRuleIds.join(', ')}`);
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw invalidField(`rules.${id}`, 'must be an object with the settings that differ from the defaults');
    for (const [name, value] of Object.entries(body)) Object.assign(rule, { [name]: settingOf(id, rule, name, value) });
  }
  return rules;
}

function settingOf(id: string, rule: TillRule, name: string, value: unknown): unknown {
  const field = `rules.${id}.${name}`;
  if (!(name in rule)) throw invalidField(field, `is no setting of this rule; it has ${Object.keys(rule).join(', ')}`);
  if (name === 'enabled') {
    if (typeof value !== 'boolean') throw invalidField(field, 'must be true or false');
    return value;
  }
  const { min, max, whole } = bounds[name as keyof typeof bounds];
  if (typeof value !== 'number' || !(value >= min && value <= max) || (whole && !Number.isInteger(value)))
    throw invalidField(field, `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
  return value;
}
