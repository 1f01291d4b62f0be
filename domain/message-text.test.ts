import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accusingWords,
  alertText,
  correctionText,
  gsmSeptets,
  handOverText,
  helpText,
  noticeText,
} from './message-text.ts';
import { type CatalogueFacts, everyMessage } from './messages/catalogue.ts';
import { languages, locales } from './messages/compose.ts';
import { closedReply, notUnderstoodReply, severalReply } from './messages/replies.ts';
import { menuSpeech } from './messages/voice.ts';
import { parseKeys, parseReply } from './verdict-grammar.ts';

const linkUrl = 'https://shops.example.com/e/AbCdEfGhIjKlMnOpQrStUv';
const plain = { laneLabel: 'SCO 3', storeName: 'High Street', code: 'K7Q', linkUrl, drill: false };
const given: CatalogueFacts = {
  facts: plain,
  other: { ...plain, code: 'B4X', laneLabel: 'SCO 1' },
  name: 'Alex (manager)',
  now: '2026-11-21T14:03:00.000Z',
  timeZone: 'Europe/London',
};

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
    expect(alertText('en', plain)).toBe(
      `Floorwalker K7Q: please check SCO 3, High Street. ${linkUrl} Reply 1 paid 2 staff 3 not sure 4 confirmed or HELP`,
    );
    expect(alertText('es', plain)).toMatch(
      /SCO 3, High Street\. .* 1 pagado 2 personal 3 no seguro 4 confirmado .*AYUDA/,
    );
    expect(alertText('de', plain)).toMatch(
      /SCO 3, High Street\. .* 1 bezahlt 2 Personal 3 unsicher 4 bestätigt .*HILFE/,
    );
    expect(alertText('fr', plain)).toMatch(/SCO 3, High Street\. .* 1 payé 2 personnel 3 incertain 4 confirmé .*AIDE/);
    expect(handOverText('en', plain)).toMatch(/^Floorwalker K7Q: shift change, .*SCO 3, High Street\. .*4 confirmed/);
    expect(correctionText('en', { ...plain, because: 'receipt_found' })).toMatch(
      /^Floorwalker K7Q: correction for SCO 3, High Street\. .*all is paid/,
    );
    expect(correctionText('en', { ...plain, because: 'person' })).toMatch(/our message was wrong/);
    expect(correctionText('en', { ...plain, because: 'person' })).not.toMatch(/receipt|paid|http/);
    expect(helpText('en', plain)).toMatch(/^Floorwalker K7Q: a colleague asks for HELP at SCO 3, .*SAFE/);
    expect(noticeText('en', { ...plain, linkUrl: undefined, action: 'door_lock' })).toBe(
      'Floorwalker K7Q: your approval is asked for: door lock, SCO 3, High Street. Please decide in the console.',
    );
  });

  it.each([
    ['umlauts', 'Kasse für Große', 'Köln Süd', /check Kasse für Große, Köln Süd\. /],
    ['accents that a plain phone lacks', 'Caja rápida nº 2', 'Façade', /check Caja rapida no 2, Facade\. /],
    ['emoji', '🛒 SCO 3 🛒', '🏬', /check SCO 3\. /],
    ['nothing that a phone can show', '收银台', '商店', /check the lane\. /],
    ['line breaks', 'SCO\n3', 'High\r\n Street', /check SCO 3, High Street\. /],
    ['signs that take two septets', '[SCO] {3}', 'A|B', /check SCO 3 ?, A B\. /],
    [
      'a camera named after what it looks for',
      'Theft camera 2',
      'Shoplifting test store',
      /check camera 2, test store\. /,
    ],
    ['the same in German', 'Ladendiebkamera 2', 'Köln', /check 2, Köln\. /],
    ['the same in French', 'Vol à 3', 'Paris', /check à 3, Paris\. /],
    ['the same in Spanish', 'Robos 4', 'Cádiz', /check 4, Cadiz\. /],
    ['what only looks like a word of the list', 'Robot Kasse', 'Volta', /check Robot Kasse, Volta\. /],
    ['what looks like a template', '{code} {link}', '{x}', /check code link, x\. /],
  ])('cope with %s', (_name, laneLabel, storeName, expected) => {
    expect(alertText('en', { ...plain, laneLabel, storeName })).toMatch(expected);
  });

  it('take fewer words first, then shorten the store, then the lane', () => {
    const storeName = 'The Very Long Name Of A Supermarket In A Very Small Town';
    const inStore = (name: string) => alertText('en', { ...plain, storeName: name });
    expect(inStore('High Street South Entrance')).toMatch(
      /: please check SCO 3, High Street South Entrance\. .* 1 paid 2/,
    );
    expect(inStore('High Street South Entrance')).not.toContain('Reply');
    expect(inStore('High Street South Entrance, Park')).toContain(': check SCO 3, High Street South Entrance, Park. ');
    expect(alertText('en', { ...plain, storeName })).toContain(': check SCO 3, The Very Long Name');
    expect(alertText('en', { ...plain, laneLabel: 'L'.repeat(300), storeName })).toMatch(/check L+\. https/);
  });

  it('refuse an address that leaves no room, and say by how much', () => {
    const tooLong = `https://${'a'.repeat(90)}.example.com/e/AbCdEfGhIjKlMnOpQrStUv`;
    expect(() => alertText('en', { ...plain, linkUrl: tooLong })).toThrow(
      /PUBLIC_URL is too long.*shorten it by \d+ signs/,
    );
  });

  it('refuse an address that would make a text of two segments', () => {
    expect(() => alertText('en', { ...plain, linkUrl: 'https://лавка.example/e/x' })).toThrow(/GSM-7/);
  });

  it.each(locales)('in %s leave room for an address of 40 signs, even in a drill', (locale) => {
    const long = `https://${'a'.repeat(32)}/e/AbCdEfGhIjKlMnOpQrStUv`;
    for (const text of [alertText, handOverText, helpText])
      expect(text(locale, { ...plain, linkUrl: long, drill: true })).toContain('SCO 3');
  });
});

