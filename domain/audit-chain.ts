/** What the hash of an audit row covers. Hashes themselves (SHA-256, hex) are taken in services and in chain_audit. */
export interface AuditContent {
  tenantId: string;
  at: string;
  actor: string;
  actorRole: string;
  action: string;
  subject: string;
  details: unknown;
  /** The request that it came from; absent in rows of our own doing, and in those from before it was kept. */
  requestId?: string | null;
}

/** A row as it stands in the log. */
export interface ChainedRow extends Omit<AuditContent, 'tenantId'> {
  seq: number;
  prevHash: string;
  hash: string;
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

/** A row without a request is hashed as rows were before there was one. */
export function auditContentText(row: AuditContent): string {
  const { tenantId, at, actor, actorRole, action, subject, details, requestId } = row;
  const content = { tenantId, at, actor, actorRole, action, subject, details };
  return canonicalJson(requestId ? { v: 2, ...content, requestId } : { v: 1, ...content });
}

/** The row's hash is SHA-256 of this: it binds content, position and everything before. */
export const chainText = (prevHash: string, seq: number, contentHash: string): string =>
  `${prevHash}:${seq}:${contentHash}`;
