import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { type NoticeEvent, noticeStatement, type WithdrawalReason } from '../../domain/sharing/notice.ts';
import type { Locale } from '../../domain/types.ts';
import { type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import type { placeOf } from '../incident/assess.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { orderSending } from './order.ts';
import { shareView } from './read.ts';
import { loadShare, type Share, type ShareRow } from './rows.ts';

/** Takes a share back. What did not go does not go any more; whoever has it, or may have it, is told, signed. */
export function withdrawShare(
  ctx: ServiceContext,
  input: { shareId: string; because: WithdrawalReason },
): Promise<Share> {
  requirePermission(ctx.actor, 'packet.issue');
  const { shareId, because } = input;
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const row = await loadShare(tx, tenantId, shareId, true);
    if (row.state === 'withdrawn') {
      tx.noAudit('nothing changed');
      return shareView(tx, ctx, row);
    }
    if (row.state === 'refused')
      throw new DomainError('CONFLICT', 'This share was refused; nothing of it went anywhere.');
    await withdraw(tx, row, { event: 'withdrawn', because, actorId: ctx.actor.id });
    return shareView(tx, ctx, await loadShare(tx, tenantId, shareId));
  });
}

/** The record was corrected: everybody outside who has a packet of it is told, and every link to one ends. */
export async function recallEverything(
  tx: WriteTransaction,
  place: ReturnType<typeof placeOf>,
  cause: { actorId: string; because: string },
): Promise<void> {
  const rows = await tx.query<ShareRow>(
    "select * from shares where tenant_id = $1 and incident_id = $2 and state not in ('refused', 'withdrawn') order by id for update",
    [place.tenantId, place.incidentId],
  );
  for (const row of rows) await withdraw(tx, row, { event: 'corrected', ...cause });
  await recallLinks(tx, place, cause);
}

interface Cause {
  event: NoticeEvent;
  because: string;
  actorId: string;
}

async function withdraw(tx: WriteTransaction, row: ShareRow, cause: Cause): Promise<void> {
  const { tenant_id: tenantId, store_id: storeId, incident_id: incidentId, id: shareId } = row;
  await tx.query(
    "update shares set state = 'withdrawn', withdrawn_by = $3, withdrawn_at = $4, withdrawn_because = $5, waiting = null, next_attempt_at = null where tenant_id = $1 and id = $2",
    [tenantId, shareId, cause.actorId, tx.at, cause.because],
  );
  // Tried once is enough: an answer that was lost is no proof that nothing arrived.
  const mayHaveIt = row.attempts > 0 || row.round > 1;
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId, kind: 'share_withdrawn', actor: cause.actorId },
    params: { shareId, event: cause.event, because: cause.because, told: mayHaveIt },
  });
  tx.audit({
    action: 'share.withdrawn',
    subject: `incident:${incidentId}`,
    details: { shareId, was: row.state, event: cause.event, because: cause.because, noticeOwed: mayHaveIt },
  });
  if (!mayHaveIt) return;
  const about = { shareId, handoverId: null, packetId: row.packet_id, language: row.template.language };
  await oweNotice(tx, { tenantId, storeId, incidentId }, cause, about);
}

/** A notice is there once for each share and link, whatever happens to the record later. */
async function oweNotice(
  tx: WriteTransaction,
  place: ReturnType<typeof placeOf>,
  cause: Pick<Cause, 'event' | 'because'>,
  about: { shareId: string | null; handoverId: string | null; packetId: string; language: Locale },
): Promise<void> {
  const { tenantId, storeId, incidentId } = place;
  const { shareId, handoverId, packetId, language } = about;
  const noticeId = `ntc_${sha256Hex(`${tenantId}/${shareId ?? handoverId}`).slice(0, 20)}`;
  const statement = noticeStatement({
    ...{ noticeId, issuedAt: tx.at, event: cause.event, because: cause.because, incidentId, shareId, handoverId },
    ...(await namesFor(tx, tenantId, packetId)),
    language,
  });
  const inserted = await tx.query(
    `insert into share_notices (tenant_id, store_id, incident_id, id, share_id, handover_id, event, because, statement, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning id`,
    [
      ...[tenantId, storeId, incidentId, noticeId, shareId, handoverId, cause.event, cause.because],
      ...[JSON.stringify(statement), tx.at],
    ],
  );
  if (inserted.length > 0)
    await orderSending(tx, { tenant_id: tenantId, store_id: storeId, incident_id: incidentId }, { noticeId, round: 1 });
}

async function namesFor(tx: Queryable, tenantId: string, packetId: string) {
  const [row] = await tx.query<{ company: string; version: number; sha256: string | null }>(
    'select t.name as company, p.version, p.sha256 from packets p join tenants t on t.id = p.tenant_id where p.tenant_id = $1 and p.id = $2',
    [tenantId, packetId],
  );
  return {
    company: row?.company ?? tenantId,
    packet: { id: packetId, version: row?.version ?? 0, sha256: row?.sha256 ?? '' },
  };
}

async function recallLinks(
  tx: WriteTransaction,
  place: ReturnType<typeof placeOf>,
  cause: { actorId: string; because: string },
): Promise<void> {
  const links = await tx.query<{ id: string; packet_id: string; downloads: number; revoked_at: Date | null }>(
    `select id, packet_id, downloads, revoked_at from packet_handovers where tenant_id = $1 and incident_id = $2
       and (downloads > 0 or (revoked_at is null and expires_at > $3)) order by id for update`,
    [place.tenantId, place.incidentId, tx.at],
  );
  for (const link of links) {
    await tx.query(
      'update packet_handovers set revoked_at = coalesce(revoked_at, $3) where tenant_id = $1 and id = $2',
      [place.tenantId, link.id, tx.at],
    );
    const { id: handoverId, packet_id: packetId, downloads } = link;
    if (link.revoked_at === null)
      tx.audit({
        action: 'packet.hand_over_revoked',
        subject: `incident:${place.incidentId}`,
        details: { packetId, handoverId, downloads, because: cause.because },
      });
    const about = { shareId: null, handoverId, packetId, language: 'en' as const };
    await oweNotice(tx, place, { event: 'corrected', because: cause.because }, about);
  }
}
