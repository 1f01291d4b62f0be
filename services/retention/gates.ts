/** Why nothing of an incident `i` may go although its time may be up; `now` is the parameter that holds the instant. */
export const retentionGates = [
  'case_open',
  'legal_hold',
  'second_review',
  'appeal_open',
  'packet_being_made',
  'hand_over_unsettled',
  'share_unsettled',
  'use_restricted',
] as const;
export type RetentionGate = (typeof retentionGates)[number];

const of = (alias: string) => `${alias}.tenant_id = i.tenant_id and ${alias}.incident_id = i.id`;
const conditions = (now: string): Record<RetentionGate, string> => ({
  case_open: "i.state <> 'closed'",
  legal_hold: `exists (select from holds h where ${of('h')} and h.released_at is null)`,
  second_review: "coalesce(i.second_review = 'pending', false)",
  appeal_open: `exists (select from incident_reviews r where ${of('r')} and r.state = 'open')`,
  // One that was not made in a week never will be.
  packet_being_made: `exists (select from packets p where ${of('p')} and p.state = 'requested' and p.requested_at > ${now}::timestamptz - interval '7 days')`,
  // Whoever was given a link has until its end to fetch the packet and to sign for it.
  hand_over_unsettled: `exists (select from packet_handovers g where ${of('g')} and g.received_at is null and g.revoked_at is null and g.expires_at > ${now}::timestamptz)`,
  // What nobody agreed to in a week does not keep it any longer.
  share_unsettled: `exists (select from shares z where ${of('z')} and (z.state in ('queued', 'sending') or (z.state = 'requested' and z.requested_at > ${now}::timestamptz - interval '7 days')))`,
  // Whoever asked that it is kept and not used has a right to the first part as well.
  use_restricted: `exists (select from use_restrictions u where ${of('u')} and u.lifted_at is null and u.because = 'restriction')`,
});

/** All that stand, as a text array. */
export const gatesSql = (now: string): string =>
  `array_remove(array[${Object.entries(conditions(now))
    .map(([gate, sql]) => `case when ${sql} then '${gate}' end`)
    .join(', ')}]::text[], null)`;

/** Whether any stands. */
export const gatedSql = (now: string): string =>
  `(${Object.values(conditions(now))
    .map((sql) => `(${sql})`)
    .join(' or ')})`;
