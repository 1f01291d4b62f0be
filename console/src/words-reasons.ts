import type { Reason } from './api/client.ts';
import { clockTime, duration } from './time.ts';
import { categoryLabel, incidentTitle, readable, severityLabels, verdictLabels } from './words.ts';

type Params = Reason['params'];

const number = (value: Params[string] | undefined): number => (typeof value === 'number' ? value : 0);
const text = (value: Params[string] | undefined): string =>
  value === null || value === undefined ? '' : String(value);
const percent = (value: Params[string] | undefined): string => `${Math.round(number(value) * 100)} %`;
const lines = (count: number): string => (count === 1 ? 'one line' : `${count} lines`);

const times = (value: Params[string] | undefined): string =>
  number(value) === 1 ? 'once' : number(value) === 2 ? 'twice' : `${number(value)} times`;
const counted = (value: Params[string] | undefined, one: string, several = `${one}s`): string =>
  `${number(value)} ${number(value) === 1 ? one : several}`;
const whom = (p: Params): string => text(p['personName']) || 'The person on shift';
const level = (value: Params[string] | undefined): string =>
  ((severityLabels as Record<string, string>)[text(value)] ?? text(value)).toLowerCase();
const verdictOf = (value: Params[string] | undefined): string =>
  ((verdictLabels as Record<string, string>)[text(value)] ?? readable(text(value))).toLowerCase();

function side(distanceMs: number): string {
  if (Math.abs(distanceMs) < 50) return 'at the very moment';
  return `${duration(Math.abs(distanceMs))} ${distanceMs > 0 ? 'after' : 'before'} the camera saw the item`;
}

const sentences: Record<string, (params: Params, timeZone: string) => string> = {
  RECEIPT_LINE_FOUND: (p) =>
    `The till has ${text(p['description']) || text(p['plu']) || 'a line'} ${side(number(p['distanceMs']))}.`,
  NO_RECEIPT_LINE: (p) => {
    const near = number(p['linesInWindow']);
    if (near === 0) return 'The till was working and has no line in this window.';
    return `The till has ${lines(near)} in this window, and ${near === 1 ? 'it belongs' : 'they belong'} to other items.`;
  },
  TILL_SILENT: (p, zone) =>
    `The till was last heard at ${clockTime(text(p['lastSeenAt']), zone)}, ${duration(number(p['lagMs']))} before the window ended (${duration(number(p['allowedMs']))} are allowed). It may not have spoken yet.`,
  TILL_NEVER_HEARD: () => 'This till has never been heard, so it cannot say anything.',
  BEHAVIOUR: (p) => `${incidentTitle(text(p['behaviour']))} (${categoryLabel(text(p['category'])).toLowerCase()})`,
  TILL_HAS_NO_RECEIPT: () => 'The till has no receipt for it',
  TILL_HAS_RECEIPT: () => 'The till has the receipt',
  TILL_UNKNOWN: () => 'The till could not say',
  LOW_CONFIDENCE: (p) => `The detector was unsure (${percent(p['confidence'])})`,
  HIGH_CONFIDENCE: (p) => `The detector was sure (${percent(p['confidence'])})`,
  SEVERAL_DETECTIONS: (p) => `Seen ${text(p['count'])} times`,
  HELP_REQUESTED: () => 'Somebody asked for help',
  SAME_PLACE_AND_BEHAVIOUR: (p) =>
    `Same camera, same place, same kind, ${duration(number(p['distanceMs']))} apart (up to ${duration(number(p['windowMs']))} is one incident).`,
  BEHAVIOUR_NEEDS_NO_TILL: () => 'This kind of incident has nothing to do with a till.',
  ZONE_HAS_NO_TILL: () => 'There is no till at this place, so nothing can be compared.',
  NO_FOOTAGE: () => 'The recorder has no recording of this moment.',
  RECORDING_HAS_GAPS: (p) => `The recording has ${number(p['gaps']) === 1 ? 'a gap' : `${text(p['gaps'])} gaps`}.`,
  EVIDENCE_WORKER_GAVE_UP: (p) => `The store's recorder did not answer within ${duration(number(p['afterMs']))}.`,
  RECEIPT_FOUND: () => 'The receipt was found.',
  DETECTION_ONLY: () => 'This store only records: its policy pages nobody.',
  TOO_OLD: (p) =>
    `It arrived ${duration(number(p['ageMs']))} after it happened; the policy pages people up to ${duration(number(p['pageWithinMs']))}.`,
  GATE_NOT_REACHED: (p) =>
    `Seen ${times(p['seen'])} within ${duration(number(p['windowMs']))}; people are paged from ${times(p['needed'])} on.`,
  STORM: (p) =>
    `This store had ${counted(p['texts'], 'alert')} within ${duration(number(p['windowMs']))}, and ${counted(p['allowed'], 'is', 'are')} allowed.`,
  LEARNT_FROM_VERDICTS: (p) =>
    `People confirmed ${text(p['confirmed'])} of ${text(p['verdicts'])} such incidents of this camera in ${duration(number(p['windowMs']))} (${percent(p['precision'])}, under ${percent(p['floorPrecision'])}). One in ${text(p['passEvery'])} is still shown to people.`,
  QUIET_HOURS: (p) =>
    `${whom(p)} has quiet hours from ${text(p['from'])} to ${text(p['to'])}; only severity ${level(p['passes'])} and above gets through.`,
  SHIFT_BUDGET_SPENT: (p) =>
    `${whom(p)} had ${counted(p['alerts'], 'alert')} in this shift; the policy allows ${text(p['allowed'])}.`,
  SEVERITY_BUDGET_SPENT: (p) =>
    `${whom(p)} had ${counted(p['alerts'], 'alert')} of severity ${level(p['severity'])} within ${duration(number(p['windowMs']))}; the policy allows ${text(p['allowed'])}.`,
  APPROVAL_EXPIRED: () => 'The approval was older than ten minutes when it could be used, so it is asked for anew.',
  BROKER_UNREACHABLE: () => 'The message broker could not be reached, so the device heard nothing. Try again.',
  NO_BROKER: () => 'No message broker is set up, so no device can be reached. Set MQTT_URL, or skip this step.',
  NO_TARGET: () => 'The policy names no device for this step. Skip it, and have the policy mended.',
  DEVICE_REFUSED: (p) => `The device refused${text(p['detail']) ? `: ${text(p['detail'])}` : ''}.`,
  NO_ACKNOWLEDGEMENT: (p) =>
    `The device did not answer within ${duration(number(p['afterMs']))}. It may have done it all the same: have somebody look.`,
  INTERRUPTED: () =>
    'It was interrupted and its time was over. The device may have done it all the same: have somebody look.',
  TOO_LATE: (p) => `It could not be sent within ${duration(number(p['afterMs']))}, and the moment has passed.`,
  DRILL_STOPS_HERE: () => 'This is a drill: the approvals are practised, and nothing is locked, disabled or written.',
  INCIDENT_CLOSED: (p) => `The incident was closed: ${verdictOf(p['verdict'])}.`,
};