const label = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ...['crime', 'Crimea', 'caught', 'thief', 'stolen', 'Dieb', 'Ladendiebstahl', 'verdächtig', 'vol', 'voleur'],
        ...['ladrón', 'robo', 'sospechoso', 'coupable', '{place}', '{link}', ' ', ' ', 'x', 'ö', 'ç', '😀'],
      ),
    )
    .map((parts) => parts.join('')),
);

describe.each(locales)('every message in %s', (locale) => {
  it('accuses nobody, marks a drill, and every text is one segment, for any names', () => {
    fc.assert(
      fc.property(label, label, label, fc.boolean(), (laneLabel, storeName, name, drill) => {
        const facts = { ...plain, laneLabel, storeName, drill };
        for (const { channel, when, said } of everyMessage(locale, { ...given, facts, other: facts, name })) {
          expect(said, when).not.toMatch(accusingWords);
          expect(said, when).not.toContain('undefined');
          if (channel !== 'text') continue;
          expect(gsmSeptets(said), `${when}: ${said}`).toBeLessThanOrEqual(160);
          expect(gsmSeptets(said), when).not.toBeNull();
        }
        for (const text of [alertText, handOverText, helpText]) expect(text(locale, facts)).toContain(` ${linkUrl} `);
      }),
      { numRuns: 60 },
    );
  });

  it('carries code, lane and store in each text about one incident', () => {
    const about = everyMessage(locale, given).filter(
      ({ channel, when }) => channel === 'text' && !/several|never theirs|nothing is open|^not understood$/.test(when),
    );
    expect(about.length).toBeGreaterThan(20);
    for (const { when, said } of about) {
      expect(said, when).toMatch(/^Floorwalker K7Q: /);
      expect(said, when).toContain('SCO 3, High');
    }
  });

  it('starts with the mark of a drill when it is one, and has none otherwise', () => {
    const { drill } = languages[locale];
    const drilled = { ...given, facts: { ...plain, drill: true }, other: { ...given.other, drill: true } };
    const general = /never theirs|nothing is open|^not understood$|without a meaning|not needed|at the end/;
    for (const { when, said } of everyMessage(locale, drilled).filter((message) => !general.test(message.when)))
      expect(said.startsWith(`${drill} `) || said.startsWith(`${drill}. `), `${when}: ${said}`).toBe(true);
    for (const { said } of everyMessage(locale, given)) expect(said).not.toContain(drill);
  });

  it('tells people to answer in words that we understand', () => {
    const { texts, replies, verdicts, email } = languages[locale];
    const verdictBy = { 1: 'paid', 2: 'staff_error', 3: 'unsure', 4: 'confirmed' } as const;
    for (const hint of [
      texts.alert.full.hint,
      texts.alert.short.hint,
      texts.handOver.full.hint,
      replies.answers,
      email.answer,
    ])
      for (const [digit, verdict] of Object.entries(verdictBy)) {
        const words = new RegExp(`${digit} ([\\p{L} ]+?)(?=,| \\d| ou? | oder | or | \\p{Lu}{3})`, 'u').exec(hint)?.[1];
        for (const answer of [digit, words ?? 'nothing', `${digit} ${words}`])
          expect(parseReply(answer), `${answer} in ${hint}`).toEqual({ kind: 'verdict', verdict, code: null });
        expect(parseKeys(digit)).toEqual({ kind: 'verdict', verdict });
      }
    for (const verdict of ['help', 'safe', 'paid', 'unsure', 'confirmed', 'staff_error'] as const)
      expect(parseReply(verdicts[verdict])).toMatchObject({ verdict });
    expect(texts.help.full.hint.toUpperCase()).toContain(verdicts.safe.toUpperCase());
    expect(texts.help.short.hint.toUpperCase()).toContain(verdicts.safe.toUpperCase());
  });

  it('says every key of the menu', () => {
    for (const key of [1, 2, 3, 4, 0, 9])
      expect(menuSpeech(locale, 'alert', plain)).toMatch(new RegExp(`\\b${key}\\b`));
    for (const key of [7, 9, 0]) expect(menuSpeech(locale, 'help', plain)).toMatch(new RegExp(`\\b${key}\\b`));
    expect(menuSpeech(locale, 'alert', plain)).toContain('K, 7, Q');
  });
});

