import type { Schemas } from '../api/client.ts';
import type { Gate } from './queries.ts';

export const gateLabels: Record<Gate, string> = {
  case_open: 'The incident is open',
  legal_hold: 'Legal hold',
  second_review: 'Second review',
  appeal_open: 'Appeal',
  packet_being_made: 'A packet is being made',
  hand_over_unsettled: 'Hand-over without a receipt yet',
  share_unsettled: 'Share on its way',
  use_restricted: 'Somebody asked that it is kept',
};

type Kind = Schemas['ReconciliationReport']['findings'][number]['kind'];

export const findingLabels: Record<Kind, string> = {
  object_missing: 'A file is on record and not in the store',
  size_differs: 'A file has another size than on record',
  hash_differs: 'A file has another hash than on record',
  hold_missing: 'A held file was not held in the store',
  hold_left: 'The store still held what no hold stands on',
  lock_short: 'A lock ended too early',
  lock_unrecorded: 'A lock was longer than on record',
  lock_beyond_due: 'The store keeps a file longer than asked',
  orphan: 'A file that nothing on record knows',
  orphan_locked: 'A file that nothing on record knows, still locked',
  delete_marker: 'A delete marker',
  unknown_object: 'A file in a place that is none of ours',
  deletion_unfinished: 'A deletion that was not finished',
};

const rules: Record<string, string> = {
  'outcome:paid': 'paid',
  'outcome:staff_error': 'staff error',
  'outcome:false_positive': 'false positive',
  'outcome:confirmed': 'confirmed',
  'outcome:unreviewed': 'not reviewed',
};

/** Which rule gave the date, in a few words. */
export function ruleLabel(basis: Schemas['RetentionBasis'] | null): string {
  if (basis === null) return 'not worked out yet';
  const rule = rules[basis.rule] ?? `rule ${basis.rule}`;
  const by = {
    promised: '',
    current: ', by a later policy',
    erasure: ', asked to be deleted',
    lock: ', locked until then',
  };
  return `${rule}${by[basis.by]}`;
}
