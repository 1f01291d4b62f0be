import type { Block, PageDocument } from '../packet/documents.ts';
import type { RefusalGround, SubjectRequestKind, SubjectRequestState } from './requests.ts';

export interface LetterIncident {
  detectedAt: string;
  camera: string;
  outcome: 'granted' | 'refused';
  ground: RefusalGround | null;
  /** Until when it is kept; null when that is not settled. */
  keptUntil: string | null;
  /** Of an erasure: what keeps it from being carried out at once. */
  waitsUntil: string | null;
  /** Organisations that were given it. */
  givenTo: string[];
}

export interface LetterFacts {
  requestId: string;
  kind: SubjectRequestKind;
  state: Exclude<SubjectRequestState, 'open' | 'withdrawn'>;
  ground: RefusalGround | null;
  company: string;
  store: string;
  timeZone: string;
  contact: string;
  receivedAt: string;
  decidedAt: string;
  fromAt: string;
  toAt: string;
  incidents: LetterIncident[];
}

const asked: Record<SubjectRequestKind, string> = {
  access: 'to be told what we hold about you, and to be given a copy',
  erasure: 'to have recordings of you deleted',
  restriction: 'to have recordings of you kept but not used',
  objection: 'that we stop using recordings of you, and have them deleted',
};

export const groundWords: Record<RefusalGround, string> = {
  identity_not_confirmed: 'we could not confirm that you are the person who was recorded',
  nothing_found: 'we found no recording that shows you in the time and at the place that you named',
  rights_of_others: 'it cannot be given away without harming the rights of other people',
  legal_claims: 'we need it to establish, exercise or defend legal claims',
  ongoing_investigation: 'what it shows is still being looked into',
  legal_hold: 'we are bound by law to keep it for now',
  already_deleted: 'it had already been deleted, as its time had ended',
  manifestly_unfounded: 'the request is manifestly unfounded or excessive',
  overriding_grounds: 'we have compelling grounds that outweigh your interests',
};

const done: Record<SubjectRequestKind, string> = {
  access: 'A copy goes with this letter. Other people in it are masked.',
  erasure: 'It will be deleted.',
  restriction: 'It is kept and no longer used. We will tell you before that ends.',
  objection: 'It is no longer used, and it will be deleted.',
};

const localTime = (at: string, timeZone: string): string =>
  `${new Date(at).toLocaleString('en-GB', { timeZone, dateStyle: 'long', timeStyle: 'short' })} (${timeZone})`;
const localDay = (at: string, timeZone: string): string =>
  new Date(at).toLocaleDateString('en-GB', { timeZone, dateStyle: 'long' });

/** The answer to a person's request, in the words that they get. */
export function replyLetter(facts: LetterFacts): PageDocument {
  const { timeZone } = facts;
  const text = (words: string): Block => ({ kind: 'text', text: words });
  return {
    title: `Answer to your request ${facts.requestId}`,
    at: facts.decidedAt,
    blocks: [
      { kind: 'title', text: facts.company },
      text(facts.contact),
      {
        kind: 'rows',
        rows: [
          ['Our reference', facts.requestId],
          ['Received', localDay(facts.receivedAt, timeZone)],
          ['Answered', localDay(facts.decidedAt, timeZone)],
          ['About', `${facts.store}, ${localTime(facts.fromAt, timeZone)} to ${localTime(facts.toAt, timeZone)}`],
        ],
      },
      text(`You asked us ${asked[facts.kind]}.`),
      text(summaryOf(facts)),
      ...facts.incidents.flatMap((incident, index) => incidentBlocks(facts, incident, index + 1)),
      ...(facts.kind === 'access' && facts.incidents.length > 0 ? aboutTheData() : []),
      { kind: 'heading', text: 'If you do not agree' },
      text(
        'You can write to us again and name our reference. You can complain to the data protection authority of the place where you live or work, or where this happened, and you can go to court.',
      ),
    ],
  };
}

function summaryOf({ state, ground, kind }: LetterFacts): string {
  if (state === 'granted') return 'We do what you asked.';
  if (state === 'partly_granted') return 'We do what you asked in part. Below it says what, and why not the rest.';
  return `We cannot do what you asked${ground === null ? '' : `: ${groundWords[ground]}`}.${
    ground === 'nothing_found' && kind === 'access' ? ' We hold no other data about you from our cameras.' : ''
  }`;
}

function incidentBlocks({ kind, timeZone }: LetterFacts, incident: LetterIncident, position: number): Block[] {
  const said =
    incident.outcome === 'granted'
      ? done[kind]
      : `We do not do this${incident.ground === null ? '' : `: ${groundWords[incident.ground]}`}.`;
  const waits =
    incident.waitsUntil === null
      ? ''
      : ` Our store is built so that nobody can delete it before ${localDay(incident.waitsUntil, timeZone)}; until then nobody uses it.`;
  return [
    { kind: 'heading', text: `Recording ${position}: ${localTime(incident.detectedAt, timeZone)}, ${incident.camera}` },
    { kind: 'text', text: `${said}${waits}` },
    ...(kind !== 'access'
      ? []
      : [
          {
            kind: 'rows' as const,
            rows: [
              ['Kept until', incident.keptUntil === null ? 'not settled yet' : localDay(incident.keptUntil, timeZone)],
              ['Given to', incident.givenTo.length === 0 ? 'nobody outside the company' : incident.givenTo.join(', ')],
            ] as [string, string][],
          },
        ]),
  ];
}

/** What has to be said with a copy (GDPR, article 15, paragraph 1). */
const aboutTheData = (): Block[] => [
  { kind: 'heading', text: 'About these data' },
  {
    kind: 'text',
    text: 'They are pictures of a checkout and what the till rang at that moment. They are recorded to find items that were not paid for and mistakes at the till; the ground is our legitimate interest in that. They come from our own cameras and tills. Nobody was identified by their face, no profile was made, and no decision was made by a machine alone: a person looked at it.',
  },
  {
    kind: 'text',
    text: 'You can ask us to correct, to delete or to stop using them, and you can object to our using them.',
  },
];

/** The same letter without type, as it is stored and sent by mail. */
export function letterText(page: PageDocument): string {
  const lines = page.blocks.flatMap((block): string[] =>
    block.kind === 'rows'
      ? [...block.rows.map(([label, value]) => `${label}: ${value}`), '']
      : block.kind === 'heading'
        ? [block.text, '-'.repeat(Math.min(block.text.length, 72))]
        : [block.text, ''],
  );
  return `${lines.join('\n').trimEnd()}\n`;
}
