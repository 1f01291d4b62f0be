import type { Call } from './types.ts';
import { type Gather, readKeys, readVoiceTwiml, type VoiceStep } from './voice-twiml.ts';

/** What a call's document says is to be done; only documents that were understood are kept. */
export function stepsOf({ document }: Call): VoiceStep[] {
  if (!document) return [];
  const read = readVoiceTwiml('text/xml', document.body);
  if (!read.ok) throw new Error(`A call goes by TwiML that is none: ${read.reason}`);
  return read.steps;
}

/** The gather that would hear a key now, or null. */
export function listeningGather(call: Call): Gather | null {
  const step = stepsOf(call)[call.position];
  return step && 'gather' in step ? step.gather : null;
}

/** A gather's name within its call, which no later document repeats. */
export const nameOf = (call: Call, gather: Gather): string => `${call.documents}.${gather.index}`;

/** What a gather has heard so far. */
export function heardBy(call: Call, gather: Gather) {
  const keys = call.heard.by === nameOf(call, gather) ? call.heard.keys : '';
  return { ...readKeys(gather, keys), count: keys.length, heard: keys !== '' };
}
