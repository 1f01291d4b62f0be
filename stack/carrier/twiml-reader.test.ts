import twilio from 'twilio';
import { expect, test } from 'vitest';
import { readTwiml } from './twiml-reader.ts';

const xml = (body: string) => readTwiml('text/xml; charset=utf-8', body);

test('reads what the SDK writes, whatever the text', () => {
  for (const text of ['Thanks.', 'a < b & "c" > \'d\'', 'Grüße 😀 €', ' padded ']) {
    const response = new twilio.twiml.MessagingResponse();
    response.message(text);
    response.message('second');
    expect(xml(response.toString())).toEqual({ ok: true, replies: [text.trim(), 'second'] });
  }
});

test.each([
  ['', []],
  ['<Response/>', []],
  ['<Response></Response>', []],
  ['<?xml version="1.0"?><!-- note --><Response><Message><Body>Hi</Body></Message></Response>', ['Hi']],
  ['<Response><Message><![CDATA[1 < 2]]></Message></Response>', ['1 < 2']],
  ['<Response><Message>&#x20AC;&#33;</Message></Response>', ['€!']],
])('understands %s', (body, replies) => {
  expect(xml(body)).toEqual({ ok: true, replies });
});

test.each([
  ['<Response><Message>Hi</Response>', /closes nothing/],
  ['<Response><Message>Hi</Message>', /never closed/],
  ['<Response><Redirect>x</Redirect></Response>', /not carried/],
  ['<Response><Message to="+15550100">x</Message></Response>', /attributes/],
  ['<Response>stray</Response>', /text directly inside <Response>/],
  ['<Response><Message>a & b</Message></Response>', /unknown entity/],
  ['<Response/><Response/>', /more than one root/],
  ['<html></html>', /not carried/],
  ['{"ok":true}', /12100/],
])('refuses %s', (body, reason) => {
  const answer = xml(body);
  expect(answer.ok).toBe(false);
  expect(answer).toHaveProperty('reason', expect.stringMatching(reason));
});

test('texts plain text as it stands and refuses other types', () => {
  expect(readTwiml('text/plain', 'Noted.')).toEqual({ ok: true, replies: ['Noted.'] });
  expect(readTwiml('application/json', '{}')).toMatchObject({ ok: false, reason: expect.stringMatching(/^12300/) });
});
