import { nameOf, stepsOf } from './call-steps.ts';
import { type Call, durationSeconds, type Message, type PhoneCall, type PhoneMessage } from './types.ts';

/** A message as the handset shows it. */
export function messageOnHandset(message: Message): PhoneMessage {
  const inbound = message.direction === 'inbound';
  return {
    sid: message.sid,
    direction: inbound ? 'from_phone' : 'to_phone',
    peer: inbound ? message.to : message.from,
    body: message.body,
    at: message.receivedAt,
    status: message.status,
    segments: message.segments,
    problem: problemOf(message),
  };
}

/** A call as the handset shows it. */
export function callOnHandset(call: Call): PhoneCall {
  return {
    sid: call.sid,
    from: call.from,
    status: call.status,
    at: call.receivedAt,
    ringingAt: call.ringingAt,
    answeredAt: call.answeredAt,
    endedAt: call.endedAt,
    answeredBy: call.answeredBy,
    durationSeconds: durationSeconds(call),
    lines: call.lines,
    waitingForKey: waitingForKey(call),
    problem: call.problem ?? webhookProblem(call.webhooks),
  };
}

function waitingForKey(call: Call): PhoneCall['waitingForKey'] {
  if (call.status !== 'in-progress') return null;
  const step = stepsOf(call)[call.position];
  if (step?.does !== 'gather') return null;
  const { numDigits, timeoutSeconds } = step.gather;
  return {
    numDigits,
    timeoutSeconds,
    pressed: call.heard.by === nameOf(call, step.gather) ? call.heard.keys : '',
  };
}

function problemOf(message: Message): string | null {
  if (message.errorCode !== null) return `Not delivered to the handset (error ${message.errorCode}).`;
  return webhookProblem(message.webhooks);
}

function webhookProblem(webhooks: Message['webhooks'] | Call['webhooks']): string | null {
  const failed = Object.entries(webhooks).find(([, webhook]) => webhook.outcome === 'failed');
  return failed ? `Webhook for "${failed[0]}" failed after ${failed[1].attempts} attempts: ${failed[1].reason}` : null;
}
