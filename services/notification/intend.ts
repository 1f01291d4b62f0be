import { createHmac } from 'node:crypto';
import { alertText, correctionText, helpText } from '../../domain/message-text.ts';
import { addMs } from '../../domain/time.ts';
import type { NotificationKind } from '../../domain/types.ts';
import { type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

/** How links in texts are made; the token of a notification is derived, so a retry composes the very same text. */
export interface LinkOptions {
  publicUrl: string;
  linkSecret: string;
}

export interface IntendInput {
  incidentId: string;
  kind: NotificationKind;
  step: number;
  /** Set for corrections, which go to whoever was told; otherwise the person on shift for the step's role. */
  personId?: string;
  /** Who asked for help is not texted about it. */
  excludePersonId?: string | null;
}

export type Intent =
  | { outcome: 'nobody_on_shift' }
  /** The incident was closed meanwhile: there is nothing left to tell. `open`: an earlier attempt may have told all the same. */
  | { outcome: 'moot'; open: OpenIntent | null }
  | OpenIntent;

export interface OpenIntent {
  outcome: 'intended' | 'sent' | 'undeliverable';
  notificationId: string;
  to: string;
  body: string;
  /** Only this text carries it, so the carrier's list can be searched for it. */
  reference: string;
  intendedAt: string;
  claimedAt: string;
  /** This call wrote the intent: nothing can have been sent for it yet. */
  fresh: boolean;
}

interface IntentRow {
  [column: string]: unknown;
  id: string;
  state: string;
  intended_at: Date;
  claimed_at: Date;
  person_id: string;
  phone_e164: string;
}

export const linkToken = (links: LinkOptions, notificationId: string): string =>
  createHmac('sha256', links.linkSecret).update(notificationId).digest('base64url').slice(0, 22);

export function intendNotification(ctx: ServiceContext, links: LinkOptions, input: IntendInput): Promise<Intent> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    return intend(tx, ctx.actor.id, incident, links, input);
  });
}

/** Writes the unique intent of one text before anything is sent; the same step again returns what is already there. */
export async function intend(
  tx: WriteTransaction,
  actorId: string,
  incident: IncidentFacts,
  links: LinkOptions,
  input: IntendInput,
): Promise<Intent> {
  const { tenantId, storeId, incidentId } = incident;
  const moot = input.kind !== 'correction' && incident.state === 'closed';
  const [known] = await tx.query<IntentRow>(
    `select n.id, n.state, n.intended_at, n.claimed_at, n.person_id, p.phone_e164 from notifications n left join people p on p.tenant_id = n.tenant_id and p.id = n.person_id
     where n.tenant_id = $1 and n.incident_id = $2 and n.kind = $3 and n.step = $4`,
    [tenantId, incidentId, input.kind, input.step],
  );
  if (known) {
    tx.noAudit('nothing changed');
    if (moot && known.state === 'intended')
      return { outcome: 'moot', open: describe(known, incident, links, input.kind, false) };
    return known.state === 'nobody_on_shift'
      ? { outcome: 'nobody_on_shift' }
      : describe(known, incident, links, input.kind, false);
  }
  if (moot) {
    tx.noAudit('nothing changed');
    return { outcome: 'moot', open: null };
  }
  const person = await findPerson(tx, incident, input);
  const notificationId = `ntf_${sha256Hex(`${incidentId}:${input.kind}:${input.step}`).slice(0, 20)}`;
  if (!person) {
    await tx.query(
      `insert into notifications (tenant_id, store_id, incident_id, id, kind, step, state, body, intended_at, claimed_at) values ($1, $2, $3, $4, $5, $6, 'nobody_on_shift', '', $7, $7)`,
      [tenantId, storeId, incidentId, notificationId, input.kind, input.step, tx.at],
    );
    const role = incident.policy.escalation[input.step]?.role ?? null;
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'nobody_on_shift',
      actor: actorId,
      params: { step: input.step, role },
    });
    tx.audit({
      action: 'notification.nobody_on_shift',
      subject: `incident:${incidentId}`,
      details: { step: input.step, role },
    });
    return { outcome: 'nobody_on_shift' };
  }
  const intent = describe(
    {
      id: notificationId,
      state: 'intended',
      intended_at: new Date(tx.at),
      claimed_at: new Date(tx.at),
      person_id: person.id,
      phone_e164: person.phone_e164,
    },
    incident,
    links,
    input.kind,
    true,
  );
  await tx.query(
    `insert into notifications (tenant_id, store_id, incident_id, id, kind, step, person_id, state, body, intended_at, claimed_at) values ($1, $2, $3, $4, $5, $6, $7, 'intended', $8, $9, $9)`,
    [
      tenantId,
      storeId,
      incidentId,
      notificationId,
      input.kind,
      input.step,
      person.id,
      intent.body.replace(intent.reference, '…'),
      tx.at,
    ],
  );
  if (input.kind !== 'correction') {
    await tx.query(
      'insert into evidence_links (tenant_id, store_id, incident_id, token_sha256, person_id, expires_at) values ($1, $2, $3, $4, $5, $6)',
      [
        tenantId,
        storeId,
        incidentId,
        sha256Hex(linkToken(links, notificationId)),
        person.id,
        addMs(tx.at, incident.policy.linkTtlMs),
      ],
    );
  }
  tx.audit({
    action: 'notification.intended',
    subject: `incident:${incidentId}`,
    details: { notificationId, kind: input.kind, step: input.step, personId: person.id },
  });
  return intent;
}

function describe(
  row: IntentRow,
  incident: IncidentFacts,
  links: LinkOptions,
  kind: NotificationKind,
  fresh: boolean,
): OpenIntent {
  const token = linkToken(links, row.id);
  const place = { laneLabel: incident.laneLabel, storeName: incident.storeName, code: incident.code };
  const linkUrl = `${links.publicUrl}/e/${token}`;
  const body =
    kind === 'correction'
      ? correctionText(place)
      : kind === 'help'
        ? helpText({ ...place, linkUrl })
        : alertText({ ...place, linkUrl });
  const outcome = row.state === 'intended' ? 'intended' : row.state === 'failed' ? 'undeliverable' : 'sent';
  return {
    outcome,
    notificationId: row.id,
    to: row.phone_e164,
    body,
    reference: kind === 'correction' ? body : token,
    intendedAt: row.intended_at.toISOString(),
    claimedAt: row.claimed_at.toISOString(),
    fresh,
  };
}

async function findPerson(
  tx: WriteTransaction,
  incident: IncidentFacts,
  input: IntendInput,
): Promise<{ id: string; phone_e164: string } | undefined> {
  if (input.personId !== undefined) {
    const [told] = await tx.query<{ id: string; phone_e164: string }>(
      'select id, phone_e164 from people where tenant_id = $1 and id = $2 and phone_e164 is not null',
      [incident.tenantId, input.personId],
    );
    return told;
  }
  const role = incident.policy.escalation[input.step]?.role;
  const [onShift] = await tx.query<{ id: string; phone_e164: string }>(
    `select p.id, p.phone_e164 from shifts s join people p on p.tenant_id = s.tenant_id and p.id = s.person_id
     where s.tenant_id = $1 and s.store_id = $2 and p.role = $3 and s.starts_at <= $4 and s.ends_at > $4 and p.phone_e164 is not null and p.id is distinct from $5
     order by s.starts_at desc, p.id limit 1`,
    [incident.tenantId, incident.storeId, role ?? null, tx.at, input.excludePersonId ?? null],
  );
  return onShift;
}
