import { createHmac } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';
import type { RunbookAction } from '../../domain/runbook.ts';
import { addMs } from '../../domain/time.ts';
import type { Channel, Locale, NotificationKind, Reason } from '../../domain/types.ts';
import { isoOrNull, type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { compose, type LinkOptions } from './compose.ts';
import { engineHasNews } from './heard.ts';
import { findPerson, findRecipient, type Recipient, readAddress } from './recipient.ts';

export type { LinkOptions } from './compose.ts';

export interface IntendInput {
  incidentId: string;
  kind: NotificationKind;
  step: number;
  /** Counts hand-overs of a step, and corrections of an incident. */
  round?: number;
  /** When the time ran out that makes this step due. */
  dueAt?: string;
  /** Set for corrections, which go to whoever was told; otherwise the person on shift for the step's role. */
  personId?: string;
  /** An answer that the workflow has not heard yet comes first: then DEPENDENCY_TEMPORARY is thrown instead of beginning. */
  waitsForNews?: boolean;
  /** The watchdog begins it, because the engine is late. */
  byWatch?: boolean;
  /** Who asked for help is not called about it. */
  excludePersonId?: string | null;
}

export type Intent =
  | { outcome: 'nobody_on_shift' }
  /** Somebody is there and is left in peace; the reasons are on the record. */
  | { outcome: 'withheld' }
  /** The incident was closed meanwhile: there is nothing left to tell. `open`: an earlier attempt may have told all the same. */
  | { outcome: 'moot'; open: OpenIntent | null }
  | OpenIntent;

export interface OpenIntent {
  outcome: 'intended' | 'sent' | 'undeliverable';
  notificationId: string;
  channel: Channel;
  /** A number, or an address for e-mail. */
  to: string;
  subject: string;
  body: string;
  /** Only this message carries it, so the carrier's list can be searched for it. */
  reference: string;
  intendedAt: string;
  claimedAt: string;
  /** When the carrier took it, or when it was given up; null while neither is known. */
  settledAt: string | null;
  shiftEndsAt: string | null;
  /** This call wrote the intent: nothing can have been sent for it yet. */
  fresh: boolean;
}

interface IntentRow {
  [column: string]: unknown;
  id: string;
  state: string;
  channel: Channel;
  locale: Locale;
  round: number;
  step: number;
  intended_at: Date;
  claimed_at: Date;
  sent_at: Date | null;
  settled_at: Date | null;
  person_id: string;
  shift_ends_at: Date | null;
}

export const linkToken = (links: LinkOptions, notificationId: string): string =>
  createHmac('sha256', links.linkSecret).update(notificationId).digest('base64url').slice(0, 22);

export function intendNotification(ctx: ServiceContext, links: LinkOptions, input: IntendInput): Promise<Intent> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    return intend(tx, ctx.actor.id, incident, links, input);
  });
}

/** Writes the unique intent of one message before anything is sent; the same step again returns what is already there. */
export async function intend(
  tx: WriteTransaction,
  actorId: string,
  incident: IncidentFacts,
  links: LinkOptions,
  input: IntendInput,
): Promise<Intent> {
  const { tenantId, incidentId } = incident;
  const round = input.round ?? 0;
  const moot = input.kind !== 'correction' && incident.state === 'closed';
  const [known] = await tx.query<IntentRow>(
    `select id, state, channel, locale, round, step, intended_at, claimed_at, sent_at, settled_at, person_id, shift_ends_at from notifications
     where tenant_id = $1 and incident_id = $2 and kind = $3 and step = $4 and round = $5`,
    [tenantId, incidentId, input.kind, input.step, round],
  );
  if (known) {
    tx.noAudit('nothing changed');
    if (known.state === 'nobody_on_shift' || known.state === 'withheld') return { outcome: known.state };
    const open = await describe(tx, known, incident, links, input.kind, false);
    if (moot && known.state === 'intended') return { outcome: 'moot', open };
    return open;
  }
  if (moot) {
    tx.noAudit('nothing changed');
    return { outcome: 'moot', open: null };
  }
  if (input.waitsForNews && (await engineHasNews(tx, incident)))
    throw new DomainError('DEPENDENCY_TEMPORARY', 'an answer is on its way to the workflow', { retryAfterMs: 500 });
  const notificationId = notificationIdOf(incidentId, input.kind, input.step, round);
  const found = await whoIsReached(tx, incident, input, round);
  if ('unreached' in found) {
    await recordUnreached(tx, actorId, incident, { ...input, round, notificationId, ...found });
    return { outcome: found.unreached };
  }
  return writeIntent(tx, incident, links, { ...input, round, notificationId, recipient: found.recipient });
}

const notificationIdOf = (incidentId: string, kind: NotificationKind, step: number, round: number): string =>
  `ntf_${sha256Hex(`${incidentId}:${kind}:${step}${round === 0 ? '' : `:${round}`}`).slice(0, 20)}`;

type Unreached = { unreached: 'nobody_on_shift' | 'withheld'; reasons: Reason[] };

async function whoIsReached(
  tx: WriteTransaction,
  incident: IncidentFacts,
  input: IntendInput,
  round: number,
): Promise<{ recipient: Recipient } | Unreached> {
  if (input.personId !== undefined) {
    const told = await findPerson(tx, incident.tenantId, input.personId);
    return told ? { recipient: told } : { unreached: 'nobody_on_shift', reasons: [] };
  }
  const found = await findRecipient(tx, incident, {
    kind: input.kind,
    step: input.step,
    round,
    excludePersonId: input.excludePersonId ?? null,
  });
  if (found.recipient) return { recipient: found.recipient };
  return found.kind === 'withheld'
    ? { unreached: 'withheld', reasons: found.reasons }
    : { unreached: 'nobody_on_shift', reasons: [] };
}

