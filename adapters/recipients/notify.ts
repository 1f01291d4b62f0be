import type { Exchange, NoticeResult, OutgoingNotice, RecipientAddress } from '../../domain/sharing/ports.ts';
import { ask, conversation, stringIn } from './outcome.ts';

/** Tells a recipient that something was corrected or withdrawn; both kinds take it the same way, below what they have. */
export function notifyBelow(
  exchange: Exchange,
  names: { collection: string; idField: string },
  to: RecipientAddress,
  { shareKey, notice }: OutgoingNotice,
): Promise<NoticeResult> {
  return conversation<NoticeResult>(async () => {
    const query = `/${names.collection}?key=${encodeURIComponent(shareKey)}`;
    const known = await ask(exchange, to, { method: 'GET', path: query, headers: {} }, [200, 404]);
    if (known.status === 404) return { outcome: 'moot' };
    const path = `/${names.collection}/${encodeURIComponent(stringIn(known.json, names.idField))}/notices`;
    const headers = { 'content-type': 'application/json', 'idempotency-key': notice.statement.noticeId };
    const body = Buffer.from(JSON.stringify(notice));
    // The key makes it one notice, however often it is sent.
    const { json } = await ask(exchange, to, { method: 'POST', path, headers, body }, [200, 201]);
    return { outcome: 'delivered', receipt: stringIn(json, 'receiptNumber') };
  });
}
