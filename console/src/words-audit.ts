import type { AuditEntry, Reason, Schemas } from './api/client.ts';
import { dateTime } from './time.ts';
import {
  artifactKinds,
  evidenceLabels,
  readable,
  roleLabel,
  severityLabels,
  tillLabels,
  verdictLabels,
} from './words.ts';
import { reasonSentence } from './words-reasons.ts';

const shownHash = 12;

export const auditActionLabels: Record<string, string> = {
  'session.created': 'Signed in',
  'session.ended': 'Signed out',
  'incident.opened': 'Incident opened',
  'incident.merged': 'Detection merged',
  'incident.split': 'Detection taken out',
  'incident.sensor_joined': 'Sensor event added',
  'incident.sensor_released': 'Sensor event taken out',
  'incident.confidence_fused': 'Confidence of all sources',
  'incident.till_checked': 'Till asked',
  'incident.acknowledged': 'Incident taken',
  'incident.decided': 'Incident decided',
  'incident.help_requested': 'Help asked for',
  'incident.sent_to_review': 'Sent to review',
  'incident.closed': 'Incident closed',
  'incident.corrected': 'Incident corrected',
  'incident.note_added': 'Note added',
  'incident.paging_suppressed': 'Held back: nobody is paged',
  'incident.paging_resumed': 'No longer held back',
  'incident.claimed': 'Incident claimed',
  'incident.claim_released': 'Claim given back',
  'incident.outcome_recorded': 'What came of it recorded',
  'incident.second_review_given': 'Second look given',
  'incident.reopened': 'Incident opened again',
  'incident.appeal_opened': 'Objection raised',
  'incident.appeal_decided': 'Objection decided',
  'notification.intended': 'Message prepared',
  'notification.sent': 'Message handed to the carrier',
  'notification.failed': 'Message could not be sent',
  'notification.delivered': 'Message delivered',
  'notification.undelivered': 'Message not delivered',
  'notification.nobody_on_shift': 'Nobody on shift',
  'notification.withheld': 'Message held back',
  'reply.received': 'Reply received',
  'person.opted_out': 'Said STOP to texts',
  'person.opted_in': 'Takes texts again',
  'evidence.requested': 'Evidence asked for',
  'evidence.acquired': 'Evidence acquired',
  'evidence.failed': 'Evidence could not be made',
  'evidence.not_kept': 'Evidence not kept',
  'evidence.viewed': 'Evidence viewed',
  'evidence.consulted': 'Record of the evidence read',
  'evidence.link_opened': 'Link in the text opened',
  'evidence.link_revoked': 'Links switched off',
  'evidence.integrity_failed': 'Evidence did not match its hash',
  'evidence.restored': 'Intact copy put in place',
  'evidence.retry_ordered': 'Recording to be tried again',
  'evidence.link_refused': 'Link refused on another phone',
  'camera.neighbours_set': 'Neighbours of a camera set',
  'camera.clock_set': 'Clock of a camera set',
  'packet.requested': 'Packet asked for',
  'packet.built': 'Packet built',
  'packet.failed': 'Packet could not be built',
  'packet.statement_signed': 'Statement signed',
  'packet.downloaded': 'Packet fetched',
  'packet.hand_over_opened': 'Packet offered to somebody outside',
  'packet.hand_over_claimed': 'Offered packet opened',
  'packet.hand_over_revoked': 'Offer of a packet taken back',
  'packet.handed_over': 'Packet fetched by its recipient',
  'packet.receipt_signed': 'Packet signed for',
  'recipient.created': 'Recipient of evidence added',
  'recipient.updated': 'Recipient of evidence changed',
  'recipient.credential_rotated': 'New credential for a recipient',
  'recipient.circuit_opened': 'Recipient does not answer; sending stopped',
  'recipient.circuit_closed': 'Recipient answers again',
  'share.requested': 'Sharing asked for',
  'share.approved': 'Sharing approved',
  'share.refused': 'Sharing refused',
  'share.retried': 'Sharing tried again by hand',
  'share.delivered': 'Evidence delivered to a recipient',
  'share.failed': 'Evidence could not be delivered',
  'share.withdrawn': 'Share withdrawn',
  'share.notice_settled': 'Recipient told of a correction or withdrawal',
  'share.notice_failed': 'Recipient could not be told of a correction or withdrawal',
  'evidence.purged': 'Evidence purged',
  'evidence.deletion_intended': 'Deletion begun',
  'evidence.deletion_stopped': 'Deletion stopped',
  'evidence.retention_changed': 'Date of deletion changed',
  'evidence.moved_to_cold': 'File moved to the cold tier',
  'evidence.original_removed': 'Original in the hot tier deleted',
  'evidence.orphan_removed': 'File that no record knew deleted',
  'evidence.discrepancy_found': 'Store and record differ',
  'evidence.discrepancy_repaired': 'Store and record made to agree',
  'evidence.redaction_requested': 'Masked clip asked for',
  'evidence.redacted': 'Clip masked',
  'evidence.redaction_failed': 'Clip could not be masked',
  'evidence.unredacted_approved': 'Unmasked clip allowed to leave',
  'evidence.unredacted_withdrawn': 'Unmasked clip no longer allowed to leave',
  'evidence.history_exported': 'Workflow history kept',
  'evidence.history_lost': 'Workflow history lost',
  'evidence.history_viewed': 'Workflow history looked at',
  'evidence.restricted': 'No longer used, as somebody asked',
  'evidence.restriction_lifted': 'May be used again',
  'evidence.erasure_ordered': 'To be deleted, as somebody asked',
  'evidence.exported_to_subject': 'Copy made for whoever is in it',
  'hold.placed': 'Legal hold placed',
  'hold.released': 'Legal hold released',
  'hold.ended': 'Legal hold ended by itself',
  'reconciliation.started': 'Comparison of store and record asked for',
  'reconciliation.finished': 'Comparison of store and record finished',
  'storage.full': 'Evidence store is full',
  'storage.recovered': 'Evidence store takes files again',
  'person.created': 'Person added',
  'person.updated': 'Person changed',
  'person.deactivated': 'Person removed from the roster',
  'shift.created': 'Shift added',
  'shift.updated': 'Shift changed',
  'shift.deleted': 'Shift removed',
  'roster.imported': 'Roster imported',
  'holiday.set': 'Holiday declared',
  'holiday.removed': 'Holiday removed',
  'sensor.registered': 'Sensor registered',
  'terminal.prompted': 'Till to ask first',
  'terminal.prompt_shown': 'Till asked for the scan',
  'terminal.prompt_failed': 'Till could not ask',
  'terminal.hold_ordered': 'Till to wait for the attendant',
  'terminal.held': 'Till waits for the attendant',
  'terminal.hold_failed': 'Till could not wait',
  'terminal.release_ordered': 'Till to go on',
  'terminal.released': 'Till goes on',
  'runbook.planned': 'Runbook started',
  'runbook.approved': 'Step approved',
  'runbook.rejected': 'Step refused',
  'runbook.done': 'Step reported as done',
  'runbook.overridden': 'Step skipped',
  'runbook.release_ordered': 'Release ordered',
  'runbook.retry_ordered': 'Step tried again',
  'runbook.step_settled': 'Step came to its end',
  'runbook.closed': 'Runbook settled at the end',
  'report.prepared': 'Report prepared',
  'report.viewed': 'Report read',
  'drill.started': 'Drill started',
  'policy.drafted': 'Policy drafted',
  'policy.submitted': 'Policy sent to review',
  'policy.activated': 'Policy put in force',
  'policy.withdrawn': 'Policy withdrawn',
  'policy.assigned': 'Policy given to a store',
  'risk_group.set': 'Risk group set',
  'webhook.created': 'Webhook added',
  'webhook.updated': 'Webhook changed',
  'webhook.deleted': 'Webhook removed',
  'webhook.secret_rotated': 'Secret of a webhook renewed',
  'webhook.redelivered': 'Webhook delivery sent again',
  'webhook.pinged': 'Webhook tried out',
  'webhook.disabled': 'Webhook switched off after failures',
  'usage.prices_replaced': 'Prices of messages changed',
  'till.analysed': 'Day at the tills looked through',
  'till_rules.set': 'Rules for the tills changed',
  'pos_exception.dismissed': 'Exception at a till set aside',
  'operator.revealed': 'Name behind a pseudonym asked for',
  'pos.mapping_declared': 'Reading of day files declared',
  'pos.imported': 'Day file imported',
  'pos.import_failed': 'Day file broke off',
  'pos.quarantine_viewed': 'Refused till lines looked at',
  'pos.quarantine_wiped': 'Text of refused till lines wiped',
  'access.refused': 'Refused',
  'audit.read': 'Audit log read',
  'audit.exported': 'Audit log taken out',
  'subject_request.recorded': 'Request of a person taken down',
  'subject_request.identity_checked': 'Who asks was checked',
  'subject_request.extended': 'Time to answer made longer',
  'subject_request.marked': 'Recording looked at for a request',
  'subject_request.decided': 'Request of a person decided',
  'subject_request.withdrawn': 'Request of a person withdrawn',
  'subject_request.viewed': 'Request of a person looked at',
  'subject_request.wiped': 'Words of a request wiped',
  'notice.recorded': 'Notice put up',
  'notice.ended': 'Notice taken down',
  'consent.recorded': 'Consent of a colleague',
  'consent.withdrawn': 'Consent of a colleague withdrawn',
  'store_opt_out.set': 'Switched off in a store',
  'store_opt_out.removed': 'Switched on in a store again',
  'audit.verified': 'Chain verified',
  'audit.witnessed': 'Head sealed outside the database',
};

