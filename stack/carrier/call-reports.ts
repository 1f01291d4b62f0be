import type { Background } from './background.ts';
import type { Callbacks } from './callbacks.ts';
import type { Store } from './store.ts';
import { type Call, type CallEvent, callEvents, durationSeconds } from './types.ts';

export interface CallReportsOptions {
  store: Store;
  callbacks: Callbacks;
  background: Background;
  accountSid: string;
}

/** Tells the customer how a call goes on, as far as they asked. */
export function createCallReports({ store, callbacks, background, accountSid }: CallReportsOptions) {
  const underWay = new Set<string>();

  const report = async (call: Call, event: CallEvent, url: string, sequenceNumber: number) => {
    const key = `${call.sid}-${event}`;
    underWay.add(key);
    await callbacks
      .report({
        sid: call.sid,
        event,
        about: `call ${call.ordinal} to ${call.to}: ${event}`,
        // After a restart the last one may have been told before this one.
        last: event === 'completed' || call.webhooks.completed !== undefined,
        request: { url, params: paramsOf(accountSid, call, event, sequenceNumber), idempotencyToken: key },
        note: (outcome) => store.setCallWebhook(call.sid, event, outcome),
      })
      .finally(() => underWay.delete(key));
  };

  return {
    /** Sends the callbacks of everything that has happened and was not reported yet. */
    reportProgress(call: Call): void {
      const url = call.statusCallbackUrl;
      if (url === null) return;
      const due = callEvents.filter((event) => call.statusCallbackEvents.includes(event) && instantOf(call, event));
      for (const [sequenceNumber, event] of due.entries()) {
        if (call.webhooks[event] || underWay.has(`${call.sid}-${event}`)) continue;
        background.run(report(call, event, url, sequenceNumber));
      }
    },
  };
}

function instantOf(call: Call, event: CallEvent): string | null {
  switch (event) {
    case 'initiated':
      return call.initiatedAt;
    case 'ringing':
      return call.ringingAt;
    case 'answered':
      return call.answeredAt;
    case 'completed':
      return call.endedAt;
  }
}

/** What every webhook about a call says of it. */
export function callParams(accountSid: string, call: Call, status: string): Record<string, string> {
  return {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    Called: call.to,
    Caller: call.from,
    CallSid: call.sid,
    CallStatus: status,
    Direction: 'outbound-api',
    From: call.from,
    To: call.to,
  };
}

/** Twilio's word for who answered; absent when the customer did not ask. */
export function answeredByParam(call: Call): { AnsweredBy?: string } {
  if (!call.detectMachine || call.answeredBy === null) return {};
  return { AnsweredBy: call.answeredBy === 'machine' ? 'machine_start' : 'human' };
}

function paramsOf(accountSid: string, call: Call, event: CallEvent, sequenceNumber: number): Record<string, string> {
  const status = event === 'completed' ? call.status : event === 'answered' ? 'in-progress' : event;
  const params = {
    ...callParams(accountSid, call, status),
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(sequenceNumber),
    Timestamp: new Date(instantOf(call, event) ?? call.updatedAt).toUTCString().replace('GMT', '+0000'),
  };
  if (event !== 'completed') return params;
  const seconds = durationSeconds(call) ?? 0;
  return {
    ...params,
    ...answeredByParam(call),
    CallDuration: String(seconds),
    Duration: String(Math.ceil(seconds / 60)),
    ...(call.sipCode === null ? {} : { SipResponseCode: String(call.sipCode) }),
  };
}
