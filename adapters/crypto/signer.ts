import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { SigningKey } from '../../domain/audit-head.ts';

export interface Ed25519Signer {
  /** SHA-256 of the public key (SPKI, DER), hex. */
  keyId: string;
  publicKeyPem: string;
  /** Base64 of the Ed25519 signature (RFC 8032) over the UTF-8 text. */
  sign(text: string): string;
}

/** A key that signed until it was replaced; of it only the public half is kept. */
export interface RetiredKey {
  publicKey: string;
  validUntil: string;
}

/** Signs deletion records, packets and audit heads; the key is PEM (PKCS 8). */
export function openSigner(privateKeyPem: string): Ed25519Signer {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error('the signing key must be an Ed25519 private key in PKCS 8 PEM');
  const publicKeyPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  return {
    ...{ keyId: keyIdOf(publicKeyPem), publicKeyPem },
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64'),
  };
}

/** False also for a key or a signature that is none. */
export function verifySignature(publicKeyPem: string, text: string, signature: string): boolean {
  try {
    return verify(null, Buffer.from(text), createPublicKey(publicKeyPem), Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

export function keyIdOf(publicKeyPem: string): string {
  const der = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex');
}

/** All keys of an installation, the newest first: each from the end of the one before it to its own. */
export function keyRing(current: { publicKeyPem: string }, retired: readonly RetiredKey[]): SigningKey[] {
  const byEnd = [...retired].sort((a, b) => (a.validUntil < b.validUntil ? -1 : 1));
  const ended = byEnd.map(({ publicKey, validUntil }, index) => ({
    ...{ id: keyIdOf(publicKey), publicKeyPem: publicKey, validUntil },
    validFrom: byEnd[index - 1]?.validUntil ?? null,
  }));
  const { publicKeyPem } = current;
  const validFrom = byEnd.at(-1)?.validUntil ?? null;
  return [{ id: keyIdOf(publicKeyPem), publicKeyPem, validFrom, validUntil: null }, ...ended.reverse()];
}

export const generateSigningKeyPem = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
