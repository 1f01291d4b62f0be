import { expect, test } from 'vitest';
import { signWebhook } from '../../stack/carrier/signature.ts';
import { verifyTwilioSignature } from './signature.ts';

const url = 'https://shop.example/webhooks/twilio/sms';
const params = { MessageSid: 'SM1', From: '+15550100001', Body: '1 K7Q' };
const [current, previous] = ['current-token-0123456789', 'previous-token-0123456789'] as const;
const signature = signWebhook(previous, url, params);

test('accepts what either token signed while a token is being rotated', () => {
  expect(verifyTwilioSignature({ tokens: [current, previous], signature, url, params })).toBe(true);
  expect(verifyTwilioSignature({ tokens: [current], signature, url, params })).toBe(false);
});

test.each([
  ['a changed field', { params: { ...params, Body: '4 K7Q' } }],
  ['an added field', { params: { ...params, NumMedia: '0' } }],
  ['another URL', { url: 'https://shop.example/webhooks/twilio/status' }],
  ['no signature', { signature: undefined }],
  ['an empty signature', { signature: '' }],
  ['a cut signature', { signature: signature.slice(0, 10) }],
  ['no tokens', { tokens: [] }],
  ['what an empty token signed', { tokens: [''], signature: signWebhook('', url, params) }],
])('refuses %s', (_what, change) => {
  expect(verifyTwilioSignature({ tokens: [previous], signature, url, params, ...change })).toBe(false);
});
