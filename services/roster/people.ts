import { randomBytes } from 'node:crypto';
import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { may, requirePermission } from '../../domain/permissions.ts';
import { isTimeOfDay } from '../../domain/roster/local-time.ts';
import { maintains, type RosterRole, requireMaintains } from '../../domain/roster/rights.ts';
import type { Actor, Channel, Locale, Role } from '../../domain/types.ts';
import { found, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { e164From, maskEmail, maskPhone } from './phone.ts';

export interface Person {
  id: string;
  displayName: string;
  role: Role;
  homeStoreId: string | null;
  /** Masked unless `maintained`. */
  phone: string | null;
  email: string | null;
  locale: Locale;
  /** In the order in which the person wants to be reached. */
  channels: Channel[];
  quietFrom: string | null;
  quietTo: string | null;
  textsStopped: boolean;
  active: boolean;
  /** Whether the caller maintains this person, and so sees number and address whole. */
  maintained: boolean;
}

/** What can be set; what is left out stays as it is, null takes it away. */
export interface PersonChange {
  displayName?: string;
  role?: RosterRole;
  homeStoreId?: string | null;
  phone?: string | null;
  email?: string | null;
  locale?: Locale;
  channels?: Channel[];
  quietFrom?: string | null;
  quietTo?: string | null;
}

export interface NewPerson extends PersonChange {
  id?: string;
  displayName: string;
  role: RosterRole;
}

interface PersonRow {
  [column: string]: unknown;
  id: string;
  display_name: string;
  role: Role;
  home_store_id: string | null;
  phone_e164: string | null;
  email: string | null;
  locale: Locale;
  channels: Channel[];
  quiet_from: string | null;
  quiet_to: string | null;
  sms_opted_out_at: Date | null;
  deactivated_at: Date | null;
}

const columns =
  'id, display_name, role, home_store_id, phone_e164, email, locale, channels, quiet_from, quiet_to, sms_opted_out_at, deactivated_at';

/** Everybody of the company for those who see all stores; else those of one's own stores and those on shift there. */
export function listPeople(ctx: ServiceContext, filter: { includeInactive?: boolean } = {}): Promise<Person[]> {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<PersonRow>(
      `select ${columns} from people p where p.tenant_id = $1 and (p.deactivated_at is null or $2) and ${visibleTo('p')} order by p.display_name, p.id`,
      [ctx.actor.tenantId, filter.includeInactive ?? false],
    );
    return rows.map((row) => personOf(row, ctx.actor));
  });
}

/** Shifts are under row security themselves, so this looks only at the stores of the actor. */
const visibleTo = (alias: string) =>
  `(in_scope(${alias}.tenant_id, ${alias}.home_store_id) or exists (select from shifts s where s.tenant_id = ${alias}.tenant_id and s.person_id = ${alias}.id))`;

export function createPerson(ctx: ServiceContext, input: NewPerson): Promise<Person> {
  requirePermission(ctx.actor, 'roster.manage', input.homeStoreId ?? undefined);
  requireMaintains(ctx.actor, { role: input.role, homeStoreId: input.homeStoreId ?? null });
  return write(ctx, async (tx) => {
    const id = input.id ?? `p-${randomBytes(5).toString('hex')}`;
    const next = changed(emptyPerson(id, input), input);
    await checkHome(tx, ctx.actor.tenantId, next.home_store_id);
    await checkNumberIsFree(tx, ctx.actor.tenantId, next);
    const inserted = await tx.query(
      `insert into people (tenant_id, id, display_name, role, home_store_id, phone_e164, email, locale, channels, quiet_from, quiet_to)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing returning id`,
      valuesOf(ctx.actor.tenantId, next),
    );
    if (inserted.length === 0) throw taken(id);
    tx.audit({ action: 'person.created', subject: `person:${id}`, details: { role: next.role } });
    return personOf(next, ctx.actor);
  });
}

