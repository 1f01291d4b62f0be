import type { WriteTransaction } from '../context.ts';

export type SendingOrder = { shareId: string; round: number } | { noticeId: string; round: number };

/** Has the workflow engine told, with the change that it follows from. */
export async function orderSending(
  tx: WriteTransaction,
  place: { tenant_id: string; store_id: string; incident_id: string },
  order: SendingOrder,
): Promise<void> {
  await tx.query(
    "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'share', $4)",
    [...[place.tenant_id, place.store_id, place.incident_id, JSON.stringify(order)]],
  );
}
