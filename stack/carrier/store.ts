import { randomBytes } from 'node:crypto';
import { type JournalRecord, openJournal } from './journal.ts';
import { countSegments } from './segments.ts';
import type { Direction, Message, Phone, PhoneMessage, PhoneView, Status, WebhookOutcome } from './types.ts';

export interface NewMessage {
  direction: Direction;
  from: string;
  to: string;
  body: string;
  receivedAt: string;
  statusCallbackUrl: string | null;
}

export type Store = Awaited<ReturnType<typeof openStore>>;

/** The carrier's memory: what `messages.jsonl` holds, in maps; every change is appended before it is shown. */
export async function openStore(dataDir: string) {
  const { journal, records } = await openJournal(dataDir);
  const messages = new Map<string, Message>();
  const phones = new Map<string, Phone>();
  const byPhone = new Map<string, Message[]>();
  const listeners = new Set<() => void>();

  const phoneOf = (number: string): Phone => {
    const phone = phones.get(number) ?? { number, label: '', role: '', optedOut: false };
    phones.set(number, phone);
    return phone;
  };

  const apply = (record: JournalRecord) => {
    switch (record.kind) {
      case 'message': {
        const { message } = record;
        const number = message.direction === 'inbound' ? message.from : message.to;
        phoneOf(number);
        messages.set(message.sid, message);
        byPhone.set(number, byPhone.get(number) ?? []);
        byPhone.get(number)?.push(message);
        break;
      }
      case 'status': {
        const message = messages.get(record.sid);
        if (!message) break;
        message.status = record.status;
        message.updatedAt = record.at;
        message.errorCode = record.errorCode;
        if (record.status === 'sent') message.sentAt = record.at;
        break;
      }
      case 'webhook': {
        const message = messages.get(record.sid);
        if (message) message.webhooks[record.event] = record.outcome;
        break;
      }
      case 'phone':
        Object.assign(phoneOf(record.number), { label: record.label, role: record.role });
        break;
      case 'opt_out':
        phoneOf(record.number).optedOut = record.optedOut;
        break;
    }
  };
  for (const record of records) apply(record);

  const commit = async (record: JournalRecord, promise: 'durable' | 'written') => {
    await journal.append(record, promise);
    apply(record);
    for (const listener of listeners) listener();
  };

  return {
    async addMessage(input: NewMessage): Promise<Message> {
      const message: Message = {
        ...input,
        sid: `SM${randomBytes(16).toString('hex')}`,
        segments: countSegments(input.body).segments,
        status: input.direction === 'inbound' ? 'received' : 'queued',
        sentAt: input.direction === 'inbound' ? input.receivedAt : null,
        updatedAt: input.receivedAt,
        errorCode: null,
        webhooks: {},
      };
      await commit({ kind: 'message', message }, 'durable');
      return message;
    },
    setStatus: (sid: string, status: Status, at: string, errorCode: number | null) =>
      commit({ kind: 'status', sid, status, at, errorCode }, 'written'),
    setWebhook: (sid: string, event: Status, outcome: WebhookOutcome) =>
      commit({ kind: 'webhook', sid, event, outcome }, 'written'),
    setPhone: (number: string, label: string, role: string) =>
      commit({ kind: 'phone', number, label, role }, 'durable'),
    setOptedOut: (number: string, optedOut: boolean) => commit({ kind: 'opt_out', number, optedOut }, 'durable'),
    message: (sid: string): Message | undefined => messages.get(sid),
    /** Oldest first. */
    messages: (): Message[] => [...messages.values()],
    phone: (number: string): Phone | undefined => phones.get(number),
    phones: (): PhoneView[] =>
      [...phones.values()].map((phone) => ({ ...phone, messages: (byPhone.get(phone.number) ?? []).map(onHandset) })),
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => journal.close(),
  };
}

function onHandset(message: Message): PhoneMessage {
  return {
    sid: message.sid,
    direction: message.direction === 'inbound' ? 'from_phone' : 'to_phone',
    body: message.body,
    at: message.receivedAt,
    status: message.status,
    segments: message.segments,
    problem: problemOf(message),
  };
}

function problemOf(message: Message): string | null {
  if (message.errorCode !== null) return `Not delivered to the handset (error ${message.errorCode}).`;
  const failed = Object.entries(message.webhooks).find(([, webhook]) => webhook.outcome === 'failed');
  return failed ? `Webhook for "${failed[0]}" failed after ${failed[1].attempts} attempts: ${failed[1].reason}` : null;
}
