import type { Reason, Schemas } from './api/client.ts';
import { duration } from './time.ts';
import type { Tone } from './words.ts';

type Params = Reason['params'];
const number = (value: Params[string] | undefined): number => (typeof value === 'number' ? value : 0);
const text = (value: Params[string] | undefined): string =>
  value === null || value === undefined ? '' : String(value);
const pieces = (value: Params[string] | undefined): string =>
  Math.abs(number(value)) === 1 ? '1 piece' : `${Math.abs(number(value))} pieces`;
const percent = (value: Params[string] | undefined): string => `${Math.round(number(value) * 100)} %`;

export const sourceLabels: Record<Schemas['Contribution']['source'], string> = {
  camera: 'Camera',
  door: 'Door',
  shelf_weight: 'Shelf',
  eas_gate: 'Gate',
  rfid: 'Tag reader',
  pos_tamper: 'Till housing',
  till: 'Tills',
};

export const sensorStates: Record<Schemas['Sensor']['state'], { label: string; tone: Tone; hint: string }> = {
  online: { label: 'Online', tone: 'good', hint: '' },
  offline: { label: 'Offline', tone: 'bad', hint: 'Its connection ended. Check its power and network.' },
  silent: { label: 'Silent', tone: 'warn', hint: 'Nothing was heard for too long. Check its power and network.' },
  never_heard: { label: 'Not heard yet', tone: 'neutral', hint: 'It will show up with its first sign of life.' },
};

/** How far from what was seen, in words. */
function apart(params: Params): string {
  const distanceMs = number(params['distanceMs']);
  if (Math.abs(distanceMs) < 50) return ' at that moment';
  return `, ${duration(Math.abs(distanceMs))} ${distanceMs > 0 ? 'after' : 'before'} it`;
}

const counts = (params: Params, sentence: string): string =>
  params['sameKind'] === true
    ? `${sentence} Another source of this kind says more, so this one adds nothing.`
    : sentence;

const paid = (p: Params): string => `${pieces(p['taken'])} of ${text(p['plu'])} left the shelf`;

/** What sensors, and all sources together, say of an incident. */
export const sensorSentences: Record<string, (params: Params, timeZone: string) => string> = {
  CAMERA_SAW: (p) => counts(p, `It saw this and was ${percent(p['confidence'])} sure.`),
  SHELF_LIGHTER: (p) => counts(p, `${pieces(p['pieces'])} were taken${apart(p)}.`),
  SHELF_ODD_WEIGHT: (p) => counts(p, `It got lighter${apart(p)}, but not by whole pieces.`),
  SHELF_PUT_BACK: (p) => counts(p, 'What was taken was put back.'),
  SHELF_UNCHANGED: (p) => counts(p, 'It is working and has noticed nothing.'),
  GATE_ALARM: (p) => counts(p, `It gave a signal${apart(p)}.`),
  GATE_ALARM_INWARD: (p) => counts(p, `It gave a signal on the way in${apart(p)}, which says nothing.`),
  TAG_NOT_SOLD: (p) => counts(p, `It read a tag that no till has rung${apart(p)}.`),
  TAG_SALE_UNKNOWN: (p) => counts(p, `It read a tag${apart(p)}; whether it was sold, nobody can say.`),
  TAG_SOLD: (p) => counts(p, `It read a tag${apart(p)} that a till has rung.`),
  DOOR_FORCED: (p) => counts(p, `It was forced${apart(p)}.`),
  DOOR_HELD_OPEN: (p) => counts(p, `It was held open${apart(p)}.`),
  DOOR_OPENED: (p) => counts(p, `It was opened${apart(p)}.`),
  DOOR_CLOSED: (p) => counts(p, `It was closed${apart(p)}.`),
  TILL_TAMPERED: (p) => counts(p, `${tampered[text(p['what'])] ?? 'It was opened'}${apart(p)}.`),
  TILL_HAS_NO_LINE: () => 'The till was working and has no line for it.',
  TILL_CANNOT_SAY: () => 'The till could not say.',
  TILL_HAS_THE_LINE: () => 'The till has the line for it.',
  GOODS_NOT_PAID: (p) =>
    `${paid(p)} and ${number(p['paid']) === 0 ? 'none' : `only ${text(p['paid'])}`} came to a till.`,
  GOODS_STILL_INSIDE: (p) => `${paid(p)}. Nobody is known to have gone out, so there is nothing to be paid yet.`,
  GOODS_TILL_SILENT: (p) => `${paid(p)}. Till ${text(p['terminalId'])} could not be heard, so nobody can say.`,
  GOODS_PERHAPS_PAID: (p) => `${paid(p)} and as many came to a till, but others took of it as well.`,
  GOODS_PAID: (p) => `${paid(p)}, and all of them came to a till.`,
  SENSOR_SILENT: () => 'It could not be heard, so it cannot say anything.',
  SENSOR_AT_SAME_PLACE: (p) =>
    `Same place, ${duration(Math.abs(number(p['distanceMs'])))} apart (up to ${duration(number(p['windowMs']))} is one incident).`,
  ONLY_INCIDENT_BEFORE_EXIT: (p) =>
    `The only open incident of the store in the ${duration(number(p['windowMs']))} before, ${duration(number(p['distanceMs']))} apart.`,
  SAME_ARTICLE_AT_EXIT: (p) =>
    `The shelf of this incident is missing article ${text(p['plu'])}, which is what was read.`,
  CONFIDENCE_TOO_LOW: (p) =>
    `All sources together are ${percent(p['confidence'])} sure; people are paged from ${percent(p['needed'])} on.`,
};

const tampered: Record<string, string> = {
  cabinet_opened: 'Its cabinet was opened',
  cable_pulled: 'A cable was pulled',
  drawer_forced: 'Its drawer was forced',
};

/** `+1.4`, `−2.9`, or a dash for what is heard and counts for nothing. */
export const weightLabel = (weight: number): string =>
  weight === 0 ? '–' : `${weight > 0 ? '+' : '−'}${Math.abs(weight).toFixed(1)}`;
