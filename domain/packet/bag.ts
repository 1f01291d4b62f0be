import type { PacketFile } from './facts.ts';

/** One file of a bag with both of its hashes (hex). */
export interface BagFile extends PacketFile {
  sha512: string;
  sizeBytes: number;
}

export const bagAlgorithms = ['sha256', 'sha512'] as const;
export type BagAlgorithm = (typeof bagAlgorithms)[number];

export const bagDeclaration = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
export const signaturePath = 'signature.json';
export const timestampPath = 'timestamp.tsr';
export const manifestPath = (algorithm: BagAlgorithm): string => `manifest-${algorithm}.txt`;
export const tagManifestPath = (algorithm: BagAlgorithm): string => `tagmanifest-${algorithm}.txt`;

const byPath = <T extends { path: string }>(files: readonly T[]): T[] =>
  [...files].sort((a, b) => (a.path < b.path ? -1 : 1));

/** A manifest as RFC 8493, section 2.1.3 has it: hash, two spaces, path; sorted, so that the same bag gives the same text. */
export const manifestText = (files: readonly BagFile[], algorithm: BagAlgorithm): string =>
  byPath(files)
    .map((file) => `${file[algorithm]}  ${file.path}\n`)
    .join('');

/** Null when a line is none of a manifest's, or a path comes twice. */
export function parseManifest(text: string, algorithm: BagAlgorithm): Map<string, string> | null {
  const length = algorithm === 'sha256' ? 64 : 128;
  const entries = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = /^([0-9a-f]+) {2}(.+)$/.exec(line);
    const [, hash, path] = match ?? [];
    if (hash === undefined || path === undefined || hash.length !== length || entries.has(path)) return null;
    entries.set(path, hash);
  }
  return entries;
}

/** `bag-info.txt`: labels of RFC 8493, section 2.2.2, and the packet's own; a value never breaks its line. */
export const bagInfoText = (fields: readonly (readonly [string, string])[]): string =>
  fields.map(([label, value]) => `${label}: ${value.replaceAll(/\s+/g, ' ').trim()}\n`).join('');

export const payloadOxum = (files: readonly BagFile[]): string =>
  `${files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)}.${files.length}`;

/** What is signed: it binds every file of the bag through the tag manifests. */
export interface PacketSeal {
  kind: 'floorwalker.packet-seal.v1';
  packetId: string;
  version: number;
  incidentId: string;
  tenantId: string;
  requestedAt: string;
  inputSha256: string;
  manifestSha256: string;
  tagManifestSha256: string;
  tagManifestSha512: string;
}

/** `signature.json`; the signature is over the canonical JSON (RFC 8785) of `statement`. */
export interface SealFile {
  statement: PacketSeal;
  /** Base64 of Ed25519 (RFC 8032). */
  signature: string;
  /** SPKI, PEM. */
  publicKey: string;
}
