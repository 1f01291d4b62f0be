import { isXml, mediaTypeOf, responseOf } from './twiml-reader.ts';
import { elementsOf, textOf, type XmlElement } from './xml.ts';

export interface Gather {
  /** Its place in the document. */
  index: number;
  action: string | null;
  method: 'GET' | 'POST';
  numDigits: number | null;
  timeoutSeconds: number;
  finishOnKey: string;
  actionOnEmptyResult: boolean;
}

/** One thing to do at a time. What is inside a `<Gather>` comes before it and is cut short by a key. */
export type VoiceStep =
  | { does: 'say'; text: string; language: string; gather: Gather | null }
  | { does: 'pause'; seconds: number; gather: Gather | null }
  | { does: 'gather'; gather: Gather }
  | { does: 'redirect'; url: string; method: 'GET' | 'POST' }
  | { does: 'hangup' };

export type VoiceTwiml = { ok: true; steps: VoiceStep[] } | { ok: false; reason: string };

const LONGEST_SAY = 4096;

/** Reads what a call is to do, strictly: what this carrier cannot do is an error and is never skipped. */
export function readVoiceTwiml(contentType: string, body: string): VoiceTwiml {
  const mediaType = mediaTypeOf(contentType);
  if (!isXml(mediaType)) return { ok: false, reason: `12300: content type "${mediaType}" is not text/xml` };
  try {
    const steps: VoiceStep[] = [];
    for (const element of elementsOf(responseOf(body))) readVerb(element, steps, null);
    return { ok: true, steps };
  } catch (error) {
    return { ok: false, reason: `12100: ${(error as Error).message}` };
  }
}

function readVerb(element: XmlElement, steps: VoiceStep[], gather: Gather | null): void {
  switch (element.name) {
    case 'Say':
      steps.push({ does: 'say', ...readSay(element), gather });
      return;
    case 'Pause':
      checkAttributes(element, ['length']);
      steps.push({ does: 'pause', seconds: wholeNumber(element, 'length', 1, 0), gather });
      return;
    case 'Gather':
      if (gather) break;
      readGather(element, steps);
      return;
    case 'Redirect':
      if (gather) break;
      checkAttributes(element, ['method']);
      steps.push({ does: 'redirect', url: textOf(element), method: methodOf(element) });
      return;
    case 'Hangup':
      if (gather) break;
      checkAttributes(element, []);
      steps.push({ does: 'hangup' });
      return;
  }
  throw new Error(`<${element.name}> inside <${gather ? 'Gather' : 'Response'}> is not carried here`);
}

function readSay(element: XmlElement): { text: string; language: string } {
  checkAttributes(element, ['language', 'voice']);
  const text = textOf(element);
  const language = element.attributes['language'] ?? 'en-US';
  if (text === '') throw new Error('13520: <Say> has no text');
  if (text.length > LONGEST_SAY) throw new Error(`13520: <Say> is longer than ${LONGEST_SAY} characters`);
  if (!/^[a-z]{2,3}-[A-Z]{2}$/.test(language)) throw new Error(`13512: <Say> in the language "${language}"`);
  return { text, language };
}

function readGather(element: XmlElement, steps: VoiceStep[]): void {
  const { attributes } = element;
  checkAttributes(element, [
    ...['action', 'method', 'input', 'numDigits', 'timeout', 'finishOnKey', 'actionOnEmptyResult'],
  ]);
  if ((attributes['input'] ?? 'dtmf') !== 'dtmf') throw new Error(`13334: <Gather> of input "${attributes['input']}"`);
  const finishOnKey = attributes['finishOnKey'] ?? '#';
  if (!/^[0-9*#]?$/.test(finishOnKey)) throw new Error(`13333: finishOnKey "${finishOnKey}"`);
  const gather: Gather = {
    index: steps.length,
    action: attributes['action'] ?? null,
    method: methodOf(element),
    numDigits: attributes['numDigits'] === undefined ? null : wholeNumber(element, 'numDigits', 1, 1),
    timeoutSeconds: wholeNumber(element, 'timeout', 5, 1),
    finishOnKey,
    actionOnEmptyResult: attributes['actionOnEmptyResult'] === 'true',
  };
  for (const child of elementsOf(element)) readVerb(child, steps, gather);
  steps.push({ does: 'gather', gather });
}

function methodOf({ attributes }: XmlElement): 'GET' | 'POST' {
  const method = attributes['method'] ?? 'POST';
  if (method !== 'GET' && method !== 'POST') throw new Error(`method "${method}" is neither GET nor POST`);
  return method;
}

function wholeNumber({ name, attributes }: XmlElement, attribute: string, fallback: number, least: number): number {
  const given = attributes[attribute];
  const value = given === undefined ? fallback : Number(given);
  if (!Number.isInteger(value) || value < least) throw new Error(`${attribute}="${given}" of <${name}>`);
  return value;
}

function checkAttributes({ name, attributes }: XmlElement, known: readonly string[]): void {
  const unknown = Object.keys(attributes).find((attribute) => !known.includes(attribute));
  if (unknown) throw new Error(`attribute ${unknown} of <${name}> is not carried here`);
}

/** The keys without the one that ended them, and whether the gather has all it waits for. */
export function readKeys(gather: Gather, keys: string): { digits: string; finishedOnKey: string; complete: boolean } {
  const end = gather.finishOnKey === '' ? -1 : keys.indexOf(gather.finishOnKey);
  const digits = (end < 0 ? keys : keys.slice(0, end)).slice(0, gather.numDigits ?? undefined);
  const enough = gather.numDigits !== null && digits.length >= gather.numDigits;
  return { digits, finishedOnKey: end >= 0 && !enough ? gather.finishOnKey : '', complete: enough || end >= 0 };
}
