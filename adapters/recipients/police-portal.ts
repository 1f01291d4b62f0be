import { createHash } from 'node:crypto';
import type { Connector, Exchange, OutgoingShare, RecipientAddress, ShareResult } from '../../domain/sharing/ports.ts';
import { notifyBelow } from './notify.ts';
import { ask, conversation, giveUp, stringIn } from './outcome.ts';

const json = { 'content-type': 'application/json' };
const names = { collection: 'cases', idField: 'caseId' };

/** A police portal: a case is opened, the packet goes up in parts with their checksums, and the case is finalised for a receipt. */
export function createPolicePortal(exchange: Exchange, options: { partBytes: number }): Connector {
  return {
    deliver: (to, share) => conversation<ShareResult>(() => deliver(exchange, to, share, options.partBytes)),
    notify: (to, notice) => notifyBelow(exchange, names, to, notice),
  };
}

async function deliver(
  exchange: Exchange,
  to: RecipientAddress,
  share: OutgoingShare,
  partBytes: number,
): Promise<ShareResult> {
  const found = share.mayHaveArrived ? await findCase(exchange, to, share.key) : null;
  if (found?.receipt) return { outcome: 'delivered', remoteId: found.caseId, receipt: found.receipt };
  if (found === null && !(await share.stillWanted())) return { outcome: 'unwanted' };
  const caseId = found?.caseId ?? (await openCase(exchange, to, share));
  const { packet } = share;
  let parts = 0;
  if (packet) {
    const had = new Set(found?.parts ?? []);
    for await (const part of inParts(await packet.open(), partBytes)) {
      parts += 1;
      if (had.has(parts)) continue;
      if (!(await share.stillWanted())) return { outcome: 'unwanted' };
      const checksum = createHash('sha256').update(part).digest('hex');
      const headers = { 'content-type': 'application/octet-stream', 'content-sha256': checksum };
      const path = `/cases/${encodeURIComponent(caseId)}/parts/${parts}`;
      await ask(exchange, to, { method: 'PUT', path, headers, body: part }, [200, 201, 204]);
    }
  }
  if (!(await share.stillWanted())) return { outcome: 'unwanted' };
  const whole = { parts, sha256: packet?.sha256 ?? null, sizeBytes: packet?.sizeBytes ?? 0 };
  const path = `/cases/${encodeURIComponent(caseId)}/finalise`;
  const body = Buffer.from(JSON.stringify(whole));
  const finalised = await ask(exchange, to, { method: 'POST', path, headers: json, body }, [200, 201]);
  return { outcome: 'delivered', remoteId: caseId, receipt: stringIn(finalised.json, 'receiptNumber') };
}

async function openCase(exchange: Exchange, to: RecipientAddress, share: OutgoingShare): Promise<string> {
  const headers = { ...json, 'idempotency-key': share.key };
  const body = Buffer.from(JSON.stringify(share.message));
  const opened = await ask(exchange, to, { method: 'POST', path: '/cases', headers, body }, [200, 201]);
  return stringIn(opened.json, 'caseId');
}

async function findCase(
  exchange: Exchange,
  to: RecipientAddress,
  key: string,
): Promise<{ caseId: string; parts: number[]; receipt: string | null } | null> {
  const path = `/cases?key=${encodeURIComponent(key)}`;
  const { status, json: found } = await ask(exchange, to, { method: 'GET', path, headers: {} }, [200, 404]);
  if (status === 404) return null;
  const { parts, receiptNumber, state } = found;
  // Somebody at the other end closed it without us: sending into it would help nobody.
  if (state === 'rejected') throw giveUp('REJECTED_BY_RECIPIENT');
  return {
    caseId: stringIn(found, 'caseId'),
    parts: Array.isArray(parts) ? parts.filter((part): part is number => Number.isSafeInteger(part)) : [],
    receipt: typeof receiptNumber === 'string' && receiptNumber !== '' ? receiptNumber : null,
  };
}

/** Parts of exactly this size but for the last, so that a later attempt cuts at the same places. */
async function* inParts(bytes: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    waiting.push(chunk);
    length += chunk.length;
    while (length >= partBytes) {
      const joined = Buffer.concat(waiting, length);
      yield joined.subarray(0, partBytes);
      const rest = joined.subarray(partBytes);
      waiting = rest.length > 0 ? [rest] : [];
      length = rest.length;
    }
  }
  if (length > 0) yield Buffer.concat(waiting, length);
}
