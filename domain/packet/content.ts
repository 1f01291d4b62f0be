import type { PacketArtifact, PacketFacts } from './facts.ts';
import { artifactPath } from './names.ts';
import { clockStatement, qualityStatement } from './statements.ts';

/** The structured record of the packet; schemas/packet/incident-packet.schema.json describes it. */
export function incidentDocument(facts: PacketFacts) {
  const { packet, producer, incident, place, goods, decision, recording, retention, previous } = facts;
  return {
    kind: 'floorwalker.incident-packet.v1',
    packet: {
      ...packet,
      supersedes: previous === null ? null : { packetId: previous.packetId, sha256: previous.sha256 },
    },
    producer,
    incident,
    place,
    goods,
    decision,
    till: { verdict: facts.till.verdict, reasons: facts.till.reasons, linesInExtract: facts.till.lines.length },
    recording: { ...recording, statement: qualityStatement(facts) },
    clocks: { intervals: facts.clocks, statement: clockStatement(facts) },
    retention,
    files: facts.artifacts.map(fileOf),
  };
}

const fileOf = (artifact: PacketArtifact) => ({
  path: artifactPath(artifact),
  kind: artifact.kind,
  mediaType: artifact.mediaType,
  sizeBytes: artifact.sizeBytes,
  sha256: artifact.sha256,
  fromAt: artifact.fromAt,
  toAt: artifact.toAt,
  ...(artifact.cameraId === undefined ? {} : { cameraId: artifact.cameraId }),
});

/** Who decided what, from what, under which rules. */
export function decisionDocument({ decision, incident, chronology }: PacketFacts) {
  const human = [
    'acknowledged',
    'verdict_given',
    'second_review_given',
    'correction_recorded',
    'appeal_decided',
    'reopened',
  ];
  return {
    ...decision,
    verdict: incident.verdict,
    reasonCode: incident.reasonCode,
    decidedBy: incident.decidedBy,
    humanSteps: chronology.filter(({ kind }) => human.includes(kind)),
  };
}

/** What the till recorded around the moment, and what that says. */
export function receiptDocument({ till, place, incident }: PacketFacts) {
  return {
    terminalId: place.terminalId,
    timesAreOf: "the till's own clock; clocks.json says how far it was from the camera's",
    detectedAt: incident.detectedAt,
    ...till,
    operators: "pseudonyms; the store's till log says who is behind one",
  };
}

export function clockDocument(facts: PacketFacts) {
  return {
    cameraId: facts.place.cameraId,
    terminalId: facts.place.terminalId,
    meaning: "offsetMs: how far the till's clock runs ahead of the camera's; errorMs: half the width of the interval",
    intervals: facts.clocks,
    statement: clockStatement(facts),
  };
}

/** Who secured what, when, with what. */
export function acquisitionDocument({ recording, producer, place, artifacts }: PacketFacts) {
  return {
    by: 'the media worker of Floorwalker at the store; no person took part in the acquisition',
    tool: producer,
    camera: { id: place.cameraId, name: place.camera },
    requestedAt: recording.requestedAt,
    securedAt: recording.securedAt,
    range: { fromAt: recording.fromAt, toAt: recording.toAt },
    gaps: recording.gaps,
    ...(recording.cameras === undefined ? {} : { cameras: recording.cameras }),
    method: [
      'Native segments are the files that the recorder wrote, byte for byte; the SHA-256 of each was taken when it was closed.',
      'The working copy (MP4, H.264) was cut from them with ffmpeg, to the frame; it is not the original.',
      'Everything was put under object lock with its checksum and read back; the bytes here had the recorded SHA-256 when this packet was made.',
    ],
    files: artifacts.map((artifact) => ({ ...fileOf(artifact), objectVersion: artifact.objectVersion })),
  };
}

/** The log rows about this evidence with all that each row's own hash covers. */
export function custodyDocument({ custody, place }: PacketFacts) {
  return {
    tenantId: place.tenantId,
    ...custody,
    howToCheck: [
      'contentHash = SHA-256 of the canonical JSON (RFC 8785) of {"v":1,tenantId,at,actor,actorRole,action,subject,details}; actorName is for reading and not part of it',
      'hash = SHA-256 of "prevHash:seq:contentHash"',
      'head is the last row of the whole log when the packet was asked for; witness is the last head that was signed and put outside of the database',
      'rows of other incidents lie between these and are not part of this packet: the chain from row to row is shown by the company with its own log',
    ],
  };
}
