/** Writes docs/messages.md from the code: `--write` refreshes it, `--check` says whether it is stale. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gsmSeptets } from '../domain/message-text.ts';
import { type CataloguedMessage, type CatalogueFacts, everyMessage } from '../domain/messages/catalogue.ts';
import { languages, locales } from '../domain/messages/compose.ts';
import type { Locale } from '../domain/types.ts';

const path = fileURLToPath(new URL('../docs/messages.md', import.meta.url));
const command = 'node --import tsx scripts/messages-doc.ts --write';

const names: Record<Locale, string> = { en: 'English', es: 'Spanish', de: 'German', fr: 'French' };
const sample: CatalogueFacts = {
  facts: {
    laneLabel: 'SCO 3',
    storeName: 'High Street',
    code: 'K7Q',
    linkUrl: 'https://shops.example.com/e/AbCdEfGhIjKlMnOpQrStUv',
    drill: false,
  },
  other: { laneLabel: 'SCO 1', storeName: 'High Street', code: 'B4X', drill: false },
  name: 'Alex (manager)',
  now: '2026-11-21T14:03:00.000Z',
  timeZone: 'Europe/London',
};

const introduction = `# Every message, in every language

Written by \`${command}\` from [domain/messages](../domain/messages); \`npm test\` refuses a stale copy. The sample
is lane SCO 3 of High Street, incident K7Q, with a second one, B4X, where several are open.

- Each text is one GSM-7 segment of at most 160 septets for any name: fewer words first, then a shorter store, then a
  shorter lane. Accents that the alphabet lacks are dropped; é, ñ, ü and ß stay.
- No message accuses anybody: the words of [domain/messages/neutral.ts](../domain/messages/neutral.ts) are taken out of
  names as well.
- In a drill each message about it starts with ${locales.map((locale) => `\`${languages[locale].drill}\``).join(', ')}.
- People get the language of their row; times are those of the store. **Answers are understood in all four languages
  from everybody**, with or without the code, before or after it.

## Answers

| verdict | digit, key | words, in any case, with or without accents |
|---|---|---|
| \`paid\` | 1 | paid, pagado, bezahlt, payé |
| \`staff_error\` | 2 | staff, personal, Personal, personnel |
| \`unsure\` | 3 | not sure, unsure, no seguro, unsicher, nicht sicher, pas sûr, incertain |
| \`confirmed\` | 4 | confirmed, confirmado, bestätigt, confirmé |
| \`help\` | key 9 | any text that contains HELP, AYUDA, SOCORRO, AUXILIO, HILFE, NOTRUF, AIDE, SECOURS or SOS, or says "not safe" |
| \`safe\` | key 7 | SAFE, A SALVO, SEGURO, SICHER, EN SÉCURITÉ, SAUF and nothing else but the code; it only ends a call for help |

Key 0 repeats the menu of a call. A contradiction (\`1 confirmed\`) is asked about, never guessed at.
\`STOP\` and \`START\` are the carrier's; it answers them, we keep what was asked for.
`;

const titles: Record<CataloguedMessage['channel'], string> = { text: 'Texts', voice: 'Calls', email: 'Email' };

/** The whole document. */
export function messagesDocument(): string {
  return `${[introduction, ...locales.map(sectionOf)].join('\n')}`;
}

function sectionOf(locale: Locale): string {
  const messages = everyMessage(locale, sample);
  const channels = Object.keys(titles) as CataloguedMessage['channel'][];
  return [`## ${names[locale]}`, ...channels.flatMap((channel) => tableOf(channel, messages))].join('\n');
}

function tableOf(channel: CataloguedMessage['channel'], messages: readonly CataloguedMessage[]): string[] {
  const rows = messages.filter((message) => message.channel === channel);
  const isText = channel === 'text';
  return [
    '',
    `**${titles[channel]}**`,
    '',
    isText ? '| when | message | septets | segments |' : '| when | message |',
    isText ? '|---|---|---|---|' : '|---|---|',
    ...rows.map(({ when, said }) => {
      const septets = gsmSeptets(said) ?? 0;
      const cells = [when, said.trim().replaceAll('|', '\\|').replace(/\n+/g, '<br>')];
      return `| ${[...cells, ...(isText ? [septets, Math.ceil(septets / 160)] : [])].join(' | ')} |`;
    }),
    '',
  ];
}

/** Null when the document says what the code says; else how to mend it. */
export async function staleDocument(): Promise<string | null> {
  const written = await readFile(path, 'utf8').catch(() => '');
  return written === messagesDocument() ? null : `docs/messages.md is not what the code says: run ${command}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--write')) await writeFile(path, messagesDocument());
  const stale = await staleDocument();
  if (stale !== null) {
    console.error(stale);
    process.exitCode = 1;
  }
}
