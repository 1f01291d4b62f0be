/** The mapping from timeline entries is `webhook_event_type` in schemas/sql/0008-outgoing.sql; a test compares the two. */
export const webhookEventTypes = [
  'incident.opened',
  'incident.merged',
  'incident.alerted',
  'incident.acknowledged',
  'incident.decided',
  'incident.closed',
  'incident.corrected',
  'incident.reopened',
  'incident.outcome_recorded',
  'incident.help_requested',
  'incident.help_ended',
  'review.asked',
  'review.given',
  'appeal.opened',
  'appeal.decided',
  'evidence.ready',
  'evidence.partial',
  'evidence.failed',
  'evidence.purged',
  'escalation.nobody_on_shift',
  'escalation.exhausted',
  'paging.suppressed',
  'paging.resumed',
  'runbook.step',
] as const;
export type WebhookEventType = (typeof webhookEventTypes)[number];

export interface WebhookEvent {
  tenantId: string;
  id: string;
  type: WebhookEventType | 'ping';
  incidentId: string | null;
  occurredAt: string;
  data: Record<string, unknown>;
}

const instants = ['detectedAt', 'acknowledgedAt', 'closedAt'];

/** A CloudEvent 1.0 with ids, states and instants only; each attempt sends the very same bytes. */
export function bodyOf(event: WebhookEvent): string {
  const data = Object.fromEntries(
    Object.entries(event.data).map(([name, value]) => [
      name,
      instants.includes(name) && typeof value === 'string' ? new Date(value).toISOString() : value,
    ]),
  );
  return JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: `urn:floorwalker:${event.tenantId}`,
    type: `io.floorwalker.${event.type}.v1`,
    ...(event.incidentId === null ? {} : { subject: `incident:${event.incidentId}` }),
    time: event.occurredAt,
    datacontenttype: 'application/json',
    data,
  });
}