interface Writing extends IntendInput {
  round: number;
  notificationId: string;
}

async function recordUnreached(
  tx: WriteTransaction,
  actorId: string,
  incident: IncidentFacts,
  { kind, step, round, dueAt, byWatch, notificationId, unreached, reasons }: Writing & Unreached,
): Promise<void> {
  const { tenantId, storeId, incidentId } = incident;
  await tx.query(
    `insert into notifications (tenant_id, store_id, incident_id, id, kind, step, round, state, body, reasons, intended_at, claimed_at, due_at, by_watch) values ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10, $10, $11, $12)`,
    [
      tenantId,
      storeId,
      incidentId,
      notificationId,
      kind,
      step,
      round,
      unreached,
      JSON.stringify(reasons),
      tx.at,
      dueAt ?? null,
      byWatch ?? false,
    ],
  );
  const role = kind === 'notice' ? null : (incident.policy.escalation[step]?.role ?? null);
  await addTimelineEntry(tx, {
    ...placeOf(incident),
    kind: unreached === 'withheld' ? 'text_withheld' : 'nobody_on_shift',
    actor: actorId,
    params: { step, kind, role, reasons },
  });
  tx.audit({
    action: unreached === 'withheld' ? 'notification.withheld' : 'notification.nobody_on_shift',
    subject: `incident:${incidentId}`,
    details: { step, role, reasons },
  });
}

async function writeIntent(
  tx: WriteTransaction,
  incident: IncidentFacts,
  links: LinkOptions,
  { kind, step, round, dueAt, byWatch, notificationId, recipient }: Writing & { recipient: Recipient },
): Promise<OpenIntent> {
  const { tenantId, storeId, incidentId } = incident;
  const row: IntentRow = {
    id: notificationId,
    state: 'intended',
    channel: recipient.channel,
    locale: recipient.locale,
    round,
    step,
    intended_at: new Date(tx.at),
    claimed_at: new Date(tx.at),
    sent_at: null,
    settled_at: null,
    person_id: recipient.personId,
    shift_ends_at: recipient.shiftEndsAt === null ? null : new Date(recipient.shiftEndsAt),
  };
  const intent = await describe(tx, row, incident, links, kind, true, recipient);
  await tx.query(
    `insert into notifications (tenant_id, store_id, incident_id, id, kind, step, round, person_id, channel, locale, shift_ends_at, due_at, by_watch, state, body, intended_at, claimed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $14, $15, 'intended', $12, $13, $13)`,
    [
      tenantId,
      storeId,
      incidentId,
      notificationId,
      kind,
      step,
      round,
      recipient.personId,
      recipient.channel,
      recipient.locale,
      recipient.shiftEndsAt,
      intent.body.replaceAll(linkToken(links, notificationId), '…'),
      tx.at,
      dueAt ?? null,
      byWatch ?? false,
    ],
  );
  if (kind !== 'correction' && kind !== 'notice' && recipient.channel !== 'voice')
    await tx.query(
      'insert into evidence_links (tenant_id, store_id, incident_id, token_sha256, person_id, expires_at) values ($1, $2, $3, $4, $5, $6)',
      [
        tenantId,
        storeId,
        incidentId,
        sha256Hex(linkToken(links, notificationId)),
        recipient.personId,
        addMs(tx.at, incident.policy.linkTtlMs),
      ],
    );
  if (kind === 'alert' && round > 0)
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'handed_over',
      actor: 'system:incident',
      params: { step, personId: recipient.personId },
    });
  tx.audit({
    action: 'notification.intended',
    subject: `incident:${incidentId}`,
    details: { notificationId, kind, step, round, personId: recipient.personId, channel: recipient.channel },
  });
  return intent;
}

async function readAction(
  tx: WriteTransaction,
  { tenantId, incidentId }: IncidentFacts,
  position: number,
): Promise<RunbookAction | undefined> {
  const [row] = await tx.query<{ action: RunbookAction }>(
    'select action from runbook_steps where tenant_id = $1 and incident_id = $2 and position = $3',
    [tenantId, incidentId, position],
  );
  return row?.action;
}

async function describe(
  tx: WriteTransaction,
  row: IntentRow,
  incident: IncidentFacts,
  links: LinkOptions,
  kind: NotificationKind,
  fresh: boolean,
  address?: { phone: string | null; email: string | null },
): Promise<OpenIntent> {
  const { phone, email } = address ?? (await readAddress(tx, incident.tenantId, row.person_id));
  const token = linkToken(links, row.id);
  const action = kind === 'notice' ? await readAction(tx, incident, row.step) : undefined;
  const { round, channel, locale } = row;
  const words = compose(incident, links, { kind, round, channel, locale, token, action });
  return {
    outcome: row.state === 'intended' ? 'intended' : row.state === 'failed' ? 'undeliverable' : 'sent',
    notificationId: row.id,
    channel: row.channel,
    to: (row.channel === 'email' ? email : phone) ?? '',
    ...words,
    // A message without a link is known by its words.
    reference: words.body.includes(token) ? token : words.body,
    intendedAt: row.intended_at.toISOString(),
    claimedAt: row.claimed_at.toISOString(),
    settledAt: isoOrNull(row.state === 'failed' ? row.settled_at : row.sent_at),
    shiftEndsAt: row.shift_ends_at?.toISOString() ?? null,
    fresh,
  };
}
