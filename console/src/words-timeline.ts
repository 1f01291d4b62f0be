import type { Reason, Schemas, TimelineEvent } from './api/client.ts';
import { readable, reasonLabels, roleLabel, severityLabels, tillLabels, verdictLabels } from './words.ts';
import { reasonSentence } from './words-reasons.ts';

type Params = TimelineEvent['params'];
type Kind = TimelineEvent['kind'];

const text = (params: Params, ...names: string[]): string | null => {
  for (const name of names) {
    const value = params[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return null;
};

const person = (params: Params): string | null => text(params, 'personName', 'displayName', 'actorName', 'name');

function labelOf<K extends string>(labels: Record<K, string>, value: string | null): string | null {
  if (value === null) return null;
  return value in labels ? labels[value as K] : readable(value);
}

const withReason = (sentence: string, params: Params) => {
  const reason = text(params, 'reason', 'detail');
  return reason ? `${sentence}: ${reason}` : `${sentence}.`;
};

/** The reason that an event carries as `code` and `params`, as a sentence after a colon; else a full stop. */
const because = (sentence: string, params: Params): string => {
  const code = text(params, 'code');
  if (!code) return `${sentence}.`;
  const reasonParams = typeof params['params'] === 'object' && params['params'] !== null ? params['params'] : {};
  return `${sentence}: ${reasonSentence({ code, params: reasonParams as Reason['params'] }, 'UTC')}`;
};

const sentences: Record<Kind, (params: Params, who: string | null) => string> = {
  detection_received: (p) => {
    const confidence = p['confidence'];
    const sure = typeof confidence === 'number' ? ` (${Math.round(confidence * 100)} % sure)` : '';
    return p['late'] === true ? `A camera reported this, later than usual${sure}.` : `A camera reported this${sure}.`;
  },
  detection_merged: () => 'The camera saw it again; added to this incident.',
  till_checked: (p) => {
    const verdict = text(p, 'verdict', 'posVerdict');
    if (verdict === 'PENDING') return 'The till is being asked.';
    const label = verdict && verdict in tillLabels ? tillLabels[verdict as Schemas['PosVerdict']].label : null;
    return label ? `The till was asked: ${label.toLowerCase()}.` : 'The till was asked.';
  },
  severity_scored: (p) => {
    const level = labelOf(severityLabels, text(p, 'level', 'severity'));
    const score = text(p, 'score');
    return level
      ? `Severity set to ${level.toLowerCase()}${score ? ` (${score} of 100)` : ''}.`
      : 'Severity was scored.';
  },
  text_sent: (p) => {
    const kind = text(p, 'kind');
    const what = kind === 'correction' ? 'A correction' : kind === 'help' ? 'A call for help' : 'A text';
    return `${what} went to ${person(p) ?? 'the person on shift'}.`;
  },
  text_delivered: (p) => `The text reached ${person(p) ?? 'the phone'}.`,
  text_undelivered: (p) => `The text did not reach ${person(p) ?? 'the phone'}; the next person is asked.`,
  nobody_on_shift: (p) => {
    const role = text(p, 'role');
    return role
      ? `Nobody is on shift as ${roleLabel(role).toLowerCase()}; the next step is taken.`
      : 'Nobody is on shift for this step; the next one is taken.';
  },
  escalation_exhausted: () => 'Everybody in the chain was asked. It now waits for review here.',
  evidence_requested: () => 'The clip was asked for.',
  evidence_ready: () => 'The clip is ready and verified.',
  evidence_partial: () => 'The clip is there, with gaps.',
  evidence_failed: (p) => because('The clip could not be made', p),
  evidence_not_kept: () => 'No clip was kept, because the receipt was found.',
  acknowledged: (_p, who) => `${who ?? 'Somebody'} has it.`,
  verdict_given: (p, who) => {
    const verdict = labelOf(verdictLabels, text(p, 'verdict')) ?? 'a verdict';
    const reason = labelOf(reasonLabels, text(p, 'reasonCode'));
    return `${who ? `${who} decided` : 'Decided'}: ${verdict}${reason ? ` (${reason.toLowerCase()})` : ''}.`;
  },
  help_requested: (_p, who) => `${who ?? 'Somebody'} asked for help.`,
  note_added: (p) => text(p, 'text', 'note') ?? 'A note was added.',
  closed: (p) => {
    if (p['cause'] === 'receipt_found') return 'Closed by itself: the receipt was found, so nobody was troubled.';
    if (p['cause'] === 'review_deadline') return 'Closed without a finding.';
    const verdict = labelOf(verdictLabels, text(p, 'verdict'));
    return verdict ? `Closed: ${verdict.toLowerCase()}.` : 'Closed.';
  },
  correction_recorded: (p) =>
    p['told'] === 0
      ? 'This turned out to be wrong. Nobody had been told.'
      : 'This turned out to be wrong. Everyone who was told has been told so.',
  hold_placed: (p) => withReason('Legal hold placed', p),
  hold_released: (p) => withReason('Legal hold released', p),
  purged: () => 'The evidence was deleted, on time and on record.',
  review_deadline_passed: () => 'The review deadline passed without a decision.',
};

/** What happened, as one sentence. */
export function timelineSentence(event: TimelineEvent): string {
  const words: ((params: Params, who: string | null) => string) | undefined = sentences[event.kind];
  return words ? words(event.params, person(event.params) ?? namedActor(event.actor)) : `${readable(event.kind)}.`;
}

/** The API puts a person's name where it knows one; what still has a prefix is no name. */
const namedActor = (actor: string): string | null => (/^[a-z]+:/.test(actor) ? null : actor);

/** Through what a person spoke, when the event says so. */
export function channelLabel(params: Params): string | null {
  if (params['via'] === 'sms') return 'by text';
  if (params['via'] === 'api') return 'in the console';
  return null;
}

/** Who did it: `user:ana` → "ana", `phone:…` → "by text", `system:…` → "Floorwalker". */
export function actorLabel(actor: string, params: Params = {}): string {
  const [kind = '', ...rest] = actor.split(':');
  const id = rest.join(':');
  const who = person(params);
  switch (kind) {
    case 'user':
      return who ?? (id || 'Console');
    case 'phone':
      return who ? `${who}, by text` : 'by text';
    case 'link':
      return 'through the link in the text';
    case 'device':
      return 'the equipment of the store';
    case 'system':
      return 'Floorwalker';
    default:
      return actor;
  }
}