/** What was done: `notification.sent` → "Message handed to the carrier". */
export const auditAction = (action: string): string => auditActionLabels[action] ?? readable(action);

/** `segment-003` → "original segment 3"; other ids stay as they are. */
function artifactName(id: string): string {
  const [, kind = '', digits] = /^([a-z]+)(?:-0*(\d+))?$/.exec(id) ?? [];
  const label = (artifactKinds as Record<string, string>)[kind];
  return label ? `${label.toLowerCase()}${digits ? ` ${digits}` : ''}` : id;
}

const spelled: Record<string, (value: string) => string> = {
  artifactId: artifactName,
  by: whoseId,
  role: (role) => roleLabel(role).toLowerCase(),
  verdict: (verdict) =>
    (verdictLabels as Record<string, string>)[verdict] ??
    (tillLabels as Record<string, { label: string }>)[verdict]?.label ??
    verdict,
  earlierVerdict: (verdict) => (verdictLabels as Record<string, string>)[verdict] ?? verdict,
  severity: (level) => (severityLabels as Record<string, string>)[level]?.toLowerCase() ?? level,
  state: (state) =>
    (evidenceLabels as Record<string, { label: string }>)[state as Schemas['EvidenceState']]?.label.toLowerCase() ??
    state,
};

/** The facts of a row in short; the row's own details hold the whole. */
export function auditFacts(entry: AuditEntry, timeZone: string | undefined): string {
  return Object.entries(entry.details)
    .flatMap(([name, value]) => factOf(name, value, timeZone))
    .join(', ');
}

