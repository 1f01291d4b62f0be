import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accusingWords, alertText, correctionText, gsmSeptets, helpText } from './message-text.ts';

const linkUrl = 'https://shops.example.com/e/AbCdEfGhIjKlMnOpQrStUv';
const plain = { laneLabel: 'SCO 3', storeName: 'High Street', code: 'K7Q', linkUrl };
const texts = { alertText, correctionText, helpText };

describe('GSM-7', () => {
  it.each([
    ['', 0],
    ['SCO 3', 5],
    ['Grüß Gott @ £5', 14],
    ['[€]', 6],
    ['\n', 1],
    ['ł', null],
    ['😀', null],
    ['’', null],
  ])('counts the septets of %j', (text, septets) => {
    expect(gsmSeptets(text)).toBe(septets);
  });
});

describe('texts', () => {
  it('say where, which, and how to answer', () => {
    expect(alertText(plain)).toBe(
      `Floorwalker K7Q: please check SCO 3, High Street. ${linkUrl} Reply 1 paid 2 staff 3 not sure 4 confirmed or HELP`,
    );
    expect(correctionText(plain)).toMatch(/^Floorwalker K7Q: correction for SCO 3, High Street\. .*all is paid/);
    expect(helpText(plain)).toMatch(/^Floorwalker K7Q: a colleague asks for HELP at SCO 3, High Street\./);
  });

  it.each([
    ['umlauts', 'Kasse für Große', 'Köln Süd', /check Kasse fur Große, Koln Sud\. /],
    ['emoji', '🛒 SCO 3 🛒', '🏬', /check SCO 3\. /],
    ['nothing that a phone can show', '收银台', '商店', /check the lane\. /],
    ['line breaks', 'SCO\n3', 'High\r\n Street', /check SCO 3, High Street\. /],
    ['signs that take two septets', '[SCO] {3}', 'A|B', /check SCO 3, A B\. /],
    [
      'a camera named after what it looks for',
      'Theft camera 2',
      'Shoplifting test store',
      /check camera 2, test store\. /,
    ],
  ])('cope with %s', (_name, laneLabel, storeName, expected) => {
    expect(alertText({ ...plain, laneLabel, storeName })).toMatch(expected);
  });

  it('shorten the store before the lane', () => {
    const storeName = 'The Very Long Name Of A Supermarket In A Very Small Town';
    expect(alertText({ ...plain, storeName })).toContain('please check SCO 3, The Very');
    expect(alertText({ ...plain, laneLabel: 'L'.repeat(300), storeName })).toMatch(/please check L+\. https/);
  });

  it.each(Object.entries(texts))(
    '%s fits one segment, accuses nobody and keeps code, lane and link for any names',
    (name, text) => {
      const label = fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc
          .array(fc.constantFrom('crime', 'Crimea', 'caught', 'thief', 'stolen', ' ', 'x', 'ö', '😀'))
          .map((parts) => parts.join('')),
      );
      fc.assert(
        fc.property(label, label, (laneLabel, storeName) => {
          const said = text({ ...plain, laneLabel, storeName });
          expect(gsmSeptets(said)).toBeLessThanOrEqual(160);
          expect(gsmSeptets(said)).not.toBeNull();
          expect(said).not.toMatch(accusingWords);
          expect(said).toContain('Floorwalker K7Q: ');
          if (name !== 'correctionText') expect(said).toContain(` ${linkUrl} `);
        }),
      );
      expect(text({ ...plain, laneLabel: 'SCO 12', storeName: 'x'.repeat(500) })).toContain('SCO 12, xxx');
    },
  );

  it('refuse an address that leaves no room, and say by how much', () => {
    const tooLong = `https://${'a'.repeat(60)}.example.com/e/AbCdEfGhIjKlMnOpQrStUv`;
    expect(() => alertText({ ...plain, linkUrl: tooLong })).toThrow(/PUBLIC_URL is too long.*shorten it by \d+ signs/);
  });

  it('refuse an address that would make a text of two segments', () => {
    expect(() => alertText({ ...plain, linkUrl: 'https://лавка.example/e/x' })).toThrow(/GSM-7/);
  });
});
