import { DomainError } from '../errors.ts';
import { toIso } from '../time.ts';

export type SubjectRequestKind = 'access' | 'erasure' | 'restriction' | 'objection';
export type SubjectRequestState = 'open' | 'granted' | 'partly_granted' | 'refused' | 'withdrawn';
export type IdentityCheck = 'unchecked' | 'confirmed' | 'not_confirmed';
export type IncidentMark = 'shows' | 'does_not_show';

/** Why a request may be refused, in whole or for one recording; nothing else is a reason. */
export const refusalGrounds = [
  'identity_not_confirmed',
  'nothing_found',
  'rights_of_others',
  'legal_claims',
  'ongoing_investigation',
  'legal_hold',
  'already_deleted',
  'manifestly_unfounded',
  'overriding_grounds',
] as const;
export type RefusalGround = (typeof refusalGrounds)[number];

/** Months to answer in, and by how many they may be made longer once (GDPR, article 12, paragraph 3). */
const monthsToAnswer = 1;
const monthsOfExtension = 2;

export const answerDueAt = (receivedAt: string): string => addMonths(receivedAt, monthsToAnswer);
export const extendedDueAt = (receivedAt: string): string => addMonths(receivedAt, monthsToAnswer + monthsOfExtension);

/** The same day of a later month; its last day where it has no such day. */
export function addMonths(at: string, months: number): string {
  const from = new Date(at);
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return toIso(to.getTime());
}

/** What stands against carrying out a request for one recording, as it is now. */
export interface CandidateFacts {
  incidentId: string;
  mark: IncidentMark | null;
  held: boolean;
  purged: boolean;
  /** Nobody has decided about the incident yet. */
  open: boolean;
}

export interface Choice {
  incidentId: string;
  outcome: 'granted' | 'refused';
  ground?: RefusalGround;
}

export interface DecidedIncident {
  incidentId: string;
  outcome: 'granted' | 'refused';
  ground: RefusalGround | null;
}

export interface RequestDecision {
  state: Exclude<SubjectRequestState, 'open' | 'withdrawn'>;
  ground: RefusalGround | null;
  incidents: DecidedIncident[];
}

/**
 * What becomes of a request, from what a person decided about each recording. Every candidate must have been looked at;
 * what a legal hold keeps, or what is not decided yet, is not erased, whoever decides.
 */
export function decideRequest(request: {
  kind: SubjectRequestKind;
  identity: IdentityCheck;
  candidates: readonly CandidateFacts[];
  /** There are more than could be looked through. */
  truncated: boolean;
  choices: readonly Choice[];
  /** Why the whole of it is refused. */
  ground?: RefusalGround;
}): RequestDecision {
  const { kind, identity, candidates, choices, ground } = request;
  if (identity === 'unchecked')
    throw refused('Check first who asks, and note how. Without that nothing is given away or deleted.');
  if (identity === 'not_confirmed') return { state: 'refused', ground: 'identity_not_confirmed', incidents: [] };
  if (ground === 'manifestly_unfounded') return { state: 'refused', ground, incidents: [] };
  if (request.truncated) throw refused('More recordings fit than can be looked through. Make the time window smaller.');
  const unseen = candidates.filter(({ mark }) => mark === null);
  if (unseen.length > 0)
    throw refused(`Look at each recording first: ${unseen.length} ${unseen.length === 1 ? 'is' : 'are'} not marked.`);
  const shown = candidates.filter(({ mark }) => mark === 'shows');
  if (shown.length === 0) return { state: 'refused', ground: 'nothing_found', incidents: [] };
  const incidents = shown.map((candidate) => decideOne(kind, candidate, choices, ground));
  const granted = incidents.filter(({ outcome }) => outcome === 'granted').length;
  const state = granted === incidents.length ? 'granted' : granted > 0 ? 'partly_granted' : 'refused';
  return { state, ground: state === 'refused' ? (ground ?? incidents[0]?.ground ?? null) : null, incidents };
}

function decideOne(
  kind: SubjectRequestKind,
  { incidentId, held, purged, open }: CandidateFacts,
  choices: readonly Choice[],
  whole: RefusalGround | undefined,
): DecidedIncident {
  if (purged && kind !== 'erasure') return { incidentId, outcome: 'refused', ground: 'already_deleted' };
  const erases = kind === 'erasure' || kind === 'objection';
  if (whole !== undefined) return { incidentId, outcome: 'refused', ground: whole };
  const choice = choices.find((each) => each.incidentId === incidentId);
  if (!choice)
    throw refused(`Say for each recording that shows the person what becomes of it: ${incidentId} is missing.`);
  if (choice.outcome === 'granted' && erases && held) return { incidentId, outcome: 'refused', ground: 'legal_hold' };
  if (choice.outcome === 'granted' && erases && open)
    return { incidentId, outcome: 'refused', ground: 'ongoing_investigation' };
  if (choice.outcome === 'granted') return { incidentId, outcome: 'granted', ground: null };
  if (choice.ground === undefined) throw refused(`Give the ground on which ${incidentId} is refused.`);
  return { incidentId, outcome: 'refused', ground: choice.ground };
}

const refused = (message: string): DomainError => new DomainError('PRECONDITION_FAILED', message);