export function updatePerson(ctx: ServiceContext, input: PersonChange & { personId: string }): Promise<Person> {
  requirePermission(ctx.actor, 'roster.manage', input.homeStoreId ?? undefined);
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const before = await lockPerson(tx, ctx.actor, input.personId);
    if (before.deactivated_at)
      throw new DomainError('CONFLICT', 'This person was deactivated. Create a new person instead.');
    const next = changed(before, input);
    requireMaintains(ctx.actor, { role: next.role, homeStoreId: next.home_store_id });
    const fields = (
      [
        'display_name',
        'role',
        'home_store_id',
        'phone_e164',
        'email',
        'locale',
        'channels',
        'quiet_from',
        'quiet_to',
      ] as const
    ).filter((field) => JSON.stringify(before[field]) !== JSON.stringify(next[field]));
    if (fields.length === 0) {
      tx.noAudit('nothing changed');
      return personOf(before, ctx.actor);
    }
    if (fields.includes('home_store_id')) await checkHome(tx, tenantId, next.home_store_id);
    if (fields.includes('phone_e164')) {
      await checkNumberIsFree(tx, tenantId, next);
      // STOP was said by the number, not by the person.
      next.sms_opted_out_at = null;
    }
    await tx.query(
      `update people set display_name = $3, role = $4, home_store_id = $5, phone_e164 = $6, email = $7, locale = $8, channels = $9, quiet_from = $10, quiet_to = $11,
         sms_opted_out_at = case when phone_e164 is distinct from $6 then null else sms_opted_out_at end
       where tenant_id = $1 and id = $2`,
      valuesOf(tenantId, next),
    );
    tx.audit({ action: 'person.updated', subject: `person:${input.personId}`, details: { fields } });
    return personOf(next, ctx.actor);
  });
}

/** Takes a person off the roster now: no further page, number and address forgotten, links closed. History keeps the name. */
export function deactivatePerson(ctx: ServiceContext, input: { personId: string }): Promise<void> {
  requirePermission(ctx.actor, 'roster.manage');
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const person = await lockPerson(tx, ctx.actor, input.personId);
    if (person.deactivated_at) return tx.noAudit('nothing changed');
    await tx.query(
      'update people set deactivated_at = $3, phone_e164 = null, email = null where tenant_id = $1 and id = $2',
      [tenantId, input.personId, tx.at],
    );
    const removed = await tx.query(
      'delete from shifts where tenant_id = $1 and person_id = $2 and starts_at >= $3 returning id',
      [tenantId, input.personId, tx.at],
    );
    const ended = await tx.query(
      'update shifts set ends_at = $3 where tenant_id = $1 and person_id = $2 and ends_at > $3 returning id',
      [tenantId, input.personId, tx.at],
    );
    const links = await tx.query<{ incident_id: string }>(
      'update evidence_links set revoked_at = $3 where tenant_id = $1 and person_id = $2 and revoked_at is null and expires_at > $3 returning incident_id',
      [tenantId, input.personId, tx.at],
    );
    tx.audit({
      action: 'person.deactivated',
      subject: `person:${input.personId}`,
      details: { shiftsRemoved: removed.length, shiftsEnded: ended.length },
    });
    for (const link of links)
      tx.audit({
        action: 'evidence.link_revoked',
        subject: `incident:${link.incident_id}`,
        details: { personId: input.personId, because: 'PERSON_DEACTIVATED' },
      });
  });
}

/** The row, locked; one that the actor sees and does not maintain is refused, one that they do not see does not exist. */
async function lockPerson(tx: WriteTransaction, actor: Actor, personId: string): Promise<PersonRow> {
  // Two steps: a row that one may not change cannot be locked under row security.
  const [seen] = await tx.query<PersonRow>(
    `select ${columns} from people p where p.tenant_id = $1 and p.id = $2 and ${visibleTo('p')}`,
    [actor.tenantId, personId],
  );
  const person = found(seen, `The person ${personId}`);
  requireMaintains(actor, { role: person.role, homeStoreId: person.home_store_id });
  const [locked] = await tx.query<PersonRow>(
    `select ${columns} from people where tenant_id = $1 and id = $2 for update`,
    [actor.tenantId, personId],
  );
  return found(locked, `The person ${personId}`);
}

const emptyPerson = (id: string, input: NewPerson): PersonRow => ({
  id,
  display_name: input.displayName,
  role: input.role,
  home_store_id: null,
  phone_e164: null,
  email: null,
  locale: 'en',
  channels: ['sms', 'voice'],
  quiet_from: null,
  quiet_to: null,
  sms_opted_out_at: null,
  deactivated_at: null,
});

