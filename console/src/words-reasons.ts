import type { Reason } from './api/client.ts';
import { clockTime, duration } from './time.ts';
import { categoryLabel, incidentTitle, readable } from './words.ts';

type Params = Reason['params'];

const number = (value: Params[string] | undefined): number => (typeof value === 'number' ? value : 0);
const text = (value: Params[string] | undefined): string =>
  value === null || value === undefined ? '' : String(value);
const percent = (value: Params[string] | undefined): string => `${Math.round(number(value) * 100)} %`;
const lines = (count: number): string => (count === 1 ? 'one line' : `${count} lines`);

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

/** Points that a severity reason gave, or null. */
export function reasonPoints(reason: Reason): number | null {
  const points = reason.params['points'];
  return typeof points === 'number' ? points : null;
}
