import type { PacketChanges } from '../../domain/packet/changes.ts';
import type { PacketFacts, PacketFile, PacketPurpose } from '../../domain/packet/facts.ts';
import type { Reason } from '../../domain/types.ts';
import { iso, isoOrNull } from '../context.ts';

export type PacketState = 'requested' | 'ready' | 'failed' | 'purged';

export interface Packet {
  id: string;
  incidentId: string;
  version: number;
  purpose: PacketPurpose;
  state: PacketState;
  requestedBy: string;
  requestedAt: string;
  settledAt: string | null;
  failure: Reason | null;
  sizeBytes: number | null;
  sha256: string | null;
  /** What differs from the version before; null with the first and until it is built. */
  changes: PacketChanges | null;
  /** Who signed the statement in it; null: it holds a draft that says so. */
  statementSignedBy: string | null;
  /** Cameras whose video is not in it, and why; what was purged no longer says. */
  leftOut: { cameraId: string; because: Reason }[];
  timestamped: boolean;
}

export interface PacketRow {
  [column: string]: unknown;
  tenant_id: string;
  store_id: string;
  incident_id: string;
  id: string;
  version: number;
  purpose: PacketPurpose;
  state: PacketState;
  input: PacketFacts;
  input_sha256: string;
  requested_by: string;
  requested_at: Date;
  settled_at: Date | null;
  failure: Reason | null;
  timestamp_token: Buffer | null;
  object_key: string | null;
  object_version: string | null;
  size_bytes: number | null;
  sha256: string | null;
  files: PacketFile[];
  changes: PacketChanges | null;
  statement_signed_by: string | null;
}

export const packetOf = (row: PacketRow, nameOf: (actorId: string) => string): Packet => ({
  ...{ id: row.id, incidentId: row.incident_id, version: row.version, purpose: row.purpose, state: row.state },
  ...{
    requestedBy: nameOf(row.requested_by),
    requestedAt: iso(row.requested_at),
    settledAt: isoOrNull(row.settled_at),
  },
  ...{ failure: row.failure, sizeBytes: row.size_bytes, sha256: row.sha256, changes: row.changes },
  statementSignedBy: row.statement_signed_by === null ? null : nameOf(row.statement_signed_by),
  leftOut: (row.input.recording?.cameras ?? [])
    .filter(({ as }) => as === null)
    .map(({ cameraId, because }) => ({ cameraId, because })),
  timestamped: row.timestamp_token !== null,
});
