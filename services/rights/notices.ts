import { randomUUID } from 'node:crypto';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { instantFrom } from '../../domain/time.ts';
import { actorNames } from '../access/names.ts';
import { found, iso, isoOrNull, readOnly, type ServiceContext, sha256Hex, write } from '../context.ts';

export type NoticeKind = 'signage' | 'privacy_notice' | 'staff_notice';

export interface Notice {
  id: string;
  storeId: string;
  kind: NoticeKind;
  version: string;
  language: string;
  text: string;
  textSha256: string;
  fromAt: string;
  toAt: string | null;
  recordedBy: string;
}

/** Puts on record which words are to be read in a store from when on; those of the same kind and language end then. */
export function recordNotice(
  ctx: ServiceContext,
  input: Pick<Notice, 'storeId' | 'kind' | 'version' | 'language' | 'text'> & { fromAt: string },
): Promise<{ noticeId: string }> {
  requirePermission(ctx.actor, 'rights.manage', input.storeId);
  const fromAt = instantFrom('fromAt', input.fromAt);
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const [store] = await tx.query('select id from stores where tenant_id = $1 and id = $2', [tenantId, input.storeId]);
    found(store, `store ${input.storeId}`);
    const [later] = await tx.query<{ version: string }>(
      'select version from notices where tenant_id = $1 and store_id = $2 and kind = $3 and language = $4 and to_at is null and from_at >= $5',
      [tenantId, input.storeId, input.kind, input.language, fromAt],
    );
    if (later) throw invalidField('fromAt', `is not after that of version ${later.version}, which is up`);
    await tx.query(
      'update notices set to_at = $5 where tenant_id = $1 and store_id = $2 and kind = $3 and language = $4 and to_at is null',
      [tenantId, input.storeId, input.kind, input.language, fromAt],
    );
    const noticeId = `ntc_${sha256Hex(randomUUID()).slice(0, 20)}`;
    const textSha256 = sha256Hex(input.text);
    await tx.query(
      `insert into notices (tenant_id, store_id, id, kind, version, language, text_sha256, text, from_at, recorded_by, recorded_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        ...[tenantId, input.storeId, noticeId, input.kind, input.version, input.language, textSha256, input.text],
        ...[fromAt, ctx.actor.id, tx.at],
      ],
    );
    const { kind, version, language } = input;
    tx.audit({
      action: 'notice.recorded',
      subject: `store:${input.storeId}`,
      details: { noticeId, kind, version, language, textSha256, fromAt },
    });
    return { noticeId };
  });
}

/** It is no longer up, and nothing took its place. */
export function endNotice(ctx: ServiceContext, input: { noticeId: string }): Promise<void> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const [row] = await tx.query<{ store_id: string; to_at: Date | null; from_at: Date }>(
      'select store_id, from_at, to_at from notices where tenant_id = $1 and id = $2 for update',
      [ctx.actor.tenantId, input.noticeId],
    );
    const notice = found(row, `notice ${input.noticeId}`);
    if (notice.to_at !== null) throw new DomainError('CONFLICT', `This notice ended at ${iso(notice.to_at)}.`);
    if (iso(notice.from_at) >= tx.at)
      throw new DomainError('CONFLICT', 'This notice is not up yet, so it cannot be taken down.');
    await tx.query('update notices set to_at = $3 where tenant_id = $1 and id = $2', [
      ctx.actor.tenantId,
      input.noticeId,
      tx.at,
    ]);
    tx.audit({
      action: 'notice.ended',
      subject: `store:${notice.store_id}`,
      details: { noticeId: input.noticeId },
    });
  });
}

/** Which words were up where and when, the newest first; `at` asks about one moment. */
export function listNotices(ctx: ServiceContext, filter: { storeId?: string; at?: string }): Promise<Notice[]> {
  requirePermission(ctx.actor, 'estate.read');
  const at = filter.at === undefined ? null : instantFrom('at', filter.at);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      id: string;
      store_id: string;
      kind: NoticeKind;
      version: string;
      language: string;
      text: string;
      text_sha256: string;
      from_at: Date;
      to_at: Date | null;
      recorded_by: string;
    }>(
      `select * from notices where tenant_id = $1 and ($2::text is null or store_id = $2)
         and ($3::timestamptz is null or (from_at <= $3 and (to_at is null or to_at > $3)))
       order by store_id, from_at desc, id limit 500`,
      [ctx.actor.tenantId, filter.storeId ?? null, at],
    );
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return rows.map((row) => ({
      ...{ id: row.id, storeId: row.store_id, kind: row.kind, version: row.version, language: row.language },
      ...{ text: row.text, textSha256: row.text_sha256, fromAt: iso(row.from_at), toAt: isoOrNull(row.to_at) },
      recordedBy: nameOf(row.recorded_by),
    }));
  });
}
