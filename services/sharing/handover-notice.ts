import type { Queryable } from '../../adapters/postgres/database.ts';
import { canonicalJson } from '../../domain/audit-chain.ts';
import type { NoticeRow } from './rows.ts';

export interface HandoverNotice {
  words: string;
  issuedAt: string;
  packetId: string;
  packetSha256: string;
  /** What is signed, to the byte; the signature is there a moment after the notice. */
  text: string;
  signature: string | null;
}

/** What the page of a link says once the record was corrected; null: nothing. */
export async function noticeOfHandover(
  tx: Queryable,
  tenantId: string,
  handoverId: string,
): Promise<HandoverNotice | null> {
  const [row] = await tx.query<NoticeRow>('select * from share_notices where tenant_id = $1 and handover_id = $2', [
    ...[tenantId, handoverId],
  ]);
  if (!row) return null;
  const { statement, signature } = row;
  const { words, issuedAt, packet } = statement;
  return {
    words,
    issuedAt,
    packetId: packet.id,
    packetSha256: packet.sha256,
    text: canonicalJson(statement),
    signature,
  };
}
