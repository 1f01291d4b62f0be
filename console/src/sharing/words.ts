import type { Schemas } from '../api/client.ts';
import { duration } from '../time.ts';
import type { Tone } from '../words.ts';

type Share = Schemas['Share'];
type Template = Schemas['ShareTemplate'];
type Part = Schemas['EvidenceQuality']['parts'][number];

export const kindLabels: Record<Schemas['Recipient']['kind'], string> = { police: 'Police', insurer: 'Insurer' };

export const shareStates: Record<Share['state'], { label: string; tone: Tone }> = {
  requested: { label: 'Waits for approval', tone: 'warn' },
  refused: { label: 'Refused', tone: 'neutral' },
  queued: { label: 'Waits to be sent', tone: 'info' },
  sending: { label: 'Being sent', tone: 'info' },
  delivered: { label: 'Delivered', tone: 'good' },
  failed: { label: 'Not delivered', tone: 'bad' },
  withdrawn: { label: 'Withdrawn', tone: 'neutral' },
};

export const noticeStates: Record<Schemas['ShareNotice']['state'], string> = {
  queued: 'The recipient is being told.',
  delivered: 'The recipient was told, with our signature.',
  published: 'The page of the link says so, with our signature.',
  moot: 'Nothing had arrived at the recipient, so there was nobody to tell.',
  failed: 'The recipient could not be told.',
};

export const circuitLabels: Record<Schemas['Circuit']['state'], { label: string; tone: Tone }> = {
  closed: { label: 'No trouble', tone: 'good' },
  open: { label: 'Does not answer', tone: 'bad' },
  half_open: { label: 'Being tried', tone: 'warn' },
};

export const fieldLabels: Record<Template['fields'][number], string> = {
  place: 'Store and lane',
  goods: 'Goods',
  till: "Till's verdict",
  tape: "Till's lines, without the operator",
  recording: 'What was recorded',
  clocks: 'Clock differences',
  decision: 'Models and policy',
};

export const languageLabels: Record<Template['language'], string> = {
  en: 'English',
  de: 'German',
  es: 'Spanish',
  fr: 'French',
};

export const consentBases: Record<Schemas['ShareConsent']['basis'], string> = {
  contract: 'Insurance contract',
  written_consent: 'Written consent',
  legal_obligation: 'Legal obligation',
};

export type WithdrawalReason = 'sent_by_mistake' | 'wrong_recipient' | 'consent_withdrawn' | 'superseded' | 'objection';
export const withdrawalReasons: Record<WithdrawalReason, string> = {
  sent_by_mistake: 'Sent by mistake',
  wrong_recipient: 'Wrong recipient',
  consent_withdrawn: 'The consent was withdrawn',
  superseded: 'Another packet takes its place',
  objection: 'Somebody objected',
};

/** Why it is withdrawn, whether a person or a correction was the cause. */
export const withdrawnBecause = (because: string): string =>
  (withdrawalReasons as Record<string, string>)[because] ?? 'The record was corrected';

/** What goes out, in one sentence. */
export function templateSentence(template: Template): string {
  const packet = template.packet === 'whole' ? 'The packet goes whole' : 'No packet goes, only the message';
  const recording = template.recording === 'masked' ? ', and only with a masked recording' : '';
  const fields = template.fields.map((field) => fieldLabels[field].toLowerCase()).join(', ');
  return `${packet}${recording}. The message in ${languageLabels[template.language]} says what was seen and when${
    fields ? `, and: ${fields}` : ''
  }.`;
}

/** What must be there first, in words; empty when nothing must. */
export const templateConditions = (template: Template): string[] => [
  ...(template.minQuality > 0 ? [`the evidence scores ${template.minQuality} or more`] : []),
  ...(template.consentRequired ? ['a consent is recorded'] : []),
  ...(template.signedStatement ? ['the statement is signed'] : []),
];

const text = (value: Part['params'][string] | undefined): string => String(value ?? '');
const ms = (value: Part['params'][string] | undefined): string => duration(typeof value === 'number' ? value : 0);

const qualitySentences: Record<Part['code'], (params: Part['params']) => string> = {
  CLIP: (p) => `The clip is ${text(p['state'])}`,
  GAPS: (p) => (p['gapMs'] === 0 ? 'Nothing is missing in between' : `${ms(p['gapMs'])} were not recorded`),
  RESOLUTION: (p) =>
    p['height'] === null
      ? 'The size of the picture is not noted'
      : `The picture has ${text(p['width'])} × ${text(p['height'])}`,
  FRAME_RATE: (p) =>
    p['fps'] === null ? 'The frame rate is not noted' : `The recording has ${text(p['fps'])} pictures a second`,
  KEY_FRAMES: (p) => `Key frames: ${text(p['keyFrames'])}`,
  CLOCK: (p) =>
    p['errorMs'] === null
      ? 'The clocks of camera and till were not compared'
      : `The clocks of camera and till are known to ${ms(p['errorMs'])}`,
  TILL: (p) =>
    ({
      MISMATCH: 'The till has no line for it',
      UNKNOWN: 'The till cannot say',
      MATCH: 'The till says that it was paid',
    })[text(p['verdict'])] ?? 'The till was not asked',
  HASHES: (p) =>
    ({
      read: 'Every file was read again and had its hash',
      stored: 'Every file had its hash when it was stored',
      failed: 'A file no longer has its hash',
      none: 'There is no file',
    })[text(p['checked'])] ?? text(p['checked']),
  CUSTODY: (p) =>
    p['unbroken']
      ? `The custody log holds (${p['rows'] === 1 ? 'one row' : `${text(p['rows'])} rows`})`
      : 'The custody log does not hold',
  SECOND_REVIEW: (p) => (p['review'] === 'agreed' ? 'A second person agreed' : 'No second person has agreed'),
};

export const qualitySentence = ({ code, params }: Part): string => qualitySentences[code](params);