function factOf(name: string, value: unknown, timeZone: string | undefined): string[] {
  const words = readable(name.replace(/([A-Z])/g, ' $1')).toLowerCase();
  if (value === null || value === undefined || value === '') return [];
  if (Array.isArray(value)) {
    if (value.length === 0) return [];
    return [value.every(isText) ? `${words} ${value.join(' and ')}` : `${value.length} ${words}`];
  }
  if (isReason(value)) return [reasonSentence(value, timeZone ?? 'UTC').replace(/\.$/, '')];
  if (typeof value === 'object') return [];
  if (typeof value === 'boolean') return [value ? words : `not ${words}`];
  if (typeof value === 'number') return [`${words} ${value.toLocaleString('en-GB')}`];
  if (!isText(value)) return [];
  if (/^[0-9a-f]{64}$/.test(value)) return [`${words.replace('sha256', 'SHA-256')} ${value.slice(0, shownHash)}…`];
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return [`${words} ${dateTime(value, timeZone)}`];
  const own = spelled[name];
  if (!own && /^[A-Za-z]+(_[A-Za-z]+)+$/.test(value)) return [`${words} ${readable(value).toLowerCase()}`];
  return [name === 'artifactId' && own ? own(value) : `${words} ${own ? own(value) : value}`];
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isReason = (value: unknown): value is Reason =>
  typeof value === 'object' && value !== null && 'code' in value && 'params' in value;

/** `user:demo-admin` → "demo-admin". */
function whoseId(actor: string): string {
  return actor.replace(/^[a-z]+:/, '');
}

/** Who it was, as people call them; an actor who is gone keeps the id. */
export function whoseName(entry: AuditEntry): string {
  return entry.actorName === entry.actor ? whoseId(entry.actor) : entry.actorName;
}
