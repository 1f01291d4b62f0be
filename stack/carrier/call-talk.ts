import type { CallLine } from './call-line.ts';
import { answeredByParam, callParams } from './call-reports.ts';
import { heardBy, stepsOf } from './call-steps.ts';
import type { Control } from './knobs.ts';
import type { Store } from './store.ts';
import type { Call } from './types.ts';
import { type Gather, readVoiceTwiml, type VoiceStep } from './voice-twiml.ts';
import type { WebhookPoster } from './webhooks.ts';

export interface TalkOptions {
  store: Store;
  control: Control;
  poster: WebhookPoster;
  accountSid: string;
  log: (line: string) => void;
  press: (call: Call, line: CallLine, key: string) => Promise<void>;
  nextKeyOf: (call: Call) => string | null;
}

/** What Twilio says when the TwiML cannot be had or cannot be understood. */
const APPLICATION_ERROR = 'We are sorry, an application error has occurred. Goodbye.';
/** A document that only redirects to itself would never end. */
const MOST_DOCUMENTS = 100;

const now = () => new Date().toISOString();

/**
 * Executes a call's TwiML from where it stands, so that a restart goes on in the middle of it. Resolves with what went wrong, or null,
 * when there is nothing left to do; a request that was under way is sent again with the same idempotency token.
 */
export function createTalk({ store, control, poster, accountSid, log, press, nextKeyOf }: TalkOptions) {
  const fail = async (call: Call, reason: string): Promise<string> => {
    const line = { kind: 'said' as const, text: APPLICATION_ERROR, language: 'en-US', at: now() };
    await store.setCallStep(call, call.position, line);
    log(`the call ${call.sid} ended with an application error: ${reason}`);
    return reason;
  };

  /** Fetches the next document and turns to it; returns what is wrong, or null. */
  const turnTo = async (
    call: Call,
    line: CallLine,
    page: { url: string; method: 'GET' | 'POST'; params?: Record<string, string> },
  ): Promise<string | null> => {
    if (call.documents >= MOST_DOCUMENTS) return fail(call, `the call asked for more than ${MOST_DOCUMENTS} documents`);
    const url = absolute(page.url, call.document?.url ?? null);
    if (url === null) return fail(call, `11100: "${page.url}" is not a URL`);
    const answer = await poster.ask({
      url,
      method: page.method,
      params: { ...callParams(accountSid, call, 'in-progress'), ...answeredByParam(call), ...page.params },
      idempotencyToken: `${call.sid}-${call.documents}`,
    });
    // Whoever hung up meanwhile does not hear it.
    await line.rest(0);
    if (answer.outcome === 'interrupted') throw new Error('interrupted');
    if (answer.outcome === 'failed') return fail(call, `11200: ${url}: ${answer.reason}`);
    return begin(call, url, answer.contentType, answer.body);
  };

  const begin = async (call: Call, url: string | null, contentType: string, body: string): Promise<string | null> => {
    const read = readVoiceTwiml(contentType, body);
    if (!read.ok) return fail(call, read.reason);
    await store.setCallDocument(call, url, body);
    return null;
  };

  const say = async (call: Call, line: CallLine, step: Extract<VoiceStep, { does: 'say' }>) => {
    const { text, language, gather } = step;
    const pressed = () => gather !== null && heardBy(call, gather).heard;
    if (pressed()) return store.setCallStep(call, call.position + 1, null);
    // Visible from the first word on; the person may cut it short with a key.
    const spokenMs = text.length * control.knobs.callMs.sayPerCharacter;
    const said = { kind: 'said' as const, text, language, at: now() };
    if (spokenMs === 0) return store.setCallStep(call, call.position + 1, said);
    await store.setCallStep(call, call.position, said);
    await line.until(pressed, spokenMs);
    return store.setCallStep(call, call.position + 1, null);
  };

  /** Waits for keys as long as the gather says, starting over with each. */
  const listen = async (call: Call, line: CallLine, gather: Gather) => {
    for (;;) {
      const { complete, count } = heardBy(call, gather);
      if (complete) return;
      const more = () => heardBy(call, gather).count > count;
      const timeoutMs = gather.timeoutSeconds * 1000;
      const key = nextKeyOf(call);
      const thinksMs = control.knobs.callMs.key;
      if (key !== null && thinksMs < timeoutMs) {
        await line.until(more, thinksMs);
        if (!more()) await press(call, line, key);
        continue;
      }
      await line.until(more, timeoutMs);
      if (!more()) return;
    }
  };

  const gatherKeys = async (call: Call, line: CallLine, gather: Gather): Promise<string | null> => {
    await listen(call, line, gather);
    const { digits, finishedOnKey } = heardBy(call, gather);
    if (digits === '' && !gather.actionOnEmptyResult) {
      await store.setCallStep(call, call.position + 1, null);
      return null;
    }
    const url = gather.action ?? call.document?.url ?? null;
    if (url === null) return fail(call, '11100: <Gather> without action in TwiML that came without a URL');
    const params = { Digits: digits, FinishedOnKey: finishedOnKey, msg: 'Gather End' };
    return turnTo(call, line, { url, method: gather.method, params });
  };

  /** Does one step; returns what went wrong, or null. */
  const perform = async (call: Call, line: CallLine, step: VoiceStep): Promise<string | null> => {
    switch (step.does) {
      case 'say':
        await say(call, line, step);
        return null;
      case 'pause': {
        const { gather } = step;
        await line.until(() => gather !== null && heardBy(call, gather).heard, step.seconds * 1000);
        await store.setCallStep(call, call.position + 1, null);
        return null;
      }
      case 'gather':
        return gatherKeys(call, line, step.gather);
      case 'redirect':
        return turnTo(call, line, step);
      case 'hangup':
        await store.setCallStep(call, Number.MAX_SAFE_INTEGER, null);
        return null;
    }
  };

  return async function talk(call: Call, line: CallLine): Promise<string | null> {
    if (!call.document) {
      if (call.detectMachine) await line.rest(control.knobs.callMs.detection);
      const { url, method, twiml } = call;
      const problem =
        url === null ? await begin(call, null, 'text/xml', twiml ?? '') : await turnTo(call, line, { url, method });
      if (problem) return problem;
    }
    for (let step = stepsOf(call)[call.position]; step; step = stepsOf(call)[call.position]) {
      const problem = await perform(call, line, step);
      if (problem) return problem;
      if (line.isOver) break;
    }
    return null;
  };
}

/** As it was written when it is absolute, since that is what is signed. */
function absolute(url: string, base: string | null): string | null {
  if (URL.canParse(url)) return url;
  return base !== null && URL.canParse(url, base) ? new URL(url, base).href : null;
}
