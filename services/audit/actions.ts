/** The closed list of what the audit log can say. */
export const auditActions = [
  'session.created',
  'session.ended',
  'incident.opened',
  'incident.merged',
  'incident.split',
  'incident.till_checked',
  'incident.acknowledged',
  'incident.decided',
  'incident.help_requested',
  'incident.sent_to_review',
  'incident.closed',
  'incident.corrected',
  'incident.note_added',
  'notification.intended',
  'notification.sent',
  'notification.failed',
  'notification.delivered',
  'notification.undelivered',
  'notification.nobody_on_shift',
  'reply.received',
  'evidence.requested',
  'evidence.acquired',
  'evidence.failed',
  'evidence.not_kept',
  'evidence.viewed',
  'evidence.link_opened',
  'evidence.link_revoked',
  'evidence.integrity_failed',
  'evidence.purged',
  'hold.placed',
  'hold.released',
  'audit.verified',
  'audit.witnessed',
] as const;

export type AuditAction = (typeof auditActions)[number];

/** What the custody log of an incident consists of. */
export const custodyActions: readonly AuditAction[] = auditActions.filter(
  (action) => action.startsWith('evidence.') || action.startsWith('hold.'),
);
