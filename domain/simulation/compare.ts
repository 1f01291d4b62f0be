import { toMs } from '../time.ts';
import type { Reason } from '../types.ts';
import type { ReplayedIncident } from './replayed-incident.ts';
import type { Outcome, PastIncident } from './types.ts';

export type Change =
  | 'TEXTED_NOW'
  | 'NOT_TEXTED_ANY_MORE'
  | 'OTHER_PEOPLE'
  | 'MORE_MESSAGES'
  | 'FEWER_MESSAGES'
  | 'EARLIER'
  | 'LATER'
  | 'SUPPRESSED_NOW'
  | 'NOT_SUPPRESSED_ANY_MORE'
  | 'WITHHELD_DIFFERENTLY'
  | 'MERGED_DIFFERENTLY'
  | 'TILL_SAYS_OTHERWISE'
  | 'OTHER_SEVERITY';

export interface Totals {
  incidents: number;
  texted: number;
  messages: number;
  people: number;
  suppressed: number;
  suppressedBy: Record<string, number>;
  withheld: number;
  withheldBy: Record<string, number>;
  nobodyOnShift: number;
  merged: number;
  /** Seconds from the detection to its first message; null when nobody was told of anything. */
  firstMessageAfter: { p50: number; p95: number; max: number } | null;
}

/** What became of every recorded incident in one run, by its id. */
export function outcomesOf(run: readonly ReplayedIncident[], incidents: readonly PastIncident[]): Map<string, Outcome> {
  const own = new Map<string, ReplayedIncident[]>();
  const takenUpBy = new Map<string, ReplayedIncident>();
  for (const replayed of run) {
    own.set(replayed.past.incidentId, [...(own.get(replayed.past.incidentId) ?? []), replayed]);
    for (const { incidentId } of replayed.detections)
      if (incidentId !== replayed.past.incidentId && !takenUpBy.has(incidentId)) takenUpBy.set(incidentId, replayed);
  }
  return new Map(
    incidents.map(({ incidentId }) => [
      incidentId,
      outcomeOf(own.get(incidentId) ?? [], takenUpBy.get(incidentId) ?? null),
    ]),
  );
}

function outcomeOf(parts: readonly ReplayedIncident[], takenUpBy: ReplayedIncident | null): Outcome {
  const main = parts[0] ?? takenUpBy;
  const endMs = main?.endMs ?? 0;
  return {
    messages: parts.flatMap(({ messages }) => messages),
    withheld: parts.flatMap(({ withheld }) => withheld),
    nobodyOnShift: parts.reduce((sum, part) => sum + part.nobodyOnShift, 0),
    suppressed: parts[0]?.suppressed ?? [],
    posVerdict: main?.posVerdictAt(endMs) ?? 'UNKNOWN',
    severity: main?.severityAt(endMs).level ?? 'low',
    mergedInto: parts.length === 0 ? (takenUpBy?.past.incidentId ?? null) : null,
    parts: parts.length,
  };
}

/** What is different, first against second. */
export function changesBetween(before: Outcome, after: Outcome): Change[] {
  const changes: Change[] = [];
  const [told, tells] = [before.messages.length > 0, after.messages.length > 0];
  const [first, then] = [firstAt(before), firstAt(after)];
  if (!told && tells) changes.push('TEXTED_NOW');
  if (told && !tells) changes.push('NOT_TEXTED_ANY_MORE');
  if (told && tells) {
    if (people(before) !== people(after)) changes.push('OTHER_PEOPLE');
    if (after.messages.length > before.messages.length) changes.push('MORE_MESSAGES');
    if (after.messages.length < before.messages.length) changes.push('FEWER_MESSAGES');
    // Milliseconds are the machine's, not the policy's.
    if (then <= first - 1_000) changes.push('EARLIER');
    if (then >= first + 1_000) changes.push('LATER');
  }
  if (before.suppressed.length === 0 && after.suppressed.length > 0) changes.push('SUPPRESSED_NOW');
  if (before.suppressed.length > 0 && after.suppressed.length === 0) changes.push('NOT_SUPPRESSED_ANY_MORE');
  if (withheldWhy(before) !== withheldWhy(after)) changes.push('WITHHELD_DIFFERENTLY');
  if (before.mergedInto !== after.mergedInto || before.parts !== after.parts) changes.push('MERGED_DIFFERENTLY');
  if (before.posVerdict !== after.posVerdict) changes.push('TILL_SAYS_OTHERWISE');
  if (before.severity !== after.severity) changes.push('OTHER_SEVERITY');
  return changes;
}

export function totalsOf(outcomes: readonly Outcome[], incidents: readonly PastIncident[]): Totals {
  const texted = outcomes.filter(({ messages }) => messages.length > 0);
  const seconds = outcomes
    .flatMap((outcome, index) => {
      if (outcome.messages.length === 0) return [];
      return [Math.round((firstAt(outcome) - toMs(incidents[index]!.detectedAt)) / 100) / 10];
    })
    .sort((a, b) => a - b);
  const at = (share: number) => seconds[Math.min(seconds.length - 1, Math.floor(share * seconds.length))] ?? 0;
  const withheld = outcomes.flatMap((outcome) => outcome.withheld);
  return {
    incidents: outcomes.reduce((sum, { parts }) => sum + parts, 0),
    texted: texted.length,
    messages: outcomes.reduce((sum, { messages }) => sum + messages.length, 0),
    people: new Set(outcomes.flatMap(({ messages }) => messages.map(({ personId }) => personId))).size,
    suppressed: outcomes.filter(({ suppressed }) => suppressed.length > 0).length,
    suppressedBy: countCodes(outcomes.map(({ suppressed }) => suppressed)),
    withheld: withheld.length,
    withheldBy: countCodes(withheld.map(({ reasons }) => reasons)),
    nobodyOnShift: outcomes.reduce((sum, { nobodyOnShift }) => sum + nobodyOnShift, 0),
    merged: outcomes.filter(({ mergedInto }) => mergedInto !== null).length,
    firstMessageAfter: seconds.length === 0 ? null : { p50: at(0.5), p95: at(0.95), max: seconds.at(-1)! },
  };
}

const firstAt = ({ messages }: Outcome): number => Math.min(...messages.map(({ at }) => toMs(at)));
const people = ({ messages }: Outcome): string => [...new Set(messages.map(({ personId }) => personId))].sort().join();
const withheldWhy = ({ withheld }: Outcome): string =>
  withheld.map(({ step, reasons }) => `${step}:${reasons.map(({ code }) => code).join('+')}`).join();

/** Each code once per list, however often the list has it. */
function countCodes(lists: readonly (readonly Reason[])[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reasons of lists)
    for (const code of new Set(reasons.map((reason) => reason.code))) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
