import { type Background, createPace } from './background.ts';
import { CallLine, CallOver } from './call-line.ts';
import { createCallReports } from './call-reports.ts';
import { heardBy, listeningGather, nameOf } from './call-steps.ts';
import { createTalk } from './call-talk.ts';
import type { Callbacks } from './callbacks.ts';
import type { Control } from './knobs.ts';
import type { CallChange, NewCall, Store } from './store.ts';
import { type AnsweredBy, type Call, isOver } from './types.ts';
import type { WebhookPoster } from './webhooks.ts';

export interface CallsOptions {
  store: Store;
  control: Control;
  poster: WebhookPoster;
  callbacks: Callbacks;
  background: Background;
  accountSid: string;
  stopped: AbortSignal;
  log: (line: string) => void;
}

/** What the network on the other side says. */
const SIP = { busy: 486, declined: 603, failed: 404, noAnswer: 487, answered: 200 } as const;

const now = () => new Date().toISOString();

export type Calls = ReturnType<typeof createCalls>;

/** Carries calls from the queue to their end; people act on them through the returned functions. */
export function createCalls(options: CallsOptions) {
  const { store, control, background, stopped } = options;
  const lines = new Map<string, CallLine>();
  const reports = createCallReports(options);
  const slotAfterMs = createPace();
  stopped.addEventListener('abort', () => {
    for (const line of lines.values()) line.end();
  });

  const behaviourOf = (call: Call) => control.knobs.voice[call.to] ?? control.knobs.voice['*'];

  const advance = async (call: Call, line: CallLine, change: Omit<CallChange, 'at'>) => {
    await store.setCallStatus(call, { ...change, at: now() });
    if (!line.isOver) reports.reportProgress(call);
    line.changed();
  };

  const end = async (call: Call, line: CallLine, change: Omit<CallChange, 'at' | 'price'>) => {
    if (!line.end()) return;
    const startedMinutes =
      call.answeredAt === null ? 0 : Math.max(1, Math.ceil((Date.now() - Date.parse(call.answeredAt)) / 60_000));
    const price = startedMinutes === 0 ? null : `-${(startedMinutes * control.knobs.pricePerMinute).toFixed(4)}`;
    await store.setCallStatus(call, { ...change, price, at: now() });
    lines.delete(call.sid);
    reports.reportProgress(call);
  };

  const press = (call: Call, line: CallLine, key: string) =>
    line.oneByOne(async () => {
      if (line.isOver) return;
      const gather = listeningGather(call);
      const hears = gather && !heardBy(call, gather).complete ? nameOf(call, gather) : null;
      await store.addCallKey(call, { kind: 'key', text: key, language: null, at: now() }, hears);
      line.changed();
    });

  /** What the handset would press next by itself. */
  const nextKeyOf = (call: Call) =>
    behaviourOf(call)?.keys[call.lines.filter(({ kind }) => kind === 'key').length] ?? null;

  const talk = createTalk({ ...options, press, nextKeyOf });

  const dial = async (call: Call, line: CallLine) => {
    if (call.status === 'queued') {
      await line.rest(slotAfterMs('account', control.knobs.callsPerSecond));
      await line.rest(control.knobs.callMs.initiated);
      await advance(call, line, { status: 'initiated' });
    }
    if (call.status === 'initiated') {
      await line.rest(control.knobs.callMs.ringing);
      const does = behaviourOf(call)?.does;
      if (does === 'busy') return end(call, line, { status: 'busy', sipCode: SIP.busy });
      if (does === 'failed') return end(call, line, { status: 'failed', sipCode: SIP.failed });
      await advance(call, line, { status: 'ringing' });
    }
  };

  const ring = async (call: Call, line: CallLine) => {
    const answered = () => call.status !== 'ringing';
    const rangMs = call.ringingAt === null ? 0 : Date.now() - Date.parse(call.ringingAt);
    const leftMs = Math.max(0, call.ringTimeoutSeconds * 1000 - rangMs);
    const does = behaviourOf(call)?.does;
    const thinksMs = control.knobs.callMs.answer;
    if ((does === 'answer' || does === 'machine' || does === 'decline') && thinksMs < leftMs) {
      await line.until(answered, thinksMs);
      if (answered()) return;
      if (does === 'decline') await end(call, line, { status: 'busy', sipCode: SIP.declined });
      else await pickUp(call, line, does === 'machine' ? 'machine' : 'human');
      return;
    }
    await line.until(answered, leftMs);
    if (!answered()) await end(call, line, { status: 'no-answer', sipCode: SIP.noAnswer });
  };

  /** Only the first of those who reach for the handset gets it. */
  const pickUp = (call: Call, line: CallLine, answeredBy: AnsweredBy) =>
    line.oneByOne(async () => {
      if (line.isOver || call.status !== 'ringing') return;
      await advance(call, line, { status: 'in-progress', answeredBy, sipCode: SIP.answered });
    });

  const live = async (call: Call, line: CallLine) => {
    try {
      if (call.status === 'queued' || call.status === 'initiated') await dial(call, line);
      if (call.status === 'ringing') await ring(call, line);
      if (call.status !== 'in-progress') return;
      const recorder =
        call.answeredBy === 'machine'
          ? setTimeout(
              () => background.run(end(call, line, { status: 'completed' })),
              control.knobs.callMs.machineHangsUp,
            )
          : undefined;
      const problem = await talk(call, line).finally(() => clearTimeout(recorder));
      await end(call, line, { status: 'completed', problem });
    } catch (error) {
      if (!(error instanceof CallOver)) throw error;
    }
  };

  const begin = (call: Call) => {
    const line = new CallLine();
    lines.set(call.sid, line);
    background.run(live(call, line));
  };

  return {
    async place(order: NewCall): Promise<Call> {
      const call = await store.addCall(order);
      begin(call);
      return call;
    },
    /** The handset's owner, or a machine, takes the call. False when it does not ring. */
    async answer(call: Call, answeredBy: AnsweredBy): Promise<boolean> {
      const line = lines.get(call.sid);
      if (!line || call.status !== 'ringing') return false;
      await pickUp(call, line, answeredBy);
      return true;
    },
    /** The owner does not want it. False when it does not ring. */
    async decline(call: Call): Promise<boolean> {
      const line = lines.get(call.sid);
      if (!line || call.status !== 'ringing') return false;
      await end(call, line, { status: 'busy', sipCode: SIP.declined });
      return true;
    },
    /** The owner presses keys. False when nobody has answered or it is over. */
    async press(call: Call, keys: string): Promise<boolean> {
      const line = lines.get(call.sid);
      if (!line || call.status !== 'in-progress') return false;
      for (const key of keys) await press(call, line, key);
      return true;
    },
    /** Either side ends it. False when it is over already. */
    async hangUp(call: Call): Promise<boolean> {
      const line = lines.get(call.sid);
      if (!line || isOver(call)) return false;
      await end(call, line, { status: call.status === 'in-progress' ? 'completed' : 'canceled' });
      return true;
    },
    /** After a restart: goes on with every call and every callback that was still under way. */
    resume() {
      for (const call of store.calls()) {
        reports.reportProgress(call);
        if (!isOver(call)) begin(call);
      }
    },
  };
}
