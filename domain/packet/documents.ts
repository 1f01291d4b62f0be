import type { PacketFacts, PacketPurpose } from './facts.ts';
import { artifactPath } from './names.ts';
import { clockStatement, qualityStatement, statementParagraphs } from './statements.ts';

/** A page in blocks, for whatever sets type. */
export type Block =
  | { kind: 'title' | 'heading' | 'text' | 'stamp'; text: string }
  | { kind: 'rows'; rows: [string, string][] };

export interface PageDocument {
  title: string;
  /** What the file says about when it was made; part of its bytes. */
  at: string;
  blocks: Block[];
}

const purposes: Record<PacketPurpose, string> = {
  police: 'For the police',
  insurer: 'For an insurer',
  internal: 'For use inside the company',
};

const words = (code: string): string => code.replaceAll('_', ' ').toLowerCase();
const money = (minor: number, currency: string): string => `${(minor / 100).toFixed(2)} ${currency}`;

function local(at: string, timeZone: string): string {
  const there = new Date(at).toLocaleString('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'medium' });
  return `${there} (${timeZone}); ${at} UTC`;
}

/** The first page: what this is, about what, and how it can be checked. */
export function coverDocument(facts: PacketFacts): PageDocument {
  const { packet, incident, place, goods, retention, previous, recording } = facts;
  const rows: [string, string][] = [
    ['Packet', `${packet.id}, version ${packet.version}`],
    ['Purpose', purposes[packet.purpose]],
    ['Incident', `${incident.id} (code ${incident.code})`],
    ['What', words(incident.behaviour)],
    ['When', local(incident.detectedAt, place.timeZone)],
    ['Where', `${place.store}, ${place.lane}; ${place.company}`],
    ['Verdict', incident.verdict === null ? 'none yet' : words(incident.verdict)],
    ['The till says', words(incident.posVerdict)],
    ['Recording', words(recording.state)],
    [
      'Asked for',
      `${local(packet.requestedAt, place.timeZone)}, by ${packet.requestedBy.name} (${words(packet.requestedBy.role)})`,
    ],
    ['Deleted after', retention.purgeAfter ?? 'not set yet: the incident is open'],
    [
      'Legal hold',
      retention.legalHold === null ? 'none' : `since ${retention.legalHold.placedAt}: ${retention.legalHold.reason}`,
    ],
  ];
  return {
    title: `Evidence packet ${packet.id}, version ${packet.version}`,
    at: packet.requestedAt,
    blocks: [
      { kind: 'title', text: 'Evidence packet' },
      { kind: 'rows', rows },
      ...(previous === null
        ? []
        : [
            {
              kind: 'text' as const,
              text: `Replaces version ${previous.version}. What changed is in data/changes.json.`,
            },
          ]),
      ...(incident.corrected
        ? [{ kind: 'stamp' as const, text: 'THE RECORD OF THIS INCIDENT WAS CORRECTED. Read data/chronology.json.' }]
        : []),
      ...goodsBlocks(goods),
      { kind: 'heading', text: 'Quality of the recording' },
      ...qualityStatement(facts).map((text) => ({ kind: 'text' as const, text })),
      { kind: 'heading', text: 'Clocks' },
      ...clockStatement(facts).map((text) => ({ kind: 'text' as const, text })),
      { kind: 'heading', text: 'Files from the store' },
      {
        kind: 'rows',
        rows: facts.artifacts
          .filter(({ kind }) => kind !== 'segment' && kind !== 'other_segment')
          .map((artifact) => [artifactPath(artifact), `SHA-256 ${artifact.sha256}`]),
      },
      { kind: 'heading', text: 'How to look at it and check it' },
      {
        kind: 'text',
        text: 'Open viewer.html in a browser; it needs no network and installs nothing. Give it the zip or the folder and it checks every hash and the signature. README.txt says how to do the same with other tools.',
      },
    ],
  };
}

function goodsBlocks(goods: PacketFacts['goods']): Block[] {
  if (goods === null)
    return [
      { kind: 'heading', text: 'Goods' },
      { kind: 'text', text: 'No goods or values were put on record.' },
    ];
  return [
    { kind: 'heading', text: 'Goods' },
    {
      kind: 'rows',
      rows: [
        ...goods.items.map(({ label, quantity, amountMinor }): [string, string] => [
          `${quantity} × ${label}`,
          amountMinor === null ? 'value not given' : money(amountMinor, goods.currency),
        ]),
        ['Lost', money(goods.lossMinor, goods.currency)],
        ['Recovered', money(goods.recoveredMinor, goods.currency)],
        ['Prevented', money(goods.preventedMinor, goods.currency)],
      ],
    },
  ];
}

/** The statement with its state: a draft says on its face that nobody has signed it. */
export function statementDocument(facts: PacketFacts): PageDocument {
  const { statement, incident } = facts;
  const paragraphs = statement?.paragraphs ?? statementParagraphs(facts);
  return {
    title: statement === null ? 'Draft of a statement, unsigned' : 'Statement',
    // Not when it was asked for: the same words in a later version are the same file.
    at: statement?.signedAt ?? incident.closedAt ?? incident.detectedAt,
    blocks: [
      { kind: 'title', text: 'Statement' },
      ...(statement === null
        ? [{ kind: 'stamp' as const, text: 'DRAFT. UNSIGNED. Nobody has stated any of this yet.' }]
        : []),
      ...paragraphs.map((text) => ({ kind: 'text' as const, text })),
      statement === null
        ? { kind: 'text', text: 'Name:                              Signature:                              Date:' }
        : {
            kind: 'stamp',
            text: `Signed in the console by ${statement.signedBy.name} (${words(statement.signedBy.role)}) at ${statement.signedAt}.`,
          },
    ],
  };
}

/** What somebody without any of our software needs to know. */
export function readmeText({ packet, incident, place }: PacketFacts): string {
  return [
    `Evidence packet ${packet.id}, version ${packet.version}: incident ${incident.id} at ${place.store}.`,
    '',
    'START HERE   viewer.html in any current browser. It works without a network.',
    'READ         data/cover.pdf, then data/statement.pdf.',
    '',
    'CHECK WITHOUT OUR SOFTWARE (in this folder)',
    '  every file:      sha256sum -c manifest-sha256.txt && sha256sum -c tagmanifest-sha256.txt',
    '  the BagIt form:  any BagIt 1.0 (RFC 8493) validator',
    '  the signature:   signature.json holds an Ed25519 signature (base64) over the canonical JSON (RFC 8785) of its "statement",',
    '                   which names the SHA-256 of the manifests. Compare its public key with the one that the company publishes:',
    '                   a packet cannot prove by itself whose key it carries.',
    '  the time:        if there is a timestamp.tsr: openssl ts -verify -data signature.json -in timestamp.tsr -CAfile CA.pem',
    '  with our tool:   floorwalker verify-packet FILE --key company.pem',
    '',
    'Recordings in data/native are the originals, byte for byte. Those in data/video are working copies for looking at.',
    'Times are UTC unless it says otherwise. data/clocks.json says how far the clocks of camera and till were apart.',
    '',
  ].join('\n');
}
