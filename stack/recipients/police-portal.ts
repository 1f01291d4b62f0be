import {
  type Answer,
  type Asked,
  jsonOf,
  keyed,
  messageValidator,
  noticeBox,
  refused,
  type Simulator,
  sha256,
  startSimulator,
  type TakenNotice,
} from './kit.ts';

/** A case as the portal has it. */
export interface PortalCase {
  caseId: string;
  key: string;
  message: Record<string, unknown>;
  parts: Map<number, Buffer>;
  /** The packet, once it was finalised. */
  packet: Buffer | null;
  receiptNumber: string | null;
}

export interface PolicePortal extends Simulator {
  cases(): PortalCase[];
  notices(): TakenNotice[];
}

/** A police portal to play with: docs/sharing.md says how it is spoken to. */
export async function startPolicePortal(options: { credential: string; maxPartBytes?: number }): Promise<PolicePortal> {
  const maxBodyBytes = options.maxPartBytes ?? 16 * 1_024 * 1_024;
  const cases = keyed<PortalCase>();
  const notices = noticeBox();
  const validate = messageValidator('police-case');
  const answer = (asked: Asked): Answer => {
    const { method, path, query } = asked;
    if (method === 'GET' && path === '/cases') {
      const found = cases.get(query.get('key') ?? '');
      return found ? { status: 200, body: viewOf(found) } : refused(404, 'no such key');
    }
    if (method === 'POST' && path === '/cases') {
      const message = jsonOf(asked.body);
      if (!message || !validate(message)) return refused(422, 'not a case');
      const taken = cases.take(asked, () => newCase(asked.header('idempotency-key') ?? '', message));
      return 'status' in taken ? taken : { status: taken.fresh ? 201 : 200, body: viewOf(taken.value) };
    }
    const [, caseId, rest] = /^\/cases\/([A-Z0-9-]{1,40})\/(.+)$/.exec(path) ?? [];
    const one = cases.values().find((each) => each.caseId === caseId);
    if (!one || rest === undefined) return refused(404, 'no such case');
    if (method === 'POST' && rest === 'notices') return notices.take(asked);
    const [, number] = /^parts\/([1-9][0-9]{0,4})$/.exec(rest) ?? [];
    if (method === 'PUT' && number !== undefined) return takePart(one, Number(number), asked);
    if (method === 'POST' && rest === 'finalise') return finalise(one, asked);
    return refused(404, 'no such thing');
  };
  const simulator = await startSimulator({ credential: options.credential, maxBodyBytes }, answer);
  return Object.assign(simulator, { cases: () => cases.values(), notices: notices.taken });
}

const newCase = (key: string, message: Record<string, unknown>): PortalCase => ({
  ...{ caseId: `P-${sha256(key).slice(0, 8).toUpperCase()}`, key, message, parts: new Map() },
  ...{ packet: null, receiptNumber: null },
});

const viewOf = ({ caseId, parts, receiptNumber }: PortalCase) => ({
  ...{ caseId, state: receiptNumber === null ? 'open' : 'finalised' },
  ...{ parts: [...parts.keys()].sort((a, b) => a - b), receiptNumber },
});

function takePart(one: PortalCase, number: number, asked: Asked): Answer {
  if (one.receiptNumber !== null) return refused(409, 'finalised already');
  if (asked.header('content-sha256') !== sha256(asked.body)) return refused(422, 'not the bytes of the checksum');
  const before = one.parts.get(number);
  if (before && !before.equals(asked.body)) return refused(409, 'this part has another content');
  one.parts.set(number, asked.body);
  return { status: 204 };
}

function finalise(one: PortalCase, asked: Asked): Answer {
  const whole = jsonOf(asked.body);
  if (!whole || !Number.isSafeInteger(whole['parts'])) return refused(422, 'not a finalisation');
  if (one.receiptNumber === null) {
    const numbers = Array.from({ length: Number(whole['parts']) }, (_, index) => index + 1);
    if (numbers.some((number) => !one.parts.has(number)) || one.parts.size !== numbers.length)
      return refused(422, 'parts are missing');
    const packet = Buffer.concat(numbers.map((number) => one.parts.get(number) ?? Buffer.alloc(0)));
    const holds = numbers.length === 0 ? whole['sha256'] === null : whole['sha256'] === sha256(packet);
    if (!holds || whole['sizeBytes'] !== packet.length) return refused(422, 'not the packet that was announced');
    one.packet = packet;
    one.receiptNumber = `R-${sha256(one.key).slice(0, 10).toUpperCase()}`;
  }
  return { status: 200, body: { receiptNumber: one.receiptNumber } };
}
