import type { Background } from './background.ts';
import { type Control, draw, happens } from './knobs.ts';
import type { WebhookOutcome } from './types.ts';
import type { WebhookPoster, WebhookRequest, WebhookResult } from './webhooks.ts';

export interface Callback {
  /** The message or call that it is about. */
  sid: string;
  event: string;
  /** The same in every run, for what chance decides. */
  about: string;
  /** Nothing follows that could overtake it. */
  last: boolean;
  request: WebhookRequest;
  note: (outcome: WebhookOutcome) => Promise<void>;
}

export interface CallbackOptions {
  control: Control;
  poster: WebhookPoster;
  background: Background;
  log: (line: string) => void;
}

export type Callbacks = ReturnType<typeof createCallbacks>;

const now = () => new Date().toISOString();

/** Sends status callbacks with all that can happen to them on the way. */
export function createCallbacks({ control, poster, background, log }: CallbackOptions) {
  const overtaken = new Map<string, Callback[]>();

  /** Posts once and notes what became of it; nothing is noted when the carrier was stopped meanwhile. */
  const deliver = async ({
    sid,
    event,
    request,
    note,
  }: Pick<Callback, 'sid' | 'event' | 'request' | 'note'>): Promise<WebhookResult> => {
    const result = await poster.post(request);
    if (result.outcome === 'interrupted') return result;
    const reason = result.outcome === 'failed' ? result.reason : null;
    await note({ outcome: result.outcome, attempts: result.attempts, reason, at: now() });
    if (reason) log(`webhook ${event} of ${sid} failed after ${result.attempts} attempts: ${reason}`);
    return result;
  };

  const delayed = async (copy: string) => {
    const range = control.knobs.callbackDelayMs;
    if (!range) return;
    await background.pause(range.min + Math.floor(draw(control, `delay ${copy}`) * (range.max - range.min + 1)));
  };

  const send = async (callback: Callback) => {
    if (happens(control, control.knobs.duplicateCallbacks, `duplicate ${callback.about}`)) {
      await delayed(`${callback.about} again`);
      await poster.post(callback.request);
    }
    await delayed(callback.about);
    await deliver(callback);
  };

  return {
    deliver,
    async report(callback: Callback): Promise<void> {
      if (happens(control, control.knobs.dropCallbacks, `drop ${callback.about}`)) {
        await callback.note({ outcome: 'dropped', attempts: 0, reason: null, at: now() });
      } else if (!callback.last && happens(control, control.knobs.reorder, `reorder ${callback.about}`)) {
        overtaken.set(callback.sid, [...(overtaken.get(callback.sid) ?? []), callback]);
        return;
      } else await send(callback);
      const late = overtaken.get(callback.sid) ?? [];
      overtaken.delete(callback.sid);
      for (const each of late) await send(each);
    },
  };
}
