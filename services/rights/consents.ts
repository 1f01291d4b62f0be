import { randomUUID } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { found, iso, isoOrNull, readOnly, type ServiceContext, sha256Hex, write } from '../context.ts';

/** What colleagues may be asked to agree to, and may refuse. */
export type StaffFeature = 'voice_calls' | 'own_phone' | 'answer_times';

export interface StaffConsent {
  id: string;
  personId: string;
  personName: string;
  feature: StaffFeature;
  noticeVersion: string;
  givenAt: string;
  withdrawnAt: string | null;
}

/** Puts on record that a colleague agreed, and to which words. */
export function recordConsent(
  ctx: ServiceContext,
  input: { personId: string; feature: StaffFeature; noticeVersion: string },
): Promise<{ consentId: string }> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const [person] = await tx.query('select id from people where tenant_id = $1 and id = $2', [
      tenantId,
      input.personId,
    ]);
    found(person, `person ${input.personId}`);
    const consentId = `cns_${sha256Hex(randomUUID()).slice(0, 20)}`;
    const made = await tx.query(
      `insert into staff_consents (tenant_id, id, person_id, feature, notice_version, given_at, recorded_by) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant_id, person_id, feature) where withdrawn_at is null do nothing returning id`,
      [tenantId, consentId, input.personId, input.feature, input.noticeVersion, tx.at, ctx.actor.id],
    );
    if (made.length === 0) throw new DomainError('CONFLICT', 'This consent stands already; withdraw it first.');
    const { feature, noticeVersion } = input;
    tx.audit({
      action: 'consent.recorded',
      subject: `person:${input.personId}`,
      details: { consentId, feature, noticeVersion },
    });
    return { consentId };
  });
}

/** As easily as it was given. */
export function withdrawConsent(ctx: ServiceContext, input: { consentId: string }): Promise<void> {
  requirePermission(ctx.actor, 'rights.manage');
  return write(ctx, async (tx) => {
    const [row] = await tx.query<{ person_id: string; feature: StaffFeature; withdrawn_at: Date | null }>(
      'select person_id, feature, withdrawn_at from staff_consents where tenant_id = $1 and id = $2 for update',
      [ctx.actor.tenantId, input.consentId],
    );
    const consent = found(row, `consent ${input.consentId}`);
    if (consent.withdrawn_at !== null) throw new DomainError('CONFLICT', 'This consent was withdrawn already.');
    await tx.query('update staff_consents set withdrawn_at = $3 where tenant_id = $1 and id = $2', [
      ctx.actor.tenantId,
      input.consentId,
      tx.at,
    ]);
    tx.audit({
      action: 'consent.withdrawn',
      subject: `person:${consent.person_id}`,
      details: { consentId: input.consentId, feature: consent.feature },
    });
  });
}

export function listConsents(ctx: ServiceContext): Promise<StaffConsent[]> {
  requirePermission(ctx.actor, 'rights.manage');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      id: string;
      person_id: string;
      display_name: string;
      feature: StaffFeature;
      notice_version: string;
      given_at: Date;
      withdrawn_at: Date | null;
    }>(
      `select c.*, p.display_name from staff_consents c join people p on p.tenant_id = c.tenant_id and p.id = c.person_id
       where c.tenant_id = $1 order by (c.withdrawn_at is null) desc, c.given_at desc, c.id limit 500`,
      [ctx.actor.tenantId],
    );
    return rows.map((row) => ({
      ...{ id: row.id, personId: row.person_id, personName: row.display_name, feature: row.feature },
      ...{ noticeVersion: row.notice_version, givenAt: iso(row.given_at), withdrawnAt: isoOrNull(row.withdrawn_at) },
    }));
  });
}
