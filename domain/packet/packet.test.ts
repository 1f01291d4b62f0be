import { describe, expect, it } from 'vitest';
import { packetFacts } from '../../test/harness/packet.ts';
import { bagInfoText, manifestText, parseManifest, payloadOxum } from './bag.ts';
import { caseDocument } from './case-uco.ts';
import { changesBetween } from './changes.ts';
import { coverDocument, type PageDocument, statementDocument } from './documents.ts';
import { prettyJson } from './json.ts';
import { artifactPath, bagName, unsafeName } from './names.ts';
import { clockStatement, qualityStatement, statementParagraphs } from './statements.ts';
import { checkBag, readSeal } from './verify.ts';

const facts = packetFacts();
const [clip] = facts.artifacts;
const textOf = ({ blocks }: PageDocument): string =>
  blocks.flatMap((block) => (block.kind === 'rows' ? block.rows.flat() : [block.text])).join('\n');
const file = (path: string, sign: string, sizeBytes = 1) => ({
  ...{ path, sizeBytes, sha256: sign.repeat(64), sha512: sign.repeat(128) },
});

describe('names', () => {
  it.each([
    ['clip', 'clip', 'video/mp4', 'data/video/clip.mp4'],
    ['redacted-2', 'redacted', 'video/mp4', 'data/video/redacted-2.mp4'],
    ['redaction-map-2', 'redaction_map', 'application/json', 'data/acquisition/redaction-map-2.json'],
    ['segment-001', 'segment', 'video/mp2t', 'data/native/segment-001.ts'],
    ['camera-2-clip', 'other_clip', 'video/mp4', 'data/video/camera-2-clip.mp4'],
    ['camera-2-segment-001', 'other_segment', 'video/mp2t', 'data/native/camera-2-segment-001.ts'],
    ['thumbnail', 'thumbnail', 'image/jpeg', 'data/stills/thumbnail.jpg'],
  ])('of %s', (id, kind, mediaType, path) => {
    expect(artifactPath({ id, kind, mediaType })).toBe(path);
    expect(unsafeName(path)).toBeNull();
  });

  it.each([
    { id: 'clip', kind: 'clip', mediaType: 'text/html' },
    { id: 'a b', kind: 'clip', mediaType: 'video/mp4' },
  ])('are not made from %j', (artifact) => {
    expect(() => artifactPath(artifact)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  it('of the folder are our own', () => {
    expect(bagName({ id: `pkt_${'0'.repeat(20)}`, version: 3 })).toBe(`pkt-${'0'.repeat(20)}-v3`);
    expect(() => bagName({ id: '../x', version: 1 })).toThrow();
  });

  it.each(['', '/a', 'a/../b', './a', 'a//b', 'a\\b', 'c:/a', 'a\u0000', 'x'.repeat(256)])('refuse %j', (name) => {
    expect(unsafeName(name)).not.toBeNull();
  });
});

describe('a manifest', () => {
  const files = [file('data/b', 'b', 3), file('data/a', 'a', 4)];

  it('is sorted and reads back', () => {
    const text = manifestText(files, 'sha256');
    expect(text).toBe(`${'a'.repeat(64)}  data/a\n${'b'.repeat(64)}  data/b\n`);
    expect(parseManifest(text, 'sha256')).toEqual(new Map(files.map(({ path, sha256 }) => [path, sha256])));
    expect(payloadOxum(files)).toBe('7.2');
  });

  it.each([
    'xyz',
    `${'a'.repeat(64)} data/a`,
    `${'a'.repeat(63)}  data/a`,
    `${'a'.repeat(64)}  a\n${'b'.repeat(64)}  a`,
  ])('is not %j', (text) => {
    expect(parseManifest(text, 'sha256')).toBeNull();
  });

  it('in bag-info is one line for each label, whatever a company is called', () => {
    expect(bagInfoText([['Source-Organization', 'A\nPayload-Oxum: 1.1']])).toBe(
      'Source-Organization: A Payload-Oxum: 1.1\n',
    );
  });
});

describe('what was found', () => {
  it('is no packet without bagit.txt', () => {
    expect(checkBag({ files: new Map(), texts: new Map() })).toMatchObject([{ code: 'not_a_packet' }]);
  });

  it.each(['', '[]', '{}', '{"statement":{"kind":"other"},"signature":"","publicKey":""}'])('%j is no seal', (text) => {
    expect(readSeal(text)).toBeNull();
  });
});

it('changes are told by path', () => {
  const before = [file('a', '1'), file('b', '1'), file('c', '1')];
  const after = [file('b', '1'), file('c', '2'), file('d', '1')];
  expect(changesBetween(before, after)).toEqual({ added: ['d'], removed: ['a'], altered: ['c'] });
});

it('JSON is the same whatever order its keys came in', () => {
  expect(prettyJson({ b: 1, a: [{ d: null, c: 'x' }] })).toBe(prettyJson({ a: [{ c: 'x', d: null }], b: 1 }));
});

describe('statements say what is known and no more', () => {
  it.each([
    [
      'a till behind',
      facts.clocks,
      /was 1\.250 s behind that of camera sco-3-cam, give or take 0\.200 s; measured from 40 pairs/,
    ],
    ['a till ahead', [{ ...facts.clocks[0]!, offsetMs: 90_000, toAt: facts.packet.requestedAt }], /90\.000 s ahead of/],
    ['nothing measured', [], /not measured[\s\S]*is not known/],
  ])('of the clocks: %s', (_what, clocks, words) => {
    expect(clockStatement(packetFacts({ clocks })).join('\n')).toMatch(words);
  });

  it('of the clocks, where there is no till', () => {
    expect(clockStatement(packetFacts({ place: { ...facts.place, terminalId: null } }))).toEqual([
      'No till belongs to this place, so no clock was compared with the camera.',
    ]);
  });

  it('of the recording: its gaps, its mask, and what is left out because of it', () => {
    expect(qualityStatement(facts).join('\n')).toMatch(
      /Not recorded: 2026-03-02T12:00:15\.000Z to 2026-03-02T12:00:20\.000Z[\s\S]*is not masked[\s\S]*1 native segments/,
    );
    const masked = packetFacts({
      artifacts: [{ ...clip!, id: 'redacted-1', kind: 'redacted' }],
      recording: { ...facts.recording, gaps: [], release: { as: 'redacted', because: 'REDACTED', approval: null } },
    });
    expect(qualityStatement(masked).join('\n')).toMatch(/No gap[\s\S]*are masked[\s\S]*not included, since they show/);
  });

  it('of several cameras: which are in it and how, which are not and why, and how their clocks lay', () => {
    const part = { fromAt: 'a', toAt: 'b', gaps: [], approval: null };
    const because = { code: 'REDACTED', params: {} };
    const clock = { offsetMs: 400, errorMs: 40, source: 'declared' } as const;
    const several = packetFacts({
      artifacts: [
        { ...clip!, id: 'redacted-1', kind: 'redacted' },
        { ...clip!, id: 'redacted-2', kind: 'redacted', sha256: 'e'.repeat(64), cameraId: 'aisle-cam' },
      ],
      recording: {
        ...facts.recording,
        release: { as: 'redacted', because: 'REDACTED', approval: null },
        cameras: [
          { ...part, cameraId: 'sco-3-cam', camera: 'SCO 3', clock: null, as: 'redacted', because },
          {
            ...{ ...part, cameraId: 'aisle-cam', camera: 'Aisle', clock, as: 'redacted', because },
            gaps: [{ fromAt: 'then', toAt: 'later' }],
          },
          {
            ...{ ...part, cameraId: 'door-cam', camera: 'Door', clock, as: null },
            because: { code: 'REDACTION_MISSING', params: {} },
          },
        ],
      },
    });
    const quality = qualityStatement(several).join('\n');
    expect(quality).toMatch(/The video of camera aisle-cam holds/);
    expect(quality).toMatch(/Not recorded by camera "Aisle" \(aisle-cam\): then to later/);
    expect(quality).toMatch(/Of camera "Aisle" \(aisle-cam\): Faces and bystanders are masked/);
    expect(quality).toMatch(/NOT INCLUDED: the video of camera "Door" \(door-cam\), since it had not been masked/);
    const clocks = clockStatement(several).join('\n');
    expect(clocks).toMatch(/camera "Aisle" \(aisle-cam\) was 0\.400 s ahead of that of camera sco-3-cam/);
    expect(clocks).not.toContain('Door');
    expect(statementParagraphs(several).join('\n')).toContain(
      `of camera aisle-cam that I refer to has the SHA-256 ${'e'.repeat(64)}`,
    );
    const cover = textOf(coverDocument(several));
    expect(cover).toContain('NOT INCLUDED: the video of camera "Door"');
    expect(JSON.stringify(caseDocument(several, (name) => name))).toContain('aisle-cam');
  });

  it('of a witness: the hash of the video, and that the system decides nothing', () => {
    const words = statementParagraphs(facts).join('\n');
    expect(words).toContain(clip!.sha256);
    expect(words).toMatch(/somebody with the role soc operator\. The system itself decides no such thing/);
    expect(words).not.toMatch(/suspect|thief|stole|offender/i);
  });
});

describe('pages', () => {
  it('say that the statement is unsigned, until it is', () => {
    expect(textOf(statementDocument(facts))).toMatch(/DRAFT\. UNSIGNED/);
    const statement = { paragraphs: ['These words.'], signedBy: { name: 'Ana', role: 'soc_lead' }, signedAt: 'then' };
    const signed = textOf(statementDocument(packetFacts({ statement })));
    expect(signed).toMatch(/These words\.\nSigned in the console by Ana \(soc lead\) at then\./);
    expect(signed).not.toMatch(/DRAFT/);
  });

  it('warn on the cover of a record that was corrected, and name what is replaced', () => {
    const incident = { ...facts.incident, corrected: true };
    const previous = { packetId: 'p', version: 1, sha256: 'a', files: [] };
    const cover = textOf(coverDocument(packetFacts({ incident, previous, goods: null })));
    expect(cover).toMatch(/Replaces version 1[\s\S]*WAS CORRECTED[\s\S]*No goods or values/);
    expect(textOf(coverDocument(facts))).not.toMatch(/CORRECTED|Replaces/);
  });
});

it('CASE names every file with its hash, and nobody', () => {
  const document = JSON.stringify(caseDocument(facts, (name) => name));
  for (const { sha256 } of facts.artifacts) expect(document).toContain(sha256);
  expect(document).not.toMatch(/Sam|Zoë/);
});
