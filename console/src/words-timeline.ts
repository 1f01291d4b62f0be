import type { Reason, Schemas, TimelineEvent } from './api/client.ts';
import { money } from './format.ts';
import { readable, reasonLabels, roleLabel, severityLabels, tillLabels, verdictLabels } from './words.ts';
import { interventions, reviewReasons } from './words-after.ts';
import { reasonSentence } from './words-reasons.ts';
import { stepActions, stepState } from './words-runbook.ts';
import { sourceLabels } from './words-sensors.ts';

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

/** Whose clip, where it is not that of the incident's own camera. */
const ofCamera = (params: Params): string => {
  const cameraId = text(params, 'cameraId');
  return cameraId === null ? '' : ` of ${cameraId}`;
};

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

/** The reasons that an event carries, as sentences after its own. */
const withReasons = (sentence: string, params: Params, key = 'reasons'): string => {
  const given = params[key];
  const reasons = (Array.isArray(given) ? given : given ? [given] : []) as Reason[];
  return [sentence, ...reasons.map((reason) => reasonSentence(reason, 'UTC').replace(/[^.?!]$/, '$&.'))].join(' ');
};

const why = (params: Params): string => {
  const reason = labelOf(reviewReasons, text(params, 'reasonCode'));
  return reason ? ` (${reason.charAt(0).toLowerCase()}${reason.slice(1)})` : '';
};

function amounts(params: Params): string {
  const currency = text(params, 'currency');
  const named = [
    ['lost', params['lossMinor']],
    ['recovered', params['recoveredMinor']],
    ['prevented', params['preventedMinor']],
  ].flatMap(([what, minor]) =>
    currency && typeof minor === 'number' && minor > 0 ? [`${money(minor, currency)} ${String(what)}`] : [],
  );
  return named.length > 0 ? `: ${named.join(', ')}` : '';
}

function runbookStep(params: Params): string {
  const action = (text(params, 'action') ?? 'task') as keyof typeof stepActions;
  const state = (text(params, 'state') ?? 'open') as Parameters<typeof stepState>[0]['state'];
  const command = text(params, 'command') === 'release' ? 'release' : 'run';
  const label = stepActions[action] ?? readable(action);
  const { approvals, needed } = params;
  if (typeof approvals === 'number' && typeof needed === 'number')
    return `${label}: ${approvals} of ${needed} have said yes.`;
  const { label: stands } = stepState({ action, state, command });
  return withReasons(`${label}: ${(stands ?? readable(state)).toLowerCase()}.`, params, 'reason');
}

const releaseCauses: Record<string, string> = {
  closed: 'the incident is closed',
  answered: 'somebody has answered',
  till_unsure: 'the till is no longer sure',
  person: 'somebody let it go',
  time_over: 'the time is over',
};

const joinedBySensor = ['SENSOR_AT_SAME_PLACE', 'ONLY_INCIDENT_BEFORE_EXIT', 'SAME_ARTICLE_AT_EXIT'];
const sensorOf = (params: Params): string =>
  labelOf(sourceLabels, text(params, 'kind')) ?? text(params, 'sensorId') ?? 'A sensor';

const unanswered: Record<string, string> = {
  machine: 'an answering machine took it',
  busy: 'it was busy',
  failed: 'it could not be put through',
  canceled: 'it was called off',
};

