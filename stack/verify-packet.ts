import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { readTimestamp } from '../adapters/timestamp/rfc3161.ts';
import { readPacketFolder } from '../adapters/zip/folder.ts';
import { type ReadPacket, readPacketZip } from '../adapters/zip/read.ts';
import { canonicalJson } from '../domain/audit-chain.ts';
import { type SealFile, signaturePath, timestampPath } from '../domain/packet/bag.ts';
import { checkBag, checkSeal, type PacketProblem, problemText, readSeal } from '../domain/packet/verify.ts';

export interface VerifyOptions {
  file: string;
  /** PEM of the company's public key; without it only the key's number can be said. */
  keyFile?: string;
  /** PEM of the authority whose time stamps are believed. */
  tsaFile?: string;
  write: (text: string) => void;
}

/** Checks a packet on a shell: 0 when all of it holds, 1 with every file that does not. */
export async function runVerifyPacket({ file, keyFile, tsaFile, write }: VerifyOptions): Promise<number> {
  const packet = (await stat(file)).isDirectory() ? await readPacketFolder(file) : await readPacketZip(file);
  const problems = packet.problems.length > 0 ? [...packet.problems] : checkBag(packet.found);
  if (packet.problems.length === 0) {
    const seal = checkSignature(packet, problems);
    if (seal !== null) await checkKey(seal, keyFile, problems, write);
    await checkTime(packet, tsaFile, problems, write);
  }
  for (const problem of problems) write(`${problem.code}: ${problemText(problem)}\n`);
  write(
    problems.length === 0 ? `OK: all ${packet.found.files.size} files hold.\n` : `NOT OK: ${problems.length} found.\n`,
  );
  return problems.length === 0 ? 0 : 1;
}

function checkSignature({ found }: ReadPacket, problems: PacketProblem[]): SealFile | null {
  const text = found.texts.get(signaturePath);
  const seal = text === undefined ? null : readSeal(text);
  if (seal === null) {
    problems.push({ code: 'signature_missing', path: signaturePath, detail: 'there is no signature that can be read' });
    return null;
  }
  problems.push(...checkSeal(seal, found.files));
  if (!signs(seal))
    problems.push({
      code: 'signature_wrong',
      path: signaturePath,
      detail: 'is not of this statement by the key beside it',
    });
  return seal;
}

function signs({ statement, signature, publicKey }: SealFile): boolean {
  try {
    const text = Buffer.from(canonicalJson(statement));
    return verify(null, text, createPublicKey(publicKey), Buffer.from(signature, 'base64'));
  } catch {
    // A key that is none signs nothing.
    return false;
  }
}

async function checkKey(
  { publicKey, statement }: SealFile,
  keyFile: string | undefined,
  problems: PacketProblem[],
  write: (text: string) => void,
): Promise<void> {
  const carried = keyNumber(publicKey);
  write(`Packet ${statement.packetId}, version ${statement.version}, incident ${statement.incidentId}.\n`);
  if (keyFile === undefined) {
    write(`Signed with the key ${carried ?? 'that cannot be read'}; whose it is, only --key FILE can tell.\n`);
    return;
  }
  if (carried === null || carried !== keyNumber(await readFile(keyFile, 'utf8')))
    problems.push({ code: 'key_unknown', path: signaturePath, detail: `was signed with another key than ${keyFile}` });
}

/** SHA-256 of the key in SPKI, DER: what the viewer shows too. */
function keyNumber(pem: string): string | null {
  try {
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('hex');
  } catch {
    return null;
  }
}

async function checkTime(
  { found, bytes }: ReadPacket,
  tsaFile: string | undefined,
  problems: PacketProblem[],
  write: (text: string) => void,
): Promise<void> {
  const token = bytes.get(timestampPath);
  if (token === undefined) {
    if (tsaFile !== undefined)
      problems.push({ code: 'timestamp_wrong', path: timestampPath, detail: 'there is no time stamp' });
    return;
  }
  try {
    const trusted = tsaFile === undefined ? null : await readFile(tsaFile, 'utf8');
    const { at, sha256 } = await readTimestamp(token, bytes.get(signaturePath) ?? Buffer.alloc(0), trusted);
    if (sha256 !== found.files.get(signaturePath)?.sha256)
      throw new Error('it is about another file than signature.json');
    const by = trusted === null ? 'by an authority that only --tsa FILE can check' : 'by the authority given';
    write(`Time stamp: ${at}, ${by}.\n`);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    problems.push({ code: 'timestamp_wrong', path: timestampPath, detail });
  }
}
