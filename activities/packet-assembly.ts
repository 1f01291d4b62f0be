import { createHash, webcrypto } from 'node:crypto';
import { canonicalJson } from '../domain/audit-chain.ts';
import {
  type BagFile,
  type bagAlgorithms,
  bagDeclaration,
  bagInfoText,
  manifestPath,
  manifestText,
  type PacketSeal,
  payloadOxum,
  type SealFile,
  signaturePath,
  tagManifestPath,
  timestampPath,
} from '../domain/packet/bag.ts';
import { caseDocument } from '../domain/packet/case-uco.ts';
import { changesBetween, type PacketChanges } from '../domain/packet/changes.ts';
import {
  acquisitionDocument,
  clockDocument,
  custodyDocument,
  decisionDocument,
  incidentDocument,
  receiptDocument,
} from '../domain/packet/content.ts';
import { coverDocument, readmeText, statementDocument } from '../domain/packet/documents.ts';
import type { PacketArtifact, PacketFacts, PacketFile } from '../domain/packet/facts.ts';
import { prettyJson } from '../domain/packet/json.ts';
import { artifactPath, bagName } from '../domain/packet/names.ts';
import type { PacketStore, PacketTools, ViewerContents, ZipWriter } from '../domain/packet/ports.ts';
import { IntegrityError } from '../domain/ports.ts';
import type { ServiceContext } from '../services/context.ts';
import { keepTimestamp, type PacketJob } from '../services/packets/settle.ts';
import type { Signer } from '../services/retention/record.ts';

/** The time-stamping server gave no token; everything else of the packet was right. */
export class TimestampMissing extends Error {
  constructor(cause: unknown) {
    super('the time-stamping server gave no token', { cause });
    this.name = 'TimestampMissing';
  }
}

export interface PacketMakers {
  store: PacketStore;
  signer: Signer;
  tools: PacketTools;
}

/** Writes everything into the zip: payload, manifests of it, and the seal on those. Each recording is hashed as it passes. */
export async function assemblePacket(
  { store, signer, tools }: PacketMakers,
  ctx: ServiceContext,
  packetId: string,
  job: PacketJob,
  zip: ZipWriter,
  signal: AbortSignal,
): Promise<{ files: PacketFile[]; changes: PacketChanges | null }> {
  const { facts } = job;
  const top = bagName(facts.packet);
  const payload: BagFile[] = [];
  const tags: BagFile[] = [];
  const add = async (list: BagFile[] | null, path: string, content: string | Uint8Array): Promise<BagFile> => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const file = { path, sha256: hashOf('sha256', bytes), sha512: hashOf('sha512', bytes), sizeBytes: bytes.length };
    list?.push(file);
    await zip.add(`${top}/${path}`, bytes);
    return file;
  };

  await add(tags, 'bagit.txt', bagDeclaration);
  await add(tags, 'README.txt', readmeText(facts));
  await add(tags, 'viewer.html', await tools.viewerPage(viewerContents(facts)));
  await add(payload, 'data/cover.pdf', await tools.renderPdf(coverDocument(facts)));
  await add(payload, 'data/statement.pdf', await tools.renderPdf(statementDocument(facts)));
  for (const [path, document] of documentsOf(facts)) await add(payload, path, prettyJson(document));
  for await (const { artifact, content } of readAhead(store, facts.artifacts)) {
    signal.throwIfAborted();
    const { sha256, sizeBytes } = artifact;
    const path = artifactPath(artifact);
    const hashes = { sha512: '' };
    if ('bytes' in content) hashes.sha512 = content.sha512;
    const bytes = 'bytes' in content ? content.bytes : verified(content.source, artifact, hashes, signal);
    await zip.add(`${top}/${path}`, bytes instanceof Uint8Array ? bytes : { sizeBytes, bytes });
    payload.push({ path, sha256, sha512: hashes.sha512, sizeBytes });
  }
  const changes = facts.previous === null ? null : changesBetween(facts.previous.files, payload);
  if (changes !== null)
    await add(payload, 'data/changes.json', prettyJson({ since: { ...facts.previous, files: undefined }, ...changes }));

  await add(tags, 'bag-info.txt', bagInfo(facts, payload));
  const [manifest] = [
    await add(tags, manifestPath('sha256'), manifestText(payload, 'sha256')),
    await add(tags, manifestPath('sha512'), manifestText(payload, 'sha512')),
  ];
  const listed = [...tags];
  const [tag256, tag512] = [
    await add(null, tagManifestPath('sha256'), manifestText(listed, 'sha256')),
    await add(null, tagManifestPath('sha512'), manifestText(listed, 'sha512')),
  ];
  const statement: PacketSeal = {
    kind: 'floorwalker.packet-seal.v1',
    ...{ packetId, version: facts.packet.version, incidentId: facts.incident.id, tenantId: facts.place.tenantId },
    ...{ requestedAt: facts.packet.requestedAt, inputSha256: job.inputSha256 },
    ...{ manifestSha256: manifest.sha256, tagManifestSha256: tag256.sha256, tagManifestSha512: tag512.sha256 },
  };
  const seal: SealFile = {
    statement,
    signature: signer.sign(canonicalJson(statement)),
    publicKey: signer.publicKeyPem,
  };
  const sealText = prettyJson(seal);
  await add(null, signaturePath, sealText);
  const token = await timestampOf(tools, ctx, packetId, job, Buffer.from(sealText));
  if (token !== null) await add(null, timestampPath, token);
  await zip.end();
  return { files: payload.map(({ path, sha256 }) => ({ path, sha256 })), changes };
}

