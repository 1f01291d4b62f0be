import {
  type BagAlgorithm,
  bagAlgorithms,
  bagDeclaration,
  manifestPath,
  parseManifest,
  type SealFile,
  signaturePath,
  tagManifestPath,
  timestampPath,
} from './bag.ts';
import { unsafeName } from './names.ts';

export interface PacketProblem {
  code:
    | 'unsafe_name'
    | 'not_a_packet'
    | 'missing'
    | 'added'
    | 'altered'
    | 'manifest_broken'
    | 'signature_missing'
    | 'signature_wrong'
    | 'key_unknown'
    | 'timestamp_wrong';
  path: string | null;
  detail: string;
}

/** What was found in a packet, with every path below its folder. */
export interface FoundPacket {
  /** Hashes in hex; a reader that cannot take SHA-512 leaves it out and checks SHA-256 alone. */
  files: ReadonlyMap<string, { sha256: string; sha512?: string }>;
  /** The small files that the bag's own structure is made of, as text. */
  texts: ReadonlyMap<string, string>;
}

const sealed = (path: string): boolean => path === signaturePath || path === timestampPath;
const isTagManifest = (path: string): boolean => bagAlgorithms.some((algorithm) => path === tagManifestPath(algorithm));

/** Everything about a bag that does not hold, the signature itself left out; empty when all of it does. */
export function checkBag(packet: FoundPacket): PacketProblem[] {
  const problems: PacketProblem[] = [];
  for (const path of packet.files.keys()) {
    const why = unsafeName(path);
    if (why !== null) problems.push({ code: 'unsafe_name', path, detail: `the name ${why}` });
  }
  if (problems.length > 0) return problems;
  if (packet.texts.get('bagit.txt') !== bagDeclaration)
    return [{ code: 'not_a_packet', path: 'bagit.txt', detail: 'there is no bagit.txt of BagIt 1.0' }];
  const named = new Set<string>();
  for (const algorithm of bagAlgorithms) {
    checkManifest(packet, algorithm, manifestPath(algorithm), (path) => path.startsWith('data/'), problems, named);
    checkManifest(packet, algorithm, tagManifestPath(algorithm), (path) => !path.startsWith('data/'), problems, named);
  }
  for (const path of [...packet.files.keys()].sort())
    if (!named.has(path) && !sealed(path) && !isTagManifest(path))
      problems.push({ code: 'added', path, detail: 'is in no manifest' });
  return problems;
}

function checkManifest(
  packet: FoundPacket,
  algorithm: BagAlgorithm,
  manifest: string,
  belongs: (path: string) => boolean,
  problems: PacketProblem[],
  named: Set<string>,
): void {
  const text = packet.texts.get(manifest);
  if (text === undefined) {
    problems.push({ code: 'missing', path: manifest, detail: 'the manifest is not there' });
    return;
  }
  const entries = parseManifest(text, algorithm);
  if (entries === null || [...entries.keys()].some((path) => !belongs(path) || unsafeName(path) !== null)) {
    problems.push({ code: 'manifest_broken', path: manifest, detail: 'has a line that no manifest of ours has' });
    return;
  }
  for (const [path, expected] of entries) {
    named.add(path);
    const file = packet.files.get(path);
    const actual = file?.[algorithm];
    const code = file === undefined ? 'missing' : actual === undefined || actual === expected ? null : 'altered';
    if (code === null || problems.some((known) => known.code === code && known.path === path)) continue;
    const detail =
      code === 'missing' ? `is named in ${manifest} and not there` : `its ${algorithm} is not the one in ${manifest}`;
    problems.push({ code, path, detail });
  }
  // Both manifests name the same files; one that only one of them names was put in later.
  for (const path of [...packet.files.keys()].sort())
    if (belongs(path) && !entries.has(path) && !sealed(path) && !isTagManifest(path)) {
      if (!problems.some((known) => known.code === 'added' && known.path === path))
        problems.push({ code: 'added', path, detail: `is not in ${manifest}` });
    }
}

/** The signed statement, or null when the file is none; that it is signed is for the caller's cryptography to say. */
export function readSeal(text: string): SealFile | null {
  try {
    const { statement, signature, publicKey } = JSON.parse(text) as Partial<SealFile>;
    if (typeof signature !== 'string' || typeof publicKey !== 'string') return null;
    if (statement?.kind !== 'floorwalker.packet-seal.v1') return null;
    return { statement, signature, publicKey };
  } catch {
    return null;
  }
}

/** Whether the signed statement is about this very bag. */
export function checkSeal({ statement }: SealFile, files: FoundPacket['files']): PacketProblem[] {
  const claims: [string, BagAlgorithm, string][] = [
    [manifestPath('sha256'), 'sha256', statement.manifestSha256],
    [tagManifestPath('sha256'), 'sha256', statement.tagManifestSha256],
    [tagManifestPath('sha512'), 'sha256', statement.tagManifestSha512],
  ];
  return claims.flatMap(([path, algorithm, expected]): PacketProblem[] =>
    files.get(path)?.[algorithm] === expected
      ? []
      : [{ code: 'altered', path, detail: 'is not the file that was signed for' }],
  );
}

/** One sentence for people. */
export const problemText = ({ path, detail }: PacketProblem): string => (path === null ? detail : `${path}: ${detail}`);
