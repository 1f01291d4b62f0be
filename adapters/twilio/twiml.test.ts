import { expect, test } from 'vitest';
import { readTwiml } from '../../stack/carrier/twiml-reader.ts';
import { messageTwiml } from './twiml.ts';

test('texts back exactly one message, escaped', () => {
  expect(messageTwiml('a < b & "c"')).toContain('<Message>a &lt; b &amp; "c"</Message>');
  expect(readTwiml('text/xml', messageTwiml('a < b & "c"'))).toEqual({ ok: true, replies: ['a < b & "c"'] });
});

test('texts back nothing', () => {
  expect(readTwiml('text/xml', messageTwiml(null))).toEqual({ ok: true, replies: [] });
});
