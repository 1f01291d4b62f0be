import type { EvidenceState, IncidentState, PosVerdict, Reason, SeverityLevel, Verdict } from '../types.ts';

export type PacketPurpose = 'police' | 'insurer' | 'internal';

/** A person as a packet names them. */
export interface NamedActor {
  name: string;
  role: string;
}

/** A stored object that goes into the packet byte for byte. */
export interface PacketArtifact {
  id: string;
  kind: string;
  mediaType: string;
  sizeBytes: number;
  sha256: string;
  fromAt: string | null;
  toAt: string | null;
  objectKey: string;
  objectVersion: string;
  /** Of a camera beside the incident's own. */
  cameraId?: string;
}

/** One camera of the incident: what it recorded, how its clock lay, and whether its video is in the packet. */
export interface PacketCamera {
  cameraId: string;
  camera: string;
  /** By this camera's own clock. */
  fromAt: string;
  toAt: string;
  gaps: { fromAt: string; toAt: string }[];
  /** How far its clock ran ahead of that of the incident's own camera; null: it is that camera. */
  clock: { offsetMs: number; errorMs: number; source: 'measured' | 'declared' | 'assumed' } | null;
  /** null: its video was left out. */
  as: 'original' | 'redacted' | null;
  because: Reason;
  approval: PacketApproval | null;
}

/** Somebody's word that an unmasked video may leave. */
export interface PacketApproval {
  by: NamedActor;
  at: string;
  reason: string;
}

export interface TillExtractLine {
  transactionId: string;
  line: number;
  type: string;
  occurredAt: string;
  plu: string | null;
  description: string | null;
  quantity: number;
  unit: string;
  amountMinor: number;
  currency: string | null;
  /** The pseudonym; who is behind it is told only where the till's own log is asked for. */
  operator: string | null;
  matched: boolean;
}

/** How far a till's clock ran ahead of the camera's, as it was measured at the time. */
export interface ClockInterval {
  cameraId: string;
  terminalId: string;
  fromAt: string;
  toAt: string | null;
  offsetMs: number;
  errorMs: number;
  samples: number;
  measuredAt: string;
}

export interface CustodyRow {
  seq: number;
  at: string;
  actor: string;
  actorName: string;
  actorRole: string;
  action: string;
  subject: string;
  details: Record<string, unknown>;
  /** The request that it came from; rows from before it was kept have none. */
  requestId?: string | null;
  prevHash: string;
  hash: string;
}

/** A statement with the words that were signed, and who signed them. */
export interface SignedStatement {
  paragraphs: string[];
  signedBy: NamedActor;
  signedAt: string;
}

export interface PacketFile {
  path: string;
  sha256: string;
}

/** Everything that a packet is made from besides the recordings; a snapshot, so that the same packet can be built again. */
export interface PacketFacts {
  packet: { id: string; version: number; purpose: PacketPurpose; requestedAt: string; requestedBy: NamedActor };
  producer: { name: 'Floorwalker'; version: string };
  incident: {
    id: string;
    code: string;
    behaviour: string;
    category: string;
    state: IncidentState;
    verdict: Verdict | null;
    reasonCode: string | null;
    decidedBy: NamedActor | null;
    posVerdict: PosVerdict;
    detectedAt: string;
    receivedAt: string;
    acknowledgedAt: string | null;
    closedAt: string | null;
    corrections: number;
    corrected: boolean;
    item: string | null;
  };
  place: {
    tenantId: string;
    company: string;
    storeId: string;
    store: string;
    timeZone: string;
    lane: string;
    cameraId: string;
    camera: string;
    terminalId: string | null;
  };
  goods: {
    intervention: string;
    currency: string;
    lossMinor: number;
    recoveredMinor: number;
    preventedMinor: number;
    items: { label: string; quantity: number; amountMinor: number | null }[];
  } | null;
  decision: {
    severity: { level: SeverityLevel; score: number; reasons: Reason[] };
    policy: { id: string; version: number };
    detections: {
      eventId: string;
      detectedAt: string;
      receivedAt: string;
      late: boolean;
      confidence: number;
      model: { id: string; version: string; thresholds: Record<string, number> };
      mergeReason: Reason | null;
    }[];
  };
  till: {
    verdict: PosVerdict;
    windowFromAt: string | null;
    windowToAt: string | null;
    reasons: Reason[];
    lines: TillExtractLine[];
  };
  clocks: ClockInterval[];
  recording: {
    state: EvidenceState;
    requestedAt: string;
    securedAt: string | null;
    fromAt: string;
    toAt: string;
    gaps: { fromAt: string; toAt: string }[];
    failure: Reason | null;
    release: {
      as: 'original' | 'redacted';
      because: string;
      approval: PacketApproval | null;
    };
    /** The incident's own camera first; packets from before other cameras could be masked do not have it. */
    cameras?: PacketCamera[];
  };
  retention: { purgeAfter: string | null; legalHold: { reason: string; placedAt: string } | null };
  chronology: { at: string; kind: string; by: string; params: Record<string, unknown> }[];
  custody: {
    rows: CustodyRow[];
    head: { seq: number; hash: string };
    witness: { seq: number; hash: string; at: string; signature: string } | null;
  };
  artifacts: PacketArtifact[];
  statement: SignedStatement | null;
  previous: { packetId: string; version: number; sha256: string; files: PacketFile[] } | null;
}