function changed(row: PersonRow, input: PersonChange): PersonRow {
  const next = {
    ...row,
    display_name: input.displayName?.trim() ?? row.display_name,
    role: input.role ?? row.role,
    home_store_id: input.homeStoreId === undefined ? row.home_store_id : input.homeStoreId,
    phone_e164:
      input.phone === undefined ? row.phone_e164 : input.phone === null ? null : e164From('phone', input.phone),
    email: input.email === undefined ? row.email : emailFrom(input.email),
    locale: input.locale ?? row.locale,
    channels: input.channels ?? row.channels,
    quiet_from: input.quietFrom === undefined ? row.quiet_from : timeFrom('quietFrom', input.quietFrom),
    quiet_to: input.quietTo === undefined ? row.quiet_to : timeFrom('quietTo', input.quietTo),
  };
  if (next.display_name === '') throw invalidField('displayName', 'must have at least one sign that is not a space');
  if (new Set(next.channels).size !== next.channels.length) throw invalidField('channels', 'names a channel twice');
  if ((next.quiet_from === null) !== (next.quiet_to === null))
    throw invalidField('quietTo', 'quiet hours need both quietFrom and quietTo, or neither');
  if (next.quiet_from !== null && next.quiet_from === next.quiet_to)
    throw invalidField('quietTo', 'must differ from quietFrom; send null for both to have no quiet hours');
  return next;
}

function emailFrom(email: string | null): string | null {
  if (email === null) return null;
  if (!/^[^\s@<>"(),;:\\]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,63}$/.test(email))
    throw invalidField('email', 'must be an address such as sam@example.com');
  return email;
}

function timeFrom(field: string, time: string | null): string | null {
  if (time !== null && !isTimeOfDay(time))
    throw invalidField(field, "must be a time of the store's clock such as 22:00");
  return time === null ? null : `${time}:00`;
}

const valuesOf = (tenantId: string, row: PersonRow): unknown[] => [
  tenantId,
  row.id,
  row.display_name,
  row.role,
  row.home_store_id,
  row.phone_e164,
  row.email,
  row.locale,
  row.channels,
  row.quiet_from,
  row.quiet_to,
];

async function checkHome(tx: Queryable, tenantId: string, homeStoreId: string | null): Promise<void> {
  if (homeStoreId === null) return;
  const [store] = await tx.query('select id from stores where tenant_id = $1 and id = $2', [tenantId, homeStoreId]);
  found(store, `The store ${homeStoreId}`);
}

/** For a precise answer; two at once are kept apart by the unique index. Which person has it, and where, is not told. */
async function checkNumberIsFree(tx: Queryable, tenantId: string, next: PersonRow): Promise<void> {
  if (next.phone_e164 === null) return;
  const [other] = await tx.query<{ tenant_id: string; id: string }>(
    'select tenant_id, id from find_person_by_phone($1)',
    [next.phone_e164],
  );
  if (other && (other.tenant_id !== tenantId || other.id !== next.id))
    throw new DomainError(
      'CONFLICT',
      'This number already belongs to somebody; a reply must lead to one person only.',
      {
        fields: [{ field: 'phone', message: 'already belongs to somebody' }],
      },
    );
}

const taken = (id: string) =>
  new DomainError('CONFLICT', `The id ${id} or the number is already taken. Choose another id, or leave it out.`);

function personOf(row: PersonRow, actor: Actor): Person {
  const maintained =
    may(actor, 'roster.manage') && maintains(actor, { role: row.role, homeStoreId: row.home_store_id });
  const shown = (text: string | null, mask: (text: string) => string) =>
    text === null || maintained ? text : mask(text);
  return {
    id: row.id,
    displayName: row.display_name,
    role: row.role,
    homeStoreId: row.home_store_id,
    phone: shown(row.phone_e164, maskPhone),
    email: shown(row.email, maskEmail),
    locale: row.locale,
    channels: row.channels,
    quietFrom: row.quiet_from?.slice(0, 5) ?? null,
    quietTo: row.quiet_to?.slice(0, 5) ?? null,
    textsStopped: row.sms_opted_out_at !== null,
    active: row.deactivated_at === null,
    maintained,
  };
}
