import type { PacketArtifact, PacketCamera, PacketFacts } from './facts.ts';

/** Pictures that move, masked or not, of whichever camera. */
export const isVideo = ({ kind }: PacketArtifact): boolean =>
  kind === 'clip' || kind === 'redacted' || kind === 'other_clip';
const nameOf = ({ camera, cameraId }: PacketCamera): string => `camera "${camera}" (${cameraId})`;
const notRecorded = 'Nothing was put in its place.';

/** What of the moment was recorded and what was not; never more than is known. */
export function qualityStatement({ recording, artifacts }: PacketFacts): string[] {
  const cameras = recording.cameras ?? [];
  const others = cameras.filter(({ clock, as }) => clock !== null && as !== null);
  const held = artifacts.filter(isVideo).map(({ fromAt, toAt, cameraId }) => {
    const video = cameraId === undefined ? 'The video' : `The video of camera ${cameraId}`;
    return `${video} holds ${fromAt ?? 'an unknown start'} to ${toAt ?? 'an unknown end'}.`;
  });
  const gaps = [
    ...recording.gaps.map(({ fromAt, toAt }) => `Not recorded: ${fromAt} to ${toAt}. ${notRecorded}`),
    ...others.flatMap((camera) =>
      camera.gaps.map(({ fromAt, toAt }) => `Not recorded by ${nameOf(camera)}: ${fromAt} to ${toAt}. ${notRecorded}`),
    ),
  ];
  return [
    `Asked for: ${recording.fromAt} to ${recording.toAt}.`,
    ...held,
    ...(gaps.length === 0 ? ['No gap in the recording is known.'] : gaps),
    ...(cameras.length > 1 ? cameras.map(cameraSentence) : [maskSentence(recording.release.as)]),
    ...nativeSentences(artifacts, recording.release.as),
  ];
}

const maskSentence = (as: 'original' | 'redacted'): string =>
  as === 'redacted'
    ? 'Faces and bystanders are masked in the video; the redaction map says where, and names the original by its SHA-256. The original stays with the company.'
    : 'The video is not masked.';

/** Why a video was left out, to be read by somebody who knows none of our codes. */
const leftOut: Record<string, string> = {
  NO_CLIP: 'there is no recording of it',
  REDACTION_MISSING: 'it had not been masked',
  REDACTION_PENDING: 'it was still being masked',
  REDACTION_FAILED: 'it could not be masked',
  REDACTION_UNAVAILABLE: 'it could not be masked',
  REDACTION_OF_ANOTHER_CLIP: 'its masked version was made from another recording',
  EVIDENCE_QUARANTINED: 'a stored file of it is not what was recorded',
};

function cameraSentence(camera: PacketCamera): string {
  const { as, because } = camera;
  if (as === null)
    return `NOT INCLUDED: the video of ${nameOf(camera)}, since ${leftOut[because.code] ?? 'it may not leave the company'} (${because.code}).`;
  return `Of ${nameOf(camera)}: ${maskSentence(as)}`;
}

function nativeSentences(artifacts: readonly PacketArtifact[], as: 'original' | 'redacted'): string[] {
  const native = artifacts.filter(({ kind }) => kind === 'segment' || kind === 'other_segment').length;
  const hidden = 'Native segments are not included, since they show what the masked video hides.';
  if (native === 0) return [hidden];
  const partly = as === 'original' && artifacts.some(({ kind }) => kind === 'redacted');
  return [
    `${native} native segments are included byte for byte.${partly ? ' Those of the masked video are not, since they show what it hides.' : ''}`,
  ];
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;

/** How far the clocks were apart and how that is known. */
export function clockStatement(facts: PacketFacts): string[] {
  const own = facts.place.cameraId;
  const cameras = (facts.recording.cameras ?? []).flatMap((camera) => {
    const { clock, as } = camera;
    if (clock === null || as === null) return [];
    const ahead = clock.offsetMs >= 0 ? 'ahead of' : 'behind';
    const known = { measured: 'measured at a till that both see', declared: 'as somebody measured it' };
    const how = clock.source === 'assumed' ? 'assumed, since nobody has measured it' : known[clock.source];
    return [
      `The clock of ${nameOf(camera)} was ${seconds(Math.abs(clock.offsetMs))} ${ahead} that of camera ${own}, give or take ${seconds(clock.errorMs)}: ${how}.`,
    ];
  });
  return [...tillStatement(facts), ...cameras];
}

function tillStatement({ clocks, place }: PacketFacts): string[] {
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
  const videos = artifacts.filter(isVideo);
  return [
    `I make this statement about incident ${incident.id} (code ${incident.code}) at ${place.store}, ${place.lane}.`,
    `${place.company} uses Floorwalker ${producer.version}, which records the camera "${place.camera}" (${place.cameraId}) as part of the ordinary course of business.`,
    `The system reported the incident for ${incident.detectedAt} (UTC). It is listed as: ${incident.behaviour.replaceAll('_', ' ')}. What the till recorded around that moment reads: ${till.verdict.replaceAll('_', ' ').toLowerCase()}.`,
    `The verdict on record is: ${(incident.verdict ?? 'none').replaceAll('_', ' ')}.${incident.decidedBy === null ? '' : ` It was given by somebody with the role ${incident.decidedBy.role.replaceAll('_', ' ')}.`} The system itself decides no such thing.`,
    ...videos.map(
      ({ sha256, fromAt, cameraId }) =>
        `The video${cameraId === undefined ? '' : ` of camera ${cameraId}`} that I refer to has the SHA-256 ${sha256}. Its first frame was taken at ${fromAt ?? 'a time that is not known'}.`,
    ),
    ...qualityStatement(facts),
    ...clockStatement(facts),
    'The recordings were put under a lock when they were secured and their hashes were checked when this packet was made. The record of everybody who has seen, exported or changed anything about them is in custody.json.',
    'I know this from the records of the system and, where I say so, from what I saw myself.',
  ];
}
