import type { Schemas } from '../api/client.ts';
import type { Finding, Receipt } from './queries.ts';

type Line = Schemas['TillReceiptLine'];

/** Something that was done to a line later, told beside it. */
export interface Change {
  kind: 'taken_back' | 'override' | 'discount';
  line: number;
  at: string;
  amountMinor: number;
  reasonCode: string | null;
  afterTender: boolean;
}

export interface RollRow {
  line: Line;
  /** It was taken back, alone or with the whole receipt. */
  isStruck: boolean;
  changes: Change[];
  /** The rules that point at this very line. */
  rules: Finding['ruleId'][];
}

/** The lines of a receipt as a till roll shows them: what was done to a line stands beside it, and again where it happened. */
export function rollOf({ basket, lines, exceptions }: Receipt, transactionId: string): RollRow[] {
  const reasonOf = new Map(lines.map(({ line, reasonCode }) => [line, reasonCode]));
  const change = (
    kind: Change['kind'],
    each: { line: number; at: string; amountMinor: number },
    afterTender = false,
  ) => ({
    ...{ kind, line: each.line, at: each.at, amountMinor: each.amountMinor },
    ...{ reasonCode: reasonOf.get(each.line) ?? null, afterTender },
  });
  const changes = new Map<number, Change[]>();
  const add = (itemLine: number | null, what: Change) => {
    if (itemLine !== null) changes.set(itemLine, [...(changes.get(itemLine) ?? []), what]);
  };
  for (const each of basket.voids) add(each.itemLine, change('taken_back', each, each.afterTender));
  for (const each of basket.overrides) add(each.itemLine, change('override', each));
  for (const each of basket.discounts) add(each.itemLine, change('discount', each));
  return lines.map((line) => {
    const own = changes.get(line.line) ?? [];
    // Of several pieces some may have been taken back, and the line stands.
    const stands = basket.items.some((item) => item.line === line.line && item.pieces > 0);
    const cancelled = basket.cancelled !== null && line.type === 'scan' && line.line < basket.cancelled.line;
    return {
      line,
      isStruck: cancelled || (!stands && own.some(({ kind }) => kind === 'taken_back')),
      changes: own,
      rules: rulesAt(exceptions, `${transactionId}/${line.line}`),
    };
  });
}

/** What was dismissed is no longer pointed at. */
function rulesAt(exceptions: readonly Finding[], lineId: string): Finding['ruleId'][] {
  const pointing = exceptions.filter(({ lines, dismissedAt }) => dismissedAt === null && lines.includes(lineId));
  return [...new Set(pointing.map(({ ruleId }) => ruleId))];
}

/** The receipts that a finding names, in their order; a line is `transaction/line`. */
export function receiptsOf({ transactionId, lines }: Pick<Finding, 'transactionId' | 'lines'>): string[] {
  const named = lines.map((line) => line.slice(0, line.lastIndexOf('/')));
  return [...new Set([...(transactionId === null ? [] : [transactionId]), ...named])];
}

/** The currency of a receipt; null when none of its lines names one. */
export const currencyOf = (lines: readonly Line[]): string | null =>
  lines.find(({ currency }) => currency !== null)?.currency ?? null;