describe('answers about an end', () => {
  const ending = {
    verdict: 'staff_error' as const,
    corrected: false,
    by: { name: 'Alex' },
    timeZone: 'Europe/London',
    now: '2026-07-02T21:00:00.000Z',
  };
  it.each([
    [
      'en',
      '2026-07-02T12:03:00.000Z',
      'already closed at 13:03 as staff by Alex. Nothing more is needed. SCO 3, High Street',
    ],
    ['en', '2026-06-28T12:03:00.000Z', 'already closed on 28 Jun at 13:03 as staff by Alex.'],
    ['es', '2026-07-02T12:03:00.000Z', 'ya se cerro a las 13:03: personal, por Alex.'],
    ['de', '2026-06-28T12:03:00.000Z', 'schon am 28. Juni um 13:03 abgeschlossen: Personal, durch Alex.'],
    ['fr', '2026-06-28T12:03:00.000Z', 'déjà clos le 28 juin à 13:03: personnel, par Alex.'],
  ] as const)('in %s give the time of the store', (locale, at, expected) => {
    expect(closedReply(locale, plain, { ...ending, at })).toContain(`Floorwalker K7Q: ${expected}`);
  });

  it('name codes and lanes when several are open, and mark a drill among them', () => {
    const drill = { ...given.other, drill: true };
    expect(severalReply('en', [plain, drill], 'confirmed')).toBe(
      'Floorwalker: several are open: K7Q (SCO 3), B4X (DRILL SCO 1). Reply with the code, like K7Q 4',
    );
    expect(severalReply('en', [drill, drill], 'safe')).toMatch(/^DRILL Floorwalker: .*like B4X SAFE$/);
    expect(notUnderstoodReply('de', [plain, given.other])).toBe(
      'Floorwalker: das wurde leider nicht verstanden. K7Q (SCO 3), B4X (SCO 1). Bitte mit Code, etwa K7Q 1',
    );
  });
});
