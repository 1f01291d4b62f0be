import { createHash } from 'node:crypto';
import { assemblePacket } from '../../activities/packet-assembly.ts';
import { generateSigningKeyPem, openSigner } from '../../adapters/crypto/signer.ts';
import { canonicalJson } from '../../domain/audit-chain.ts';
import type { PacketArtifact, PacketFacts } from '../../domain/packet/facts.ts';
import type { ServiceContext } from '../../services/context.ts';
import { packetTools } from '../../workers/packet-tools.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The bytes of a recording that only tests have, by object key. */
export const testRecordings: Record<string, Buffer> = {
  'demo/high-street/inc/clip.mp4': Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 251)),
  'demo/high-street/inc/segment-001.ts': Buffer.from(Array.from({ length: 90_000 }, (_, index) => (index * 3) % 253)),
  'demo/high-street/inc/still-1.jpg': Buffer.from('not really a picture'),
};

const at = '2026-03-02T12:00:00.000Z';
const places: [string, string, string, string][] = [
  ['clip', 'clip', 'video/mp4', 'demo/high-street/inc/clip.mp4'],
  ['segment-001', 'segment', 'video/mp2t', 'demo/high-street/inc/segment-001.ts'],
  ['still-1', 'still', 'image/jpeg', 'demo/high-street/inc/still-1.jpg'],
];

/** The files of an incident as they would be on record with these bytes. */
export const recordedAs = (recordings: Record<string, Buffer>): PacketArtifact[] =>
  places.map(([id, kind, mediaType, objectKey]) => ({
    ...{ id, kind, mediaType, objectKey, objectVersion: 'v1', fromAt: at, toAt: '2026-03-02T12:00:15.000Z' },
    ...{ sizeBytes: recordings[objectKey]!.length, sha256: sha256(recordings[objectKey]!) },
  }));

/** An incident with everything in it that a packet can say. */
export function packetFacts(change: Partial<PacketFacts> = {}): PacketFacts {
  return {
    packet: {
      ...{ id: `pkt_${'0'.repeat(20)}`, version: 1, purpose: 'police', requestedAt: '2026-03-02T13:00:00.000Z' },
      requestedBy: { name: 'Zoë Łukasz', role: 'compliance' },
    },
    producer: { name: 'Floorwalker', version: '0.0.0-test' },
    incident: {
      ...{ id: `inc_${'a'.repeat(20)}`, code: 'K7Q', behaviour: 'missed_scan', category: 'process_error' },
      ...{ state: 'closed', verdict: 'confirmed', reasonCode: null, posVerdict: 'MISMATCH' },
      ...{ decidedBy: { name: 'Sam', role: 'soc_operator' }, corrections: 0, corrected: false, item: 'apple' },
      ...{ detectedAt: at, receivedAt: at, acknowledgedAt: at, closedAt: at },
    },
    place: {
      ...{ tenantId: 'demo', company: 'Demo Foods', storeId: 'high-street', store: 'High Street' },
      ...{ timeZone: 'Europe/London', lane: 'SCO 3', cameraId: 'sco-3-cam', camera: 'SCO 3', terminalId: 'sco-3' },
    },
    goods: {
      ...{ intervention: 'none', currency: 'GBP', lossMinor: 120, recoveredMinor: 0, preventedMinor: 0 },
      items: [{ label: 'apple', quantity: 2, amountMinor: null }],
    },
    decision: {
      severity: { level: 'medium', score: 50, reasons: [{ code: 'CONFIDENCE', params: { confidence: 0.9 } }] },
      policy: { id: 'default', version: 1 },
      detections: [
        {
          ...{ eventId: 'e-1', detectedAt: at, receivedAt: at, late: false, confidence: 0.9, mergeReason: null },
          model: { id: 'scan-zone-counter', version: '1', thresholds: { score: 0.5 } },
        },
      ],
    },
    till: {
      ...{
        verdict: 'MISMATCH',
        windowFromAt: at,
        windowToAt: at,
        reasons: [{ code: 'NO_LINE_IN_WINDOW', params: {} }],
      },
      lines: [
        {
          ...{ transactionId: 'T-1', line: 1, type: 'scan', occurredAt: at, plu: '4011', description: 'Bananas' },
          ...{ quantity: 1, unit: 'each', amountMinor: 99, currency: 'GBP', operator: 'op_1', matched: false },
        },
      ],
    },
    clocks: [
      {
        ...{ cameraId: 'sco-3-cam', terminalId: 'sco-3', fromAt: at, toAt: null, offsetMs: -1_250, errorMs: 200 },
        ...{ samples: 40, measuredAt: at },
      },
    ],
    recording: {
      ...{
        state: 'partial',
        requestedAt: at,
        securedAt: at,
        fromAt: at,
        toAt: '2026-03-02T12:00:20.000Z',
        failure: null,
      },
      gaps: [{ fromAt: '2026-03-02T12:00:15.000Z', toAt: '2026-03-02T12:00:20.000Z' }],
      release: { as: 'original', because: 'POLICY_ALLOWS_ORIGINAL', approval: null },
    },
    retention: { purgeAfter: '2026-06-02T12:00:00.000Z', legalHold: null },
    chronology: [{ at, kind: 'verdict_given', by: 'Sam', params: { verdict: 'confirmed' } }],
    custody: {
      rows: [
        {
          ...{ seq: 4, at, actor: 'user:sam', actorName: 'Sam', actorRole: 'soc_operator', action: 'evidence.viewed' },
          ...{ subject: 'incident:x', details: {}, prevHash: '0'.repeat(64), hash: '1'.repeat(64) },
        },
      ],
      head: { seq: 9, hash: '2'.repeat(64) },
      witness: null,
    },
    artifacts: recordedAs(testRecordings),
    statement: null,
    previous: null,
    ...change,
  };
}

export const testSigner = openSigner(generateSigningKeyPem());
const tools = packetTools(null);
const context: ServiceContext = {
  db: undefined as unknown as ServiceContext['db'],
  now: () => at,
  actor: { id: 'system:packet', displayName: 'x', role: 'system', tenantId: 'demo', storeIds: null },
};

/** A packet as the worker builds it, from a store in memory. */
export async function buildTestPacket(
  facts: PacketFacts,
  options: { signer?: typeof testSigner; recordings?: Record<string, Buffer>; timestampToken?: Uint8Array } = {},
): Promise<{ zip: Buffer; files: { path: string; sha256: string }[] }> {
  const { signer = testSigner, recordings = testRecordings, timestampToken = null } = options;
  const zip = tools.openZip();
  const store = {
    async read({ key }: { key: string }) {
      const bytes = recordings[key];
      if (bytes === undefined) return null;
      return (async function* () {
        for (let start = 0; start < bytes.length; start += 10_000) yield bytes.subarray(start, start + 10_000);
      })();
    },
    putLocked: () => Promise.reject(new Error('not here')),
  };
  const job = { facts, inputSha256: sha256(Buffer.from(canonicalJson(facts))), storeId: 'high-street' };
  const reading = (async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of zip.output) chunks.push(chunk);
    return Buffer.concat(chunks);
  })();
  const building = assemblePacket(
    { store, signer, tools },
    context,
    facts.packet.id,
    { ...job, lockedUntil: null, timestampToken },
    zip,
    new AbortController().signal,
  ).catch((error: unknown) => {
    zip.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  const [built, bytes] = await Promise.allSettled([building, reading]);
  if (built.status === 'rejected') throw built.reason;
  if (bytes.status === 'rejected') throw bytes.reason;
  return { zip: bytes.value, files: built.value.files };
}
