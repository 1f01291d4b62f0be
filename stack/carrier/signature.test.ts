import twilio from 'twilio';
import { expect, test } from 'vitest';
import { signWebhook } from './signature.ts';

const token = '12345678901234567890123456789012';

test('equals the example in Twilio’s documentation of the algorithm', () => {
  const params = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675310',
    Digits: '1234',
    From: '+14158675310',
    To: '+18005551212',
  };
  expect(signWebhook('12345', 'https://mycompany.com/myapp.php?foo=1&bar=2', params)).toBe(
    'GvWf1cFY/Q7PnoempGyD5oXAezc=',
  );
});

test.each([
  ['http://127.0.0.1:8420/webhooks/twilio/sms', { Body: 'Ünïcode & = + 😀', From: '+15550100', FromCity: '' }],
  ['https://shop.example/webhooks/twilio/status?store=a%20b', { MessageStatus: 'delivered', b: '1', B: '2', a: '3' }],
  ['https://shop.example/webhooks/twilio/status', {}],
])('the SDK accepts what is signed for %s', (url, params: Record<string, string>) => {
  const signature = signWebhook(token, url, params);
  expect(twilio.validateRequest(token, signature, url, params)).toBe(true);
  expect(twilio.validateRequest(token, signature, `${url}x`, params)).toBe(false);
  expect(twilio.validateRequest(token, signature, url, { ...params, Body: 'forged' })).toBe(false);
});
