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

const actions: Record<string, string> = {
  'session.created': 'Signed in',
  'session.ended': 'Signed out',
  'notification.intended': 'Text prepared',
  'notification.sent': 'Text handed to the carrier',
  'notification.delivered': 'Text delivered',
  'notification.undelivered': 'Text not delivered',
  'notification.failed': 'Text could not be sent',
  'notification.nobody_on_shift': 'Nobody on shift',
  'reply.received': 'Reply received',
  'evidence.link_opened': 'Link in the text opened',
  'evidence.link_revoked': 'Links switched off',
  'evidence.integrity_failed': 'Evidence did not match its hash',
  'audit.verified': 'Chain verified',
  'audit.witnessed': 'Head sealed outside the database',
};

/** What was done: `notification.sent` → "Text handed to the carrier". */
export const auditAction = (action: string): string => actions[action] ?? readable(action);

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
