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

/** A claim as the insurer has it. */
export interface TakenClaim {
  claimId: string;
  key: string;
  message: Record<string, unknown>;
  packet: Buffer | null;
  receiptNumber: string | null;
}

export interface Insurer extends Simulator {
  claims(): TakenClaim[];
  notices(): TakenNotice[];
}

/** An insurer to play with: docs/sharing.md says how it is spoken to. */
export async function startInsurer(options: { credential: string; maxPacketBytes?: number }): Promise<Insurer> {
  const maxBodyBytes = options.maxPacketBytes ?? 64 * 1_024 * 1_024;
  const claims = keyed<TakenClaim>();
  const notices = noticeBox();
  const validate = messageValidator('insurer-claim');
  const answer = (asked: Asked): Answer => {
    const { method, path, query } = asked;
    if (method === 'GET' && path === '/claims') {
      const found = claims.get(query.get('key') ?? '');
      return found ? { status: 200, body: viewOf(found) } : refused(404, 'no such key');
    }
    if (method === 'POST' && path === '/claims') {
      const message = jsonOf(asked.body);
      if (!message || !validate(message)) return refused(422, 'not a claim');
      const taken = claims.take(asked, () => newClaim(asked.header('idempotency-key') ?? '', message));
      return 'status' in taken ? taken : { status: taken.fresh ? 201 : 200, body: viewOf(taken.value) };
    }
    const [, claimId, rest] = /^\/claims\/([A-Z0-9-]{1,40})\/(.+)$/.exec(path) ?? [];
    const one = claims.values().find((each) => each.claimId === claimId);
    if (!one) return refused(404, 'no such claim');
    if (method === 'POST' && rest === 'notices') return notices.take(asked);
    if (method === 'PUT' && rest === 'packet') return takePacket(one, asked);
    return refused(404, 'no such thing');
  };
  const simulator = await startSimulator({ credential: options.credential, maxBodyBytes }, answer);
  return Object.assign(simulator, { claims: () => claims.values(), notices: notices.taken });
}

/** One that announces no packet is complete as it is. */
function newClaim(key: string, message: Record<string, unknown>): TakenClaim {
  const packet = message['packet'] as { delivery?: string } | undefined;
  const claim: TakenClaim = {
    ...{ claimId: `C-${sha256(key).slice(0, 8).toUpperCase()}`, key, message, packet: null },
    receiptNumber: null,
  };
  if (packet?.delivery === 'none') claim.receiptNumber = receiptOf(claim);
  return claim;
}

const receiptOf = ({ key }: TakenClaim): string => `A-${sha256(key).slice(0, 10).toUpperCase()}`;

const viewOf = ({ claimId, receiptNumber }: TakenClaim) => ({
  ...{ claimId, state: receiptNumber === null ? 'awaiting_packet' : 'complete', receiptNumber },
});

function takePacket(one: TakenClaim, asked: Asked): Answer {
  const announced = (one.message['packet'] as { sha256?: string } | undefined)?.sha256;
  const actual = sha256(asked.body);
  if (asked.header('content-sha256') !== actual || announced !== actual)
    return refused(422, 'not the packet that was announced');
  if (one.packet && !one.packet.equals(asked.body)) return refused(409, 'another packet is here already');
  one.packet = asked.body;
  one.receiptNumber = receiptOf(one);
  return { status: 200, body: { receiptNumber: one.receiptNumber } };
}
