import { verifyAsync } from '@noble/ed25519';
import { canonicalJson } from '../domain/audit-chain.ts';
import { type SealFile, signaturePath, timestampPath } from '../domain/packet/bag.ts';
import { unsafeName } from '../domain/packet/names.ts';
import { checkBag, checkSeal, type FoundPacket, type PacketProblem, readSeal } from '../domain/packet/verify.ts';
import type { ZipEntry } from './zip.ts';

export interface PacketReport {
  problems: PacketProblem[];
  seal: SealFile | null;
  /** SHA-256 of the public key (SPKI, DER), to compare with what the company publishes. */
  keySha256: string | null;
  files: { path: string; sha256: string; bytes: Blob }[];
  timestamped: boolean;
}

/** Hashes everything, one file after the other, and says what does not hold. */
export async function checkPacket(
  entries: readonly ZipEntry[],
  onProgress: (done: number, of: number) => void,
): Promise<PacketReport> {
  const unsafe = entries.flatMap(({ name }): PacketProblem[] => {
    const why = unsafeName(name);
    return why === null ? [] : [{ code: 'unsafe_name', path: name, detail: `the name ${why}` }];
  });
  const nothing = { seal: null, keySha256: null, files: [], timestamped: false };
  if (unsafe.length > 0) return { ...nothing, problems: unsafe };
  const tops = new Set(entries.map(({ name }) => name.slice(0, name.indexOf('/') + 1)));
  const names = new Set(entries.map(({ name }) => name.toLowerCase()));
  if (tops.size !== 1 || tops.has('') || names.size !== entries.length) {
    const detail = 'a packet is one folder in which no name comes twice';
    return { ...nothing, problems: [{ code: 'not_a_packet', path: null, detail }] };
  }
  const [top = ''] = tops;
  const found = { files: new Map<string, { sha256: string }>(), texts: new Map<string, string>() };
  const files: PacketReport['files'] = [];
  for (const [index, { name, bytes }] of entries.entries()) {
    onProgress(index, entries.length);
    if (name.endsWith('/')) continue;
    const path = name.slice(top.length);
    const content = await bytes.arrayBuffer();
    const sha256 = hex(await crypto.subtle.digest('SHA-256', content));
    found.files.set(path, { sha256 });
    if (!path.includes('/')) found.texts.set(path, new TextDecoder().decode(content));
    files.push({ path, sha256, bytes });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const problems = checkBag(found);
  const { seal, keySha256 } = await checkSignature(found, problems);
  return { problems, seal, keySha256, files, timestamped: found.files.has(timestampPath) };
}

async function checkSignature(
  found: FoundPacket,
  problems: PacketProblem[],
): Promise<Pick<PacketReport, 'seal' | 'keySha256'>> {
  const text = found.texts.get(signaturePath);
  const seal = text === undefined ? null : readSeal(text);
  if (seal === null) {
    problems.push({ code: 'signature_missing', path: signaturePath, detail: 'there is no signature that can be read' });
    return { seal: null, keySha256: null };
  }
  problems.push(...checkSeal(seal, found.files));
  const spki = derOf(seal.publicKey);
  const message = Uint8Array.from(new TextEncoder().encode(canonicalJson(seal.statement)));
  if (!(await holds(spki, bytesOf(seal.signature), message)))
    problems.push({
      code: 'signature_wrong',
      path: signaturePath,
      detail: 'the signature is not one of this statement by this key',
    });
  return { seal, keySha256: hex(await crypto.subtle.digest('SHA-256', spki)) };
}

/** The last 32 bytes of an Ed25519 key in SPKI are the key itself (RFC 8410). */
const keyBytes = 32;

/** By the browser where it knows Ed25519, else by the library that came along. */
async function holds(
  spki: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('spki', spki, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature, message);
  } catch {
    // A browser from before 2025, or a key that is none: the library tells these apart by saying no.
    return verifyAsync(signature, message, spki.slice(-keyBytes)).catch(() => false);
  }
}

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const derOf = (pem: string): Uint8Array<ArrayBuffer> => bytesOf(pem.replaceAll(/-----[^-]+-----|\s/g, ''));

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
