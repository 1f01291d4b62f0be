import type { Schemas } from '../../api/client.ts';
import { duration } from '../../time.ts';
import { incidentTitle, readable, severityLabels, tillLabels } from '../../words.ts';
import { reasonSentence } from '../../words-reasons.ts';

export type Compared = Schemas['PolicySimulation']['incidents'][number];
type Outcome = Schemas['PolicyOutcome'];
export type Change = Compared['changes'][number];

export interface Names {
  person: (personId: string) => string;
  timeZone: (storeId: string) => string;
}

export const changeLabels: Record<Change, string> = {
  TEXTED_NOW: 'Somebody is told',
  NOT_TEXTED_ANY_MORE: 'Nobody is told any more',
  OTHER_PEOPLE: 'Other people',
  MORE_MESSAGES: 'More messages',
  FEWER_MESSAGES: 'Fewer messages',
  EARLIER: 'Earlier',
  LATER: 'Later',
  SUPPRESSED_NOW: 'Held back',
  NOT_SUPPRESSED_ANY_MORE: 'Not held back any more',
  WITHHELD_DIFFERENTLY: 'Kept from other people',
  MERGED_DIFFERENTLY: 'Merged otherwise',
  TILL_SAYS_OTHERWISE: 'The till says otherwise',
  OTHER_SEVERITY: 'Other severity',
};

const told = (outcome: Outcome, names: Names): string => {
  const people = [...new Set(outcome.messages.map(({ personId }) => names.person(personId)))];
  return people.length === 0 ? 'nobody' : people.join(', ');
};
const firstAfter = ({ messages }: Outcome): string => {
  const first = Math.min(...messages.map(({ afterSeconds }) => afterSeconds));
  return Number.isFinite(first) ? duration(first * 1000) : 'never';
};

/** Why an incident would have gone otherwise, in sentences. */
export function changeReasons({ changes, active, draft, storeId }: Compared, names: Names): string[] {
  const zone = names.timeZone(storeId);
  const reasons = (outcome: Outcome) => outcome.suppressed.map((reason) => reasonSentence(reason, zone));
  const withheld = (outcome: Outcome) =>
    outcome.withheld.flatMap((one) => one.reasons.map((reason) => reasonSentence(reason, zone)));
  const sentencesOf = (change: Change): string[] => {
    switch (change) {
      case 'SUPPRESSED_NOW':
        return reasons(draft);
      case 'NOT_SUPPRESSED_ANY_MORE':
        return reasons(active).map((reason) => `Until now: ${reason}`);
      case 'TEXTED_NOW':
        return [`${told(draft, names)} after ${firstAfter(draft)}.`];
      case 'NOT_TEXTED_ANY_MORE':
        return [`Until now: ${told(active, names)}.`, ...withheld(draft)];
      case 'OTHER_PEOPLE':
        return [`${told(draft, names)} instead of ${told(active, names)}.`];
      case 'MORE_MESSAGES':
      case 'FEWER_MESSAGES':
        return [`${draft.messages.length} instead of ${active.messages.length} messages.`];
      case 'EARLIER':
      case 'LATER':
        return [`First message after ${firstAfter(draft)} instead of ${firstAfter(active)}.`];
      case 'WITHHELD_DIFFERENTLY':
        return withheld(draft).length > 0 ? withheld(draft) : withheld(active).map((reason) => `Until now: ${reason}`);
      case 'MERGED_DIFFERENTLY':
        if (draft.mergedInto !== null) return ['Its detections would be part of another incident.'];
        return draft.parts > 1
          ? [`Its detections would be ${draft.parts} incidents.`]
          : ['Its detections would be an incident of their own.'];
      case 'TILL_SAYS_OTHERWISE':
        return [
          `${tillLabels[draft.posVerdict].label} instead of ${tillLabels[active.posVerdict].label.toLowerCase()}.`,
        ];
      case 'OTHER_SEVERITY':
        return [`${severityLabels[draft.severity]} instead of ${severityLabels[active.severity].toLowerCase()}.`];
    }
  };
  return [...new Set(changes.flatMap(sentencesOf))];
}

/** What held messages back, by its code, in few words. */
export const reasonName = (code: string): string => readable(code);
export const whatHappened = (behaviour: string): string => incidentTitle(behaviour);

export interface Told {
  personId: string;
  texts: Record<'active' | 'draft', number>;
  calls: Record<'active' | 'draft', number>;
}

/** Who would be texted and called how often; only of what is listed. */
export function toldBy(incidents: readonly Compared[]): Told[] {
  const people = new Map<string, Told>();
  for (const incident of incidents)
    for (const run of ['active', 'draft'] as const)
      for (const { personId, channel } of incident[run].messages) {
        const empty: Told = { personId, texts: { active: 0, draft: 0 }, calls: { active: 0, draft: 0 } };
        const person = people.get(personId) ?? empty;
        people.set(personId, person);
        if (channel === 'voice') person.calls[run] += 1;
        else person.texts[run] += 1;
      }
  const most = ({ texts, calls }: Told) => texts.active + texts.draft + calls.active + calls.draft;
  return [...people.values()].sort((a, b) => most(b) - most(a));
}
