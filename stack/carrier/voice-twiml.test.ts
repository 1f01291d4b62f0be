import { expect, test } from 'vitest';
import { type Gather, readKeys, readVoiceTwiml } from './voice-twiml.ts';

const xml = (body: string) => readVoiceTwiml('text/xml', `<Response>${body}</Response>`);
const gather: Gather = {
  ...{ index: 0, action: null, method: 'POST' as const, numDigits: null, timeoutSeconds: 5 },
  ...{ finishOnKey: '#', actionOnEmptyResult: false },
};

test('reads verbs in order, what is inside a gather before it', () => {
  const read = xml(
    `<Say language="de-DE">Gr&#252;&#223;e &amp; &quot;so&quot;</Say><Pause/><Gather numDigits="1" timeout="7" action="/a?b=1&amp;c=2"
     input="dtmf" method="POST"><Say>One.</Say><Pause length="2"/></Gather><Redirect method="GET">/menu</Redirect><Hangup/>`,
  );
  const menu = { ...gather, index: 2, numDigits: 1, timeoutSeconds: 7, action: '/a?b=1&c=2' };
  expect(read).toEqual({
    ok: true,
    steps: [
      { does: 'say', text: 'Grüße & "so"', language: 'de-DE', gather: null },
      { does: 'pause', seconds: 1, gather: null },
      { does: 'say', text: 'One.', language: 'en-US', gather: menu },
      { does: 'pause', seconds: 2, gather: menu },
      { does: 'gather', gather: menu },
      { does: 'redirect', url: '/menu', method: 'GET' },
      { does: 'hangup' },
    ],
  });
});

test.each([
  ['<Record/>', /<Record> inside <Response> is not carried/],
  ['<Gather><Hangup/></Gather>', /<Hangup> inside <Gather>/],
  ['<Gather input="speech"/>', /13334/],
  ['<Gather numDigits="0"/>', /numDigits="0"/],
  ['<Gather timeout="soon"/>', /timeout="soon"/],
  ['<Gather finishOnKey="12"/>', /13333/],
  ['<Gather partialResultCallback="/x"/>', /partialResultCallback/],
  ['<Say></Say>', /13520/],
  [`<Say>${'x'.repeat(4097)}</Say>`, /13520/],
  ['<Say language="English">Hi</Say>', /13512/],
  ['<Say><Break/></Say>', /<Break> inside <Say>/],
  ['<Redirect method="PUT">/x</Redirect>', /neither GET nor POST/],
  ['stray', /text directly inside <Response>/],
  ['<Say>Hi</Response>', /closes nothing/],
])('refuses %s', (body, reason) => {
  const read = xml(body);
  expect(read.ok).toBe(false);
  expect(read).toHaveProperty('reason', expect.stringMatching(reason));
});

test('refuses what is no XML, by its type', () => {
  expect(readVoiceTwiml('text/html', '<Response/>')).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/^12300/),
  });
  expect(readVoiceTwiml('text/xml', '')).toMatchObject({ ok: false, reason: expect.stringMatching(/^12100/) });
});

test.each([
  [{ numDigits: 1 }, '', '', '', false],
  [{ numDigits: 1 }, '4', '4', '', true],
  [{ numDigits: 2 }, '4', '4', '', false],
  [{ numDigits: 2 }, '4#', '4', '#', true],
  [{ numDigits: 2 }, '451', '45', '', true],
  [{}, '123', '123', '', false],
  [{}, '123#', '123', '#', true],
  [{}, '#', '', '#', true],
  [{ finishOnKey: '' }, '12#', '12#', '', false],
  [{ finishOnKey: '*' }, '1#*', '1#', '*', true],
])('a gather of %j that heard %j', (change, keys, digits, finishedOnKey, complete) => {
  expect(readKeys({ ...gather, ...change }, keys)).toEqual({ digits, finishedOnKey, complete });
});
