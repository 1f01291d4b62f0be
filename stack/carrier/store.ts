import { randomBytes } from 'node:crypto';
import { openJournal } from './journal.ts';
import type { JournalRecord } from './journal-records.ts';
import { callOnHandset, messageOnHandset } from './phone-view.ts';
import { countSegments } from './segments.ts';
import {
  type AnsweredBy,
  type Call,
  type CallEvent,
  type CallLine,
  type CallOrder,
  type CallStatus,
  type Direction,
  isOver,
  type Message,
  type Phone,
  type PhoneView,
  type Status,
  type WebhookOutcome,
} from './types.ts';

export interface NewMessage {
  direction: Direction;
  from: string;
  to: string;
  body: string;
  receivedAt: string;
  statusCallbackUrl: string | null;
}

export type NewCall = Omit<CallOrder, 'sid' | 'ordinal'>;

export interface CallChange {
  status: CallStatus;
  at: string;
  answeredBy?: AnsweredBy;
  sipCode?: number;
  price?: string | null;
  problem?: string | null;
}

export type Store = Awaited<ReturnType<typeof openStore>>;

/** The carrier's memory: what `messages.jsonl` holds, in maps; every change is appended before it is shown. */
export async function openStore(dataDir: string) {
  const { journal, records } = await openJournal(dataDir);
  const messages = new Map<string, Message>();
  const calls = new Map<string, Call>();
  const phones = new Map<string, Phone & { messages: Message[]; calls: Call[] }>();
  const ordinals = new Map<string, number>();
  const listeners = new Set<() => void>();

  const phoneOf = (number: string) => {
    const phone = phones.get(number) ?? { number, label: '', role: '', optedOut: false, messages: [], calls: [] };
    phones.set(number, phone);
    return phone;
  };

  const nextOrdinal = (what: string, number: string) => {
    const key = `${what} ${number}`;
    const ordinal = (ordinals.get(key) ?? 0) + 1;
    ordinals.set(key, ordinal);
    return ordinal;
  };

  const apply = (record: JournalRecord) => {
    switch (record.kind) {
      case 'message': {
        const { message } = record;
        messages.set(message.sid, message);
        phoneOf(message.direction === 'inbound' ? message.from : message.to).messages.push(message);
        break;
      }
      case 'status': {
        const message = messages.get(record.sid);
        if (!message) break;
        Object.assign(message, { status: record.status, updatedAt: record.at });
        Object.assign(message, { errorCode: record.errorCode, price: record.price });
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
      case 'call': {
        const call = newCall(record.order);
        calls.set(call.sid, call);
        phoneOf(call.to).calls.push(call);
        break;
      }
      default: {
        const call = calls.get(record.sid);
        if (call) applyToCall(call, record);
      }
    }
  };
  for (const record of records) {
    apply(record);
    if (record.kind === 'message') nextOrdinal(record.message.direction, handsetOf(record.message));
    if (record.kind === 'call') nextOrdinal('call', record.order.to);
  }

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
        price: null,
        ordinal: nextOrdinal(input.direction, handsetOf(input)),
        webhooks: {},
      };
      await commit({ kind: 'message', message }, 'durable');
      return message;
    },
    setStatus: (sid: string, status: Status, at: string, errorCode: number | null, price: string | null = null) =>
      commit({ kind: 'status', sid, status, at, errorCode, price }, 'written'),
    setWebhook: (sid: string, event: Status, outcome: WebhookOutcome) =>
      commit({ kind: 'webhook', sid, event, outcome }, 'written'),

    async addCall(input: NewCall): Promise<Call> {
      const sid = `CA${randomBytes(16).toString('hex')}`;
      const order = { ...input, sid, ordinal: nextOrdinal('call', input.to) };
      await commit({ kind: 'call', order }, 'durable');
      const call = calls.get(sid);
      if (!call) throw new Error(`The call ${sid} was journalled and is not there.`);
      return call;
    },
    setCallStatus: ({ sid }: Call, { status, at, answeredBy, sipCode, price, problem }: CallChange) =>
      commit(
        {
          kind: 'call_status',
          ...{ sid, status, at, answeredBy: answeredBy ?? null, sipCode: sipCode ?? null },
          ...{ price: price ?? null, problem: problem ?? null },
        },
        'written',
      ),
    setCallDocument: ({ sid }: Call, url: string | null, body: string) =>
      commit({ kind: 'call_document', sid, url, body }, 'written'),
    setCallStep: ({ sid }: Call, position: number, line: CallLine | null) =>
      commit({ kind: 'call_step', sid, position, line }, 'written'),
    addCallKey: ({ sid }: Call, line: CallLine, heardBy: string | null) =>
      commit({ kind: 'call_key', sid, line, heardBy }, 'durable'),
    setCallWebhook: (sid: string, event: CallEvent, outcome: WebhookOutcome) =>
      commit({ kind: 'call_webhook', sid, event, outcome }, 'written'),

    setPhone: (number: string, label: string, role: string) =>
      commit({ kind: 'phone', number, label, role }, 'durable'),
    setOptedOut: (number: string, optedOut: boolean) => commit({ kind: 'opt_out', number, optedOut }, 'durable'),
    message: (sid: string): Message | undefined => messages.get(sid),
    call: (sid: string): Call | undefined => calls.get(sid),
    /** Oldest first. */
    messages: (): Message[] => [...messages.values()],
    /** Oldest first. */
    calls: (): Call[] => [...calls.values()],
    phone: (number: string): Phone | undefined => phones.get(number),
    /** Which of the customer's numbers wrote to this handset last. */
    lastSenderTo: (number: string): string | undefined =>
      phones.get(number)?.messages.findLast(({ direction }) => direction !== 'inbound')?.from,
    phones: (): PhoneView[] =>
      [...phones.values()].map((phone) => ({
        ...phone,
        messages: phone.messages.map(messageOnHandset),
        calls: phone.calls.map(callOnHandset),
      })),
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => journal.close(),
  };
}

