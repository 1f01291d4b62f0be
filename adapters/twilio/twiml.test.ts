import { expect, test } from 'vitest';
import { readTwiml } from '../../stack/carrier/twiml-reader.ts';
import { readVoiceTwiml } from '../../stack/carrier/voice-twiml.ts';
import { type Menu, menuTwiml, messageTwiml, sayTwiml } from './twiml.ts';

test('texts back exactly one message, escaped', () => {
  expect(messageTwiml('a < b & "c"')).toContain('<Message>a &lt; b &amp; "c"</Message>');
  expect(readTwiml('text/xml', messageTwiml('a < b & "c"'))).toEqual({ ok: true, replies: ['a < b & "c"'] });
});

test('texts back nothing', () => {
  expect(readTwiml('text/xml', messageTwiml(null))).toEqual({ ok: true, replies: [] });
});

const menu = {
  say: [
    { text: 'Lane 3 & "more": 1 < 2.', language: 'en-GB' },
    { text: 'Drücken Sie die Eins.', language: 'de-DE' },
  ],
  gather: { numDigits: 1, timeoutSeconds: 4, actionUrl: 'https://shop.example/keys?tenant=a&n=1' },
} as const satisfies Omit<Menu, 'afterwards'>;
const steps = (xml: string) => {
  const read = readVoiceTwiml('text/xml', xml);
  if (!read.ok) throw new Error(read.reason);
  return read.steps;
};

test('reads a menu and waits for keys, then repeats it', () => {
  const read = steps(menuTwiml({ ...menu, afterwards: { repeatUrl: 'https://shop.example/menu?tenant=a&n=2' } }));
  const gather = {
    ...{ index: 0, action: 'https://shop.example/keys?tenant=a&n=1', method: 'POST', numDigits: 1, timeoutSeconds: 4 },
    ...{ finishOnKey: '#', actionOnEmptyResult: false },
  };
  expect(read).toEqual([
    ...menu.say.map(({ text, language }) => ({ does: 'say', text, language, gather })),
    { does: 'gather', gather },
    { does: 'redirect', url: 'https://shop.example/menu?tenant=a&n=2', method: 'POST' },
  ]);
});

test('or says goodbye', () => {
  const goodbye = { text: 'Au revoir.', language: 'fr-FR' } as const;
  expect(steps(menuTwiml({ ...menu, afterwards: { goodbye } })).slice(-2)).toEqual([
    { does: 'say', ...goodbye, gather: null },
    { does: 'hangup' },
  ]);
});

test('says one thing and ends', () => {
  expect(steps(sayTwiml('Anotado.', 'es-ES'))).toEqual([
    { does: 'say', text: 'Anotado.', language: 'es-ES', gather: null },
    { does: 'hangup' },
  ]);
});