const hashOf = (algorithm: (typeof bagAlgorithms)[number], bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

function documentsOf(facts: PacketFacts): [string, unknown][] {
  return [
    ['data/acquisition.json', acquisitionDocument(facts)],
    ['data/case.jsonld', caseDocument(facts, (name) => uuidOf(`${facts.place.tenantId}/${facts.incident.id}/${name}`))],
    ['data/chronology.json', { incidentId: facts.incident.id, entries: facts.chronology }],
    ['data/clocks.json', clockDocument(facts)],
    ['data/custody.json', custodyDocument(facts)],
    ['data/decision.json', decisionDocument(facts)],
    ['data/incident.json', incidentDocument(facts)],
    ['data/receipt.json', receiptDocument(facts)],
  ];
}

/** A UUID of version 8 (RFC 9562): the same name is the same one. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Whole with its hash checked, or, when it is too large to be held, as it comes and unchecked. */
type Content = { bytes: Uint8Array; sha512: string } | { source: AsyncIterable<Uint8Array> };

/** A recording is hundreds of files of a second each: the next few are fetched and hashed while one is written. */
const filesAhead = 8;
const heldBytes = 4 * 1_024 * 1_024;

async function* readAhead(
  store: PacketStore,
  artifacts: readonly PacketArtifact[],
): AsyncGenerator<{ artifact: PacketArtifact; content: Content }> {
  const opened: { artifact: PacketArtifact; content: Promise<Content> }[] = [];
  let next = 0;
  try {
    for (;;) {
      for (; next < artifacts.length && opened.length < filesAhead; next += 1) {
        const artifact = artifacts[next]!;
        const content = open(store, artifact);
        // Its failure counts when its turn has come.
        content.catch(() => undefined);
        opened.push({ artifact, content });
      }
      const first = opened.shift();
      if (!first) return;
      yield { artifact: first.artifact, content: await first.content };
    }
  } finally {
    for (const { content } of opened) await content.then(closeUnread, () => undefined);
  }
}

async function open(store: PacketStore, artifact: PacketArtifact): Promise<Content> {
  const source = await store.read({ key: artifact.objectKey, version: artifact.objectVersion });
  if (source === null) throw integrityError(artifact, null);
  if (artifact.sizeBytes > heldBytes) return { source };
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    // What is longer than recorded has another hash, and may not fit into memory.
    if (sizeBytes > artifact.sizeBytes) break;
  }
  const bytes = Buffer.concat(chunks, sizeBytes);
  // Off the main thread, several at a time.
  const [sha256, sha512] = await Promise.all([digest('SHA-256', bytes), digest('SHA-512', bytes)]);
  if (sha256 !== artifact.sha256) throw integrityError(artifact, sha256);
  return { bytes, sha512 };
}

const digest = async (algorithm: 'SHA-256' | 'SHA-512', bytes: Uint8Array): Promise<string> =>
  Buffer.from(await webcrypto.subtle.digest(algorithm, bytes)).toString('hex');

async function closeUnread(content: Content): Promise<void> {
  if ('source' in content) await content.source[Symbol.asyncIterator]().return?.();
}

/** Passes the bytes on and throws at their end unless they are those that were recorded. */
async function* verified(
  source: AsyncIterable<Uint8Array>,
  artifact: PacketArtifact,
  hashes: { sha512: string },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  let sizeBytes = 0;
  for await (const chunk of source) {
    signal.throwIfAborted();
    sha256.update(chunk);
    sha512.update(chunk);
    sizeBytes += chunk.length;
    // What is longer than recorded has another hash; the zip was told its length and must not get more.
    if (sizeBytes <= artifact.sizeBytes) yield chunk;
  }
  const actual = sha256.digest('hex');
  if (actual !== artifact.sha256) throw integrityError(artifact, actual);
  hashes.sha512 = sha512.digest('hex');
}

const integrityError = (artifact: PacketArtifact, actualSha256: string | null): IntegrityError =>
  new IntegrityError({ key: artifact.objectKey, expectedSha256: artifact.sha256, actualSha256 });

function bagInfo({ packet, incident, place, producer }: PacketFacts, payload: readonly BagFile[]): string {
  return bagInfoText([
    ['Source-Organization', place.company],
    ['Bagging-Date', packet.requestedAt.slice(0, 10)],
    ['External-Identifier', packet.id],
    ['Internal-Sender-Identifier', incident.id],
    ['Bag-Software-Agent', `${producer.name} ${producer.version}`],
    ['Payload-Oxum', payloadOxum(payload)],
    ['Packet-Version', String(packet.version)],
    ['Packet-Purpose', packet.purpose],
  ]);
}

function viewerContents(facts: PacketFacts): ViewerContents {
  const entry = (artifact: PacketArtifact) => ({ path: artifactPath(artifact), label: artifact.fromAt ?? artifact.id });
  return {
    title: `Packet ${facts.packet.id}, version ${facts.packet.version}: incident ${facts.incident.id}`,
    videos: facts.artifacts.filter(({ mediaType }) => mediaType === 'video/mp4').map(entry),
    pictures: facts.artifacts.filter(({ kind }) => kind === 'still').map(entry),
  };
}

/** The token that came first stays, so that a second attempt makes the same zip. */
async function timestampOf(
  tools: PacketTools,
  ctx: ServiceContext,
  packetId: string,
  job: PacketJob,
  sealed: Uint8Array,
): Promise<Uint8Array | null> {
  if (job.timestampToken !== null) return job.timestampToken;
  if (tools.timestamp === null) return null;
  const token = await tools.timestamp(sealed).catch((error: unknown) => {
    throw new TimestampMissing(error);
  });
  return keepTimestamp(ctx, { packetId, token });
}
