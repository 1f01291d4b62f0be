import type { Reason } from './api/client.ts';
import { clockTime, duration } from './time.ts';
import { categoryLabel, incidentTitle, readable, severityLabels, verdictLabels } from './words.ts';
import { sensorSentences } from './words-sensors.ts';

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
/** Tills say their amounts without a currency here; the store has one. */
const money = (value: Params[string] | undefined): string => (number(value) / 100).toFixed(2);
const whom = (p: Params): string => text(p['personName']) || 'The person on shift';
const level = (value: Params[string] | undefined): string =>
  ((severityLabels as Record<string, string>)[text(value)] ?? text(value)).toLowerCase();
const verdictOf = (value: Params[string] | undefined): string =>
  ((verdictLabels as Record<string, string>)[text(value)] ?? readable(text(value))).toLowerCase();

function side(distanceMs: number): string {
  if (Math.abs(distanceMs) < 50) return 'at the very moment';
  return `${duration(Math.abs(distanceMs))} ${distanceMs > 0 ? 'after' : 'before'} the camera saw the item`;
}

/** What is said of the two clocks, when there is something to say. */
function clocks(p: Params): string {
  const offsetMs = number(p['offsetMs']);
  if (offsetMs === 0) return '';
  const runs = `${duration(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead of' : 'behind'}`;
  return ` The till's clock runs ${runs} the camera's, give or take ${duration(number(p['errorMs']))}; that is taken into account.`;
}

const article = (p: Params): string => text(p['description']) || text(p['plu']) || 'a line';
const ofSeveral = (p: Params): string =>
  number(p['pieces']) > 1 ? `, one line for up to ${text(p['pieces'])} items,` : '';