const sentences: Record<Kind, (params: Params, who: string | null) => string> = {
  detection_received: (p) => {
    const confidence = p['confidence'];
    const sure = typeof confidence === 'number' ? ` (${Math.round(confidence * 100)} % sure)` : '';
    return p['late'] === true ? `A camera reported this, later than usual${sure}.` : `A camera reported this${sure}.`;
  },
  detection_merged: (p) =>
    joinedBySensor.includes(text(p, 'code') ?? '')
      ? 'A sensor gave a signal; added to this incident.'
      : 'The camera saw it again; added to this incident.',
  sensor_joined: (p) => withReasons(`${sensorOf(p)} has something to say about it.`, p),
  sensor_released: (p) => `What ${sensorOf(p).toLowerCase()} had said was taken out.`,
  confidence_fused: (p) => {
    const { before, confidence } = p;
    const sure = (share: unknown) => `${Math.round(Number(share) * 100)} %`;
    const was = typeof before === 'number' ? `, ${sure(before)} before` : '';
    return `All sources together are ${sure(confidence)} sure now${was}.`;
  },
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
  terminal_prompted: (p) =>
    `The till asked for the missing scan${text(p, 'terminalId') ? ` (${text(p, 'terminalId')})` : ''}.`,
  terminal_prompt_failed: (p) =>
    withReasons('The till could not ask for the scan, so a person was told at once.', p, 'reason'),
  terminal_held: (p) =>
    text(p, 'kind') === 'block'
      ? `The till keeps the payment waiting until somebody has come (${text(p, 'terminalId')}).`
      : `The till calls the attendant (${text(p, 'terminalId')}).`,
  terminal_hold_failed: (p) =>
    withReasons(
      text(p, 'kind') === 'block'
        ? 'The till did not keep the payment waiting.'
        : 'The till did not call the attendant.',
      p,
      'reason',
    ),
  terminal_released: (p) => {
    const cause = releaseCauses[text(p, 'cause') ?? ''];
    const own = p['confirmed'] === false ? ' It did not say so; its own time is over.' : '';
    return `The till goes on${cause ? `: ${cause}` : ''}.${own}`;
  },
  rescanned: (p) => {
    const afterMs = text(p, 'afterMs');
    return `The customer scanned it${afterMs ? ` ${Math.round(Number(afterMs) / 100) / 10} s after the till had asked` : ''}.`;
  },
  text_sent: (p) => {
    const kind = text(p, 'kind');
    const form = text(p, 'channel') === 'email' ? 'An e-mail' : 'A text';
    const what = kind === 'correction' ? 'A correction' : kind?.startsWith('help') ? 'A call for help' : form;
    return `${what} went to ${person(p) ?? 'the person on shift'}.`;
  },
  text_delivered: (p) => `The text reached ${person(p) ?? 'the phone'}.`,
  text_undelivered: (p) => `The text did not reach ${person(p) ?? 'the phone'}; the next person is asked.`,
  text_withheld: (p) => {
    const role = text(p, 'role');
    const asked = role ? roleLabel(role).toLowerCase() : 'this step';
    return withReasons(`A message to ${asked} was held back; the next step is taken.`, p);
  },
  call_placed: (p) => `${person(p) ?? 'The person on shift'} is being called.`,
  call_answered: (p) => `${person(p) ?? 'Somebody'} answered the call.`,
  call_unanswered: (p) => {
    const how = unanswered[text(p, 'answeredBy')?.startsWith('machine') ? 'machine' : (text(p, 'status') ?? '')];
    return `The call to ${person(p) ?? 'the person on shift'} was not answered${how ? `: ${how}` : ''}.`;
  },
  handed_over: (p) => `Handed over to ${person(p) ?? 'the next shift'} at the shift change.`,
  paging_suppressed: (p) => withReasons('Nobody is paged about this.', p),
  paging_resumed: () => 'People may be paged about this again.',
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
  evidence_other_camera: (p) => {
    const camera = text(p, 'cameraId') ?? 'another camera';
    if (p['state'] === 'failed') return because(`The clip of ${camera} could not be made`, p);
    return p['state'] === 'partial' ? `The clip of ${camera} is there, with gaps.` : `The clip of ${camera} is ready.`;
  },
  evidence_retried: (_p, who) => `${who ?? 'Somebody'} had the recording tried again.`,
  evidence_quarantined: (p) => `${text(p, 'artifactId') ?? 'A file'} is kept back: it is no longer what was stored.`,
  evidence_restored: (p, who) =>
    `${who ?? 'Somebody'} had an intact copy of ${text(p, 'artifactId') ?? 'a file'} put in its place.`,
  redaction_requested: (p, who) =>
    `${who ?? 'Somebody'} asked for a masked clip${ofCamera(p)} (version ${text(p, 'version') ?? '1'}).`,
  redaction_settled: (p) =>
    p['state'] === 'ready'
      ? `The masked clip${ofCamera(p)} is there (version ${text(p, 'version') ?? '1'}).`
      : because(`The clip${ofCamera(p)} could not be masked`, p),
  unredacted_approved: (p, who) =>
    `${who ?? 'Somebody'} let the unmasked clip${ofCamera(p)} leave: ${text(p, 'note') ?? ''}`,
  share_requested: (p, who) =>
    `${who ?? 'Somebody'} asked for the packet to go to ${text(p, 'recipient') ?? 'a recipient'}.`,
  share_delivered: (p) => `The packet has arrived at its recipient (receipt ${text(p, 'receipt') ?? 'unknown'}).`,
  share_failed: (p) => because('The packet could not be delivered', p),
  share_withdrawn: (p, who) =>
    p['event'] === 'corrected'
      ? 'A shared packet was recalled, because the record was corrected.'
      : `${who ?? 'Somebody'} withdrew a shared packet.`,
  share_notified: (p) =>
    p['state'] === 'failed'
      ? 'A recipient could not be told that the packet is no longer valid.'
      : p['state'] === 'moot'
        ? 'A recipient did not have to be told: nothing had arrived there.'
        : 'The recipient was told that the packet is no longer valid.',
  unredacted_withdrawn: (p, who) => `${who ?? 'Somebody'} no longer lets the unmasked clip${ofCamera(p)} leave.`,
  acknowledged: (_p, who) => `${who ?? 'Somebody'} has it.`,
  verdict_given: (p, who) => {
    const verdict = labelOf(verdictLabels, text(p, 'verdict')) ?? 'a verdict';
    const reason = labelOf(reasonLabels, text(p, 'reasonCode'));
    return `${who ? `${who} decided` : 'Decided'}: ${verdict}${reason ? ` (${reason.toLowerCase()})` : ''}.`;
  },
  help_requested: (_p, who) => `${who ?? 'Somebody'} asked for help.`,
  help_ended: (_p, who) => `${who ?? 'Somebody'} said that everybody is safe.`,
  claimed: (_p, who) => `${who ?? 'Somebody'} is working on it.`,
  claim_released: (_p, who) => `${who ?? 'Somebody'} gave it back.`,
  outcome_recorded: (p) => {
    const done = labelOf(interventions, text(p, 'intervention'));
    return `What came of it was recorded${amounts(p)}${done ? ` (${done.charAt(0).toLowerCase()}${done.slice(1)})` : ''}.`;
  },
  second_review_asked: () => 'The policy wants a second person to look at this verdict.',
  second_review_given: (p, who) => {
    if (p['agrees'] === true) return `${who ?? 'A second person'} looked and agrees${why(p)}.`;
    const verdict = labelOf(verdictLabels, text(p, 'verdict'));
    const now = verdict ? `: ${verdict.toLowerCase()}` : ', so it was opened again';
    return `${who ?? 'A second person'} looked and does not agree${now}${why(p)}.`;
  },
  reopened: (p, who) => {
    const earlier = labelOf(verdictLabels, text(p, 'earlierVerdict'));
    const before = earlier ? ` It was closed as ${earlier.toLowerCase()}.` : '';
    return `${who ?? 'Somebody'} opened it again${why(p)}.${before}`;
  },
  appeal_opened: (_p, who) => `${who ?? 'Somebody'} took down an objection to the verdict.`,
  appeal_decided: (p, who) =>
    p['granted'] === true
      ? `${who ?? 'Somebody'} decided that the objection is right${why(p)}.`
      : `${who ?? 'Somebody'} decided that the verdict stands${why(p)}.`,
  runbook_step: (p) => runbookStep(p),
  note_added: (p) => text(p, 'text', 'note') ?? 'A note was added.',
  closed: (p) => {
    if (p['cause'] === 'receipt_found') return 'Closed by itself: the receipt was found, so nobody was troubled.';
    if (p['cause'] === 'review_deadline') return 'Closed without a finding.';
    const verdict = labelOf(verdictLabels, text(p, 'verdict'));
    return verdict ? `Closed: ${verdict.toLowerCase()}.` : 'Closed.';
  },
  correction_recorded: (p) => {
    const verdict = labelOf(verdictLabels, text(p, 'verdict'));
    const now = verdict ? ` It is ${verdict.toLowerCase()} now.` : '';
    return p['told'] === 0
      ? `This turned out to be wrong.${now} Nobody had been told.`
      : `This turned out to be wrong.${now} Everyone who was told is told so.`;
  },
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
  if (params['via'] === 'voice') return 'by call';
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
