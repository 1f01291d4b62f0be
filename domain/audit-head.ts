import { canonicalJson } from './audit-chain.ts';
import { addMs } from './time.ts';

/** What is signed about a log: its end at a moment, and by which key. Heads of the first kind name no key. */
export interface HeadStatement {
  kind: 'floorwalker.audit-head.v1' | 'floorwalker.audit-head.v2';
  tenantId: string;
  seq: number;
  hash: string;
  at: string;
  keyId?: string;
}

export interface SignedHead {
  statement: HeadStatement;
  /** Base64 of Ed25519 (RFC 8032) over the canonical JSON of the statement. */
  signature: string;
}

/** A key of ours and when it signed; the one in use has no end. */
export interface SigningKey {
  /** SHA-256 of the public key (SPKI, DER), hex. */
  id: string;
  publicKeyPem: string;
  validFrom: string | null;
  validUntil: string | null;
}

export type VerifySignature = (publicKeyPem: string, text: string, signature: string) => boolean;

/** The end of a log, signed; it names the key. */
export function signHead(
  signer: { keyId: string; sign(text: string): string },
  head: Omit<HeadStatement, 'kind' | 'keyId'>,
): SignedHead {
  const statement: HeadStatement = { kind: 'floorwalker.audit-head.v2', ...head, keyId: signer.keyId };
  return { statement, signature: signer.sign(canonicalJson(statement)) };
}

/** The signed head in a text from outside, or null when it is none. */
export function readSignedHead(text: string): SignedHead | null {
  try {
    const { statement, signature } = JSON.parse(text) as Partial<SignedHead>;
    if (typeof signature !== 'string' || typeof statement !== 'object' || statement === null) return null;
    if (!/^floorwalker\.audit-head\.v[12]$/.test(statement.kind)) return null;
    const { tenantId, seq, hash, at } = statement;
    const whole = typeof tenantId === 'string' && Number.isSafeInteger(seq) && typeof hash === 'string';
    return whole && typeof at === 'string' ? { statement, signature } : null;
  } catch {
    return null;
  }
}

/** Why a head is not to be believed, or null when one of our keys signed it while it was ours. */
export function headProblem(
  { statement, signature }: SignedHead,
  about: { tenantId: string; keys: readonly SigningKey[]; verify: VerifySignature },
): string | null {
  const { tenantId, keyId, at, seq } = statement;
  const which = `The witnessed audit head of row ${seq}`;
  if (tenantId !== about.tenantId) return `${which} is about another company.`;
  const named = about.keys.filter(({ id }) => keyId === undefined || id === keyId);
  if (keyId !== undefined && named.length === 0)
    return `${which} names the key ${keyId.slice(0, 12)}, which is none of ours: it does not carry our signature.`;
  const signedBy = named.find((key) => about.verify(key.publicKeyPem, canonicalJson(statement), signature));
  if (!signedBy) return `${which} does not carry our signature.`;
  if (!wasValid(signedBy, at))
    return `${which} was signed for ${at} with the key ${signedBy.id.slice(0, 12)}, which was not in use then.`;
  return null;
}

/** Processes sign with the old key until they are started again. */
const rotationTakesMs = 24 * 3_600_000;

const wasValid = ({ validFrom, validUntil }: SigningKey, at: string): boolean =>
  (validFrom === null || at >= validFrom) && (validUntil === null || at < addMs(validUntil, rotationTakesMs));
