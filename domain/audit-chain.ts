/** What the hash of an audit row covers. Hashes themselves (SHA-256, hex) are taken in services and in append_audit. */
export interface AuditContent {
  tenantId: string;
  at: string;
  actor: string;
  actorRole: string;
  action: string;
  subject: string;
  details: unknown;
}

export const genesisHash = '0'.repeat(64);

/** JSON with sorted keys, as RFC 8785 has it for the values stored here: strings, booleans, null, finite numbers. */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
}

export function auditContentText(row: AuditContent): string {
  const { tenantId, at, actor, actorRole, action, subject, details } = row;
  return canonicalJson({ v: 1, tenantId, at, actor, actorRole, action, subject, details });
}

/** The row's hash is SHA-256 of this: it binds content, position and everything before. */
export const chainText = (prevHash: string, seq: number, contentHash: string): string =>
  `${prevHash}:${seq}:${contentHash}`;