/** A reason as a sentence; a code without words is spelled out with its figures, never hidden. */
export function reasonSentence(reason: Reason, timeZone: string): string {
  const words = sentences[reason.code];
  if (words) return words(reason.params, timeZone);
  const rest = Object.entries(reason.params).filter(([name]) => name !== 'points');
  const figures = rest
    .map(([name, value]) => `${readable(name.replace(/([A-Z])/g, ' $1')).toLowerCase()} ${text(value) || 'none'}`)
    .join(', ');
  return figures ? `${readable(reason.code)} (${figures})` : readable(reason.code);
}

/** The reasons why nobody is paged, each in a few words, for one line of a list. */
export const heldBackShort: Record<string, string> = {
  DETECTION_ONLY: 'this store only records',
  TOO_OLD: 'it arrived too late',
  GATE_NOT_REACHED: 'not seen often enough yet',
  STORM: 'too many alerts at once',
  LEARNT_FROM_VERDICTS: 'this camera is mostly wrong here',
};

/** Why nobody is paged, in one line: the first reason whole, the others in short. */
export function heldBackLine(reasons: readonly Reason[], timeZone: string): string {
  const [first, ...rest] = reasons;
  if (!first) return '';
  const others = rest.map(({ code }) => heldBackShort[code] ?? readable(code).toLowerCase());
  return [reasonSentence(first, timeZone), ...(others.length > 0 ? [`Also: ${others.join(', ')}.`] : [])].join(' ');
}

/** Points that a severity reason gave, or null. */
export function reasonPoints(reason: Reason): number | null {
  const points = reason.params['points'];
  return typeof points === 'number' ? points : null;
}
