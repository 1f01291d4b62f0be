import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

export interface Ed25519Signer {
  publicKeyPem: string;
  /** Base64 of the Ed25519 signature (RFC 8032) over the UTF-8 text. */
  sign(text: string): string;
}

/** Signs deletion records and audit heads; the key is PEM (PKCS 8). */
export function openSigner(privateKeyPem: string): Ed25519Signer {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error('the signing key must be an Ed25519 private key in PKCS 8 PEM');
  const publicKeyPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  return { publicKeyPem, sign: (text) => sign(null, Buffer.from(text), key).toString('base64') };
}

export const verifySignature = (publicKeyPem: string, text: string, signature: string): boolean =>
  verify(null, Buffer.from(text), createPublicKey(publicKeyPem), Buffer.from(signature, 'base64'));

export const generateSigningKeyPem = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