const sentences: Record<string, (params: Params, timeZone: string) => string> = {
  RECEIPT_LINE_FOUND: (p) => `The till has ${article(p)}${ofSeveral(p)} ${side(number(p['distanceMs']))}.${clocks(p)}`,
  RECEIPT_LINE_RESCANNED: (p) =>
    `The till has ${article(p)}, scanned again ${side(number(p['distanceMs']))}.${clocks(p)}`,
  NO_RECEIPT_LINE: (p) => {
    const near = number(p['linesInWindow']);
    const taken = number(p['takenBack']);
    const gone = taken > 0 ? ` ${taken === 1 ? 'One line was' : `${taken} lines were`} taken back again.` : '';
    if (near === 0) return `The till was working and has no line in this window.${gone}${clocks(p)}`;
    return `The till has ${lines(near)} in this window, and ${near === 1 ? 'it belongs' : 'they belong'} to other items.${gone}${clocks(p)}`;
  },
  TILL_CLOSED: (p, zone) => {
    const until = p['toAt'] ? ` until ${clockTime(text(p['toAt']), zone)}` : '';
    return `Nobody was signed on at this till from ${clockTime(text(p['fromAt']), zone)}${until}, so it cannot say anything.`;
  },
  TILL_LAGGING: (p) =>
    `Lines of this till come in ${duration(number(p['lagMs']))} late (${duration(number(p['allowedMs']))} are allowed). The line may still come.`,
  CLOCKS_UNCERTAIN: (p) => {
    const why = text(p['why']);
    if (why === 'not_measured')
      return 'The clocks of camera and till have not been compared yet, so their times cannot be set side by side.';
    if (why === 'too_vague')
      return `The clocks of camera and till can only be compared to within ${duration(number(p['errorMs']))} (${duration(number(p['allowedMs']))} are allowed).`;
    return `The clock of the camera or of the till has moved by about ${duration(Math.abs(number(p['changeMs'])))}, or its messages come late. It is being measured again.`;
  },
  EXPECTED_ARTICLE_UNKNOWN: (p) =>
    `Nobody says which articles this item may be, so no line can be its receipt${text(p['rungPlu']) ? `; article ${text(p['rungPlu'])} was rung` : ''}.`,
  LINE_WITHOUT_ITEM: (p) =>
    `It is about the line of article ${text(p['rungPlu'])} itself, which cannot be its own receipt.`,
  VIEW_COVERED: () => 'The view was covered, so there is no item to ask the till about.',
  TILL_SILENT: (p, zone) =>
    `The till was last heard at ${clockTime(text(p['lastSeenAt']), zone)}, ${duration(number(p['lagMs']))} before the window ended (${duration(number(p['allowedMs']))} are allowed). It may not have spoken yet.`,
  NO_RECEIPT_OPEN: (p, zone) =>
    `No receipt was open at this till, as far as it was heard: its last word was at ${clockTime(text(p['lastAt']), zone)}. The next receipt may be late, or the goods are only carried past.`,
  SIGHTING_UNCLEAR: (p) =>
    `The camera was less sure of this item (${percent(p['confidence'])}) than it is of goods (${percent(p['usualConfidence'])}); it may be a hand.`,
  CAMERA_UNPROVEN: (p) =>
    `Of the last ${text(p['seen'])} items that this camera saw ${text(p['doubled'])} may have been seen twice, so its word is not enough: ${text(p['why']) === 'crowded' ? 'another item was seen within a second, and one of the two may be a hand' : 'nothing tells this item from a hand'}.`,
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
  SEGMENTS_ALTERED: (p) =>
    `${number(p['segments']) === 1 ? 'One segment is' : `${text(p['segments'])} segments are`} no longer what was recorded, and left out.`,
  RECORDING_UNREADABLE: () => 'The recording cannot be read.',
  EVIDENCE_QUARANTINED: () => 'A file is kept back, as it is no longer what was stored.',
  RECORDING_HAS_GAPS: (p) => `The recording has ${number(p['gaps']) === 1 ? 'a gap' : `${text(p['gaps'])} gaps`}.`,
  EVIDENCE_WORKER_GAVE_UP: (p) => `The store's recorder did not answer within ${duration(number(p['afterMs']))}.`,
  POLICY_ALLOWS_ORIGINAL: () => 'The policy allows it.',
  REDACTED: () => 'It is masked.',
  APPROVED_UNREDACTED: () => 'Somebody answers for it.',
  NO_CLIP: () => 'There is no clip.',
  USE_RESTRICTED: () => 'Somebody who was recorded has asked for it: it is kept and not used.',
  REDACTION_MISSING: () => 'The clip has not been masked.',
  REDACTION_PENDING: (p) => `Version ${text(p['version'])} of the masked clip is being made.`,
  REDACTION_FAILED: (p) => `Version ${text(p['version'])} of the masked clip could not be made.`,
  REDACTION_UNAVAILABLE: () => 'Clips cannot be masked here.',
  REDACTION_OF_ANOTHER_CLIP: () => 'It was masked from another clip than this one.',
  REDACTION_GAVE_UP: () => "The store's recorder did not mask it in time. Try again.",
  MODEL_MISSING: (p) =>
    `The model ${text(p['model'])} is not installed: put ${text(p['file'])} into the folder FLOORWALKER_MODELS of the store's recorder.`,
  MODEL_UNUSABLE: () => "The model is not the one that is known here. The log of the store's recorder says more.",
  EVIDENCE_ALTERED: (p) => `The stored file ${text(p['artifactId'])} no longer has its recorded hash.`,
  EVIDENCE_MISSING: (p) => `The stored file ${text(p['artifactId'])} is gone.`,
  PACKET_TOO_LARGE: () => 'The recordings are more than a zip of 4 GB can hold.',
  TIMESTAMP_UNAVAILABLE: () => 'The time-stamping server gave no token. Ask for a new packet when it is back.',
  GAVE_UP: () => 'Database or object store were away for too long. Ask for a new one.',
  THROTTLED: (p) => `It waits its turn: this recipient takes ${text(p['perMinute'])} a minute.`,
  CIRCUIT_OPEN: () => 'The recipient has not answered for a while; it is tried again by itself.',
  RECIPIENT_DISABLED: () => 'The recipient is switched off.',
  NOT_CONFIRMED: () => 'The incident is not confirmed and closed any more.',
  PACKET_NOT_READY: () => 'The packet is not ready.',
  PACKET_FOR_OTHERS: () => 'The packet was made for somebody else.',
  RELEASE_FORBIDDEN: () => 'The recording may not leave.',
  RECORDING_SUPERSEDED: () => 'The recording in the packet may not leave any more. Have a new packet made.',
  MASKED_ONLY: () => 'This recipient gets masked recordings only.',
  STATEMENT_UNSIGNED: () => 'This recipient takes signed statements only.',
  CONSENT_MISSING: () => 'No consent is recorded.',
  QUALITY_TOO_LOW: (p) => `The evidence scores ${text(p['score'])}, and ${text(p['minQuality'])} are needed.`,
  SHARE_GAVE_UP: (p) => `It was given up after ${times(p['attempts'])}.`,
  CREDENTIAL_REFUSED: () => 'The recipient does not accept our credential.',
  KEY_HAS_OTHER_CONTENT: () => 'The recipient has something else under the same key.',
  TOO_LARGE_FOR_RECIPIENT: () => 'The packet is too large for the recipient.',
  MESSAGE_REFUSED: () => 'The recipient refused the message.',
  THROTTLED_BY_RECIPIENT: () => 'The recipient asks for more time.',
  RECIPIENT_IN_TROUBLE: (p) => `The recipient has trouble of its own (${text(p['status'])}).`,
  REJECTED_BY_RECIPIENT: () => 'The recipient closed the case.',
  ANSWER_UNEXPECTED: (p) => `The recipient gave an answer that is not part of the agreement (${text(p['status'])}).`,
  ANSWER_UNREADABLE: () => 'The recipient gave an answer that cannot be read.',
  URL_REFUSED: () => 'The address must be https.',
  ADDRESS_REFUSED: () => 'The address leads inside, so nothing is sent there.',
  NAME_NOT_FOUND: () => "The recipient's name is not known to the network.",
  CONNECTION_REFUSED: () => 'Nobody listens at the address.',
  CONNECTION_LOST: () => 'The connection broke; whether it arrived is asked first.',
  TLS_FAILED: () => 'The certificate of the recipient does not hold.',
  TIMEOUT: () => 'The recipient did not answer in time; whether it arrived is asked first.',
  PACKET_ALTERED: () => 'The stored packet no longer has its hash; nothing was sent of it.',
  PACKET_MISSING: () => 'The stored packet is gone.',
  CLIP_ALTERED: () => 'The stored clip does not match its hash, so nothing is made of it.',
  CLIP_UNREADABLE: () => 'The stored clip cannot be played.',
  BOXES_OUTSIDE_CLIP: (p) => `A box does not fit the clip: ${text(p['message'])}`,
  EVIDENCE_PURGED: () => 'The evidence was deleted meanwhile.',
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
  ...sensorSentences,
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
  VOIDED_AFTER_PAYMENT: (p) =>
    `${counted(p['lines'], 'line')} worth ${money(p['amountMinor'])} taken back after the payment had begun.`,
  PAID_TRANSACTION_VOIDED: (p) =>
    `A receipt that was paid was voided afterwards${text(p['relatedTransactionId']) ? ` (${text(p['relatedTransactionId'])})` : ''}: ${money(p['amountMinor'])}.`,
  CANCELLED_AFTER_TOTAL: (p) =>
    `The whole receipt, ${counted(p['pieces'], 'piece')} for ${money(p['amountMinor'])}, was cancelled after ${p['afterTender'] === true ? 'the payment had begun' : 'the drawer had opened'}.`,
  REFUND_WITHOUT_RECEIPT: (p) =>
    `${counted(p['refunds'], 'refund')} of ${money(p['amountMinor'])} that ${number(p['refunds']) === 1 ? 'names' : 'name'} no receipt.`,
  REFUND_WITH_NOBODY_THERE: (p) =>
    `${money(p['amountMinor'])} refunded in cash; nobody else was served for ${duration(number(p['quietMs']))} before and after${p['watched'] === true ? ', and the camera saw nothing on the belt' : ''}.`,
  DRAWER_OPENED_WITHOUT_SALE: (p) =>
    `The drawer was opened without a sale ${times(p['times'])} within ${duration(number(p['spanMs']))}.`,
  PRICE_LOWERED_BY_HAND: (p) =>
    `${counted(p['lines'], 'price')} lowered by hand by ${money(p['amountMinor'])} in all, at most by ${percent(p['share'])}.`,
  PARKED_AND_LEFT: (p) =>
    `A receipt of ${counted(p['pieces'], 'piece')} for ${money(p['amountMinor'])} was parked and never fetched back.`,
  RUNG_AS_SOMETHING_CHEAPER: (p) =>
    `The camera took the item for ${text(p['named'])}; the till has ${text(p['description']) || text(p['plu'])}, about ${money(p['lossMinor'])} cheaper.`,
  ONE_CHEAP_ARTICLE_AGAIN_AND_AGAIN: (p) =>
    `${text(p['description']) || text(p['plu'])} was keyed ${times(p['count'])} by this cashier on the day, rows of it counted once; by the others' habit it would be ${times(p['expected'])}.`,
  MORE_MOVED_THAN_RUNG: (p) =>
    `The camera saw ${counted(p['crossings'], 'item')} move; ${number(p['missing'])} of them have no line.`,
  TAKEN_BACK_BEFORE_PAYMENT: (p) =>
    `${counted(p['lines'], 'line')} worth ${money(p['amountMinor'])} taken back just before the payment, and nothing was seen to be put back.`,
  MORE_THAN_USUAL: (p) =>
    `${number(p['count'])} on this day; ${number(p['expected'])} would be usual at this till and for this cashier (${number(p['z'])} deviations above).`,
  UNLIKE_OTHER_DAYS: (p) => {
    const measure = readable(String(p['measure']).replace(/([A-Z])/g, ' $1')).replace(/ minor$/, ' (in minor units)');
    const per = p['per'] === 'pieces' ? 'piece' : 'transaction';
    return `${measure}: ${number(p['value'])} a ${per}, where ${number(p['usual'])} is usual.`;
  },
  NOTHING_TO_COMPARE_WITH: (p) => `${times(p['count'])} on this day; too few days are known to say what is usual.`,
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
  CONFIDENCE_TOO_LOW: 'the sources are not sure enough together',
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