const handsetOf = ({ direction, from, to }: Pick<Message, 'direction' | 'from' | 'to'>) =>
  direction === 'inbound' ? from : to;

const newCall = (order: CallOrder): Call => ({
  ...order,
  status: 'queued',
  updatedAt: order.receivedAt,
  ...{ initiatedAt: null, ringingAt: null, answeredAt: null, endedAt: null },
  ...{ answeredBy: null, sipCode: null, price: null, problem: null },
  ...{ document: null, documents: 0, position: 0 },
  heard: { by: '', keys: '' },
  lines: [],
  webhooks: {},
});

type CallRecord = Extract<
  JournalRecord,
  { kind: 'call_status' | 'call_document' | 'call_step' | 'call_key' | 'call_webhook' }
>;

function applyToCall(call: Call, record: CallRecord): void {
  switch (record.kind) {
    case 'call_status': {
      const { status, at } = record;
      Object.assign(call, { status, updatedAt: at, price: record.price, problem: record.problem });
      call.answeredBy = record.answeredBy ?? call.answeredBy;
      call.sipCode = record.sipCode ?? call.sipCode;
      if (status === 'initiated') call.initiatedAt = at;
      else if (status === 'ringing') call.ringingAt = at;
      else if (status === 'in-progress') call.answeredAt = at;
      else if (isOver(call)) call.endedAt = at;
      break;
    }
    case 'call_document':
      call.document = { url: record.url, body: record.body };
      call.documents += 1;
      call.position = 0;
      break;
    case 'call_step':
      call.position = record.position;
      if (record.line) call.lines.push(record.line);
      break;
    case 'call_key':
      call.lines.push(record.line);
      if (record.heardBy === null) break;
      if (call.heard.by !== record.heardBy) call.heard = { by: record.heardBy, keys: '' };
      call.heard.keys += record.line.text;
      break;
    case 'call_webhook':
      call.webhooks[record.event] = record.outcome;
      break;
  }
}
