import type { PacketFacts } from './facts.ts';

/** What of the moment was recorded and what was not; never more than is known. */
export function qualityStatement({ recording, artifacts }: PacketFacts): string[] {
  const wanted = `Asked for: ${recording.fromAt} to ${recording.toAt}.`;
  const video = artifacts.filter(({ kind }) => kind === 'clip' || kind === 'redacted');
  const held = video.map(
    ({ fromAt, toAt }) => `The video holds ${fromAt ?? 'an unknown start'} to ${toAt ?? 'an unknown end'}.`,
  );
  const gaps =
    recording.gaps.length === 0
      ? ['No gap in the recording is known.']
      : recording.gaps.map(({ fromAt, toAt }) => `Not recorded: ${fromAt} to ${toAt}. Nothing was put in its place.`);
  const masked =
    recording.release.as === 'redacted'
      ? [
          'Faces and bystanders are masked in the video; the redaction map says where, and names the original by its SHA-256. The original stays with the company.',
        ]
      : ['The video is not masked.'];
  const native = artifacts.filter(({ kind }) => kind === 'segment').length;
  return [
    wanted,
    ...held,
    ...gaps,
    ...masked,
    native > 0
      ? `${native} native segments are included byte for byte.`
      : 'Native segments are not included, since they show what the masked video hides.',
  ];
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;

/** How far the clocks were apart and how that is known. */
export function clockStatement({ clocks, place }: PacketFacts): string[] {
  if (place.terminalId === null) return ['No till belongs to this place, so no clock was compared with the camera.'];
  if (clocks.length === 0)
    return [
      `The clock of till ${place.terminalId} was not measured against camera ${place.cameraId} at that time. How far they were apart is not known.`,
    ];
  return clocks.map((clock) => {
    const ahead = clock.offsetMs >= 0 ? 'ahead of' : 'behind';
    const until = clock.toAt === null ? 'on' : `to ${clock.toAt}`;
    return `From ${clock.fromAt} ${until}: the clock of till ${clock.terminalId} was ${seconds(Math.abs(clock.offsetMs))} ${ahead} that of camera ${clock.cameraId}, give or take ${seconds(clock.errorMs)}; measured from ${clock.samples} pairs of an item crossing and its scan, last at ${clock.measuredAt}.`;
  });
}

/** The draft of a witness's statement: what the system recorded, in the words of somebody who can speak to the system. */
export function statementParagraphs(facts: PacketFacts): string[] {
  const { incident, place, artifacts, producer, till } = facts;
  const video = artifacts.find(({ kind }) => kind === 'clip' || kind === 'redacted');
  return [
    `I make this statement about incident ${incident.id} (code ${incident.code}) at ${place.store}, ${place.lane}.`,
    `${place.company} uses Floorwalker ${producer.version}, which records the camera "${place.camera}" (${place.cameraId}) as part of the ordinary course of business.`,
    `The system reported the incident for ${incident.detectedAt} (UTC). It is listed as: ${incident.behaviour.replaceAll('_', ' ')}. What the till recorded around that moment reads: ${till.verdict.replaceAll('_', ' ').toLowerCase()}.`,
    `The verdict on record is: ${(incident.verdict ?? 'none').replaceAll('_', ' ')}.${incident.decidedBy === null ? '' : ` It was given by somebody with the role ${incident.decidedBy.role.replaceAll('_', ' ')}.`} The system itself decides no such thing.`,
    ...(video === undefined
      ? []
      : [
          `The video that I refer to has the SHA-256 ${video.sha256}. Its first frame was taken at ${video.fromAt ?? 'a time that is not known'}.`,
        ]),
    ...qualityStatement(facts),
    ...clockStatement(facts),
    'The recordings were put under a lock when they were secured and their hashes were checked when this packet was made. The record of everybody who has seen, exported or changed anything about them is in custody.json.',
    'I know this from the records of the system and, where I say so, from what I saw myself.',
  ];
}
