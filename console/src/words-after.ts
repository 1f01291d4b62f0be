import type { Schemas } from './api/client.ts';
import { verdictLabels } from './words.ts';

export type Intervention = Schemas['OutcomeCommand']['intervention'];
export type ReviewReason = Schemas['ReviewReason'];
export type Exoneration = Schemas['CorrectionCommand']['verdict'];

export const interventions: Record<Intervention, string> = {
  none: 'Nobody did anything',
  customer_assisted: 'Somebody helped at the till',
  asked_to_rescan: 'The item was scanned again',
  receipt_shown: 'The receipt was shown',
  item_returned: 'The item was put back',
  person_left: 'The person had left',
  police_called: 'The police were called',
};

export const reviewReasons: Record<ReviewReason, string> = {
  evidence_unclear: 'The pictures do not show it',
  receipt_seen: 'A receipt was seen',
  wrong_item: 'It was another item',
  wrong_person: 'It was somebody else',
  own_goods: 'Own goods',
  staff_error: 'A slip of our own',
  new_evidence: 'Something new came to light',
  verdict_stands: 'The verdict stands',
  other: 'Something else',
};

/** What a wrong verdict can be corrected to; the other way round it is opened again. */
export const exonerations: readonly { verdict: Exoneration; label: string }[] = [
  { verdict: 'paid', label: verdictLabels.paid },
  { verdict: 'staff_error', label: verdictLabels.staff_error },
  { verdict: 'false_positive', label: verdictLabels.false_positive },
];

export const reviewKinds: Record<Schemas['Review']['kind'], string> = {
  second_review: 'Second look',
  appeal: 'Objection',
};

export const reviewStates: Record<Schemas['Review']['state'], string> = {
  open: 'Waiting',
  upheld: 'Agreed',
  overturned: 'Set right',
  rejected: 'The verdict stands',
};

/** "One person", "3 people". */
export const people = (count: number): string =>
  count === 0 ? 'Nobody' : count === 1 ? 'One person' : `${count} people`;

/** What a correction will do, before anybody presses the button. */
export function correctionPreview(names: readonly string[]): string {
  if (names.length === 0)
    return 'Nobody was told about this incident, so nobody gets a correction. Its links stay dead.';
  const who = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${people(names.length)} will be told that this was wrong: ${who}. It cannot be taken back.`;
}
