import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateSigningKeyPem, openSigner, verifySignature } from './signer.ts';

describe('a signature', () => {
  const signer = openSigner(generateSigningKeyPem());
  const signature = signer.sign('what was deleted ü');

  it('holds for the very text and the very key', () => {
    expect(verifySignature(signer.publicKeyPem, 'what was deleted ü', signature)).toBe(true);
    expect(verifySignature(signer.publicKeyPem, 'what was deleted u', signature)).toBe(false);
    expect(verifySignature(openSigner(generateSigningKeyPem()).publicKeyPem, 'what was deleted ü', signature)).toBe(
      false,
    );
  });

  it.each(['', 'AAAA', 'not base64 at all', `${'A'.repeat(86)}==`])('is not %j', (forged) => {
    expect(verifySignature(signer.publicKeyPem, 'what was deleted ü', forged)).toBe(false);
  });

  it('is the same each time, as Ed25519 has it', () => {
    expect(signer.sign('what was deleted ü')).toBe(signature);
  });

  it('needs an Ed25519 key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    expect(() => openSigner(rsa.toString())).toThrow(/Ed25519/);
    expect(() => openSigner('a key')).toThrow();
  });
});
