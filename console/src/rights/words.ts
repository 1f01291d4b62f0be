import type { Schemas } from '../api/client.ts';

export type RequestKind = Schemas['SubjectRequestKind'];
export type Ground = Schemas['RefusalGround'];
export type RequestState = Schemas['SubjectRequestSummary']['state'];

export const kindLabels: Record<RequestKind, string> = {
  access: 'Wants to know, and a copy',
  erasure: 'Wants it deleted',
  restriction: 'Wants it kept but not used',
  objection: 'Objects to its use',
};

export const stateLabels: Record<RequestState, string> = {
  open: 'Open',
  granted: 'Granted',
  partly_granted: 'Granted in part',
  refused: 'Refused',
  withdrawn: 'Withdrawn',
};

export const groundLabels: Record<Ground, string> = {
  identity_not_confirmed: 'Who asks could not be confirmed',
  nothing_found: 'Nothing was found',
  rights_of_others: 'Rights of others',
  legal_claims: 'Needed for legal claims',
  ongoing_investigation: 'Still being looked into',
  legal_hold: 'Legal hold',
  already_deleted: 'Already deleted',
  manifestly_unfounded: 'Manifestly unfounded or excessive',
  overriding_grounds: 'Compelling grounds outweigh it',
};

/** Those that a person chooses; the others follow from what is on record. */
export const chosenGrounds: readonly Ground[] = [
  'rights_of_others',
  'legal_claims',
  'ongoing_investigation',
  'overriding_grounds',
  'manifestly_unfounded',
];

export const methodLabels: Record<NonNullable<Schemas['SubjectRequestSummary']['identity']['method']>, string> = {
  in_person: 'In person',
  known_details: 'By details that only they know',
  account: 'By their account with us',
  representative: 'Through a representative',
};

export const noticeKinds: Record<Schemas['Notice']['kind'], string> = {
  signage: 'Sign at the door',
  privacy_notice: 'Privacy notice',
  staff_notice: 'Notice to staff',
};

export const featureLabels: Record<Schemas['StaffFeature'], string> = {
  voice_calls: 'Being called',
  own_phone: 'Using their own phone',
  answer_times: 'Their answer times being shown',
};
